"""Jobs by the thousand, for lists as long as those of a large instance."""

from dataclasses import replace

from bot.sandbox.dss.jobs import Job, JobOutput, stamp
from bot.sandbox.dss.model import DATASET, NOT_PARTITIONED, Item, Project, RecipeFailure
from bot.sandbox.dss.plan import JobPlan, Life, Step, Target, schedule
from bot.sandbox.dss.resolve import MODIFIED, ONLY

SPACING_MS = 60_000
INITIATORS = (("alice", "Alice Martin"), ("bob", "Bob Durand"), ("API (nightly)", "API (nightly)"))


def finished_jobs(project: Project, count: int, *, before: int) -> list[Job]:
    """Return ``count`` finished jobs, oldest first, the newest one minute before ``before``."""
    datasets = _built(project)
    plans = {item.id: _plans(project.key, item) for item in datasets}
    jobs = []
    for number in range(count):
        item = datasets[number % len(datasets)]
        initiated = before - (count - number) * SPACING_MS
        course = 9 - number % 10  # of ten jobs: 7 done, 1 with warnings, 1 failed, 1 aborted
        plan = plans[item.id][min(course, 3)]
        jobs.append(_job(project.key, item, plan, initiated, INITIATORS[number % len(INITIATORS)]))
    return jobs


def running_jobs(project: Project, count: int, *, now: int, initiator: str) -> list[Job]:
    """Return ``count`` jobs that have been running for half a minute and run until they are released."""
    datasets = _built(project)
    plans = {item.id: _plans(project.key, item)[3] for item in datasets}
    jobs = []
    for number in range(count):
        item = datasets[number % len(datasets)]
        job = _job(project.key, item, plans[item.id], now - 60_000, (initiator, initiator))
        job.life.held = True
        jobs.append(job)
    return jobs


def _built(project: Project) -> list[Item]:
    made = {ref.id for one in project.recipes.values() if one.failure is None for ref in one.outputs}
    built = [item for item in project.of_kind(DATASET) if item.id in made]
    return built or project.of_kind(DATASET)


def _plans(project: str, item: Item) -> tuple[JobPlan, JobPlan, JobPlan, JobPlan]:
    """Return four courses of a job: failed, aborted before it started, done with warnings, done."""
    recipe = f"compute_{item.id}"
    target = Target(
        project=project,
        kind=DATASET,
        id=item.id,
        label=item.name,
        partition=_partition(item),
        records=item.records,
        bytes=item.size,
    )
    failure = RecipeFailure(message="ValueError: could not convert string to float: 'n/a'")

    step = Step(id=f"{recipe}_{target.partition}", recipe=recipe, duration_ms=22_000, targets=(target,))
    warnings = (("INPUT_DATA_BAD_TYPE", "Value 'n/a' is not a valid double"),) * 2
    return (
        schedule([replace(step, failure=failure)]),
        JobPlan(total_ms=500, outcome="ABORTED", zero_times=True),
        schedule([replace(step, warnings=warnings)]),
        schedule([step]),
    )


def _partition(item: Item) -> str:
    return item.partitions[-1] if item.partitions else NOT_PARTITIONED


def _job(project: str, item: Item, plan: JobPlan, initiated: int, who: tuple[str, str]) -> Job:
    partition = _partition(item)
    name = f"Build_{item.name}__{partition}_".replace("/", "_")
    return Job(
        project=project,
        id=f"{name}_{stamp(initiated)}",
        name=name,
        mode=ONLY if plan.outcome == "FAILED" else MODIFIED,
        initiator=who[0],
        initiator_name=who[1],
        outputs=(JobOutput(project=project, kind=DATASET, id=item.id, partition=partition),),
        plan=plan,
        life=Life(initiated=initiated),
    )
