"""The users of each DSS instance, cached for a few minutes."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.domain import DssUser
from bot.domain.cached import is_fresh
from bot.domain.errors import DSSNotFound, DSSNotVisible, DSSRefused, Refusal
from bot.domain.ports import Dss
from bot.language import t

log = structlog.get_logger(__name__)

FRESH = timedelta(minutes=5)
"""How long a list of DSS users is cached."""

AGAIN = timedelta(minutes=1)
"""How often, at most, a list is read again for somebody who isn't in it, because they might be by now."""


class IdentityUnavailable(Refusal):
    """Access can't be decided right now: callers that can wait try again before they report this."""


class UsersRefused(Refusal):
    """The key isn't allowed to list the users of an instance."""


class DssUsers:
    """Lists users, and remembers each instance's list."""

    def __init__(
        self, clock: Callable[[], datetime], label: Callable[[str], str | None] = lambda _: None
    ) -> None:
        """Start with nothing cached.

        Args:
            clock: returns the current time.
            label: the display name of an instance; ``None`` if there is only one.
        """
        self._clock = clock
        self._label = label
        self._lock = threading.Lock()
        self._lists: dict[str, tuple[datetime, tuple[DssUser, ...]]] = {}
        self._read: dict[str, datetime] = {}
        """When the list of an instance was last asked for, whether or not DSS answered."""

    def of(self, dss: Dss) -> tuple[DssUser, ...]:
        """Return the users of an instance.

        Raises:
            UsersRefused: with what to do.
            DSSError: DSS can't say.
        """
        with self._lock:
            kept = self._lists.get(dss.instance)
        if kept is not None and is_fresh(kept[0], self._clock(), FRESH):
            return kept[1]
        return self._ask(dss)

    def newer(self, dss: Dss) -> tuple[DssUser, ...] | None:
        """Return the users as they are now; ``None`` if they were asked for less than a minute ago.

        Raises:
            UsersRefused: with what to do.
            DSSError: DSS can't say.
        """
        now = self._clock()
        with self._lock:
            read = self._read.get(dss.instance)
            if read is not None and is_fresh(read, now, AGAIN):
                return None
            self._read[dss.instance] = now  # so that another thread doesn't ask too
        return self._ask(dss)

    def _ask(self, dss: Dss) -> tuple[DssUser, ...]:
        now = self._clock()
        with self._lock:
            self._read[dss.instance] = now
        try:
            users = tuple(dss.users())
        except (DSSRefused, DSSNotVisible, DSSNotFound) as error:
            log.warning("access.users_refused", instance=dss.instance, error=str(error))
            label = self._label(dss.instance)
            here = f"DSS ({label})" if label else "DSS"
            raise UsersRefused(
                t(
                    "The bot's API key isn't allowed to list the users of {dss}, so I can't find your "
                    "login: its administrator has to give the bot a global API key with admin rights.",
                    dss=here,
                )
            ) from error
        with self._lock:
            self._lists[dss.instance] = (now, users)
        return users
