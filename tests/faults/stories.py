"""The stories. Each part ends with something that people see; DSS's time stands still in between."""

from collections.abc import Callable

from bot.sandbox.dss.model import DATASET
from bot.sandbox.dss.plan import Step, Target
from bot.sandbox.slack import Message
from tests.faults.normal import page
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


def favorite(world: World) -> None:
    """Somebody saves a build for herself, and runs it by its name."""
    world.dss.world.plan_next(activities=[_step("scored", 1, 6_000)])
    _begin(world)
    world.save("tonight CHURN.scored", "tonight")
    world.phase()
    world.run_favorite("tonight")
    world.phase()
    world.advance(10)
    world.reply("*Done*")
    world.root("*Done*")
    _end(world)


def shared(world: World) -> None:
    """Somebody saves a build for the channel, and somebody else runs it there."""
    world.dss.world.plan_next(activities=[_step("scored", 1, 6_000)])
    _begin(world)
    world.save("team CHURN.scored --mode modified --channel", "team")
    world.phase()
    world.run_favorite("team", "bob")
    world.phase()
    world.advance(10)
    world.reply("*Done*")
    world.root("*Done*")
    _end(world)


def mention(world: World) -> None:
    """Somebody builds by a mention in the channel, and aborts by one in the thread."""
    world.dss.world.plan_next(activities=[_step("customers_clean", 1, SLOW_MS)])
    _begin(world)
    root = world.mention("build CHURN.customers_clean", lambda: _bots_root(world))
    world.phase()
    world.advance(5)
    world.reply("Started")
    world.root("0 of 1 activity")
    world.phase()
    world.mention("abort", lambda: _asked(world, 1), thread=root)
    world.root("abort requested")
    world.phase()
    world.advance(3)
    world.reply("*Aborted*")
    world.root("*Aborted*")
    _end(world)


def selected(world: World) -> None:
    """Somebody follows two jobs of DSS, selects both in a list, and aborts them."""
    started = []
    for dataset in ("customers_clean", "scored"):
        world.dss.world.plan_next(activities=[_step(dataset, 1, SLOW_MS)])
        job = world.dss.world.start("CHURN", {"outputs": [{"id": dataset}]}, initiator="bob")
        started.append(f"CHURN/{job.id}")
    world.advance(5)
    _begin(world)
    for number, name in enumerate(started, 1):
        world.ask(
            lambda name=name: world.type(f"/dss-jobs follow {name}"),  # type: ignore[misc]
            lambda number=number: len(world.roots()) == number or None,  # type: ignore[misc]
        )
    world.until(lambda: _replies(world, "Following") == len(started), "both threads have begun")
    world.phase()
    world.abort_selected(started, lambda: _asked(world, 2))
    world.phase()
    world.advance(3)
    world.until(lambda: _count(world, "*Aborted*") == 2, "both have ended")
    _end(world)


def home(world: World) -> None:
    """Somebody has App Home open while her job runs: it says how the job is, to its end."""
    world.dss.world.plan_next(activities=[_step("scored", 1, 6_000), _step("scored", 2, 6_000, needs=1)])
    _begin(world)
    world.home("no running jobs")
    world.phase()
    world.build("CHURN.scored")
    world.home("CHURN.scored")
    world.phase()
    world.advance(5)
    world.reply("Started")
    world.home("*Running*", "CHURN.scored")
    world.phase()
    world.advance(14)
    world.reply("*Done*")
    world.root("*Done*")
    world.shown_at_home = page(world.home("*Done*", "CHURN.scored"))
    _end(world)


STORIES: dict[str, Callable[[World], None]] = {
    "build": build,
    "fail": fail,
    "abort": abort,
    "follow": follow,
    "approve": approve,
    "timeline": timeline,
    "favorite": favorite,
    "shared": shared,
    "mention": mention,
    "selected": selected,
    "home": home,
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


def _bots_root(world: World) -> Message | None:
    return next((root for root in world.roots() if root.by_bot), None)


def _asked(world: World, times: int) -> Message | None:
    """Return one of the threads if so many have heard that somebody asked to abort."""
    asked = [
        reply for root in world.roots() for reply in root.replies if "asked to abort" in str(reply.blocks)
    ]
    return asked[0] if len(asked) >= times else None


def _replies(world: World, words: str) -> int:
    return sum(words in str(reply.blocks) for root in world.roots() for reply in root.replies)


def _count(world: World, words: str) -> int:
    return sum(words in str(root.blocks) for root in world.roots())


def _has_picture(world: World) -> bool:
    return any(block["type"] == "image" for root in world.roots() for block in root.blocks)
