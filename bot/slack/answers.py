"""What an answer of Slack's says about a message, if it makes sense at all.

slack_sdk lets anything pass whose ``ok`` is not empty, and reads what is missing as ``None``.
"""

import re
from collections.abc import Mapping, Sequence

from bot.domain.errors import BotError

_TS = re.compile(r"\d{1,20}\.\d{1,10}", re.ASCII)
_CHANNEL = re.compile(r"[\w.-]{1,255}", re.ASCII)


class UnreadableAnswer(BotError):
    """Slack, or something before it, gave an answer without sense: whether it was done is not known."""

    def __init__(self) -> None:
        super().__init__("unreadable_answer")


def is_ts(value: object) -> bool:
    """Say whether a value is a message's timestamp."""
    return isinstance(value, str) and _TS.fullmatch(value) is not None


def where(data: object) -> tuple[str, str]:
    """Return channel and timestamp of an answer that says ``ok: true``.

    Raises:
        UnreadableAnswer: it names none, or some that cannot be stored.
    """
    match data:
        case {"ok": True, "channel": str(channel), "ts": str(ts)}:
            if _CHANNEL.fullmatch(channel) and is_ts(ts):
                return channel, ts
    raise UnreadableAnswer


def messages_of(data: object) -> Sequence[Mapping[str, object]]:
    """Return the messages of a history: none, only where Slack says that there are none.

    Raises:
        UnreadableAnswer: it is no list of messages.
    """
    match data:
        case {"ok": True, "messages": list(messages)} if all(isinstance(one, dict) for one in messages):
            return messages
    raise UnreadableAnswer
