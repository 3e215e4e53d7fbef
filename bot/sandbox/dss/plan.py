"""The course of a job, fixed when it starts, and its state at any moment. Pure: no clock, no I/O.

All offsets are in milliseconds from the job's initiation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.sandbox.dss.model import RecipeFailure

QUEUE_MS = 1_000
DEPS_MS = 1_500
GAP_MS = 300
"""Gap between the end of an activity's dependencies and its own start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing that an activity writes."""

    project: str
    kind: str
    id: str
    label: str
    partition: str
    records: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One thing that an activity reads."""

    project: str
    kind: str
    id: str
    partition: str
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One activity: a recipe run for one partition."""

    id: str
    recipe: str
    recipe_type: str = "python"
    engine: str = "DSS"
    duration_ms: int = 8_000
    needs: tuple[str, ...] = ()
    """Ids of the activities that must finish first."""
    reason: str = "NON_RECURSIVE_FORCED_BUILD"
    targets: tuple[Target, ...] = ()
    sources: tuple[Source, ...] = ()
    failure: RecipeFailure | None = None
    warnings: tuple[tuple[str, str], ...] = ()
    aborts: bool = False
    """Whether the activity ends as ABORTED by itself."""
    start_ms: int = 0

    @property
    def end_ms(self) -> int:
        """Return when the activity ends if nothing interferes."""
        return self.start_ms + self.duration_ms

    @property
    def outcome(self) -> str:
        """Return the final state of an uninterrupted run."""
        if self.aborts:
            return "ABORTED"
        return "FAILED" if self.failure else "DONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Another job that is building one of the outputs."""

    job_project: str
    job_id: str
    project: str
    dataset: str
    partition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPlan:
    """The full course of a job that nothing interrupts."""

    queue_ms: int = QUEUE_MS
    deps_ms: int = DEPS_MS
    steps: tuple[Step, ...] = ()
    never: tuple[Step, ...] = ()
    """Steps that never start, because one of their dependencies fails."""
    total_ms: int = 0
    outcome: str = "DONE"
    conflicts: tuple[Conflict, ...] = ()
    unexpected: str = ""
    """Message of a failure outside all activities."""
    waits: bool = False
    """Stays WAITING_CONFIRMATION until it is aborted."""
    ignores_abort: bool = False
    zero_times: bool = False
    """The job ended before it started: both times stay 0 (DSS-API.md §1.3)."""


def schedule(
    steps: Sequence[Step], *, queue_ms: int = QUEUE_MS, deps_ms: int = DEPS_MS, ignores_abort: bool = False
) -> JobPlan:
    """Set the start time of every step. ``steps`` must list dependencies first."""
    ready = queue_ms + deps_ms
    ends: dict[str, int] = {}
    run: list[Step] = []
    never: list[Step] = []
    for step in steps:
        known = [need for need in step.needs if any(need == other.id for other in steps)]
        if any(need not in ends for need in known):
            never.append(step)
            continue
        placed = replace(step, start_ms=max([ready, *(ends[need] for need in known)]) + GAP_MS)
        run.append(placed)
        if placed.outcome == "DONE":
            ends[step.id] = placed.end_ms
    outcomes = {step.outcome for step in run}
    outcome = "FAILED" if "FAILED" in outcomes else "ABORTED" if "ABORTED" in outcomes else "DONE"
    return JobPlan(
        queue_ms=queue_ms,
        deps_ms=deps_ms,
        steps=tuple(run),
        never=tuple(never),
        total_ms=max((step.end_ms for step in run), default=ready),
        outcome=outcome,
        ignores_abort=ignores_abort,
    )


def stretched(plan: JobPlan, total_ms: int) -> JobPlan:
    """Return the same course, scaled to take exactly ``total_ms`` from initiation to end."""
    factor = total_ms / plan.total_ms if plan.total_ms else 0.0

    def scaled(step: Step) -> Step:
        start = round(step.start_ms * factor)
        end = total_ms if step.end_ms == plan.total_ms else round(step.end_ms * factor)
        return replace(step, start_ms=start, duration_ms=end - start)

    return replace(
        plan,
        queue_ms=round(plan.queue_ms * factor),
        deps_ms=round(plan.deps_ms * factor),
        steps=tuple(scaled(step) for step in plan.steps),
        total_ms=total_ms,
    )


@dataclass(slots=True, kw_only=True)
class Life:
    """What happens to a job while it runs. Times are in ms since 1970."""

    initiated: int
    held: bool = False
    pause_ms: int = 0
    """How long it was held past its planned end."""
    stop_at: int | None = None
    """When an abort took effect, or when DSS crashed."""
    killed: bool = False
    """DSS itself crashed: the job is ABORTED while its activities still say RUNNING (DSS-API.md §2.1)."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a list shows of a job at one moment."""

    state: str
    start: int
    """In ms since 1970; 0 if it hasn't started."""
    end: int
    warnings: int

    @property
    def stable(self) -> bool:
        """Whether the state is final."""
        return self.state in {"DONE", "FAILED", "ABORTED"}


@dataclass(frozen=True, slots=True)
class Progress:
    """One activity at one moment."""

    step: Step
    state: str
    start: int = 0
    end: int = 0
    fraction: float = 0.0


def natural_end(plan: JobPlan, life: Life) -> int | None:
    """Return when the job ends without an abort, or ``None`` if it is held or waits for confirmation."""
    if life.held or plan.waits:
        return None
    return life.initiated + plan.total_ms + life.pause_ms


def stopped_at(plan: JobPlan, life: Life, now: int) -> int | None:
    """Return when an abort or a crash stopped the job, or ``None`` if none did before the job ended."""
    if life.stop_at is None or life.stop_at > now:
        return None
    end = natural_end(plan, life)
    return life.stop_at if end is None or end > life.stop_at else None


def elapsed(plan: JobPlan, life: Life, now: int) -> int:
    """Return how far the plan has progressed at ``now``, in ms."""
    passed = now - life.initiated
    last = plan.total_ms - 1
    if passed <= last:
        return passed
    return last if life.held else max(last, passed - life.pause_ms)


def head(plan: JobPlan, life: Life, now: int) -> Head:
    """Return the job's state, times, and warnings at ``now``."""
    stop = stopped_at(plan, life, now)
    at = elapsed(plan, life, now if stop is None else stop)
    started = life.initiated + plan.queue_ms if at >= plan.queue_ms and not plan.waits else 0
    if plan.zero_times:
        started = 0
    warnings = sum(len(step.warnings) for step in plan.steps if step.end_ms <= at)
    if stop is not None:
        return Head("ABORTED", started, stop if started else 0, warnings)
    end = natural_end(plan, life)
    if end is not None and now >= end:
        return Head(plan.outcome, started, 0 if plan.zero_times else end, warnings)
    if plan.waits:
        return Head("WAITING_CONFIRMATION", 0, 0, 0)
    if at < plan.queue_ms:
        return Head("NOT_STARTED", 0, 0, 0)
    state = "COMPUTING_DEPS" if at < plan.queue_ms + plan.deps_ms else "RUNNING"
    return Head(state, started, 0, warnings)


def progress(plan: JobPlan, life: Life, now: int) -> list[Progress]:
    """Return every activity at ``now``; empty until the dependencies are computed."""
    now_head = head(plan, life, now)
    stop = stopped_at(plan, life, now)
    at = elapsed(plan, life, now if stop is None else stop)
    if at < plan.queue_ms + plan.deps_ms or plan.waits:
        return []
    rest = "ABORTED" if now_head.stable else "NOT_STARTED"
    return [
        *(_step_progress(step, plan, life, at, stop) for step in plan.steps),
        *(Progress(step, rest) for step in plan.never),
    ]


def _step_progress(step: Step, plan: JobPlan, life: Life, at: int, stop: int | None) -> Progress:
    if at < step.start_ms:
        return Progress(step, "NOT_STARTED" if stop is None else "ABORTED")
    start = life.initiated + step.start_ms
    if at >= step.end_ms:
        pause = life.pause_ms if step.end_ms >= plan.total_ms else 0
        return Progress(step, step.outcome, start, life.initiated + step.end_ms + pause, 1.0)
    fraction = (at - step.start_ms) / max(1, step.duration_ms)
    if stop is None or life.killed:
        return Progress(step, "RUNNING", start, 0, fraction)
    return Progress(step, "ABORTED", start, stop, fraction)
