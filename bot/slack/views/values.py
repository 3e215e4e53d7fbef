"""Button values: a wish, written down with a version, within Slack's size, and read back with suspicion.

A button may be pressed long after it was shown, by a bot of another version; what cannot be read is an
`OldButton`, never a guess.
"""

from functools import cache
from typing import TypeVar

import msgspec

from bot.errors import BotError, Refusal
from bot.facts import JobName, ReadLog, Wish
from bot.slack.views import limits

_T = TypeVar("_T")
_VERSION = "v1:"
_WHOLE_JOB = "*"  # an option's value may not be empty
_WISHES: msgspec.json.Decoder[Wish] = msgspec.json.Decoder(Wish)
_JOBS = msgspec.json.Decoder(JobName)


class OldButton(Refusal):
    """The value of a button or a list is from another version of the bot, or damaged."""

    def __init__(self) -> None:
        super().__init__(
            "This button is from an older message that the bot cannot read any more. Nothing was done.",
            example="/dss-jobs",
        )


class ValueTooLarge(BotError):
    """The wish does not fit into a button (or is not valid Unicode): offer it without a button."""


def encode(wish: Wish) -> str:
    """Write a wish as a button's value.

    Raises:
        ValueTooLarge: it would have more than 2,000 code points (SLACK-FACTS.md §1.3).
    """
    return _write(wish, limits.BUTTON_VALUE)


def decode(text: str) -> Wish:
    """Read a button's value.

    Raises:
        OldButton: another version wrote it, or it is damaged.
    """
    return _read(_WISHES, text, limits.BUTTON_VALUE)


def encode_job(job: JobName) -> str:
    """Write a job as a ``block_id``, for a select whose options have no room for it.

    Raises:
        ValueTooLarge: it would have more than 255 code points.
    """
    return _write(job, limits.ID)


def log_choice(activity: str | None) -> str:
    """Write an activity, or the whole job, as an option's value.

    Raises:
        ValueTooLarge: it would have more than 150 code points.
    """
    value = activity or _WHOLE_JOB
    if len(value) > limits.OPTION_VALUE:
        raise ValueTooLarge(f"{len(value)} code points do not fit into an option")
    return value


def read_log_choice(block_id: str, value: str) -> ReadLog:
    """Read what was chosen in the list of a log's activities.

    Args:
        block_id: ``action["block_id"]``, which carries the job.
        value: ``action["selected_option"]["value"]``.

    Raises:
        OldButton: another version wrote it, or it is damaged.
    """
    job = _read(_JOBS, block_id, limits.ID)
    return ReadLog(job=job, activity=None if value == _WHOLE_JOB else value)


def _write(record: msgspec.Struct, limit: int) -> str:
    try:
        text = _VERSION + msgspec.json.encode(_without_defaults(record)).decode()
    except UnicodeEncodeError as exc:
        raise ValueTooLarge("the wish is not valid Unicode") from exc
    if "\\u0000" in text:
        raise ValueTooLarge("a NUL can't be kept by every database")
    if len(text) > limit:
        raise ValueTooLarge(f"{len(text)} code points do not fit into {limit}")
    return text


def _read(decoder: msgspec.json.Decoder[_T], text: str, limit: int) -> _T:
    if len(text) > limit or not text.startswith(_VERSION):
        raise OldButton
    try:
        return decoder.decode(text.removeprefix(_VERSION))
    # Nested too deep for msgspec, or not valid Unicode: damaged like any other.
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError) as exc:
        raise OldButton from exc


def _without_defaults(record: object) -> object:
    """Leave out what reading fills in again: it is most of a record's length."""
    if isinstance(record, tuple):
        return [_without_defaults(item) for item in record]
    if not isinstance(record, msgspec.Struct):
        return record
    shown: dict[str, object] = {}
    if (tag := record.__struct_config__.tag) is not None:
        shown["type"] = tag
    for field in _fields(type(record)):
        value = getattr(record, field.name)
        if field.required or value != field.default:
            shown[field.name] = _without_defaults(value)
    return shown


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Looking the fields up takes longer than everything else about a button."""
    return msgspec.structs.fields(kind)
