"""The contract of approvals, on SQLite and PostgreSQL: whatever happens at once, there is one outcome."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select, update

from bot.domain import Build, Message, Output, Place, RequestedOutput
from bot.domain.approvals import Approval, ApprovalState, Reason, fingerprint
from bot.domain.stored_records import BuildPlan, Draft, Intent, IntentState, Urgency
from bot.store import AuditEntry, Store
from bot.store.approvals import Effects, Unreadable
from bot.store.tables import approvals, audit, intents, messages
from tests.support.clocks import HandClock
from tests.support.samples import NOW, intent, new_id

PLAN = BuildPlan(instance="dss", project="CHURN", outputs=(Output(project="CHURN", id="scored"),))
PENDING = ApprovalState.PENDING


def approval(**changes: Any) -> Approval:
    """Return a request of U1's that is valid for an hour."""
    values: dict[str, Any] = {
        "id": new_id(),
        "fingerprint": fingerprint(PLAN, "U1", "T1"),
        "request": Build(outputs=(RequestedOutput(project="CHURN", name="scored"),)),
        "plan": PLAN,
        "because": (Reason(kind="project", name="CHURN"),),
        "user_id": "U1",
        "team_id": "T1",
        "place": Place(channel_id="C1"),
        "channel_id": "C1",
        "created_at": NOW,
        "expires_at": NOW + timedelta(hours=1),
    }
    return Approval(**(values | changes))


def draft(row_id: str, text: str) -> Draft:
    return Draft(id=row_id, channel_id="C1", message=Message(text=text), urgency=Urgency.ROOT)


def asked(store: Store, **changes: Any) -> Approval:
    """Write a request and return it."""
    made, source = approval(**changes), intent()
    store.intents.add(source, delivery=source.id)
    drafts = (draft(made.message_id, "pending"),)
    assert store.approvals.ask(made, source.id, Effects(drafts=drafts))
    return made


def decide(store: Store, made: Approval, state: ApprovalState, by: str, now: datetime = NOW) -> bool:
    """Decide as the service does."""
    start = f"approved-{made.id}" if state is ApprovalState.APPROVED else None
    decided = msgspec.structs.replace(
        made, state=state, decided_by=by, decided_team="T1", decided_at=now, start_id=start
    )
    presser = intent(user_id=by)
    store.intents.add(presser, delivery=presser.id)
    effects = Effects(
        drafts=(draft(made.message_id, f"{state} {by}"), draft(made.outcome_id, f"{state} {by}")),
        closes=presser.id,
        start=intent(id=start, user_id="U1") if start else None,
        audit=AuditEntry(user_id=by, team_id="T1", verb=f"approval {state}", target=made.id, allowed=True),
    )
    return store.approvals.decide(decided, now, effects)


def at_once(tasks: Sequence[Callable[[], bool]]) -> list[bool]:
    """Run tasks in as many threads, which begin together."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], bool]) -> bool:
        barrier.wait(60)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def count(store: Store, asked_for: Any) -> int:
    with store.database.read() as connection:
        return int(connection.execute(select(func.count()).where(asked_for)).scalar_one())


def outcome(store: Store, made: Approval) -> tuple[ApprovalState, str | None]:
    """Return how it ended, after checking that everything written agrees with that."""
    after = store.approvals.get(made.id)
    assert after is not None
    with store.database.read() as connection:
        rows = connection.execute(select(messages.c.id, messages.c.body)).all()
    said = {row[0]: msgspec.json.decode(row[1], type=Message).text for row in rows}
    assert said[made.message_id] == said[made.outcome_id] == f"{after.state} {after.decided_by}"
    started = count(store, intents.c.id == f"approved-{made.id}")
    assert started == (after.state is ApprovalState.APPROVED)
    assert count(store, audit.c.target == made.id) == 1
    return after.state, after.decided_by


RACES = {
    "two approvals": [(ApprovalState.APPROVED, "U2"), (ApprovalState.APPROVED, "U3")],
    "approve and cancel": [(ApprovalState.APPROVED, "U2"), (ApprovalState.CANCELED, "U1")],
    "approve and decline": [(ApprovalState.APPROVED, "U2"), (ApprovalState.DECLINED, "U3")],
    "everybody": [
        (state, f"U{number}")
        for number, state in enumerate(
            [ApprovalState.APPROVED, ApprovalState.DECLINED, ApprovalState.CANCELED] * 3, 1
        )
    ],
}


@pytest.mark.parametrize("race", RACES)
def test_a_race_has_one_outcome(store: Store, race: str) -> None:
    """One decision counts with all its effects; the others write nothing, whichever replica they run on."""
    for _ in range(5):
        made = asked(store)
        tasks = [partial(decide, store, made, state, by) for state, by in RACES[race]]
        results = at_once(tasks)
        assert results.count(True) == 1
        assert outcome(store, made) == RACES[race][results.index(True)]
        forget(store)


def test_approve_and_lapse_at_once(store: Store) -> None:
    """At the very end, either the approval or the lapse counts: two clocks can differ a little."""
    for number in range(5):
        made = asked(store)
        early = made.expires_at - timedelta(seconds=1)
        late = made.expires_at + timedelta(milliseconds=number)
        approve = partial(decide, store, made, ApprovalState.APPROVED, "U2", early)
        lapse = partial(decide, store, made, ApprovalState.LAPSED, "bot", late)
        assert at_once([approve, lapse]).count(True) == 1
        outcome(store, made)
        forget(store)


def forget(store: Store) -> None:
    with store.database.write() as connection:
        for table in (approvals, intents, messages):
            connection.execute(table.delete())


def test_the_same_build_is_asked_about_once(store: Store) -> None:
    """Two replicas, or two people: one request is pending."""
    sources = [intent(), intent(user_id="U2")]
    for source in sources:
        store.intents.add(source, delivery=source.id)

    def ask(source: Intent) -> bool:
        made = approval(user_id=source.user_id)
        return store.approvals.ask(made, source.id, Effects(drafts=(draft(made.message_id, "x"),)))

    results = at_once([partial(ask, one) for one in sources])
    assert sorted(results) == [False, True]
    waiting = store.approvals.waiting(PLAN)
    assert waiting is not None
    assert waiting.user_id == sources[results.index(True)].user_id
    assert store.approvals.pending_count() == 1
    assert count(store, messages.c.id.startswith("approval:")) == 1


def test_one_intent_asks_once(store: Store) -> None:
    """A process that was slow finds the intent closed, even after the request has ended."""
    source = intent()
    store.intents.add(source, delivery="d")
    first = approval()
    assert store.approvals.ask(first, source.id, Effects())
    assert decide(store, first, ApprovalState.DECLINED, "U2")
    assert not store.approvals.ask(approval(), source.id, Effects())
    assert store.approvals.pending_count() == 0


def test_after_an_end_it_can_be_asked_again(store: Store) -> None:
    """The key of the build is free."""
    assert decide(store, asked(store), ApprovalState.CANCELED, "U1")
    assert store.approvals.waiting(PLAN) is None
    assert store.approvals.waiting(asked(store).plan) is not None


@pytest.mark.parametrize("state", [s for s in ApprovalState if s not in {PENDING, ApprovalState.LAPSED}])
def test_what_has_lapsed_or_was_not_shown_is_not_decided(store: Store, state: ApprovalState) -> None:
    """Not a millisecond too late, and not with another hash."""
    made = asked(store)
    assert not decide(store, made, state, "U2", made.expires_at)
    other = msgspec.structs.replace(made, fingerprint="0" * 64)
    assert not decide(store, other, state, "U2")
    assert not decide(store, made, ApprovalState.LAPSED, "bot", made.expires_at - timedelta(milliseconds=1))
    assert store.approvals.get(made.id) == made


def test_an_approval_makes_an_intent_that_is_claimed(store: Store) -> None:
    """It finds its request, which is read back as it was written."""
    made = asked(store)
    assert decide(store, made, ApprovalState.APPROVED, "U2")
    started = store.intents.claim("me", 30)
    assert isinstance(started, Intent)
    found = store.approvals.started_by(started.id)
    assert found is not None
    assert (found.plan, found.request, found.because, found.place) == (
        made.plan,
        made.request,
        made.because,
        made.place,
    )
    assert (found.decided_by, found.decided_at, found.state) == ("U2", NOW, ApprovalState.APPROVED)


def test_a_changed_build_replaces_its_request(store: Store) -> None:
    """In one step; a second process does nothing."""
    made = asked(store)
    decide(store, made, ApprovalState.APPROVED, "U2")
    again = approval()
    assert store.approvals.ask(again, f"approved-{made.id}", Effects(), replaces=made.id)
    assert not store.approvals.ask(approval(), f"approved-{made.id}", Effects(), replaces=made.id)
    old = store.approvals.get(made.id)
    assert old is not None
    assert old.state is ApprovalState.REPLACED
    assert store.approvals.waiting(PLAN) == again


def test_a_start_that_failed_is_found_and_settled_once(store: Store) -> None:
    """Whatever closed the intent, nobody is left believing that the build started."""
    made = asked(store)
    decide(store, made, ApprovalState.APPROVED, "U2")
    assert store.approvals.unsettled() == []
    store.intents.close(f"approved-{made.id}", IntentState.REFUSED)
    [found] = store.approvals.unsettled()
    assert isinstance(found, Approval)
    ended = msgspec.structs.replace(found, state=ApprovalState.NOT_STARTED)
    assert at_once([lambda: store.approvals.not_started(ended, Effects())] * 2).count(True) == 1
    assert store.approvals.unsettled() == []


def test_lapsed_requests_are_found(store: Store) -> None:
    """Those whose time is over, and no others."""
    made = asked(store)
    assert store.approvals.lapsed(made.expires_at - timedelta(milliseconds=1)) == []
    assert store.approvals.lapsed(made.expires_at) == [made]


@pytest.mark.parametrize("column", ["asked", "state"])
def test_a_row_that_cannot_be_read_is_set_aside_once(store: Store, column: str) -> None:
    """After a rollback, or when it's damaged: the key is free, and the requester is told."""
    made = asked(store)
    with store.database.write() as connection:
        connection.execute(update(approvals).values({column: "of next year"}))
    assert store.approvals.get(made.id) is None
    [found] = store.approvals.lapsed(made.expires_at)
    assert found == Unreadable(id=made.id, user_id="U1")
    told = draft("approval:x:unreadable", "unreadable")
    assert store.approvals.set_aside(found, told)
    assert not store.approvals.set_aside(found, told)
    assert asked(store).id != made.id


def test_finished_requests_are_pruned_and_pending_ones_kept(store: Store, clock: HandClock) -> None:
    """Like finished intents."""
    old = asked(store)
    decide(store, old, ApprovalState.DECLINED, "U2")
    kept = asked(store)
    clock.advance(86_400 * 40)
    store.prune(clock() - timedelta(days=30))
    assert store.approvals.get(old.id) is None
    assert store.approvals.get(kept.id) == kept
