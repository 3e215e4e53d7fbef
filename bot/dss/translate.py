"""From what DSS says to the bot's facts. Pure: the one place of the bot that knows both.

The words that all jobs share are kept once (`sys.intern`): with thousands of jobs they were two fifths
of what the facts of a job took.
"""

from datetime import datetime, timedelta
from itertools import islice
from sys import intern

import msgspec

from bot.dss import wire
from bot.dss.failures import failure_of, problem_text
from bot.dss.lenient import count, number
from bot.dss.reading import login, moment
from bot.facts import FINAL_STATES, Activity, Counters, Failure, JobFacts, JobRef, Output, OutputKind
from bot.jobs.redact import redact

_KINDS = {kind.value: kind for kind in OutputKind} | {"RETRIEVABLE_KNOWLEDGE": OutputKind.KNOWLEDGE}
"""DSS's words; the official client itself has two for a knowledge bank (DSS-API.md §2.4)."""


_LONGEST_NAME = 500
"""Characters that a name may have: none of DSS has nearly as many."""
_LONGEST_TEXT = 20_000
"""Characters that are kept of an error's text, or of a stack trace."""
_MOST_ACTIVITIES = 2_000
_MOST_OUTPUTS = 500
_MOST_CONFLICTS = 20
_NONE = timedelta(0)


def listed_job(
    item: wire.ListedJob, *, instance: str, project: str | None, ahead: timedelta = _NONE
) -> JobFacts | None:
    """Return the facts of a list's item, nested or flat; ``None`` when it does not say which job it is.

    An item without a state is finished when ``stableState`` says so; its outcome is unknown (state ``""``).

    Args:
        item: as DSS sent it.
        instance: the instance's name.
        project: whose list it was in.
        ahead: how far DSS's clock is ahead of ours: facts have our times.
    """
    definition = item.definition or wire.JobDef()
    job_id = _name(item.job_id or definition.id or item.id)
    key = _name(item.project_key or definition.project_key or project)
    if not job_id or not key:
        return None
    state = _name(item.state or item.status)
    return JobFacts(
        ref=JobRef(instance=instance, project=intern(key), job_id=job_id),
        state=intern(state),
        finished=state in FINAL_STATES if state else bool(item.stable_state),
        name=_name(definition.name or item.name),
        mode=intern(_name(definition.type or item.type)),
        outputs=_outputs(definition.outputs or item.outputs, key),
        initiator=intern(_name(login(definition.initiator or item.initiator))),
        triggered_from=intern(_name(definition.triggered_from or item.triggered_from)),
        initiated_at=_at(ahead, definition.initiation_timestamp, item.initiation_timestamp),
        started_at=_at(ahead, item.start_time, item.job_start_time),
        ended_at=_at(ahead, item.end_time, item.job_end_time),
        warnings=count(item.warnings_count),
    )


def job_status(status: wire.JobStatus, ref: JobRef, *, ahead: timedelta = _NONE) -> JobFacts:
    """Return the facts of a job's status.

    A job without a state is not finished (DSS-API.md §2.1), unless its details were removed from DSS's disk.

    Args:
        status: as DSS sent it.
        ref: whose status it is.
        ahead: how far DSS's clock is ahead of ours: facts have our times.
    """
    base = status.base_status or wire.BaseStatus()
    definition = base.definition or status.definition or wire.JobDef()
    activities = _activities(base, ahead)
    state = _name(status.state)
    return JobFacts(
        ref=ref,
        state=intern(state),
        finished=state in FINAL_STATES if state else bool(status.removed),
        name=_name(definition.name),
        mode=intern(_name(definition.type)),
        outputs=_outputs(definition.outputs, ref.project),
        initiator=intern(_name(login(definition.initiator) or login(status.initiator))),
        triggered_from=intern(_name(definition.triggered_from)),
        initiated_at=_at(ahead, definition.initiation_timestamp),
        started_at=_at(ahead, base.job_start_time, base.start_time),
        ended_at=_at(ahead, base.job_end_time, base.end_time),
        warnings=sum(activity.warnings for activity in activities),
        counters=_counters(status.global_state),
        activities=activities,
        failure=_shown(failure_of(status)) if state == "FAILED" else None,
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
        message=_text(failure.message),
        activity_id=_name(failure.activity_id) or None,
        recipe=_name(failure.recipe) or None,
        stack=_text(failure.stack) if failure.stack else None,
    )


def _name(text: str | None) -> str:
    """Return a name as it can be kept: PostgreSQL takes no NUL, and a megabyte is no name."""
    return (text or "").replace("\0", "")[:_LONGEST_NAME]


def known_by(text: str | None) -> bool:
    """Whether something can be known by this: without NUL it would be another one's login, key or id."""
    return bool(text) and _name(text) == text


def title(text: str | None) -> str:
    """Return what something is called beside what it is known by, as it can be kept."""
    return _name(text)


def _text(text: str) -> str:
    return redact(text.replace("\0", "")[:_LONGEST_TEXT])


def _at(ahead: timedelta, *millis: wire.Millis) -> datetime | None:
    """Return the first of these moments that is known, by our clock."""
    known = next((at for one in millis if (at := moment(one)) is not None), None)
    return known - ahead if known is not None else None


def _outputs(outputs: list[wire.JobOutput] | None, project: str) -> tuple[Output, ...]:
    sent = (outputs or ())[:_MOST_OUTPUTS]
    return tuple(output for one in sent if (output := _output(one, project)) is not None)


def _output(sent: wire.JobOutput, project: str) -> Output | None:
    guessed = OutputKind.MODEL if sent.saved_model_id else OutputKind.DATASET
    word = _name(sent.type) or (OutputKind.FOLDER if sent.target_managed_folder else guessed).value
    name = _name(sent.target_dataset or sent.target_managed_folder or sent.saved_model_id or sent.id)
    if not name:
        return None
    home = _name(
        sent.target_dataset_project_key or sent.target_managed_folder_project_key or sent.project_key
    )
    partition = _name(sent.target_partition or sent.partition)
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
        done=count(counts.done),
        failed=count(counts.failed),
        running=count(counts.running),
        not_started=count(counts.not_started),
        aborted=count(counts.aborted),
        total=count(counts.total),
    )


def _activities(base: wire.BaseStatus, ahead: timedelta) -> tuple[Activity, ...]:
    sent = islice((base.activities or {}).items(), _MOST_ACTIVITIES)
    return tuple(_activity(key, one, ahead) for key, one in sent if one is not None)


def _activity(key: str, sent: wire.JobActivity, ahead: timedelta) -> Activity:
    written = [known for one in sent.targets or () if (known := number(one.records)) is not None]
    return Activity(
        id=_name(sent.activity_id or key),
        state=_name(sent.state),
        recipe=_name(sent.recipe_name) or None,
        recipe_type=_name(sent.recipe_type) or None,
        started_at=_at(ahead, sent.start_time),
        ended_at=_at(ahead, sent.end_time),
        failure=_text(problem_text(sent.first_failure)) or None if sent.first_failure else None,
        warnings=count(sent.warnings.total_count) if sent.warnings else 0,
        records=count(sum(written)) if written else None,
    )


def _conflicts(base: wire.BaseStatus, ref: JobRef) -> tuple[JobRef, ...]:
    return tuple(
        JobRef(
            instance=ref.instance,
            project=_name(other.job_project_key) or ref.project,
            job_id=_name(other.job_id),
        )
        for other in (base.incompatibilities or ())[:_MOST_CONFLICTS]
        if _name(other.job_id)
    )
