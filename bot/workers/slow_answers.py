"""Tells people that an answer takes a while. Who gets one right away sees only that answer."""

import threading
from collections.abc import Callable
from time import monotonic

import msgspec
import structlog

from bot.domain import Message, Place
from bot.slack.private_messages import PrivateMessages
from bot.workers.timely import SLOW_AFTER

log = structlog.get_logger(__name__)


class _Pending(msgspec.Struct, frozen=True, kw_only=True):
    due: float
    """When to say something, by the clock of `SlowAnswers`."""
    place: Place
    user_id: str
    message: Message
    waiting: Callable[[], bool]


class SlowAnswers:
    """Says what the bot is doing, to those whose answer isn't there after a while.

    A line that was there from the start would stay above a refusal: Slack doesn't let a bot replace its first
    answer to a slash command (the maintainers of Bolt, slackapi/bolt-python#1268).

    Args:
        private_messages: sends the line.
        uptime: a clock in seconds that nobody sets.
        after: seconds without an answer.
    """

    def __init__(
        self,
        private_messages: PrivateMessages,
        *,
        uptime: Callable[[], float] = monotonic,
        after: float = SLOW_AFTER,
    ) -> None:
        self._private_messages = private_messages
        self._uptime = uptime
        self._after = after
        self._lock = threading.Lock()
        self._pending: list[_Pending] = []

    def expect(self, place: Place, user_id: str, message: Message, waiting: Callable[[], bool]) -> None:
        """Send ``message`` if ``waiting`` still says true after a while."""
        due = self._uptime() + self._after
        one = _Pending(due=due, place=place, user_id=user_id, message=message, waiting=waiting)
        with self._lock:
            self._pending.append(one)

    def round(self) -> bool:
        """Send what is due; there's never more to do right away."""
        now = self._uptime()
        with self._lock:
            due = [one for one in self._pending if one.due <= now]
            self._pending = [one for one in self._pending if one.due > now]
        for one in due:
            try:
                if one.waiting():
                    self._private_messages.send(one.place, one.user_id, one.message)
            except Exception as error:  # noqa: BLE001 - the others are told, whatever it was
                log.warning("answer.not_known", error=type(error).__name__)
        return False
