"""What the last reply about a job says besides its outcome: what was written, earlier runs, a way out."""

from bot.domain import JobCard, JobInfo
from bot.domain.error_history import ErrorHistory
from bot.domain.failure_kinds import FailureKind, failure_kind
from bot.language import mark, number, t, tn
from bot.views import wording

_WAYS_OUT = {
    FailureKind.MEMORY: mark(
        "It ran out of memory: give the recipe or its container more, or read less data at once."
    ),
    FailureKind.DISK: mark("A disk is full: somebody who administers DSS has to make room first."),
    FailureKind.CONNECTION: mark(
        "Something it needs didn't answer, which might pass: check that the database or service is up."
    ),
    FailureKind.PERMISSION: mark(
        "It wasn't allowed to read or write something: check the rights of the connection and of the person "
        "whom the job runs as."
    ),
    FailureKind.CREDENTIALS: mark(
        "A login was refused: somebody has to renew the credentials of the connection first."
    ),
    FailureKind.MISSING_MODULE: mark("A package is missing: add it to the recipe's code environment."),
    FailureKind.MISSING_COLUMN: mark(
        "A column or a key is missing: check whether the schema of an input has changed."
    ),
    FailureKind.MISSING_TABLE: mark(
        "A table is missing: check whether the input has been built, and under which name."
    ),
}


def usual_time(card: JobCard) -> str | None:
    """Say how long such a job usually takes; ``None`` if that isn't known or can't be compared."""
    job = card.job
    ran = job.state in {"DONE", "FAILED"} and not job.conflicts and not wording.built_nothing(job)
    if card.usual_seconds is None or not ran:
        return None
    return wording.duration(card.usual_seconds)


def written(job: JobInfo) -> str | None:
    """Say how much the job's activities wrote, as far as DSS counted it; ``None`` if it didn't."""
    counted = [one for one in job.activities if one.records is not None or one.bytes is not None]
    done = [one for one in counted if one.state == "DONE"]
    rows = sum(one.records or 0 for one in done)
    size = sum(one.bytes or 0 for one in done)
    said = [
        tn("{number} row", "{number} rows", rows) if any(one.records is not None for one in done) else None,
        wording.size(size) if size else None,
    ]
    amount = ", ".join(part for part in said if part)
    if not amount or not (rows or size):
        return None
    if len(job.activities) == 1:
        return t("Written: {amount}.", amount=amount)
    return tn(
        "Written by {number} activity: {amount}.",
        "Written by {number} activities: {amount}.",
        len(done),
        amount=amount,
    )


def history_notes(history: ErrorHistory | None) -> list[str]:
    """Say whether earlier runs had the same error, and what happened after it."""
    if history is None:
        return []
    if not history.same:
        return [_new(history.runs)]
    said = [_same(history)]
    if history.often_passes:
        said.append(
            t(
                "After this error, the next run succeeded {done} of {runs} times, so it might pass by "
                "itself.",
                done=number(history.next_done),
                runs=number(history.next_runs),
            )
        )
    return said


def way_out(job: JobInfo) -> str | None:
    """Suggest what to do about a known kind of error."""
    kind = failure_kind(job.failure.message) if job.failure else None
    return t(_WAYS_OUT[kind]) if kind else None


def _new(runs: int) -> str:
    if runs == 1:
        return t("The first time: the earlier run that the bot followed didn't have this error.")
    return t(
        "The first time: none of the {number} earlier runs that the bot followed had this error.",
        number=number(runs),
    )


def _same(history: ErrorHistory) -> str:
    same, runs = history.same_recent, history.recent
    if not same:
        same, runs = history.same, history.runs
    if runs == 1:
        return t("Same error as in the last run that the bot followed.")
    return t(
        "Same error as in {same} of the last {runs} runs that the bot followed.",
        same=number(same),
        runs=number(runs),
    )
