"""Read what the bot itself knows about jobs: their rows, where they are or were followed, and the threads."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, select, tuple_

from bot.domain import JobRef
from bot.domain.stored_records import FollowedJob, KnownJob, Thread, Watch
from bot.store.database import Database
from bot.store.jobs import read_job, read_watch
from bot.store.tables import jobs, messages, watches

_JOB = (jobs.c.instance, jobs.c.project, jobs.c.job_id)
_WATCHED = (watches.c.instance, watches.c.project, watches.c.job_id)


class KnownJobStore:
    """Reads the tables of jobs, watches and messages together, for the lists that people see."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, refs: Collection[JobRef]) -> dict[JobRef, KnownJob]:
        """Return what the bot knows about these jobs. Jobs that it never followed are left out."""
        if not refs:
            return {}
        keys = [(ref.instance, ref.project, ref.job_id) for ref in refs]
        with self._database.read() as connection:
            rows = connection.execute(select(jobs).where(tuple_(*_JOB).in_(keys))).mappings()
            threads = _threads(connection, keys)
            known = [read_job(row) for row in rows]
        return {job.info.ref: KnownJob(job=job, threads=threads.get(job.info.ref, ())) for job in known}

    def of_thread(self, channel_id: str, thread_ts: str) -> tuple[Watch, FollowedJob] | None:
        """Return what a thread is about; ``None`` when its root isn't the bot's message about a job."""
        root = and_(messages.c.channel_id == channel_id, messages.c.ts == thread_ts)
        asked = select(watches).join(messages, messages.c.id == watches.c.root_id).where(root).limit(1)
        with self._database.read() as connection:
            row = connection.execute(asked).mappings().first()
            if row is None:
                return None
            watch = read_watch(row)
            job = connection.execute(select(jobs).where(_is_of(watch.ref))).mappings().first()
            return None if job is None else (watch, read_job(job))

    def posted(self, instance: str, project: str, channel_id: str) -> bool:
        """Return whether a job of a project is or was followed in a channel."""
        in_channel = watches.c.place.contains(f'"channel_id":"{channel_id}"', autoescape=True)
        asked = (
            select(watches.c.id)
            .where(watches.c.instance == instance, watches.c.project == project, in_channel)
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.execute(asked).first() is not None

    def ended(self, instance: str, limit: int) -> Sequence[FollowedJob]:
        """Return the jobs of an instance that the bot saw end, each once, latest end first."""
        with self._database.read() as connection:
            rows = connection.execute(_ended(instance, limit)).mappings()
            return list({job.info.ref: job for job in map(read_job, rows)}.values())


def _is_of(ref: JobRef) -> ColumnElement[bool]:
    return and_(jobs.c.instance == ref.instance, jobs.c.project == ref.project, jobs.c.job_id == ref.job_id)


def _ended(instance: str, limit: int) -> Select[Any]:
    closed = (
        select(*_WATCHED, watches.c.closed_at)
        .where(watches.c.instance == instance, watches.c.closed_at.is_not(None))
        .order_by(watches.c.closed_at.desc())
        .limit(limit)
        .subquery()
    )
    same = and_(
        jobs.c.instance == closed.c.instance,
        jobs.c.project == closed.c.project,
        jobs.c.job_id == closed.c.job_id,
    )
    ended = select(jobs).join(closed, same).where(jobs.c.finished.is_(True))
    return ended.order_by(closed.c.closed_at.desc())


def _threads(
    connection: Connection, keys: Sequence[tuple[str, str, str]]
) -> dict[JobRef, tuple[Thread, ...]]:
    asked = (
        select(watches, messages.c.channel_id, messages.c.ts)
        .outerjoin(messages, messages.c.id == watches.c.root_id)
        .where(tuple_(*_WATCHED).in_(keys))
        .order_by(watches.c.created_at.desc())
    )
    found: dict[JobRef, tuple[Thread, ...]] = {}
    for row in connection.execute(asked).mappings():
        one = _thread(row)
        found[one.watch.ref] = (*found.get(one.watch.ref, ()), one)
    return found


def _thread(row: RowMapping) -> Thread:
    watch = read_watch(row)
    return Thread(watch=watch, channel_id=row["channel_id"] or watch.place.channel_id, ts=row["ts"])
