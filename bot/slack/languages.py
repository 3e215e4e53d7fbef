"""In which language a person reads Slack, known before anything is said to them."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Protocol

import structlog

from bot.domain import Person
from bot.language import nearest
from bot.slack.users import UnknownUser

log = structlog.get_logger(__name__)

WITHIN = 0.8
"""Seconds to wait for Slack to say who somebody is. A listener has three to acknowledge, and this is only
about the language; who may do what is asked again, without such a limit."""
PAUSE = 10.0
"""Seconds without waiting, after Slack took too long or couldn't say. That it doesn't know one user is an
answer: others are asked about as before."""
REMEMBERED = 10_000
"""How many people's languages to remember when Slack doesn't answer."""
THREADS = 2


class People(Protocol):
    """Who people are according to Slack; see `bot.slack.users.SlackUsers`."""

    def known(self, user_id: str) -> Person | None:
        """Return somebody about whom Slack needn't be asked now."""

    def person(self, user_id: str, team_id: str) -> Person:
        """Return who somebody is."""


class Languages:
    """Finds each person's language, quickly or not at all.

    Args:
        people: knows the locale that is set in Slack.
        channels: the language that channels read, and people whose own one the bot doesn't speak.
        uptime: a clock in seconds that nobody sets.
    """

    def __init__(
        self, people: People, channels: str, *, uptime: Callable[[], float] = time.monotonic
    ) -> None:
        self.channels = channels
        self._people = people
        self._uptime = uptime
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="language")
        self._lock = threading.Lock()
        self._last: OrderedDict[str, str] = OrderedDict()
        self._not_before = 0.0

    def of(self, user_id: str, team_id: str) -> str:
        """Return a person's language: as Slack says now, as it said last, or that of the channels.

        Args:
            user_id: Slack user ID; empty if nobody did anything.
            team_id: the user's workspace according to the delivery.
        """
        if not user_id:
            return self.channels
        person = self._people.known(user_id) or self._asked(user_id, team_id)
        with self._lock:
            if person is None:
                return self._last.get(user_id, self.channels)
            said = nearest(person.locale) or self.channels
            self._last[user_id] = said
            self._last.move_to_end(user_id)
            while len(self._last) > REMEMBERED:
                self._last.popitem(last=False)
        return said

    def close(self) -> None:
        """Ask nobody anymore."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _asked(self, user_id: str, team_id: str) -> Person | None:
        if self._uptime() < self._not_before:
            return None
        try:
            asking: Future[Person] = self._pool.submit(self._people.person, user_id, team_id)
        except RuntimeError:  # the bot is stopping
            return None
        try:
            return asking.result(WITHIN)
        except (Exception, CancelledError) as error:  # noqa: BLE001 - it's only about the language
            asking.cancel()
            if not (isinstance(error, UnknownUser) and not error.passing):
                self._not_before = self._uptime() + PAUSE
            log.info("language.not_known", user=user_id, error=type(error).__name__)
            return None
