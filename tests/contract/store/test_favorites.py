"""The contract of favorites and default projects, on SQLite and PostgreSQL."""

import msgspec
import pytest

from bot.domain import Build, DeleteFavorite, RequestedOutput
from bot.domain.audit import AuditEntry, AuditEvent
from bot.domain.errors import Refusal
from bot.domain.favorites import MOST, ChannelDefault, Favorite
from bot.domain.stored_records import IntentState
from bot.store import Store
from bot.store.tables import favorites
from tests.support.samples import intent

BUILD = Build(outputs=(RequestedOutput(project="CHURN", name="scored"),))
MINE = Favorite(owner="U1", name="Nightly", build=BUILD, saved_by="U1")
OURS = Favorite(owner="C1", name="nightly", build=BUILD, saved_by="U2")
CHANGED = AuditEntry(
    event=AuditEvent.OUTCOME, user_id="U1", team_id="T1", verb="build", allowed=True, outcome="changed"
)


def asked(store: Store, number: str) -> str:
    """Store a request that a change can belong to; return its id."""
    added = intent(id=number, request=DeleteFavorite(name="x"))
    store.intents.add(added, delivery=number, busy=number, twice=None)
    return number


def test_a_name_is_found_in_any_case_and_mine_comes_first(store: Store) -> None:
    """Each owner has names of their own."""
    store.favorites.save(MINE, asked(store, "1"), CHANGED)
    store.favorites.save(OURS, asked(store, "2"), CHANGED)
    assert store.favorites.find(("U1", "C1"), "NIGHTLY") == MINE
    assert store.favorites.find(("U3", "C1"), " nightly ") == OURS
    assert store.favorites.find(("U3", "C2"), "nightly") is None
    assert store.favorites.of_owner("C1") == (OURS,)


def test_a_change_and_the_end_of_its_request_are_one(store: Store) -> None:
    """Whoever takes the request over after a crash changes nothing again, whatever happened since."""
    store.favorites.save(MINE, asked(store, "1"), CHANGED)
    assert store.intents.state_of("1") is IntentState.DONE
    store.favorites.delete("U1", "nightly", asked(store, "2"), CHANGED)
    store.favorites.save(MINE, "1", CHANGED)
    assert store.favorites.of_owner("U1") == ()


def test_saving_again_replaces(store: Store) -> None:
    """Under one name there is one build."""
    other = msgspec.structs.replace(MINE, name="NightLY", build=msgspec.structs.replace(BUILD, partition="P"))
    store.favorites.save(MINE, asked(store, "1"), CHANGED)
    store.favorites.save(other, asked(store, "2"), CHANGED)
    assert store.favorites.of_owner("U1") == (other,)


def test_renaming_never_overwrites(store: Store) -> None:
    """The other one stays, and the request isn't closed; another spelling of the same name is fine."""
    store.favorites.save(MINE, asked(store, "1"), CHANGED)
    store.favorites.save(msgspec.structs.replace(MINE, name="other"), asked(store, "2"), CHANGED)
    with pytest.raises(Refusal, match="already a favorite"):
        store.favorites.rename("U1", "nightly", "Other", asked(store, "3"), CHANGED)
    assert store.intents.state_of("3") is IntentState.NEW
    store.favorites.rename("U1", "nightly", "NIGHTly", "3", CHANGED)
    assert [one.name for one in store.favorites.of_owner("U1")] == ["NIGHTly", "other"]


def test_there_is_an_end_to_favorites(store: Store) -> None:
    """A list stays readable; one that exists can still be replaced."""
    for number in range(MOST):
        one = msgspec.structs.replace(MINE, name=f"n{number}")
        store.favorites.save(one, asked(store, str(number)), CHANGED)
    with pytest.raises(Refusal, match=str(MOST)):
        store.favorites.save(MINE, asked(store, "more"), CHANGED)
    store.favorites.save(msgspec.structs.replace(MINE, name="n1"), "more", CHANGED)
    assert len(store.favorites.of_owner("U1")) == MOST


def test_what_another_version_wrote_is_left_out(store: Store) -> None:
    """One row that can't be read hides no other."""
    store.favorites.save(MINE, asked(store, "1"), CHANGED)
    row = {"owner": "U1", "key": "new", "name": "new", "build": '{"type": "Later"}', "saved_by": "U1"}
    with store.database.write() as connection:
        connection.execute(favorites.insert().values(**row, saved_at=1))
    assert store.favorites.of_owner("U1") == (MINE,)
    assert store.favorites.find(("U1",), "new") is None


def test_a_channel_has_one_default(store: Store) -> None:
    """It's set, replaced and cleared."""
    first, second = (ChannelDefault(project=key, instance="dev", set_by="U1") for key in ("CHURN", "SALES"))
    for number, default in enumerate((first, second, None)):
        store.favorites.set_default("C1", default, asked(store, str(number)), CHANGED)
        assert store.favorites.default_of("C1") == default
    assert store.favorites.default_of("C2") is None
