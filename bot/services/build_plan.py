"""Plans a build from a request, and finds the job after DSS's answer was lost."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from bot.commands.partition_dates import InWords, no_words
from bot.commands.partitions import NOT_PARTITIONED, read_partition
from bot.domain import Build, JobInfo, JobRef, Output, OutputKind, RequestedOutput
from bot.domain.ports import Dss
from bot.domain.stored_records import BuildPlan
from bot.domain.usual_duration import usual_duration
from bot.services.build_checks import Partitioning, check_fit, option_left_out, put_right
from bot.services.catalog import Catalog, UnknownOutput, optional

RECENT_JOBS = 100
"""How many of a project's newest jobs to check before a start and after a lost answer."""

CLOCK_SKEW = timedelta(minutes=5)
"""How far DSS's clock and the bot's clock can be apart."""


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the outputs are being built right now, so nothing is started."""

    job: JobInfo
    """One of the jobs that build them, with its outputs named as people know them."""
    busy: tuple[Output, ...]
    """The requested outputs that are being built."""
    free: tuple[RequestedOutput, ...]
    """The other outputs, as they were requested."""


def plan_build(
    dss: Dss, names: Catalog, request: Build, act_as: str | None, in_words: InWords = no_words
) -> BuildPlan | Running:
    """Look up everything that a build needs, and check whether a job already builds it.

    ``in_words`` reads partitions that are dates in words.

    Raises:
        Refusal: a name or the partition is wrong.
        DSSError: DSS doesn't answer, or refuses this person.
    """
    outputs = plan_outputs(dss, names, request, act_as, in_words)
    project = outputs[0].project
    recent = dss.recent_jobs(project, RECENT_JOBS)
    if running := running_of(recent, outputs, request):
        return running
    usual = usual_duration(recent, outputs, request.mode)
    return BuildPlan(
        instance=dss.instance,
        project=project,
        outputs=tuple(outputs),
        mode=request.mode,
        act_as=act_as,
        initiator=act_as or "",
        usual_seconds=usual.median if usual else None,
        usual_spread=usual.spread if usual else None,
        known_ids=tuple(job.ref.job_id for job in recent),
    )


def plan_outputs(
    dss: Dss, names: Catalog, request: Build, act_as: str | None, in_words: InWords = no_words
) -> list[Output]:
    """Look up what a request builds, with the partition as DSS spells it. Raises as `plan_build` does."""
    projects = {
        typed: names.project(dss, act_as, typed)
        for typed in dict.fromkeys(o.project for o in request.outputs)
    }
    partition = read_partition(request.partition) if request.partition else None
    outputs = [
        _output(dss, names, act_as, request, wanted, projects[wanted.project]) for wanted in request.outputs
    ]
    fitted = check_fit(request, partition, [_partitioning(dss, output, in_words) for output in outputs])
    return [_with_partition(output, fitted) for output in outputs]


def as_planned(request: Build, plan: BuildPlan) -> Build:
    """Return the request with the partition that was planned: ``yesterday`` is another day tomorrow."""
    partition = plan.outputs[0].partition
    fixed = request.partition and partition not in {None, NOT_PARTITIONED}
    return msgspec.structs.replace(request, partition=partition) if fixed else request


def running_of(jobs: Sequence[JobInfo], outputs: Sequence[Output], request: Build) -> Running | None:
    """Return which outputs unfinished jobs are building and which are free; ``None`` if all are free.

    Args:
        jobs: jobs, finished or not.
        outputs: the request's outputs as they are in DSS, in the same order.
        request: the request.
    """
    job = already_building(jobs, outputs)
    if job is None:
        return None
    pairs = list(zip(outputs, request.outputs, strict=True))
    free = tuple(wanted for output, wanted in pairs if not already_building(jobs, [output]))
    busy = tuple(output for output, wanted in pairs if wanted not in free)
    return Running(job=_named(job, outputs), busy=busy, free=free)


def already_building(jobs: Sequence[JobInfo], outputs: Sequence[Output]) -> JobInfo | None:
    """Return an unfinished job that builds one of the outputs, if there is one.

    Different partitions of a dataset can be built at the same time; DSS locks each one separately.
    """
    for job in jobs:
        if not job.finished and any(_overlap(mine, theirs) for mine in outputs for theirs in job.outputs):
            return job
    return None


def started_job(plan: BuildPlan, job_id: str, now: datetime) -> JobInfo:
    """Return what is known about a job that DSS has just accepted, without another call."""
    return JobInfo(
        ref=JobRef(instance=plan.instance, project=plan.project, job_id=job_id),
        state="NOT_STARTED",
        finished=False,
        mode=plan.mode,
        outputs=plan.outputs,
        initiator=plan.initiator,
        triggered_from="API",
        initiated_at=now,
    )


def find_started(jobs: Sequence[JobInfo], plan: BuildPlan, starting_at: datetime) -> JobInfo | None:
    """Find the job whose start got no answer among the project's recent jobs.

    Returns:
        The job, or ``None`` when there is none or several could be the one.
    """
    known = frozenset(plan.known_ids)
    wanted = {(output.project, output.id) for output in plan.outputs}
    candidates = {  # by ref, because DSS can list a job twice
        job.ref: job
        for job in jobs
        if job.ref.job_id not in known
        and {(output.project, output.id) for output in job.outputs} == wanted
        and (not job.mode or job.mode == plan.mode)
        and (not plan.initiator or not job.initiator or job.initiator == plan.initiator)
        and (job.initiated_at is None or job.initiated_at >= starting_at - CLOCK_SKEW)
        and all(_same_partitions(output, job.outputs) for output in plan.outputs)
    }
    return next(iter(candidates.values())) if len(candidates) == 1 else None


def _output(
    dss: Dss,
    names: Catalog,
    act_as: str | None,
    request: Build,
    wanted: RequestedOutput,
    project: str,
) -> Output:
    try:
        found = names.output(dss, act_as, project, wanted)
    except UnknownOutput as wrong:
        if request.favorite:
            raise  # who runs a channel's favorite hasn't typed its names

        def is_there(output: RequestedOutput) -> bool:
            key = names.project(dss, act_as, output.project)
            try:
                names.output(dss, act_as, key, output)
            except UnknownOutput:
                return False
            return True

        raise option_left_out(request, is_there) or put_right(request, wanted, wrong) from wrong
    return Output(
        kind=wanted.kind,
        project=project,
        id=found.id,
        name=found.name if found.name != found.id else None,
    )


def _with_partition(output: Output, partition: str | None) -> Output:
    unpartitioned = NOT_PARTITIONED if output.kind == OutputKind.DATASET else None
    return msgspec.structs.replace(output, partition=partition or unpartitioned)


def _partitioning(dss: Dss, output: Output, in_words: InWords) -> Partitioning:
    """Return how an output is partitioned; its list of partitions is read only when it's needed."""
    if output.kind != OutputKind.DATASET:
        return Partitioning(dimensions=None)
    dimensions = optional(partial(dss.dimensions, output.project, output.id))
    listed = partial(dss.partitions, output.project, output.id)
    # If this DSS or this key doesn't say, the start shows it.
    return Partitioning(dimensions=dimensions, listed=lambda: optional(listed) or (), in_words=in_words)


def _named(job: JobInfo, outputs: Sequence[Output]) -> JobInfo:
    """Name a job's outputs as in the plan: a list of jobs has only ids."""
    known = {(output.project, output.id): output.name for output in outputs}
    named = tuple(
        msgspec.structs.replace(output, name=output.name or known.get((output.project, output.id)))
        for output in job.outputs
    )
    return msgspec.structs.replace(job, outputs=named)


def _overlap(mine: Output, theirs: Output) -> bool:
    if (mine.project, mine.id) != (theirs.project, theirs.id):
        return False
    ours, others = _partitions(mine), _partitions(theirs)
    return not ours or not others or bool(ours & others)


def _same_partitions(mine: Output, outputs: Sequence[Output]) -> bool:
    """Return whether a job builds the requested partitions; DSS can list each one as a separate output."""
    theirs = [_partitions(one) for one in outputs if (one.project, one.id) == (mine.project, mine.id)]
    return not _partitions(mine) or not all(theirs) or frozenset().union(*theirs) == _partitions(mine)


def _partitions(output: Output) -> frozenset[str]:
    """Return an output's partitions; empty when it has none, or when it means all of them."""
    text = output.partition or ""
    return frozenset() if text in {"", "NP"} else frozenset(text.split(","))
