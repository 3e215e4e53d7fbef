"""The statements that run for every message and every change of a job, built once.

Building a statement costs more than running it. In updates, no parameter has the name of a column, because
SQLAlchemy reserves those names.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from bot.domain import JobRef
from bot.domain.stored_records import URGENCY_ORDER, Urgency
from bot.store.tables import jobs, messages, watches

DUE, SENDING, SENT, DEAD = "due", "sending", "sent", "dead"
GATHERED = "gathered"
"""State of replies that won't be posted because a digest has already reported the end."""
UNREADABLE = "unreadable"
"""Prefix of the reason of a dead message that couldn't be read."""

LONGEST_PAUSE_MS = 2 * 3_600_000
"""Nothing waits longer than this on purpose. A later time was written when a clock was wrong, or by a version
that accepted any ``Retry-After``, and is ignored."""

SET_BACK_MS = 60_000
"""A row that was changed, or is leased, later than this from now is from before the clock was set back: its
pause is ignored, too."""

MOST_TRIES = 1_000_000
"""Attempts aren't counted further: PostgreSQL refuses a larger integer, and with it the whole claim."""


def counted(tries: ColumnElement[int]) -> ColumnElement[int]:
    """Return one attempt more, within the numbers that a claim can have written."""
    return case((tries < 0, 1), (tries >= MOST_TRIES, MOST_TRIES), else_=tries + 1)


def readable_tries(tries: object) -> int:
    """Return a row's number of attempts, within the numbers that a claim can have written.

    Raises:
        TypeError: it isn't a number, which SQLite accepts.
    """
    if not isinstance(tries, int):
        raise TypeError("the number of attempts isn't a number")
    return min(max(tries, 0), MOST_TRIES)


_row = messages.c.id == bindparam("row")
_urgency: BindParameter[int] = bindparam("wanted")
_next_to_ends = URGENCY_ORDER.index(Urgency.ROOT)
_later = URGENCY_ORDER.index(Urgency.LATER)
_revived = and_(
    messages.c.state == DEAD, or_(messages.c.ts.is_not(None), messages.c.reason.startswith(UNREADABLE))
)

NEW = insert(messages).values(revision=1, shown=0)
"""Insert a new message; its columns are the parameters."""

NEWER = (
    update(messages)
    .where(_row)
    .values(
        body=bindparam("content"),
        revision=messages.c.revision + 1,
        # Newer content keeps the turn of a message whose content so far has not been shown yet, because it
        # includes that. Otherwise, final counts of one job would go before the ends of others.
        # An end that a digest has reported doesn't become urgent again.
        urgency=case(
            (
                (messages.c.shown < messages.c.revision)
                & ((messages.c.urgency < _urgency) | (messages.c.urgency == _later)),
                messages.c.urgency,
            ),
            else_=_urgency,
        ),
        # If an edit was given up, or a message couldn't be read, newer content is tried again.
        state=case((messages.c.state == SENT, DUE), (_revived, DUE), else_=messages.c.state),
        attempts=case((_revived, 0), else_=messages.c.attempts),
        updated_at=bindparam("at"),
    )
)
"""Write newer content for an existing message: ``row``, ``content``, ``wanted`` (urgency), ``at``."""

HURRY = (
    update(messages)
    .where(
        or_(messages.c.id == bindparam("root"), messages.c.root_id == bindparam("root")),
        messages.c.ts.is_(None),
        messages.c.state.in_((DUE, SENDING)),
        messages.c.urgency > _next_to_ends,
    )
    .values(urgency=_next_to_ends)
)
"""Send the messages before an end in the thread of ``root`` right after the ends."""

TAKEN_BACK = delete(messages).where(_row, messages.c.ts.is_(None), messages.c.state == DUE)
"""Delete a message, ``row``, that hasn't been posted yet."""

ROOT = select(messages.c.channel_id, messages.c.ts, messages.c.state, messages.c.reason).where(_row)
"""Select where a message, ``row``, is, or why it was given up."""

SCATTERED = (
    update(messages)
    .where(
        messages.c.reason == bindparam("digest"),
        messages.c.state == DUE,
        messages.c.urgency == _later,
        messages.c.asker.is_not(None),
    )
    .values(
        urgency=URGENCY_ORDER.index(Urgency.END),
        channel_id=messages.c.asker,
        root_id=None,
        reason=None,
        lease_until=0,
        not_before=0,
    )
)
"""Send the ends in a ``digest`` that was given up to the people who asked."""

SHOWN = (
    update(messages)
    .where(_row, messages.c.owner == bindparam("by"))
    .values(
        ts=bindparam("slack_ts"),
        channel_id=bindparam("channel"),
        shown=bindparam("seen"),
        attempts=0,
        lease_until=0,
        not_before=0,
        reason=None,
        state=case((messages.c.revision > bindparam("seen"), DUE), else_=SENT),
        updated_at=bindparam("at"),
    )
)
"""Record that a revision, ``seen``, is shown: ``row``, ``by`` (owner), ``slack_ts``, ``channel``, ``at``."""


CHANGED = (
    update(jobs)
    .where(
        jobs.c.instance == bindparam("at_instance"),
        jobs.c.project == bindparam("in_project"),
        jobs.c.job_id == bindparam("of_job"),
        jobs.c.version == bindparam("before"),
    )
    .values(
        finished=bindparam("ended"),
        facts=bindparam("seen"),
        memory=bindparam("kept"),
        version=bindparam("after"),
        updated_at=bindparam("at"),
    )
)
"""Write new facts if the job's row is unchanged: `where_is`, ``before``, ``after`` (versions), and values."""

VERSION = select(jobs.c.version).where(
    jobs.c.instance == bindparam("at_instance"),
    jobs.c.project == bindparam("in_project"),
    jobs.c.job_id == bindparam("of_job"),
)
"""Select the version of a job's row, if there is one: `where_is`."""

_its_watches = (
    watches.c.instance == bindparam("at_instance"),
    watches.c.project == bindparam("in_project"),
    watches.c.job_id == bindparam("of_job"),
)

WATCHES = select(watches).where(*_its_watches).order_by(watches.c.created_at)
"""Select where a job is or was followed: `where_is`."""

OPEN_WATCHES = WATCHES.where(watches.c.closed_at.is_(None))
"""Select where a job is followed: `where_is`."""

CLOSED = (
    update(watches)
    .where(*_its_watches, watches.c.closed_at.is_(None))
    .values(closed_at=bindparam("at"), open_key=None, changed_at=bindparam("at"))
)
"""Close all open watches of a job: `where_is`, ``at``."""


@cache
def due(*, edits: bool, posts: bool) -> Select[Any]:
    """Return the query for the messages that are due, the most urgent first.

    Its parameters: ``now``, ``far``, ``set_back``, ``paused`` (channels), ``room``.

    No row waits beyond ``far`` on purpose, and none was changed after ``set_back``.

    Args:
        edits: whether an edit is possible now.
        posts: whether a post is possible now. Both have a limit for the whole workspace.
    """
    root = messages.alias("root")
    earlier = messages.alias("earlier")
    unsent_before = exists().where(
        earlier.c.root_id == messages.c.root_id,
        earlier.c.seq < messages.c.seq,
        earlier.c.ts.is_(None),
        earlier.c.state.in_((DUE, SENDING)),
    )
    in_turn = or_(messages.c.root_id.is_(None), and_(root.c.ts.is_not(None), ~unsent_before))
    # A channel that can't take a message now must not fill the look-ahead with rows that can't be sent.
    paused = and_(messages.c.ts.is_(None), messages.c.channel_id.in_(bindparam("paused", expanding=True)))
    # The same goes for edits while no edit is possible, and for posts while no post is.
    is_edit = messages.c.ts.is_not(None)
    open_now = [~is_edit] if not edits else [is_edit] if not posts else []
    return (
        select(messages, root.c.ts.label("root_ts"))
        .select_from(messages.outerjoin(root, root.c.id == messages.c.root_id))
        .where(_ready(), in_turn, ~paused, *open_now)
        .order_by(messages.c.urgency, messages.c.seq)
        .limit(bindparam("room"))
        .with_for_update(of=messages, skip_locked=True)
    )


def _ready() -> ColumnElement[bool]:
    now: BindParameter[int] = bindparam("now")
    far: BindParameter[int] = bindparam("far")
    set_back: BindParameter[int] = bindparam("set_back")
    pause, lease = messages.c.not_before, messages.c.lease_until
    touched_later = messages.c.updated_at > set_back
    # A row on its way has an owner, and a short lease; one whose outcome is unknown waits without an owner.
    leased_later = or_(
        and_(messages.c.owner.is_not(None), lease > set_back),
        and_(messages.c.owner.is_(None), touched_later),
    )
    return or_(
        and_(messages.c.state == DUE, or_(pause <= now, pause > far, touched_later)),
        and_(messages.c.state == SENDING, or_(lease < now, lease > far, leased_later)),
    )


def where_is(ref: JobRef) -> dict[str, str]:
    """Return the parameters that identify a job."""
    return {"at_instance": ref.instance, "in_project": ref.project, "of_job": ref.job_id}
