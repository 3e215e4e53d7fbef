"""Temporary problems."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

from tests.faults.board import FULL, READ_ONLY, WELL
from tests.faults.world import Trouble, World


def _storm(kind: str, methods: str, times: int) -> Callable[[World], None]:
    return lambda world: world.slack.faults.add(methods, kind=kind, times=times)


def _slack_is_well(world: World) -> None:
    world.slack.faults.clear()


def _dss_is_down(world: World) -> None:
    world.dss.faults.down()


def _dss_resets(world: World) -> None:
    world.dss.faults.down("reset")


def _dss_is_up(world: World) -> None:
    world.dss.faults.up()


def _sockets_are_renewed(world: World) -> None:
    world.slack.refresh_sockets(grace=3.0)


def _sockets_are_closed(world: World) -> None:
    world.slack.drop_sockets(close_frame=True)


def _sockets_are_reset(world: World) -> None:
    world.slack.drop_sockets()


def _everything_comes_again(world: World) -> None:
    for delivery in list(world.deliveries):
        if delivery.acked:
            delivery.redeliver()


def _disk_is(state: int) -> Callable[[World], None]:
    def change(world: World) -> None:
        world.board.disk = state

    return change


def _file_is_locked(seconds: float) -> Callable[[World], None]:
    def lock(world: World) -> None:
        with closing(
            sqlite3.connect(world.folder / "bot.sqlite3", timeout=10, isolation_level=None)
        ) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            other.execute("ROLLBACK")

    return lock


def troubles(phase: int) -> list[Trouble]:
    """Return every problem that can start in a phase and, once it is over, must leave no trace."""
    return [
        Trouble("six times 429", phase, _storm("429", r"chat\..*", 6)),
        Trouble("Slack's gateway is down", phase, _storm("503", ".*", 1_000), _slack_is_well, 2.5),
        Trouble("Slack does not answer", phase, _storm("timeout", r"chat\..*", 3)),
        Trouble("Slack resets", phase, _storm("reset", ".*", 1_000), _slack_is_well, 1.5),
        Trouble("Slack's answers are lost", phase, _storm("lose_answer", r"chat\..*", 3)),
        Trouble("DSS restarts", phase, _dss_is_down, _dss_is_up, 2.0),
        Trouble("DSS resets", phase, _dss_resets, _dss_is_up, 2.0),
        Trouble("sockets are renewed", phase, _sockets_are_renewed),
        Trouble("sockets are closed", phase, _sockets_are_closed),
        Trouble("sockets are reset", phase, _sockets_are_reset),
        Trouble("everything comes again", phase, _everything_comes_again, patient=True),
    ]


def disk_troubles(phase: int) -> list[Trouble]:
    """Return every problem that a SQLite file can have."""
    return [
        Trouble("the disk is full", phase, _disk_is(FULL), _disk_is(WELL), 2.5, patient=True),
        Trouble("the file is read-only", phase, _disk_is(READ_ONLY), _disk_is(WELL), 2.5, patient=True),
        Trouble("the file is locked for 2.5 s", phase, _file_is_locked(2.5)),
        Trouble("the file is locked for 12 s", phase, _file_is_locked(12.0)),
    ]


def outage(phase: int) -> Trouble:
    """Return a DSS outage of more than a minute, by the bot's clock, before the phase's own events."""

    def begin(world: World) -> None:
        followed = world.followed()
        _dss_is_down(world)
        for _ in range(20):
            time.sleep(0.1)
            world.board.let_pass(3.5)
        if followed:
            world.reply("DSS hasn't answered since")  # the client tries each call for some seconds
        _dss_is_up(world)

    return Trouble("DSS is away for 70 s", phase, begin, patient=True)
