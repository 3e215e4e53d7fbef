"""Timeline pictures on their way into root messages: one row for each job, from its end until it's shown."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from bot.domain.job_info import JobRef
from bot.store.database import Database, to_ms
from bot.store.tables import pictures

MOST = 50
"""Rows at a time. When more jobs end at once, the later ones get no picture: each costs an edit."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One job's picture, and how far it is."""

    ref: JobRef
    file_id: str | None = None
    """Slack's id of the uploaded file; ``None`` until its bytes are there."""
    completed: bool = False
    """Whether Slack was told that the upload is complete."""
    attempts: int = 0


class PictureStore:
    """The table of pictures. One process at a time works on it (see `bot.workers.timeline_pictures`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime, limit: int = 10) -> Sequence[Picture]:
        """Return the pictures whose next step is due, oldest first."""
        asked = (
            select(pictures)
            .where(pictures.c.not_before <= to_ms(now))
            .order_by(pictures.c.created_at, pictures.c.job_id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [
                Picture(
                    ref=JobRef(instance=row["instance"], project=row["project"], job_id=row["job_id"]),
                    file_id=row["file_id"],
                    completed=bool(row["completed"]),
                    attempts=row["attempts"],
                )
                for row in connection.execute(asked).mappings()
            ]

    def put(self, picture: Picture) -> None:
        """Write how far a picture is."""
        self._update(picture.ref, file_id=picture.file_id, completed=picture.completed)

    def later(self, ref: JobRef, not_before: datetime) -> None:
        """Count an attempt, and put off the next step."""
        self._update(ref, attempts=pictures.c.attempts + 1, not_before=to_ms(not_before))

    def remove(self, ref: JobRef) -> None:
        """Delete a row: the picture is shown, or never will be."""
        with self._database.write() as connection:
            connection.execute(delete(pictures).where(_is(ref)))

    def _update(self, ref: JobRef, **values: object) -> None:
        with self._database.write() as connection:
            connection.execute(update(pictures).where(_is(ref)).values(**values))


def want_picture(connection: Connection, ref: JobRef, now_ms: int) -> None:
    """Note as part of a transaction that a job is to get a picture, unless many wait for one.

    The caller holds the lock on the job's row, so nobody else writes the same row.
    """
    if (connection.execute(select(func.count()).select_from(pictures)).scalar() or 0) >= MOST:
        return
    if connection.execute(select(pictures.c.job_id).where(_is(ref))).first() is None:
        connection.execute(
            insert(pictures),
            {
                "instance": ref.instance,
                "project": ref.project,
                "job_id": ref.job_id,
                "completed": False,
                "attempts": 0,
                "not_before": 0,
                "created_at": now_ms,
            },
        )


def _is(ref: JobRef) -> ColumnElement[bool]:
    return and_(
        pictures.c.instance == ref.instance,
        pictures.c.project == ref.project,
        pictures.c.job_id == ref.job_id,
    )
