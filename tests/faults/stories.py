"""The stories. Each part ends with something that people see; DSS's time stands still in between."""

from collections.abc import Callable

from bot.sandbox.dss.model import DATASET
from bot.sandbox.dss.plan import Step, Target
from tests.faults.world import World

SLOW_MS = 10**9


def build(world: World) -> None:
    """Somebody builds a dataset: root message, start, one of two activities, end."""
    world.dss.world.plan_next(activities=[_step("scored", 1, 9_000), _step("scored", 2, 9_000, needs=1)])
    _begin(world)
    world.build("CHURN.scored")
    world.phase()
    world.advance(6)
    world.reply("Started")
    world.root("0 of 2 activities")
    world.phase()
    world.advance(6)
    world.root("1 of 2 activities")
    world.phase()
    world.advance(11)
    world.reply("*Done*")
    world.root("*Done*")
    _end(world)


def fail(world: World) -> None:
    """Somebody builds a dataset whose recipe fails: cause and log excerpt."""
    _begin(world)
    world.build("CHURN.features_broken")
    world.phase()
    world.advance(6)
    world.reply("Started")
    world.phase()
    world.advance(10)
    world.reply("*Failed*", "Traceback")
    world.root("*Failed*")
    _end(world)


def abort(world: World) -> None:
    """Somebody builds a dataset and presses Abort while the job runs."""
    world.dss.world.plan_next(activities=[_step("customers_clean", 1, SLOW_MS)])
    _begin(world)
    root = world.build("CHURN.customers_clean")
    world.phase()
    world.advance(6)
    world.reply("Started")
    world.root("0 of 1 activity")
    world.phase()
    world.abort(root)
    world.root("abort requested")
    world.phase()
    world.advance(3)
    world.reply("*Aborted*")
    world.root("*Aborted*")
    _end(world)


def follow(world: World) -> None:
    """Somebody follows a job that was started in DSS."""
    world.dss.world.plan_next(activities=[_step("customers_clean", 1, 10_000)])
    job = world.dss.world.start("CHURN", {"outputs": [{"id": "customers_clean"}]}, initiator="bob")
    world.advance(5)
    _begin(world)
    world.follow(f"CHURN/{job.id}")
    world.reply("Following")
    world.root("0 of 1 activity")
    world.phase()
    world.advance(12)
    world.reply("*Done*")
    world.root("*Done*")
    _end(world)


def approve(world: World) -> None:
    """Somebody's build needs an approval; somebody else approves it, and it starts as usual."""
    world.dss.world.plan_next(activities=[_step("scored", 1, 9_000)])
    _begin(world)
    command = "CHURN.scored --mode missing"
    request = world.ask_for_approval(command)
    world.phase()
    world.approve(request, command)
    world.root("Approved", "The job is followed here")
    world.phase()
    world.advance(6)
    world.reply("Started")
    world.root("0 of 1 activity")
    world.phase()
    world.advance(8)
    world.reply("*Done*")
    world.root("*Done*")
    _end(world)


def timeline(world: World) -> None:
    """Somebody builds a dataset with three activities: after the end, the root message gets a picture."""
    world.dss.world.plan_next(activities=[_step("scored", number, 2_000) for number in (1, 2, 3)])
    _begin(world)
    world.build("CHURN.scored")
    world.phase()
    world.advance(5)
    world.reply("*Done*")
    world.root("*Done*")
    world.phase()
    world.until(lambda: _has_picture(world), "a picture in the root message")
    _end(world)


STORIES: dict[str, Callable[[World], None]] = {
    "build": build,
    "fail": fail,
    "abort": abort,
    "follow": follow,
    "approve": approve,
    "timeline": timeline,
}


def _begin(world: World) -> None:
    if not world.starts:
        world.start()
    world.until(world.connected, "a socket")
    world.phase()


def _end(world: World) -> None:
    world.until(lambda: world.settled() and not world.followed(), "nothing is left to do")


def _step(dataset: str, number: int, ms: int, *, needs: int | None = None) -> Step:
    target = Target(project="CHURN", kind=DATASET, id=dataset, label=dataset, partition="NP")
    return Step(
        id=f"compute_{dataset}_{number}_NP",
        recipe=f"compute_{dataset}_{number}",
        duration_ms=ms,
        needs=(f"compute_{dataset}_{needs}_NP",) if needs else (),
        targets=(target,),
    )


def _has_picture(world: World) -> bool:
    return any(block["type"] == "image" for root in world.roots() for block in root.blocks)
