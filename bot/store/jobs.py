"""Followed jobs and the places where they are followed."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import structlog
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain import JobInfo, JobRef, Place
from bot.domain.audit import AuditEntry
from bot.domain.error_history import EndedRun
from bot.domain.stored_records import Draft, FollowedJob, FollowState, IntentState, Watch
from bot.store import statements
from bot.store.audit import AuditStore
from bot.store.codec import UnreadableRow, dump, load, load_computable
from bot.store.database import EPOCH, Database, readable_ms, to_ms
from bot.store.ended_runs import put_run
from bot.store.intents import close_intent
from bot.store.outbox import OutboxStore
from bot.store.pictures import want_picture
from bot.store.tables import jobs, watches

log = structlog.get_logger(__name__)


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A job to follow from now on, with everything to write in the same transaction."""

    job: FollowedJob
    watch: Watch
    drafts: tuple[Draft, ...]
    intent_id: str | None = None
    audit: AuditEntry | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """New facts of a job and everything that follows from them, written together or not at all."""

    job: FollowedJob
    """The new row, with the version that the change was computed from."""
    drafts: tuple[Draft, ...] = ()
    close: bool = False
    """Whether to close the job's watches."""
    run: EndedRun | None = None
    """What to remember of the job's end for later runs of the same outputs."""
    picture: bool = False
    """Whether to draw the job's timeline."""


class JobStore:
    """The tables of jobs and watches."""

    def __init__(self, database: Database, outbox: OutboxStore, audit: AuditStore) -> None:
        self._database = database
        self._outbox = outbox
        self._audit = audit

    def record(self, recording: Recording) -> bool:
        """Write a job, its watch and its first messages, and close the intent, in one transaction.

        Returns:
            False if the job is already followed in that channel: then this only closes the intent.
        """
        try:
            with self._database.write() as connection:
                now = self._database.now_ms(connection)
                self._insert_watch(connection, recording.watch, now)
                self._put_job(connection, recording.job, now)
                self._outbox.write_in(connection, recording.drafts)
                self._end_intent(connection, recording, now)
        except IntegrityError:
            with self._database.write() as connection:
                self._end_intent(connection, recording, self._database.now_ms(connection))
            return False
        return True

    def apply(self, change: Change) -> bool:
        """Write a change; return whether the job's row was unchanged since the change was computed."""
        info = change.job.info
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            new = {
                "ended": info.finished,
                "seen": dump(info),
                "kept": dump(change.job.follow_state),
                "before": change.job.version,
                "after": change.job.version + 1,
                "at": now,
            }
            changed = connection.execute(statements.CHANGED, statements.where_is(info.ref) | new)
            if not changed.rowcount:
                return False
            self._outbox.write_in(connection, change.drafts)
            if change.run is not None:
                put_run(connection, change.run)
            if change.picture:
                want_picture(connection, info.ref, now)
            if change.close:
                connection.execute(statements.CLOSED, statements.where_is(info.ref) | {"at": now})
            return True

    def close_watch(self, watch_id: str, drafts: Sequence[Draft] = ()) -> bool:
        """Stop following a job in one place; return whether it was followed there."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            closed = connection.execute(
                update(watches)
                .where(watches.c.id == watch_id, watches.c.closed_at.is_(None))
                .values(closed_at=now, open_key=None, changed_at=now)
            )
            if closed.rowcount:
                self._outbox.write_in(connection, drafts)
            return closed.rowcount == 1

    def job(self, ref: JobRef) -> FollowedJob | None:
        """Return a job row, or ``None`` if the bot never followed the job."""
        with self._database.read() as connection:
            row = connection.execute(select(jobs).where(_is(jobs, ref))).mappings().first()
            return read_job(row) if row else None

    def just_started(self, instance: str, project: str, since: datetime) -> Sequence[JobInfo]:
        """Return the unfinished jobs of a project that the bot has started since ``since``."""
        with self._database.read() as connection:
            asked = (
                select(jobs.c.facts)
                .join(watches, _watched())
                .where(
                    jobs.c.instance == instance,
                    jobs.c.project == project,
                    jobs.c.finished.is_(False),
                    watches.c.started_by_bot.is_(True),
                    watches.c.created_at >= to_ms(since),
                )
                .distinct()
            )
            return [known for row in connection.execute(asked) if (known := _info(row[0])) is not None]

    def named(self, job_id: str) -> Sequence[JobRef]:
        """Return the jobs with this ID in any project and instance, newest first."""
        with self._database.read() as connection:
            asked = (
                select(jobs.c.instance, jobs.c.project, jobs.c.job_id)
                .where(jobs.c.job_id == job_id)
                .order_by(jobs.c.updated_at.desc())
                .limit(20)
            )
            return [JobRef(instance=i, project=p, job_id=j) for i, p, j in connection.execute(asked)]

    def watch(self, watch_id: str) -> Watch | None:
        """Return one place where a job is or was followed, or ``None`` if there is no such row anymore."""
        with self._database.read() as connection:
            row = connection.execute(select(watches).where(watches.c.id == watch_id)).mappings().first()
            return read_watch(row) if row else None

    def watches_of(self, ref: JobRef, *, still_open: bool = True) -> Sequence[Watch]:
        """Return the places where a job is followed."""
        with self._database.read() as connection:
            asked = statements.OPEN_WATCHES if still_open else statements.WATCHES
            found = connection.execute(asked, statements.where_is(ref))
            return [read_watch(row) for row in found.mappings()]

    def followed(self, instance: str) -> dict[JobRef, FollowedJob]:
        """Return every job of an instance that has an open watch."""
        asked = select(jobs).join(watches, _watched()).where(jobs.c.instance == instance).distinct()
        with self._database.read() as connection:
            found = [read_job(row) for row in connection.execute(asked).mappings()]
        return {job.info.ref: job for job in found}

    def changes_since(self, instance: str, since_ms: int) -> tuple[int, Sequence[JobRef]]:
        """Return the next mark, and the jobs whose watches were opened or closed since the given mark.

        The mark goes back a little, because a transaction that began earlier might commit later.
        """
        with self._database.read() as connection:
            now = self._database.now_ms(connection)
            asked = (
                select(watches.c.instance, watches.c.project, watches.c.job_id)
                .where(watches.c.instance == instance, watches.c.changed_at >= since_ms)
                .distinct()
            )
            refs = [JobRef(instance=i, project=p, job_id=j) for i, p, j in connection.execute(asked)]
            return now - 5_000, refs

    def open_refs(self, instance: str) -> frozenset[JobRef]:
        """Return every job of an instance that is followed somewhere."""
        asked = (
            select(watches.c.project, watches.c.job_id)
            .where(watches.c.instance == instance, watches.c.closed_at.is_(None))
            .distinct()
        )
        with self._database.read() as connection:
            return frozenset(
                JobRef(instance=instance, project=project, job_id=job_id)
                for project, job_id in connection.execute(asked)
            )

    def recent_of(self, user_id: str, limit: int = 10) -> Sequence[tuple[Watch, FollowedJob]]:
        """Return the jobs that were followed for a person, newest first."""
        mine = (
            select(watches)
            .where(watches.c.asker == user_id)
            .order_by(watches.c.created_at.desc())
            .limit(limit)
            .subquery()
        )
        same = and_(
            jobs.c.instance == mine.c.instance,
            jobs.c.project == mine.c.project,
            jobs.c.job_id == mine.c.job_id,
        )
        asked = (
            select(mine, jobs.c.facts, jobs.c.memory, jobs.c.version, jobs.c.finished, jobs.c.updated_at)
            .join(jobs, same)
            .order_by(mine.c.created_at.desc())
        )
        with self._database.read() as connection:
            found = connection.execute(asked).mappings()
            return [(read_watch(row), read_job(row)) for row in found]

    def followed_count(self) -> int:
        """Return how many jobs are followed, no matter in how many places."""
        job = (watches.c.instance, watches.c.project, watches.c.job_id)
        followed = select(*job).where(watches.c.closed_at.is_(None)).distinct().subquery()
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(followed)).scalar_one()

    def _end_intent(self, connection: Connection, recording: Recording, now: int) -> None:
        if recording.intent_id is not None:
            job = recording.job.info.ref
            close_intent(connection, now, recording.intent_id, IntentState.DONE, job=job)
        if recording.audit is not None:
            self._audit.add_in(connection, recording.audit)

    def _put_job(self, connection: Connection, job: FollowedJob, now: int) -> None:
        ref = job.info.ref
        known = connection.execute(statements.VERSION, statements.where_is(ref)).scalar()
        others = select(func.count()).where(_is(watches, ref), watches.c.closed_at.is_(None))
        if known is not None:
            # A writer that is closing the job now hasn't read this watch: the new version makes it retry.
            values: dict[str, object] = {"version": known + 1, "updated_at": now}
            if connection.execute(others).scalar_one() == 1:
                # Nobody was following it anymore, so what the bot remembered about it no longer counts.
                info, follow_state = dump(job.info), dump(job.follow_state)
                values |= {"finished": job.info.finished, "facts": info, "memory": follow_state}
            connection.execute(update(jobs).where(_is(jobs, ref)).values(**values))
        else:
            connection.execute(
                insert(jobs),
                {
                    "instance": ref.instance,
                    "project": ref.project,
                    "job_id": ref.job_id,
                    "finished": job.info.finished,
                    "facts": dump(job.info),
                    "memory": dump(job.follow_state),
                    "version": 0,
                    "updated_at": now,
                },
            )

    def _insert_watch(self, connection: Connection, watch: Watch, now: int) -> None:
        ref = watch.ref
        connection.execute(
            insert(watches),
            {
                "id": watch.id,
                "instance": ref.instance,
                "project": ref.project,
                "job_id": ref.job_id,
                "open_key": f"{ref.instance}|{ref.project}|{ref.job_id}|{watch.place.channel_id}",
                "place": dump(watch.place),
                "asker": watch.asker,
                "asker_name": watch.asker_name,
                "root_id": watch.root_id,
                "started_by_bot": watch.started_by_bot,
                "created_at": to_ms(watch.created_at),
                "changed_at": now,
            },
        )


def _watched() -> ColumnElement[bool]:
    """Join jobs with their open watches."""
    return and_(
        watches.c.instance == jobs.c.instance,
        watches.c.project == jobs.c.project,
        watches.c.job_id == jobs.c.job_id,
        watches.c.closed_at.is_(None),
    )


def _is(table: object, ref: JobRef) -> ColumnElement[bool]:
    columns = table.c  # type: ignore[attr-defined]  # both tables have these three columns
    return and_(
        columns.instance == ref.instance, columns.project == ref.project, columns.job_id == ref.job_id
    )


def read_job(row: RowMapping) -> FollowedJob:
    """Read a row. If it can't be read, start over: the other columns say which job it is."""
    info, follow_state = _info(row["facts"]), _follow_state(row["memory"])
    if info is None or follow_state is None:
        ref = JobRef(instance=row["instance"], project=row["project"], job_id=row["job_id"])
        at = readable_ms(row["updated_at"])
        info = info or JobInfo(ref=ref, state="", finished=row["finished"])
        follow_state = follow_state or FollowState(followed_since=at)
        follow_state = msgspec.structs.replace(follow_state, rebuilt=at or EPOCH)
    return FollowedJob(info=info, follow_state=follow_state, version=row["version"])


def _info(text: str) -> JobInfo | None:
    try:
        return load_computable(text, JobInfo)
    except UnreadableRow as error:
        log.warning("row.unreadable", table="jobs", error=str(error))
        return None


def _follow_state(text: str) -> FollowState | None:
    try:
        return load_computable(text, FollowState)
    except UnreadableRow as error:
        log.warning("row.unreadable", table="jobs", error=str(error))
        return None


def _place(row: RowMapping) -> Place:
    """Read where a job is followed. If that's unreadable, use the open watch's key, or else its person."""
    try:
        return load(row["place"], Place)
    except UnreadableRow as error:
        log.warning("row.unreadable", table="watches", watch=row["id"], error=str(error))
        channel = (row["open_key"] or "").rpartition("|")[2]
        return Place(channel_id=channel or row["asker"])


def read_watch(row: RowMapping) -> Watch:
    """Read a row of the watches table. An impossible time is replaced by that of the last change."""
    changed_at = readable_ms(row["changed_at"]) or EPOCH
    return Watch(
        id=row["id"],
        ref=JobRef(instance=row["instance"], project=row["project"], job_id=row["job_id"]),
        place=_place(row),
        asker=row["asker"],
        asker_name=row["asker_name"],
        root_id=row["root_id"],
        started_by_bot=row["started_by_bot"],
        created_at=readable_ms(row["created_at"]) or changed_at,
        closed_at=(readable_ms(row["closed_at"]) or changed_at) if row["closed_at"] else None,
    )
