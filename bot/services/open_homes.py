"""Whose App Home is probably still open: Slack tells when one is opened, and never when it's closed."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

import msgspec

from bot.domain import HomeTab, Message
from bot.domain.cached import is_fresh
from bot.views import OtherInstance

MOST = 200
"""How many are remembered; of more, those whose people were away longest are forgotten."""
_LOCKS = 64
_PUBLISHED_WITHIN = timedelta(minutes=1)
"""What runs on other instances is added after the page is shown."""


class OpenHome(msgspec.Struct, frozen=True, kw_only=True):
    """An App Home as it was published last."""

    user_id: str
    tab: HomeTab
    answer: Message | None
    """What is shown above the jobs."""
    hash: str
    """Slack's hash of the view."""
    content: bytes
    """Identifies what it shows, apart from what passes with time."""
    signs: int | None
    """Identifies what the page was made from (`HomeUpdates`); ``None`` if that wasn't looked at."""
    made: datetime
    """When the page was made."""
    thorough: datetime
    """When it was last made whatever the signs said."""
    touched: datetime
    """When its person last did something there."""
    others: tuple[OtherInstance, ...] = ()


class OpenHomes:
    """Remembers them in this process: after a restart, they are kept up to date once they're opened again.

    Args:
        keep: how long they count as open after somebody did something there.
    """

    def __init__(self, keep: timedelta) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._homes: OrderedDict[str, OpenHome] = OrderedDict()
        self._publishing = [threading.Lock() for _ in range(_LOCKS)]
        self._turns: OrderedDict[str, int] = OrderedDict()
        self._last_turn = 0

    def publishing(self, user_id: str) -> threading.Lock:
        """Return what to hold while a person's App Home is published and that is remembered.

        Otherwise what was published first could be remembered last.
        """
        return self._publishing[hash(user_id) % _LOCKS]

    def begin(self, user_id: str) -> int:
        """Begin to make a page that its person asked for; return its turn."""
        with self._lock:
            self._last_turn += 1
            self._turns[user_id] = self._last_turn
            self._turns.move_to_end(user_id)
            while len(self._turns) > MOST:
                self._turns.popitem(last=False)
            return self._last_turn

    def is_latest(self, user_id: str, turn: int) -> bool:
        """Return whether its person hasn't asked for another page since then."""
        with self._lock:
            return self._turns.get(user_id, turn) == turn

    def put(self, home: OpenHome) -> None:
        """Remember what was published because its person did something."""
        with self._lock:
            self._homes[home.user_id] = home
            self._homes.move_to_end(home.user_id)
            while len(self._homes) > MOST:
                self._homes.popitem(last=False)

    def get(self, user_id: str) -> OpenHome | None:
        """Return what a person's App Home shows, if it is remembered."""
        with self._lock:
            return self._homes.get(user_id)

    def replace(self, old: OpenHome, new: OpenHome | None) -> bool:
        """Change what is remembered, or forget it, unless something else was published meanwhile."""
        with self._lock:
            if self._homes.get(old.user_id) is not old:
                return False
            if new is None:
                del self._homes[old.user_id]
            else:
                self._homes[old.user_id] = new
            return True

    def note_others(self, user_id: str, tab: HomeTab, others: tuple[OtherInstance, ...]) -> None:
        """Remember what runs on the other instances; the next round shows it, if it isn't shown yet."""
        with self._lock:
            home = self._homes.get(user_id)
            if home is not None and home.tab == tab and home.others != others:
                self._homes[user_id] = msgspec.structs.replace(home, others=others, signs=None)

    def open_at(self, now: datetime) -> list[OpenHome]:
        """Return those that are probably still open. Others are forgotten, once they were published whole."""
        with self._lock:
            for user_id, home in list(self._homes.items()):
                if not is_fresh(home.touched, now, max(self._keep, _PUBLISHED_WITHIN)):
                    del self._homes[user_id]
            return [home for home in self._homes.values() if is_fresh(home.touched, now, self._keep)]
