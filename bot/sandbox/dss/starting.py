"""Read a job definition and make a plan from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.sandbox.dss.jobs import JobOutput
from bot.sandbox.dss.model import (
    DATASET,
    FOLDER,
    KNOWLEDGE_BANK,
    MODEL,
    NOT_PARTITIONED,
    STREAM,
    Item,
    Project,
    RecipeFailure,
    Ref,
)
from bot.sandbox.dss.partitions import expand
from bot.sandbox.dss.plan import QUEUE_MS, JobPlan, Step, Target, schedule, stretched
from bot.sandbox.dss.problems import Problem, illegal, not_found
from bot.sandbox.dss.resolve import MODES, ONLY, Resolver

KIND_WORDS = {
    DATASET: "dataset",
    FOLDER: "managed folder",
    MODEL: "saved model",
    STREAM: "streaming endpoint",
    KNOWLEDGE_BANK: "knowledge bank",
    "RETRIEVABLE_KNOWLEDGE": "knowledge bank",
    "MODEL_EVALUATION_STORE": "model evaluation store",
}


@dataclass(slots=True, kw_only=True)
class NextPlan:
    """What a test wants for the next job, instead of what the flow implies."""

    outcome: str | None = None
    duration: float | None = None
    """Seconds from initiation to end."""
    activities: int | Sequence[Step] | None = None
    """This many sequential steps, or exactly these."""
    queue: float | None = None
    """Seconds that the job stays NOT_STARTED."""
    message: str = "KeyError: 'amount'"
    """The error message, when ``outcome`` is FAILED."""
    warnings: int = 0
    waits: bool = False
    """WAITING_CONFIRMATION until aborted."""
    ignores_abort: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One output of a definition, found in the flow."""

    project: Project
    item: Item
    partition: str
    """As requested, not expanded."""


class Finder(Protocol):
    """Looks up a project; raises DSS's error if the caller can't see it."""

    def __call__(self, key: str) -> Project:
        """Return the project."""


def read_mode(definition: Mapping[str, object]) -> str:
    """Return the build mode of a definition. The default is our choice; DSS's isn't known."""
    mode = definition.get("type") or ONLY
    if mode not in MODES:
        raise illegal(f"No enum constant com.dataiku.dip.dataflow.jobrunner.JobDef.Type.{mode}")
    return str(mode)


def read_outputs(definition: Mapping[str, object], project: str, find: Finder) -> list[Wanted]:
    """Find the outputs of a definition.

    Raises:
        Problem: a project or an object doesn't exist or isn't visible.
    """
    outputs = definition.get("outputs")
    if not isinstance(outputs, list) or not outputs:
        raise illegal("No output specified for job")
    return [_read_output(one, project, find) for one in outputs]


def _read_output(raw: object, project: str, find: Finder) -> Wanted:
    if not isinstance(raw, dict):
        raise Problem(400, "com.google.gson.JsonSyntaxException", "Expected an object for an output")
    kind = raw.get("type") or DATASET  # the format in the old documentation has no type
    name = raw.get("id")
    key = raw.get("projectKey") or project
    if kind not in KIND_WORDS:
        raise illegal(f"Unknown output type: {kind}")
    stored = KNOWLEDGE_BANK if kind == "RETRIEVABLE_KNOWLEDGE" else str(kind)
    owner = find(str(key))
    item = owner.items.get(Ref(stored, str(name)))
    if item is None:
        raise not_found(f"{KIND_WORDS[str(kind)]} does not exist: {key}.{name}")
    return Wanted(project=owner, item=item, partition=str(raw.get("partition") or NOT_PARTITIONED))


def job_outputs(wanted: Sequence[Wanted]) -> tuple[JobOutput, ...]:
    """Return the outputs as the job's definition lists them later."""
    return tuple(
        JobOutput(project=one.project.key, kind=one.item.kind, id=one.item.id, partition=one.partition)
        for one in wanted
    )


def make_plan(wanted: Sequence[Wanted], mode: str, now: int, override: NextPlan | None) -> JobPlan:
    """Determine the activities and apply a test's overrides."""
    steps: dict[str, Step] = {}
    slow: set[str] = set()
    for one in wanted:
        resolver = Resolver(one.project, mode, steps)
        for partition in expand(one.item, one.partition, now):
            resolver.want(one.item.ref, partition)
        slow |= {recipe.name for recipe in one.project.recipes.values() if recipe.ignores_abort}
    ignores = any(step.recipe in slow for step in steps.values())
    chosen = list(steps.values())
    if override is None:
        return schedule(chosen, ignores_abort=ignores)
    return _overridden(chosen, wanted, override, ignores=ignores)


def _overridden(steps: list[Step], wanted: Sequence[Wanted], override: NextPlan, *, ignores: bool) -> JobPlan:
    if isinstance(override.activities, int):
        steps = _chain(override.activities, wanted[0])
    elif override.activities is not None:
        steps = list(override.activities)
    if steps and override.outcome is not None:
        steps = [_ending(step, "DONE", "") for step in steps]
        steps[-1] = _ending(steps[-1], override.outcome, override.message)
    if steps and override.warnings:
        more = (("OTHER", "A value was not understood"),) * override.warnings
        steps[-1] = replace(steps[-1], warnings=steps[-1].warnings + more)
    queue_ms = QUEUE_MS if override.queue is None else round(override.queue * 1000)
    plan = schedule(steps, queue_ms=queue_ms, ignores_abort=ignores or override.ignores_abort)
    if override.duration is not None:
        plan = stretched(plan, round(override.duration * 1000))
    if not steps and override.outcome is not None:
        unexpected = override.message if override.outcome == "FAILED" else ""
        plan = replace(plan, outcome=override.outcome, unexpected=unexpected)
    return replace(plan, waits=override.waits)


def _ending(step: Step, outcome: str, message: str) -> Step:
    failure = RecipeFailure(message=message) if outcome == "FAILED" else None
    return replace(step, failure=failure, aborts=outcome == "ABORTED")


def _chain(count: int, wanted: Wanted) -> list[Step]:
    item = wanted.item
    target = Target(
        project=wanted.project.key,
        kind=item.kind,
        id=item.id,
        label=item.name,
        partition=wanted.partition,
        records=item.records,
        bytes=item.size,
    )
    ids = [f"compute_{item.id}_{number}_{wanted.partition}" for number in range(1, count + 1)]
    return [
        Step(
            id=one,
            recipe=f"compute_{item.id}_{number}",
            needs=(ids[number - 2],) if number > 1 else (),
            targets=(target,) if number == count else (),
        )
        for number, one in enumerate(ids, start=1)
    ]
