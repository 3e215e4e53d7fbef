"""What to do with a message that Slack didn't accept: one pure table, so that no end is lost unnoticed."""

from enum import StrEnum

from bot.domain.stored_records import OutboxRow, Urgency
from bot.slack.error_codes import ErrorKind


class RowKind(StrEnum):
    """What a row means to the people who read it."""

    ROOT = "root"
    """A message that starts a thread or stands alone."""
    END = "end"
    """The reply that reports how a job ended."""
    REPLY = "reply"
    """Any other reply. It can be dropped, because the root message and the end say what matters."""
    EDIT = "edit"
    """New content of a posted message. If it's dropped, the message waits for newer content."""


class NextStep(StrEnum):
    """What to do next with a row."""

    AGAIN = "again"
    """Repeat the call after a pause that grows."""
    HOLD = "hold"
    """Repeat the call after a pause, and send nothing under this rate until then."""
    WAIT = "wait"
    """Wait until the token works again, however long it takes: nothing else works either."""
    MOVE = "move"
    """Send it as a direct message to the person who asked, with the reason."""
    DROP = "drop"
    """Give it up, with the reason. A root or an end is logged as an error."""


TRIES = 20
"""Maximum tries after a temporary error: with the pauses of `pause_after`, a quarter of an hour."""

LAST_TRIES = 1_500
"""Maximum tries if there's no other place to send the message: about 25 hours."""

DOUBTFUL_TRIES = 3
"""Maximum tries if the answers can't be read: each try might have shown the message."""

RATED_TRIES = 100
"""Maximum tries under a rate limit: with the longest wait, most of a day."""

DENIALS = 14
"""Maximum tries if Slack refuses a message in the last possible place, and that place isn't gone."""

_LIMITS = {
    ErrorKind.RETRY: (NextStep.AGAIN, TRIES),
    ErrorKind.UNREADABLE: (NextStep.AGAIN, DOUBTFUL_TRIES),
    ErrorKind.RATE: (NextStep.HOLD, RATED_TRIES),
}
_NOT_ABOUT_IT = frozenset({ErrorKind.RETRY, ErrorKind.RATE})
_MAY_PASS = frozenset({ErrorKind.RETRY, ErrorKind.RATE, ErrorKind.UNREADABLE})
_EDITED_AGAIN = frozenset({ErrorKind.FAULT, ErrorKind.CONTENT})


def kind_of(row: OutboxRow) -> RowKind:
    """Return what kind of message a row is."""
    if row.ts is not None:
        return RowKind.EDIT
    if row.is_root:
        return RowKind.ROOT
    return RowKind.END if row.urgency in {Urgency.END, Urgency.LATER} else RowKind.REPLY


def next_step(kind: RowKind, error_kind: ErrorKind, *, tries: int, movable: bool) -> NextStep:
    """Return what to do next with a message that Slack didn't accept.

    Args:
        kind: what kind of message it is.
        error_kind: what Slack's answer means.
        tries: number of failed tries, including this one; starts at 1.
        movable: whether the message can go to somebody's direct messages and isn't going there already.
    """
    if error_kind is ErrorKind.AUTH:
        return NextStep.WAIT
    needed = kind in {RowKind.ROOT, RowKind.END}
    again, limit = _LIMITS.get(error_kind, (NextStep.AGAIN, 0))
    if needed and not movable and error_kind in _NOT_ABOUT_IT:
        limit = LAST_TRIES
    if tries < limit:
        return again
    if needed and movable:
        return NextStep.MOVE
    if needed and error_kind is not ErrorKind.GONE and tries < DENIALS:
        return NextStep.AGAIN  # it's the last possible place: somebody might allow it again
    if kind is RowKind.EDIT and error_kind in _EDITED_AGAIN and tries < DOUBTFUL_TRIES:
        return NextStep.AGAIN
    return NextStep.DROP


def pause_after(kind: RowKind, error_kind: ErrorKind, tries: int) -> float:
    """Return the seconds until the next try: 1, 2, 4 … up to a minute.

    If Slack refuses a root or an end and there's no other place, it's 1, 2, 4 … up to 64 minutes.
    """
    if kind in {RowKind.ROOT, RowKind.END} and error_kind not in _MAY_PASS:
        return 60.0 * 2.0 ** min(tries - 1, 6)
    return min(2.0 ** min(tries - 1, 6), 60.0)
