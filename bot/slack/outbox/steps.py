"""What is done with a message that Slack did not take: one pure table, so that no end can be lost unseen."""

from enum import StrEnum

from bot.facts.records import OutboxRow, Urgency
from bot.slack.outbox.verdicts import Verdict


class Kind(StrEnum):
    """What a row is to the people who read it."""

    ROOT = "root"
    """A message that begins a thread, or stands alone."""
    END = "end"
    """The reply that says the last word on a job."""
    REPLY = "reply"
    """Any other reply: it may be dropped, the root message and the end say what counts."""
    EDIT = "edit"
    """New content of a message that is shown: dropped until there is newer content."""


class Step(StrEnum):
    """What comes next for a row."""

    AGAIN = "again"
    """The same call, after a pause that grows."""
    HOLD = "hold"
    """The same call, and nothing under this rate before."""
    WAIT = "wait"
    """Until the token works again, however long: nothing else works either."""
    MOVE = "move"
    """To a direct message with the person who asked, with the reason."""
    DROP = "drop"
    """Given up, with the reason; logged as an error when it was a root or an end."""


TRIES = 20
"""How often something that may pass is tried: with the pauses of `pause_after` a quarter of an hour."""

LAST_TRIES = 1_500
"""How often, when there is no other place left to tell it: some 25 hours."""

DOUBTFUL_TRIES = 3
"""How often it is tried when the answers cannot be read: each try may have shown the message."""

RATED_TRIES = 100
"""How often a rate is waited for: at the longest wait that is most of a day."""

DENIALS = 14
"""How often it is tried to tell somebody directly, when Slack refuses that though the person is not gone."""

_LIMITS = {
    Verdict.RETRY: (Step.AGAIN, TRIES),
    Verdict.UNREADABLE: (Step.AGAIN, DOUBTFUL_TRIES),
    Verdict.RATE: (Step.HOLD, RATED_TRIES),
}
_NOT_ABOUT_IT = frozenset({Verdict.RETRY, Verdict.RATE})
_MAY_PASS = frozenset({Verdict.RETRY, Verdict.RATE, Verdict.UNREADABLE})
_EDITED_AGAIN = frozenset({Verdict.FAULT, Verdict.CONTENT})


def kind_of(row: OutboxRow) -> Kind:
    """Say what a row is."""
    if row.ts is not None:
        return Kind.EDIT
    if row.is_root:
        return Kind.ROOT
    return Kind.END if row.urgency in {Urgency.END, Urgency.LATER} else Kind.REPLY


def next_step(kind: Kind, verdict: Verdict, *, tries: int, movable: bool) -> Step:
    """Say what comes next for a message that Slack did not take.

    Args:
        kind: what it is.
        verdict: what Slack's answer means.
        tries: how often it was tried in vain, this time included; from 1 on.
        movable: whether there is somebody to tell directly who is not being told directly already.
    """
    if verdict is Verdict.AUTH:
        return Step.WAIT
    needed = kind in {Kind.ROOT, Kind.END}
    again, limit = _LIMITS.get(verdict, (Step.AGAIN, 0))
    if needed and not movable and verdict in _NOT_ABOUT_IT:
        limit = LAST_TRIES
    if tries < limit:
        return again
    if needed and movable:
        return Step.MOVE
    if needed and verdict is not Verdict.GONE and tries < DENIALS:
        return Step.AGAIN  # the last place where it can be told: somebody may allow it again
    if kind is Kind.EDIT and verdict in _EDITED_AGAIN and tries < DOUBTFUL_TRIES:
        return Step.AGAIN
    return Step.DROP


def pause_after(kind: Kind, verdict: Verdict, tries: int) -> float:
    """Return the seconds until the next try: 1, 2, 4 … up to a minute.

    Where a root or an end is refused and no other place is left, they are 1, 2, 4 … up to 64 minutes.
    """
    if kind in {Kind.ROOT, Kind.END} and verdict not in _MAY_PASS:
        return 60.0 * 2.0 ** min(tries - 1, 6)
    return min(2.0 ** min(tries - 1, 6), 60.0)
