"""Button values: a request, serialized with a version within Slack's size limit, and validated when read.

Somebody can press a button long after it was shown, when another version of the bot is running. A value that
can't be read raises `OldButton`; it is never guessed.
"""

from functools import cache
from typing import Annotated, TypeVar

import msgspec

from bot.domain import Build, DecideApproval, JobName, ListJobs, Place, ReadLog, Request
from bot.domain.build_forms import FieldProblem
from bot.domain.errors import BotError, Refusal
from bot.language import t
from bot.views import limits

_T = TypeVar("_T")
_VERSION = "v1:"
_WHOLE_JOB = "*"  # an option's value can't be empty
_REQUESTS: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
LIST_FIELDS = ("state", "since", "by")
"""The filters of a list that a select changes."""
_JOBS = msgspec.json.Decoder(JobName)


class OldButton(Refusal):
    """The value of a button or a select comes from another version of the bot, or is damaged."""

    def __init__(self) -> None:
        super().__init__(
            t("This button is from an older message that the bot can no longer read. Nothing was done."),
            example="/dss-jobs",
        )


class ValueTooLarge(BotError):
    """The request doesn't fit into a button (or isn't valid Unicode): offer it without a button."""


def encode(request: Request) -> str:
    """Serialize a request as a button's value.

    Raises:
        ValueTooLarge: it would have more than 2,000 code points (SLACK-FACTS.md §1.3).
    """
    return _write(request, limits.BUTTON_VALUE)


def decode(text: str) -> Request:
    """Deserialize a button's value.

    Raises:
        OldButton: another version wrote it, or it is damaged.
    """
    return _read(_REQUESTS, text, limits.BUTTON_VALUE)


def encode_job(job: JobName) -> str:
    """Serialize a job as a ``block_id``, for a select whose options have no room for it.

    Raises:
        ValueTooLarge: it would have more than 255 code points.
    """
    return _write(job, limits.ID)


def log_choice(activity: str | None) -> str:
    """Serialize an activity, or the whole job, as an option's value.

    Raises:
        ValueTooLarge: it would have more than 150 code points.
    """
    value = activity or _WHOLE_JOB
    if len(value) > limits.OPTION_VALUE:
        raise ValueTooLarge(f"{len(value)} code points do not fit into an option")
    return value


def read_log_choice(block_id: str, value: str) -> ReadLog:
    """Read which entry of a log's activity select was chosen.

    Args:
        block_id: ``action["block_id"]``, which carries the job.
        value: ``action["selected_option"]["value"]``.

    Raises:
        OldButton: another version wrote it, or it is damaged.
    """
    job = _read(_JOBS, block_id, limits.ID)
    return ReadLog(job=job, activity=None if value == _WHOLE_JOB else value)


def encode_list(request: ListJobs) -> str:
    """Serialize a list's filters as a ``block_id``, for selects that each change one of them.

    Raises:
        ValueTooLarge: it would have more than 255 code points.
    """
    return _write(msgspec.structs.replace(request, page=0), limits.ID)


def list_choice(field: str, value: str | None) -> str:
    """Serialize a filter as an option's value.

    Raises:
        ValueTooLarge: it would have more than 150 code points.
    """
    written = f"{field}={value or ''}"
    if len(written) > limits.OPTION_VALUE:
        raise ValueTooLarge(f"{len(written)} code points do not fit into an option")
    return written


def read_list_filter(block_id: str, value: str) -> ListJobs:
    """Read which filter of a list was chosen; the list begins anew with its first page.

    Args:
        block_id: ``action["block_id"]``, which carries the other filters.
        value: ``action["selected_option"]["value"]``.

    Raises:
        OldButton: another version wrote it, or it is damaged.
    """
    request = _read(_REQUESTS, block_id, limits.ID)
    if not isinstance(request, ListJobs):
        raise OldButton
    return with_list_filter(request, value)


def with_list_filter(request: ListJobs, value: str) -> ListJobs:
    """Return the first page of a list with another filter.

    Args:
        request: the list.
        value: the value of a select's option.

    Raises:
        OldButton: another version wrote it, or it is damaged.
    """
    field, _, chosen = value.partition("=")
    if field not in LIST_FIELDS:
        raise OldButton
    fields = {name: getattr(request, name) for name in request.__struct_fields__}
    try:
        return msgspec.convert({"type": "ListJobs", **fields, field: chosen or None, "page": 0}, ListJobs)
    except msgspec.ValidationError as exc:
        raise OldButton from exc


def encode_decision(decision: DecideApproval) -> str:
    """Serialize a decision as a ``block_id``, for a select of reasons.

    Raises:
        ValueTooLarge: it would have more than 255 code points.
    """
    return _write(decision, limits.ID)


def read_decline_choice(block_id: str, value: str) -> DecideApproval:
    """Read why a build is declined from a select of reasons.

    Raises:
        OldButton: another version wrote it, or it is damaged.
    """
    decision = _read(_REQUESTS, block_id, limits.ID)
    if not isinstance(decision, DecideApproval):
        raise OldButton
    return declined(decision, value)


def declined(decision: DecideApproval, reason: str) -> DecideApproval:
    """Return the decision to decline, with a reason that every database can keep."""
    kept = reason.replace("\0", "").encode(errors="ignore").decode()[: limits.DECLINE_REASON]
    return msgspec.structs.replace(decision, verdict="decline", reason=kept)


class DeclineDialog(msgspec.Struct, frozen=True, kw_only=True):
    """What the dialog for the reason has to remember: a submitted dialog doesn't say where it was opened."""

    decision: DecideApproval
    channel_id: str
    response_url: str | None = None


def encode_dialog(dialog: DeclineDialog) -> str:
    """Serialize it as a ``private_metadata``.

    Raises:
        ValueTooLarge: it would have more than 3,000 code points.
    """
    return _write(dialog, limits.METADATA)


def read_dialog(text: str) -> DeclineDialog:
    """Read it back.

    Raises:
        OldButton: another version wrote it, or it is damaged.
    """
    return _read(_DIALOGS, text, limits.METADATA)


class BuildDialog(msgspec.Struct, frozen=True, kw_only=True):
    """What the build dialog remembers: where it was opened, and what was found wrong with its fields."""

    place: Place
    by_hand: bool = False
    """Whether names are typed instead of chosen."""
    trouble: str = ""
    """Why they are, in plain text."""
    problem: FieldProblem | None = None
    about: str = ""
    """`BuildForm.digest` of what the problem was found in."""
    found_at: float = 0.0
    """When that was, in seconds since 1970."""


def encode_build_dialog(dialog: BuildDialog) -> str:
    """Serialize it as a ``private_metadata``; without the address for answers if that is too long."""
    try:
        return _write(dialog, limits.METADATA)
    except ValueTooLarge:
        place = msgspec.structs.replace(dialog.place, response_url=None)
        return _write(msgspec.structs.replace(dialog, place=place, problem=None), limits.METADATA)


def read_build_dialog(text: str) -> BuildDialog:
    """Read it back.

    Raises:
        OldButton: another version wrote it, or it is damaged, so that it can't be written again.
    """
    dialog = _read(_BUILD_DIALOGS, text, limits.METADATA)
    try:
        encode_build_dialog(dialog)
    except ValueTooLarge as damaged:
        raise OldButton from damaged
    return dialog


class LogDialog(msgspec.Struct, frozen=True, kw_only=True):
    """What the dialog of a log carries: whose log it shows, and which part of it."""

    request: ReadLog
    place: Place
    search: Annotated[str, msgspec.Meta(max_length=limits.LOG_SEARCH)] = ""
    """Only lines that contain this are shown, in upper or lower case; all lines if it's empty."""
    page: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    """Counted from the end of the log."""


class FavoriteDialog(msgspec.Struct, frozen=True, kw_only=True):
    """What the dialog that saves a favorite remembers: the build, and where it was opened."""

    build: Build
    place: Place


def encode_favorite_dialog(dialog: FavoriteDialog) -> str:
    """Serialize it as a ``private_metadata``; without the address for answers if that is too long.

    Raises:
        ValueTooLarge: even so, it would have more than 3,000 code points.
    """
    try:
        return _write(dialog, limits.METADATA)
    except ValueTooLarge:
        place = msgspec.structs.replace(dialog.place, response_url=None)
        return _write(msgspec.structs.replace(dialog, place=place), limits.METADATA)


def read_favorite_dialog(text: str) -> FavoriteDialog:
    """Read it back.

    Raises:
        OldButton: another version wrote it, or it is damaged.
    """
    return _read(_FAVORITE_DIALOGS, text, limits.METADATA)


_FAVORITE_DIALOGS = msgspec.json.Decoder(FavoriteDialog)
_LOG_DIALOGS = msgspec.json.Decoder(LogDialog)


def encode_log_dialog(dialog: LogDialog) -> str:
    """Serialize it as a ``private_metadata``; without the address for answers if that is too long.

    Raises:
        ValueTooLarge: even so, it would have more than 3,000 code points.
    """
    try:
        return _write(dialog, limits.METADATA)
    except ValueTooLarge:
        place = msgspec.structs.replace(dialog.place, response_url=None)
        return _write(msgspec.structs.replace(dialog, place=place), limits.METADATA)


def read_log_dialog(text: str) -> LogDialog:
    """Read it back.

    Raises:
        OldButton: another version wrote it, or it is damaged.
    """
    return _read(_LOG_DIALOGS, text, limits.METADATA)


def _write(record: msgspec.Struct, limit: int) -> str:
    try:
        text = _VERSION + msgspec.json.encode(_without_defaults(record)).decode()
    except UnicodeEncodeError as exc:
        raise ValueTooLarge("the request is not valid Unicode") from exc
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
    # Nested too deeply for msgspec, or invalid Unicode: treated as damaged too.
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError) as exc:
        raise OldButton from exc


_DIALOGS = msgspec.json.Decoder(DeclineDialog)
_BUILD_DIALOGS = msgspec.json.Decoder(BuildDialog)


def _without_defaults(record: object) -> object:
    """Leave out defaults, which reading fills in again: they are most of a record's length."""
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
    """Cache the fields: looking them up takes longer than everything else about a button."""
    return msgspec.structs.fields(kind)
