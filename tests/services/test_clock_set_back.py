"""A start whose answer was lost, and then the clock is set back by hours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from bot.domain import Build, BuildMode, JobRef, Output
from bot.domain.request_limits import UNLIMITED
from bot.domain.stored_records import BuildPlan, Intent, IntentState
from bot.services.build import LOOK_AGAIN, LOOK_FOR, BuildService
from bot.services.dss_instances import DssInstance, DssInstances
from bot.services.limits import RequestLimiter
from bot.services.service import Collaborators
from bot.services.viewers import OpenViewers
from bot.store import Database, Store
from tests.support.clocks import HandClock
from tests.support.databases import sqlite_with_tables
from tests.support.fake_dss import FakeDss
from tests.support.samples import intent, job_info

PLAN = BuildPlan(
    instance="dss", project="CHURN", outputs=(Output(project="CHURN", id="scored"),), mode=BuildMode.ONLY
)
TWO_HOURS = 7_200


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[Store]:
    """A store on SQLite: the kind of database doesn't matter here."""
    made = Store(Database(sqlite_with_tables(tmp_path), clock=clock))
    yield made
    made.close()


class Told:
    """Private messages and names, as far as a build needs them."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def send(self, _place: object, _user_id: str, message: Any) -> None:
        """Keep a message."""
        self.texts.append(message.text)

    def acting(self, _user_id: str, dss: Any, _act_as: str | None) -> Any:
        """Return the same instance."""
        return dss

    def name_of(self, _user_id: str, _team_id: str) -> str | None:
        """Nobody is known."""
        return None


class Start:
    """A build that was interrupted in its start while the clock was two hours ahead."""

    def __init__(self, store: Store, clock: HandClock) -> None:
        self.store, self.clock, self.dss, self.told = store, clock, FakeDss(), Told()
        self.dss.add_project("CHURN", "scored")
        links = cast("Any", None)
        self.service = BuildService(
            Collaborators(
                store=store,
                access=cast("Any", self.told),
                instances=DssInstances({"dss": DssInstance(dss=self.dss, urls=links)}, "dss"),
                catalog=cast("Any", None),
                private_messages=cast("Any", self.told),
                files=cast("Any", None),
                viewers=OpenViewers(),
                clock=clock,
                limiter=RequestLimiter(store, UNLIMITED),
                owner="me",
                wake_sender=lambda: None,
            )
        )
        clock.advance(TWO_HOURS)
        self.intent = intent(created_at=clock())
        store.intents.add(self.intent, delivery="a")
        store.intents.claim("me", 20)
        assert store.intents.starting(self.intent.id, "me", PLAN)
        store.intents.again(self.intent.id, "me", LOOK_AGAIN)
        clock.advance(-TWO_HOURS)

    def look(self) -> None:
        """Let a runner take it up again."""
        found = self.store.intents.claim("me", 20)
        assert isinstance(found, Intent)
        assert isinstance(found.request, Build)
        self.service.build(found, found.request)


def test_the_job_is_adopted_although_it_seems_older_than_its_start(store: Store, clock: HandClock) -> None:
    """It wasn't among the jobs that were known before; the time of the start says nothing anymore."""
    start = Start(store, clock)
    ref = JobRef(instance="dss", project="CHURN", job_id="ours")
    start.dss.put(
        job_info(ref=ref, mode=BuildMode.ONLY, outputs=PLAN.outputs, initiated_at=clock(), initiator="")
    )
    start.look()
    assert store.intents.state_of(start.intent.id) is IntentState.DONE
    assert len(store.jobs.watches_of(ref)) == 1


def test_a_job_that_is_nowhere_is_looked_for_no_longer_than_usual(store: Store, clock: HandClock) -> None:
    """Not for two hours, until the clock has caught up."""
    start = Start(store, clock)
    looks = 0
    while store.intents.state_of(start.intent.id) is IntentState.STARTING:
        start.look()
        looks += 1
        clock.advance(LOOK_AGAIN + 0.1)
        assert looks <= LOOK_FOR.total_seconds() / LOOK_AGAIN + 1
    assert store.intents.state_of(start.intent.id) is IntentState.UNKNOWN
    assert len(start.told.texts) == 1
