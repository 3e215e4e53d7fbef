"""Building: from a wish to a plan, and from a lost answer to the truth."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from bot.errors import DSSBadKey, DSSError, DSSUnavailable, DSSUnreachable
from bot.facts import Build, JobFacts, JobRef, Output, OutputKind, WantedOutput
from bot.facts.records import Plan
from bot.jobs.fitting import Dimensions, check_fit, put_right
from bot.jobs.names import Names, WrongOutput
from bot.jobs.partitions import read_partition
from bot.jobs.ports import Dss
from bot.jobs.usual import usual_seconds

RECENT_JOBS = 100
"""How many of a project's newest jobs are looked at before a start and after a lost answer."""

CLOCK_SKEW = timedelta(minutes=5)
"""How far the clocks of DSS and of the bot may be apart."""


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the outputs are being built right now: nothing is started blindly."""

    job: JobFacts
    """One of the jobs that build them, its outputs named as people know them."""
    busy: tuple[Output, ...]
    """Those of the wished outputs that are being built."""
    free: tuple[WantedOutput, ...]
    """The others, as they were wished for."""


def plan_build(dss: Dss, names: Names, wish: Build, act_as: str | None) -> Plan | Running:
    """Look everything up that a build needs, and whether it is being built already.

    Raises:
        Refusal: a name or the partition is wrong.
        DSSError: DSS does not answer, or not to this person.
    """
    projects = {
        typed: names.project(dss, act_as, typed) for typed in dict.fromkeys(o.project for o in wish.outputs)
    }
    partition = read_partition(wish.partition) if wish.partition else None
    outputs = [
        _output(dss, names, act_as, wish, wanted, projects[wanted.project], partition)
        for wanted in wish.outputs
    ]
    check_fit(wish, partition, [_dimensions(dss, output) for output in outputs])
    project = outputs[0].project
    recent = dss.recent_jobs(project, RECENT_JOBS)
    if running := running_of(recent, outputs, wish):
        return running
    return Plan(
        instance=dss.instance,
        project=project,
        outputs=tuple(outputs),
        mode=wish.mode,
        act_as=act_as,
        initiator=act_as or "",
        usual_seconds=usual_seconds(recent, outputs, wish.mode),
        known_ids=tuple(job.ref.job_id for job in recent),
    )


def running_of(jobs: Sequence[JobFacts], outputs: Sequence[Output], wish: Build) -> Running | None:
    """Say which of the outputs unfinished jobs build, and which could be started; ``None``: all of them.

    Args:
        jobs: finished or not.
        outputs: what the wish's outputs are in DSS, in its order.
        wish: what was asked for.
    """
    job = already_building(jobs, outputs)
    if job is None:
        return None
    pairs = list(zip(outputs, wish.outputs, strict=True))
    free = tuple(wanted for output, wanted in pairs if not already_building(jobs, [output]))
    busy = tuple(output for output, wanted in pairs if wanted not in free)
    return Running(job=_named(job, outputs), busy=busy, free=free)


def already_building(jobs: Sequence[JobFacts], outputs: Sequence[Output]) -> JobFacts | None:
    """Return an unfinished job that builds one of the outputs, if there is one.

    Different partitions of a dataset may be built at the same time; DSS locks each by itself.
    """
    for job in jobs:
        if not job.finished and any(_overlap(mine, theirs) for mine in outputs for theirs in job.outputs):
            return job
    return None


def started_job(plan: Plan, job_id: str, now: datetime) -> JobFacts:
    """Return what is known of a job just after DSS has taken it, without asking again."""
    return JobFacts(
        ref=JobRef(instance=plan.instance, project=plan.project, job_id=job_id),
        state="NOT_STARTED",
        finished=False,
        mode=plan.mode,
        outputs=plan.outputs,
        initiator=plan.initiator,
        triggered_from="API",
        initiated_at=now,
    )


def find_started(jobs: Sequence[JobFacts], plan: Plan, starting_at: datetime) -> JobFacts | None:
    """Find the job of a start whose answer was lost, among the project's recent jobs.

    Returns:
        The job, or ``None`` when there is none, or when it cannot be told which of several it is.
    """
    known = frozenset(plan.known_ids)
    wanted = {(output.project, output.id) for output in plan.outputs}
    candidates = [
        job
        for job in jobs
        if job.ref.job_id not in known
        and {(output.project, output.id) for output in job.outputs} == wanted
        and (not job.mode or job.mode == plan.mode)
        and (not plan.initiator or not job.initiator or job.initiator == plan.initiator)
        and (job.initiated_at is None or job.initiated_at >= starting_at - CLOCK_SKEW)
        and all(_same_partitions(output, job.outputs) for output in plan.outputs)
    ]
    return candidates[0] if len(candidates) == 1 else None


def _output(
    dss: Dss,
    names: Names,
    act_as: str | None,
    wish: Build,
    wanted: WantedOutput,
    project: str,
    partition: str | None,
) -> Output:
    try:
        found = names.output(dss, act_as, project, wanted)
    except WrongOutput as wrong:
        raise put_right(wish, wanted, wrong) from wrong
    return Output(
        kind=wanted.kind,
        project=project,
        id=found.id,
        name=found.name if found.name != found.id else None,
        partition=partition or ("NP" if wanted.kind is OutputKind.DATASET else None),
    )


def _dimensions(dss: Dss, output: Output) -> Dimensions:
    if output.kind != OutputKind.DATASET:
        return None
    try:
        return dss.dimensions(output.project, output.id)
    except (DSSUnreachable, DSSUnavailable, DSSBadKey):
        raise
    except DSSError:
        return None  # this DSS or this key does not tell: the start decides


def _named(job: JobFacts, outputs: Sequence[Output]) -> JobFacts:
    """Name a job's outputs as the plan knows them: a list of jobs has ids only."""
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
    """Whether a job builds the partitions that were asked for; DSS may list each as an output of its own."""
    theirs = [_partitions(one) for one in outputs if (one.project, one.id) == (mine.project, mine.id)]
    return not _partitions(mine) or not all(theirs) or frozenset().union(*theirs) == _partitions(mine)


def _partitions(output: Output) -> frozenset[str]:
    """Return the partitions of an output; empty when it has none, or all."""
    text = output.partition or ""
    return frozenset() if text in {"", "NP"} else frozenset(text.split(","))
