"""The statements that run for every message and every change of a job, built once.

Building a statement costs more than running it. In updates no parameter has the name of a column, because
SQLAlchemy keeps those names for itself.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)

from bot.facts import JobRef
from bot.facts.records import URGENCY_ORDER, Urgency
from bot.store.tables import jobs, messages, pace, watches

DUE, SENDING, SENT, DEAD = "due", "sending", "sent", "dead"
GATHERED = "gathered"
"""State of news that nobody hears because a digest has told the end already."""
UNREADABLE = "unreadable"
"""How the reason of a dead message begins that could not be read."""

LONGEST_PAUSE_MS = 2 * 3_600_000
"""Nothing waits for longer on purpose: a time beyond it was written when a clock was wrong, or by a version
that took any ``Retry-After``, and is not waited for."""

_row = messages.c.id == bindparam("row")
_urgency: BindParameter[int] = bindparam("wanted")
_next_to_ends = URGENCY_ORDER.index(Urgency.ROOT)
_later = URGENCY_ORDER.index(Urgency.LATER)
_revived = and_(
    messages.c.state == DEAD, or_(messages.c.ts.is_not(None), messages.c.reason.startswith(UNREADABLE))
)

NEW = insert(messages).values(revision=1, shown=0)
"""A message that was not there before; its columns are the parameters."""

NEWER = (
    update(messages)
    .where(_row)
    .values(
        body=bindparam("content"),
        revision=messages.c.revision + 1,
        # A root that nobody has seen yet is not less urgent because it has newer content.
        # Nor does an end that a digest has told become urgent again.
        urgency=case(
            (
                messages.c.ts.is_(None) & ((messages.c.urgency < _urgency) | (messages.c.urgency == _later)),
                messages.c.urgency,
            ),
            else_=_urgency,
        ),
        # A card whose edit was given up is tried again with newer content; so is one that could not be read.
        state=case((messages.c.state == SENT, DUE), (_revived, DUE), else_=messages.c.state),
        attempts=case((_revived, 0), else_=messages.c.attempts),
        updated_at=bindparam("at"),
    )
)
"""Newer content for a message that is there: ``row``, ``content``, ``wanted`` (urgency), ``at``."""

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
"""Let what stands before an end in its thread, of ``root``, go right after the ends."""

TAKEN_BACK = delete(messages).where(_row, messages.c.ts.is_(None), messages.c.state == DUE)
"""Say nothing of a message, ``row``, that has not been said yet."""

ROOT = select(messages.c.channel_id, messages.c.ts, messages.c.state, messages.c.reason).where(_row)
"""Where a message, ``row``, is, or why it is nowhere."""

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
"""What a ``digest`` would have told is told to the people who asked."""

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
"""A revision, ``seen``, of a message is shown: ``row``, ``by`` (owner), ``slack_ts``, ``channel``, ``at``."""


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
"""New facts of a job that is as it was: `where_is`, ``before`` and ``after`` (versions), and the values."""

VERSION = select(jobs.c.version).where(
    jobs.c.instance == bindparam("at_instance"),
    jobs.c.project == bindparam("in_project"),
    jobs.c.job_id == bindparam("of_job"),
)
"""Of a job's row, if there is one: `where_is`."""

_its_watches = (
    watches.c.instance == bindparam("at_instance"),
    watches.c.project == bindparam("in_project"),
    watches.c.job_id == bindparam("of_job"),
)

WATCHES = select(watches).where(*_its_watches).order_by(watches.c.created_at)
"""Where a job is or was followed: `where_is`."""

OPEN_WATCHES = WATCHES.where(watches.c.closed_at.is_(None))
"""Where a job is followed: `where_is`."""

CLOSED = (
    update(watches)
    .where(*_its_watches, watches.c.closed_at.is_(None))
    .values(closed_at=bindparam("at"), open_key=None, changed_at=bindparam("at"))
)
"""A job is followed nowhere any more: `where_is`, ``at``."""


@cache
def due(*, edits: bool, posts: bool) -> Select[Any]:
    """Return the question for what is due, the most urgent first.

    Its parameters: ``now``, ``far``, ``shut``, ``room``, ``ahead``.

    ``far`` and ``shut`` are moments beyond which no row and no rate is made to wait on purpose.

    Args:
        edits: whether an edit can be made now.
        posts: whether a post can be made now: both are limited for the workspace.
    """
    root = messages.alias("root")
    earlier = messages.alias("earlier")
    now: BindParameter[int] = bindparam("now")
    far: BindParameter[int] = bindparam("far")
    ready = or_(
        and_(messages.c.state == DUE, or_(messages.c.not_before <= now, messages.c.not_before > far)),
        and_(messages.c.state == SENDING, or_(messages.c.lease_until < now, messages.c.lease_until > far)),
    )
    unsent_before = exists().where(
        earlier.c.root_id == messages.c.root_id,
        earlier.c.seq < messages.c.seq,
        earlier.c.ts.is_(None),
        earlier.c.state.in_((DUE, SENDING)),
    )
    in_turn = or_(messages.c.root_id.is_(None), and_(root.c.ts.is_not(None), ~unsent_before))
    # A channel whose turn is not now must not fill the look-ahead with rows that cannot go.
    next_at = pace.c.next_at - bindparam("ahead", type_=BigInteger)
    paused = exists().where(
        messages.c.ts.is_(None),
        pace.c.key == literal("post:").concat(messages.c.channel_id),
        next_at > now,
        next_at <= bindparam("shut"),
    )
    # Nor may edits while no edit can be made, nor posts while none can.
    is_edit = messages.c.ts.is_not(None)
    open_now = [~is_edit] if not edits else [is_edit] if not posts else []
    return (
        select(messages, root.c.ts.label("root_ts"))
        .select_from(messages.outerjoin(root, root.c.id == messages.c.root_id))
        .where(ready, in_turn, ~paused, *open_now)
        .order_by(messages.c.urgency, messages.c.seq)
        .limit(bindparam("room"))
        .with_for_update(of=messages, skip_locked=True)
    )


def where_is(ref: JobRef) -> dict[str, str]:
    """Return the parameters that name a job."""
    return {"at_instance": ref.instance, "in_project": ref.project, "of_job": ref.job_id}
