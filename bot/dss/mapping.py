"""Map DSS's answers to the bot's facts. Pure. This is the only module that knows both.

Strings that all jobs share are kept once (`sys.intern`): with thousands of jobs, they made up two fifths of
the memory that the facts of a job took.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from sys import intern

import msgspec

from bot.domain import (
    FINAL_STATES,
    Activity,
    Counters,
    Dimension,
    Failure,
    JobInfo,
    JobRef,
    Output,
    OutputKind,
    WarningGroup,
)
from bot.domain.redaction import redact
from bot.dss import wire
from bot.dss.conversions import login, moment
from bot.dss.failure_reasons import failure_of, problem_text
from bot.dss.lenient_json import count, number

_KINDS = {kind.value: kind for kind in OutputKind} | {"RETRIEVABLE_KNOWLEDGE": OutputKind.KNOWLEDGE}
"""DSS's words. Even the official client has two for a knowledge bank (DSS-API.md §2.4)."""


Redact = Callable[[str], str]

_LONGEST_NAME = 500
"""Maximum number of characters in a name. No name in DSS comes close."""
_LONGEST_TEXT = 20_000
"""Maximum number of characters kept of an error's text or of a stack trace."""
_MOST_ACTIVITIES = 2_000
_MOST_WARNING_KINDS = 5
"""Kinds of warnings kept of one activity: more than are shown."""
_LONGEST_WARNING = 300
"""Maximum number of characters kept of a warning's text."""
_MOST_OUTPUTS = 500
_MOST_CONFLICTS = 20
_NONE = timedelta(0)


def listed_job(
    item: wire.ListedJob,
    *,
    instance: str,
    project: str | None,
    ahead: timedelta = _NONE,
    redact: Redact = redact,
) -> JobInfo | None:
    """Return the facts of a list item, nested or flat; ``None`` if it doesn't say which job it is.

    An item without a state is finished if ``stableState`` says so; its outcome is unknown (state ``""``).

    Args:
        item: the item as DSS sent it.
        instance: the instance's name.
        project: the project whose list it was in.
        ahead: how far DSS's clock is ahead of ours: facts use our clock.
        redact: masks secrets in texts.
    """
    definition = item.definition or wire.JobDef()
    job_id = _name(item.job_id or definition.id or item.id)
    key = _name(item.project_key or definition.project_key or project)
    if not job_id or not key:
        return None
    state = _name(item.state or item.status)
    return JobInfo(
        ref=JobRef(instance=instance, project=intern(key), job_id=job_id),
        state=intern(state),
        finished=state in FINAL_STATES if state else bool(item.stable_state),
        name=_title(definition.name or item.name, redact),
        mode=intern(_name(definition.type or item.type)),
        outputs=_outputs(definition.outputs or item.outputs, key),
        initiator=intern(_name(login(definition.initiator or item.initiator))),
        triggered_from=intern(_name(definition.triggered_from or item.triggered_from)),
        initiated_at=_at(ahead, definition.initiation_timestamp, item.initiation_timestamp),
        started_at=_at(ahead, item.start_time, item.job_start_time),
        ended_at=_at(ahead, item.end_time, item.job_end_time),
        warnings=count(item.warnings_count),
    )


def job_status(
    status: wire.JobStatus, ref: JobRef, *, ahead: timedelta = _NONE, redact: Redact = redact
) -> JobInfo:
    """Return the facts of a job's status.

    A job without a state isn't finished (DSS-API.md §2.1), unless its details were removed from DSS's disk.

    Args:
        status: the status as DSS sent it.
        ref: the job.
        ahead: how far DSS's clock is ahead of ours: facts use our clock.
        redact: masks secrets in texts.
    """
    base = status.base_status or wire.BaseStatus()
    definition = base.definition or status.definition or wire.JobDef()
    activities = _activities(base, ahead, redact)
    state = _name(status.state)
    return JobInfo(
        ref=ref,
        state=intern(state),
        finished=state in FINAL_STATES if state else bool(status.removed),
        name=_title(definition.name, redact),
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
        failure=_shown(failure_of(status), redact) if state == "FAILED" else None,
        conflicts=_conflicts(base, ref),
    )


def is_about(status: wire.JobStatus, project: str, job_id: str) -> bool:
    """Return whether a status is about this job, as far as it says."""
    base = status.base_status or wire.BaseStatus()
    definition = base.definition or status.definition or wire.JobDef()
    said = definition.project_key or project, definition.id or job_id
    # People type names in any case, and DSS might find them.
    return all(one.casefold() == ours.casefold() for one, ours in zip(said, (project, job_id), strict=True))


def _shown(failure: Failure | None, redact: Redact) -> Failure | None:
    """Mask the secrets in a failure: the bot shows it to a whole channel and stores it in the database.

    Like logs, connection errors quote addresses with the password in them.
    """
    if failure is None:
        return None
    return msgspec.structs.replace(
        failure,
        message=_text(failure.message, redact),
        activity_id=_name(failure.activity_id) or None,
        recipe=_name(failure.recipe) or None,
        stack=_text(failure.stack, redact) if failure.stack else None,
    )


def _name(text: str | None) -> str:
    """Return a name that can be stored: PostgreSQL rejects NUL, and a megabyte isn't a name."""
    return (text or "").replace("\0", "")[:_LONGEST_NAME]


def known_by(text: str | None) -> bool:
    """Return whether an identifier can be stored as is: cleaned up, it would be another login, key or ID."""
    return bool(text) and _name(text) == text


def title(text: str | None) -> str:
    """Return a display name that can be stored."""
    return _name(text)


def _title(text: str | None, redact: Redact) -> str:
    """Return a name that people choose freely, as text that can be shown."""
    return redact(_name(text))


def _text(text: str, redact: Redact) -> str:
    # Cut only afterward: of half a token, nothing might say that it is one.
    return redact(text.replace("\0", "")[: 2 * _LONGEST_TEXT])[:_LONGEST_TEXT]


def _at(ahead: timedelta, *millis: wire.Millis) -> datetime | None:
    """Return the first of these times that is known, by our clock."""
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


def _activities(base: wire.BaseStatus, ahead: timedelta, redact: Redact) -> tuple[Activity, ...]:
    sent = islice((base.activities or {}).items(), _MOST_ACTIVITIES)
    planned = (base.job.all_activities if base.job else None) or {}
    return tuple(
        _activity(key, one, ahead, redact, _reason(planned.get(key))) for key, one in sent if one is not None
    )


def _reason(planned: wire.PlannedActivity | None) -> str | None:
    """Return DSS's word for why an activity is in a job."""
    said = planned.required_reason.type if planned and planned.required_reason else None
    return intern(_name(said)) if said else None


def _activity(
    key: str, sent: wire.JobActivity, ahead: timedelta, redact: Redact, reason: str | None
) -> Activity:
    targets = sent.targets or ()
    written = [known for one in targets if (known := number(one.records)) is not None]
    sizes = [known for one in targets if (known := number(one.bytes)) is not None]
    waits = [known for one in (sent.preparing_time, sent.waiting_time) if (known := number(one)) is not None]
    return Activity(
        id=_name(sent.activity_id or key),
        state=_name(sent.state),
        recipe=_name(sent.recipe_name) or None,
        recipe_type=_name(sent.recipe_type) or None,
        started_at=_at(ahead, sent.start_time),
        ended_at=_at(ahead, sent.end_time),
        failure=_text(problem_text(sent.first_failure), redact) or None if sent.first_failure else None,
        warnings=count(sent.warnings.total_count) if sent.warnings else 0,
        warning_groups=_warning_groups(sent.warnings, redact),
        records=count(sum(written)) if written else None,
        reason=reason,
        bytes=count(sum(sizes)) if sizes else None,
        waited_seconds=count(sum(waits)) / 1000 if waits else None,
    )


def _warning_groups(sent: wire.Warned | None, redact: Redact) -> tuple[WarningGroup, ...]:
    kinds = (sent.warnings or {}) if sent else {}
    groups = [_warning_group(key, kind, redact) for key, kind in kinds.items() if kind is not None]
    return tuple(sorted(groups, key=lambda group: -group.count)[:_MOST_WARNING_KINDS])


def _warning_group(key: str, sent: wire.WarnedKind, redact: Redact) -> WarningGroup:
    texts = (one.message for one in sent.stored or () if one and one.message)
    return WarningGroup(
        kind=intern(_name(sent.type or key)),
        count=count(sent.count) or len(sent.stored or ()),
        message=_text(next(texts, ""), redact)[:_LONGEST_WARNING],
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


def dimension(sent: wire.Dimension) -> Dimension:
    """Return a partitioning dimension; a kind or a grain that isn't known counts as not said."""
    period = (sent.params.period if sent.params else None) or ""
    known = sent.type == "value" or period in {"HOUR", "DAY", "MONTH", "YEAR"}
    return Dimension(
        name=title(sent.name), period=("" if sent.type == "value" else period) if known else None
    )
