"""How the jobs that the bot followed ended, so that an error can be recognized in the next run."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from bot.domain.error_history import KEPT, EndedRun
from bot.domain.job_info import JobRef
from bot.store.database import EPOCH, Database, readable_ms, to_ms
from bot.store.tables import ended_runs


class EndedRunStore:
    """The table of ended runs: at most `KEPT` for each set of outputs of an instance."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def before(self, run: EndedRun) -> Sequence[EndedRun]:
        """Return the known runs of the same outputs, latest first; the run itself can be among them."""
        asked = select(ended_runs).where(_same(run)).order_by(ended_runs.c.ended_at.desc()).limit(KEPT + 1)
        with self._database.read() as connection:
            return [
                EndedRun(
                    ref=JobRef(instance=row["instance"], project=row["project"], job_id=row["job_id"]),
                    outputs_key=row["outputs_key"],
                    state=row["state"],
                    fingerprint=row["fingerprint"],
                    ended_at=readable_ms(row["ended_at"]) or EPOCH,
                )
                for row in connection.execute(asked).mappings()
            ]


def put_run(connection: Connection, run: EndedRun) -> None:
    """Write a run as part of a transaction, or what is now known of one; delete those that are too many.

    The caller holds the lock on the job's row, so nobody else writes the same run.
    """
    ref = run.ref
    key = {"instance": ref.instance, "project": ref.project, "job_id": ref.job_id}
    values = {
        "outputs_key": run.outputs_key,
        "state": run.state,
        "fingerprint": run.fingerprint,
        "ended_at": to_ms(run.ended_at),
    }
    mine = and_(*(ended_runs.c[name] == value for name, value in key.items()))
    if not connection.execute(update(ended_runs).where(mine).values(**values)).rowcount:
        connection.execute(insert(ended_runs), key | values)
    latest = select(ended_runs.c.ended_at).where(_same(run)).order_by(ended_runs.c.ended_at.desc())
    oldest_kept = connection.execute(latest.offset(KEPT - 1).limit(1)).scalar()
    if oldest_kept is not None:
        connection.execute(delete(ended_runs).where(_same(run), ended_runs.c.ended_at < oldest_kept))


def _same(run: EndedRun) -> ColumnElement[bool]:
    return and_(ended_runs.c.instance == run.ref.instance, ended_runs.c.outputs_key == run.outputs_key)
