"""The contract of the intents, on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.domain import BuildMode, Output
from bot.domain.stored_records import BuildPlan, Intent, IntentState
from bot.store import Added, Store
from tests.support.clocks import HandClock
from tests.support.samples import intent

PLAN = BuildPlan(
    instance="dss",
    project="CHURN",
    outputs=(Output(project="CHURN", id="scored"),),
    mode=BuildMode.ONLY,
)


def test_the_same_delivery_counts_once(store: Store) -> None:
    """A redelivered envelope changes nothing."""
    assert store.intents.add(intent(), delivery="trigger-1") is Added.NEW
    assert store.intents.add(intent(), delivery="trigger-1") is Added.BEFORE
    assert store.intents.open_count() == 1


def test_a_double_click_counts_once(store: Store, clock: HandClock) -> None:
    """Two presses have two trigger ids; the same request from the same person within seconds counts once."""
    assert store.intents.add(intent(), delivery="trigger-1", twice="U1|button") is Added.NEW
    store.intents.close(claimed(store), IntentState.DONE)
    clock.advance(3)
    assert store.intents.add(intent(), delivery="trigger-2", twice="U1|button") is Added.TWICE
    clock.advance(60)
    assert store.intents.add(intent(), delivery="trigger-3", twice="U1|button") is Added.NEW


def test_two_people_asking_the_same_at_once_count_once(store: Store) -> None:
    """While one intent is open, nobody else can add an equal one."""
    assert store.intents.add(intent(user_id="U1"), delivery="trigger-1", busy="abort|job") is Added.NEW
    assert store.intents.add(intent(user_id="U2"), delivery="trigger-2", busy="abort|job") is Added.BUSY


def test_a_refused_intent_may_be_asked_again_at_once(store: Store) -> None:
    """A person who corrects a mistake doesn't have to wait."""
    store.intents.add(intent(), delivery="trigger-1", busy="b", twice="t")
    store.intents.close(claimed(store), IntentState.REFUSED)
    assert store.intents.add(intent(), delivery="trigger-2", busy="b", twice="t") is Added.NEW


def test_an_intent_is_read_back_as_it_was_written(store: Store) -> None:
    """The request, the place, and the times survive the store."""
    written = intent()
    store.intents.add(written, delivery="d")
    assert store.intents.claim("me", 30) == written


def test_a_claimed_intent_is_nobody_elses_until_the_lease_ends(store: Store, clock: HandClock) -> None:
    """Recovery is a normal claim after the lease ends, and shows how far the intent had come."""
    written = intent()
    store.intents.add(written, delivery="d")
    assert store.intents.claim("one", 30)
    assert store.intents.starting(written.id, "one", PLAN)
    assert store.intents.claim("two", 30) is None
    clock.advance(31)
    taken = store.intents.claim("two", 30)
    assert isinstance(taken, Intent)
    assert (taken.state, taken.plan) == (IntentState.STARTING, PLAN)


def test_who_lost_the_lease_may_not_start(store: Store, clock: HandClock) -> None:
    """A replica that slept past its lease can't start what another one has taken over."""
    written = intent()
    store.intents.add(written, delivery="d")
    store.intents.claim("one", 30)
    clock.advance(31)
    store.intents.claim("two", 30)
    assert not store.intents.starting(written.id, "one", PLAN)
    assert store.intents.starting(written.id, "two", PLAN)


def test_an_intent_given_back_waits(store: Store, clock: HandClock) -> None:
    """The store respects a pause."""
    written = intent()
    store.intents.add(written, delivery="d")
    store.intents.claim("one", 30)
    store.intents.again(written.id, "one", 10)
    assert store.intents.claim("two", 30) is None
    clock.advance(11)
    assert store.intents.claim("two", 30) is not None


def test_a_clock_that_was_set_back_holds_up_no_intent(store: Store, clock: HandClock) -> None:
    """Neither a pause nor a lease lasts for hours: both were written before."""
    paused, held = intent(), intent()
    store.intents.add(paused, delivery="a")
    store.intents.claim("gone", 20)
    store.intents.again(paused.id, "gone", 10)
    store.intents.add(held, delivery="b")
    store.intents.claim("gone", 20)
    clock.advance(-7_200)
    assert {claimed(store), claimed(store)} == {paused.id, held.id}


def test_what_this_process_is_working_on_is_not_claimed_again(store: Store, clock: HandClock) -> None:
    """Whatever a clock that jumps ahead makes of its lease; and the lease goes on."""
    written = intent()
    store.intents.add(written, delivery="a")
    assert claimed(store) == written.id
    clock.advance(120)
    assert store.intents.claim("me", 20, working={written.id}) is None
    store.intents.renew("me", [written.id], 20)
    assert store.intents.claim("other", 20) is None


def test_an_intent_given_back_is_not_renewed(store: Store) -> None:
    """Its lease is over, although its owner hasn't finished its round yet."""
    written = intent()
    store.intents.add(written, delivery="a")
    claimed(store)
    store.intents.again(written.id, "me", 0)
    store.intents.renew("me", [written.id], 20)
    assert store.intents.claim("other", 20) is not None


@pytest.mark.parametrize("back", [-3_600, -30])
def test_a_click_before_the_clock_was_set_back_is_no_double_click(
    store: Store, clock: HandClock, back: int
) -> None:
    """The same button works again at once."""
    store.intents.add(intent(created_at=clock()), delivery="trigger-1", twice="U1|button")
    store.intents.close(claimed(store), IntentState.DONE)
    clock.advance(back)
    again = intent(created_at=clock())
    assert store.intents.add(again, delivery="trigger-2", twice="U1|button") is Added.NEW


def test_many_claimers_share_without_taking_one_twice(store: Store) -> None:
    """Twenty intents, eight threads: exactly one of them claims each intent."""
    for number in range(20):
        store.intents.add(intent(), delivery=f"d{number}")

    def take(owner: int) -> list[str]:
        taken = []
        while found := store.intents.claim(f"owner{owner}", 30):
            taken.append(found.id)
        return taken

    with ThreadPoolExecutor(8) as pool:
        ids = [i for taken in pool.map(take, range(8)) for i in taken]
    assert len(ids) == len(set(ids)) == 20


def claimed(store: Store) -> str:
    """Claim the open intent and return its id."""
    found = store.intents.claim("me", 30)
    assert found is not None
    return found.id
