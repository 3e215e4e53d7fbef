"""The calls to Slack that one job costs, beside a bot that posts each change; and how long a view takes."""

import dataclasses
import itertools
import time
from datetime import UTC, datetime, timedelta

from bot import views
from bot.demo.world import World
from bot.domain import Activity, Counters, JobCard, JobInfo, JobRef, Message, Output
from bot.domain.timeline import timeline
from bot.sandbox.dss.jobs import Job
from bot.sandbox.dss.model import DATASET
from bot.sandbox.dss.plan import Step, Target, progress
from bot.settings import Settings
from bot.views.timeline_picture import timeline_png
from bot.views.timeline_words import timeline_alt

SPEED = 20.0
"""How many times as fast as normal the clocks of DSS, Slack's rates, and the bot run."""
TICK = 2.0
"""Seconds of the simulated time between two looks at DSS."""
ACTIVITIES = 20
MINUTES = 10


class _Fast(World):
    """The demo's world, with the bot's usual tick in simulated time."""

    def _settings(self) -> Settings:
        settings = super()._settings()
        following = dataclasses.replace(
            settings.following, tick_seconds=TICK / SPEED, requests_per_second=5 * SPEED
        )
        return dataclasses.replace(settings, following=following)


def count_calls() -> tuple[dict[str, int], int]:
    """Build once with all activities, one after the other; they take unequal times, with pauses between them.

    Returns:
        The bot's calls to Slack by method, and how many messages a bot would post that posts each change of
        an activity that it sees when it looks every `TICK` seconds.
    """
    unit = MINUTES * 60_000 / ACTIVITIES
    plan = [
        Step(
            id=f"compute_d{n}_NP",
            recipe=f"compute_d{n}",
            duration_ms=round(unit * (0.5 + (n * 7 % 10) / 9)),
            needs=(f"compute_d{n - 1}_NP",) if n else (),
            targets=(Target(project="CHURN", kind=DATASET, id=f"d{n}", label=f"d{n}", partition="NP"),),
        )
        for n in range(ACTIVITIES)
    ]
    with _Fast(speed=SPEED) as world:
        assert world.bot is not None
        world.dss.world.plan_next(activities=plan)
        before = len(world.slack.calls)
        world.slack.as_user("alice").command("/dss-build", "CHURN.scored", "data").wait(10)
        deadline = time.monotonic() + MINUTES * 60 / SPEED * 3
        seen: dict[str, str] = {}
        naive = 0
        job = None
        while time.monotonic() < deadline:
            if job is None:
                started = world.bot.store.jobs.followed_count()
                jobs = world.dss.world.jobs.of_project("CHURN")
                job = jobs[-1] if started else None
            else:
                now = _states(world, job)
                naive += sum(seen.get(name) != state for name, state in now.items() if state != "NOT_STARTED")
                seen = now
                if not world.following() and not world.busy() and _has_picture(world):
                    break
            time.sleep(TICK / SPEED)
        calls: dict[str, int] = {}
        for call in world.slack.calls[before:]:
            calls[call.method] = calls.get(call.method, 0) + 1
    return calls, naive + 2  # and one message each for the start and the end


def _has_picture(world: World) -> bool:
    roots = world.slack.messages("data")
    return any(block["type"] == "image" for root in roots for block in root.blocks)


def _states(world: World, job: Job) -> dict[str, str]:
    now = world.dss.world.now()
    with world.dss.world.lock:
        return {one.step.id: one.state for one in progress(job.plan, job.life, now)}


def render_seconds(times: int) -> list[float]:
    """Return how long each of many root messages took in both forms, with up to 2,000 activities."""
    now = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
    cards = [_card(activities, now) for activities in (0, 1, 20, 200, 2_000)]
    took: list[float] = []
    for card in itertools.islice(itertools.cycle(cards), times):
        began = time.perf_counter()
        message: Message = views.root(card, now)
        message.without(())
        took.append(time.perf_counter() - began)
    return took


def draw_seconds(times: int) -> list[float]:
    """Return how long each of some timelines of 200 activities took: its picture and its words."""
    now = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
    activities = tuple(
        Activity(
            id=f"compute_{n}_NP",
            state="DONE",
            recipe=f"compute_{n}",
            started_at=now - timedelta(seconds=3_000 - 13 * n),
            ended_at=now - timedelta(seconds=3_000 - 13 * n - 20 - n % 90),
            waited_seconds=float(n % 9),
        )
        for n in range(200)
    )
    ref = JobRef(instance="default", project="CHURN", job_id="timeline")
    info = JobInfo(ref=ref, state="DONE", finished=True, activities=activities)
    took: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        drawn = timeline(info)
        assert drawn is not None
        timeline_png(drawn)
        timeline_alt(drawn)
        took.append(time.perf_counter() - began)
    return took


def _card(number: int, now: datetime) -> JobCard:
    states = ("DONE", "RUNNING", "FAILED", "NOT_STARTED", "SKIPPED")
    activities = tuple(
        Activity(
            id=f"compute_{n}_NP",
            state=states[n % 5],
            recipe=f"compute_{n}" + "x" * (n % 200),
            recipe_type="python",
            started_at=now - timedelta(minutes=5),
            ended_at=now - timedelta(minutes=n % 5),
            failure="KeyError: 'amount'" * 20 if n % 5 == 2 else None,
            reason="RECIPE_HAS_CHANGED",
        )
        for n in range(number)
    )
    job = JobInfo(
        ref=JobRef(instance="main", project="CHURN", job_id="Build_scored"),
        state="RUNNING",
        finished=False,
        outputs=(Output(project="CHURN", id="scored"),),
        started_at=now - timedelta(minutes=5),
        counters=Counters(done=number // 5, total=number),
        activities=activities,
    )
    return JobCard(
        job=job, ui_url="https://dss.example.com/", usual_seconds=400.0, usual_spread=(380.0, 450.0)
    )
