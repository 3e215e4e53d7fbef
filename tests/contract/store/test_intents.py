"""The contract of the intents, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

from bot.facts import BuildMode, Output
from bot.facts.records import Intent, IntentState, Plan
from bot.store import Added, Store
from tests.support.clocks import HandClock
from tests.support.samples import intent

PLAN = Plan(
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
    """Two presses have two trigger ids; the same person asking the same within seconds meant it once."""
    assert store.intents.add(intent(), delivery="trigger-1", twice="U1|button") is Added.NEW
    store.intents.close(claimed(store), IntentState.DONE)
    clock.advance(3)
    assert store.intents.add(intent(), delivery="trigger-2", twice="U1|button") is Added.TWICE
    clock.advance(60)
    assert store.intents.add(intent(), delivery="trigger-3", twice="U1|button") is Added.NEW


def test_two_people_asking_the_same_at_once_count_once(store: Store) -> None:
    """While one intent is open, nobody else's equal one is taken."""
    assert store.intents.add(intent(user_id="U1"), delivery="trigger-1", busy="abort|job") is Added.NEW
    assert store.intents.add(intent(user_id="U2"), delivery="trigger-2", busy="abort|job") is Added.BUSY


def test_a_refused_intent_may_be_asked_again_at_once(store: Store) -> None:
    """Who corrects a mistake need not wait."""
    store.intents.add(intent(), delivery="trigger-1", busy="b", twice="t")
    store.intents.close(claimed(store), IntentState.REFUSED)
    assert store.intents.add(intent(), delivery="trigger-2", busy="b", twice="t") is Added.NEW


def test_an_intent_is_read_back_as_it_was_written(store: Store) -> None:
    """Wish, place and times survive the store."""
    written = intent()
    store.intents.add(written, delivery="d")
    assert store.intents.claim("me", 30) == written


def test_a_claimed_intent_is_nobody_elses_until_the_lease_ends(store: Store, clock: HandClock) -> None:
    """Recovery is the normal claim after the expiry, and it shows how far the intent had come."""
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
    """A replica that slept past its lease cannot start what another one took over."""
    written = intent()
    store.intents.add(written, delivery="d")
    store.intents.claim("one", 30)
    clock.advance(31)
    store.intents.claim("two", 30)
    assert not store.intents.starting(written.id, "one", PLAN)
    assert store.intents.starting(written.id, "two", PLAN)


def test_an_intent_given_back_waits(store: Store, clock: HandClock) -> None:
    """A pause is kept."""
    written = intent()
    store.intents.add(written, delivery="d")
    store.intents.claim("one", 30)
    store.intents.again(written.id, "one", 10)
    assert store.intents.claim("two", 30) is None
    clock.advance(11)
    assert store.intents.claim("two", 30) is not None


def test_many_claimers_share_without_taking_one_twice(store: Store) -> None:
    """Twenty intents, eight threads: each intent is claimed by exactly one of them."""
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
