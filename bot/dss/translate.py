"""From what DSS says to the bot's facts. Pure: the one place of the bot that knows both.

The words that all jobs share are kept once (`sys.intern`): with thousands of jobs they were two fifths
of what the facts of a job took.
"""

from sys import intern

import msgspec

from bot.dss import wire
from bot.dss.failures import failure_of, problem_text
from bot.dss.reading import login, moment
from bot.facts import FINAL_STATES, Activity, Counters, Failure, JobFacts, JobRef, Output, OutputKind
from bot.jobs.redact import redact

_KINDS = {kind.value: kind for kind in OutputKind} | {"RETRIEVABLE_KNOWLEDGE": OutputKind.KNOWLEDGE}
"""DSS's words; the official client itself has two for a knowledge bank (DSS-API.md §2.4)."""


def listed_job(item: wire.ListedJob, *, instance: str, project: str | None) -> JobFacts | None:
    """Return the facts of a list's item, nested or flat; ``None`` when it does not say which job it is.

    An item without a state is finished when ``stableState`` says so; its outcome is unknown (state ``""``).
    """
    definition = item.definition or wire.JobDef()
    job_id = item.job_id or definition.id or item.id
    key = item.project_key or definition.project_key or project
    if not job_id or not key:
        return None
    state = item.state or item.status or ""
    return JobFacts(
        ref=JobRef(instance=instance, project=intern(key), job_id=job_id),
        state=intern(state),
        finished=state in FINAL_STATES if state else bool(item.stable_state),
        name=definition.name or item.name or "",
        mode=intern(definition.type or item.type or ""),
        outputs=_outputs(definition.outputs or item.outputs, key),
        initiator=intern(login(definition.initiator or item.initiator)),
        triggered_from=intern(definition.triggered_from or item.triggered_from or ""),
        initiated_at=moment(definition.initiation_timestamp) or moment(item.initiation_timestamp),
        started_at=moment(item.start_time) or moment(item.job_start_time),
        ended_at=moment(item.end_time) or moment(item.job_end_time),
        warnings=item.warnings_count or 0,
    )


def job_status(status: wire.JobStatus, ref: JobRef) -> JobFacts:
    """Return the facts of a job's status.

    A job without a state is not finished (DSS-API.md §2.1), unless its details were removed from DSS's disk.
    """
    base = status.base_status or wire.BaseStatus()
    definition = base.definition or status.definition or wire.JobDef()
    activities = _activities(base)
    return JobFacts(
        ref=ref,
        state=intern(status.state),
        finished=status.state in FINAL_STATES if status.state else bool(status.removed),
        name=definition.name or "",
        mode=intern(definition.type or ""),
        outputs=_outputs(definition.outputs, ref.project),
        initiator=intern(login(definition.initiator) or login(status.initiator)),
        triggered_from=intern(definition.triggered_from or ""),
        initiated_at=moment(definition.initiation_timestamp),
        started_at=moment(base.job_start_time) or moment(base.start_time),
        ended_at=moment(base.job_end_time) or moment(base.end_time),
        warnings=sum(activity.warnings for activity in activities),
        counters=_counters(status.global_state),
        activities=activities,
        failure=_shown(failure_of(status)) if status.state == "FAILED" else None,
        conflicts=_conflicts(base, ref),
    )


def _shown(failure: Failure | None) -> Failure | None:
    """Mask what a cause tells of secrets: it is shown to a whole channel, and kept in the database.

    Errors of connections quote their addresses, with the password in them, as logs do.
    """
    if failure is None:
        return None
    return msgspec.structs.replace(
        failure,
        message=redact(failure.message),
        stack=redact(failure.stack) if failure.stack else failure.stack,
    )


def _outputs(outputs: list[wire.JobOutput] | None, project: str) -> tuple[Output, ...]:
    return tuple(output for sent in outputs or () if (output := _output(sent, project)) is not None)


def _output(sent: wire.JobOutput, project: str) -> Output | None:
    guessed = OutputKind.MODEL if sent.saved_model_id else OutputKind.DATASET
    word = sent.type or (OutputKind.FOLDER if sent.target_managed_folder else guessed).value
    name = sent.target_dataset or sent.target_managed_folder or sent.saved_model_id or sent.id
    if not name:
        return None
    home = sent.target_dataset_project_key or sent.target_managed_folder_project_key or sent.project_key
    partition = sent.target_partition or sent.partition
    return Output(
        kind=_KINDS.get(word, word),
        project=intern(home or project),
        id=intern(name),
        partition=intern(partition) if partition else None,
    )


def _counters(counts: wire.GlobalState | None) -> Counters | None:
    if counts is None:
        return None
    return Counters(
        done=counts.done or 0,
        failed=counts.failed or 0,
        running=counts.running or 0,
        not_started=counts.not_started or 0,
        aborted=counts.aborted or 0,
        total=counts.total or 0,
    )


def _activities(base: wire.BaseStatus) -> tuple[Activity, ...]:
    return tuple(_activity(key, sent) for key, sent in (base.activities or {}).items() if sent is not None)


def _activity(key: str, sent: wire.JobActivity) -> Activity:
    written = [target.records for target in sent.targets or () if target.records is not None]
    return Activity(
        id=sent.activity_id or key,
        state=sent.state or "",
        recipe=sent.recipe_name,
        recipe_type=sent.recipe_type,
        started_at=moment(sent.start_time),
        ended_at=moment(sent.end_time),
        failure=redact(problem_text(sent.first_failure)) or None if sent.first_failure else None,
        warnings=(sent.warnings.total_count or 0) if sent.warnings else 0,
        records=int(sum(written)) if written else None,
    )


def _conflicts(base: wire.BaseStatus, ref: JobRef) -> tuple[JobRef, ...]:
    return tuple(
        JobRef(instance=ref.instance, project=other.job_project_key or ref.project, job_id=other.job_id)
        for other in base.incompatibilities or ()
        if other.job_id
    )
