"""The contract of personal keys, on SQLite and PostgreSQL."""

from sqlalchemy import select, update

from bot.settings import Secret
from bot.store import Store
from bot.store.encryption import Encryption, new_key
from bot.store.personal_keys import CONFIRM_WITHIN_MS, PersonalKeyStore
from bot.store.tables import personal_keys
from tests.support.clocks import HandClock

KEY = Secret("Zx81-not-like-any-token")
OLD, NEW = Secret(new_key()), Secret(new_key())


def rows(store: Store, *keys: Secret) -> PersonalKeyStore:
    """Return the table, read with these encryption keys."""
    return PersonalKeyStore(store.database, Encryption(keys))


def tokens(store: Store) -> list[str]:
    """Return what is stored of all keys, in order of their people."""
    with store.database.read() as connection:
        asked = select(personal_keys.c.token).order_by(personal_keys.c.user_id)
        return list(connection.execute(asked).scalars())


def test_a_key_comes_back_for_its_person_and_instance_only(store: Store) -> None:
    """It's stored encrypted, and its repr doesn't show it."""
    table = rows(store, NEW)
    table.put("prod", "U1", "alice", KEY, confirmed=True)
    found = table.find("prod", "U1")
    assert found is not None
    assert (found.login, found.key, found.refused) == ("alice", KEY, False)
    assert KEY.reveal() not in repr(found)
    assert KEY.reveal() not in tokens(store)[0]
    assert table.find("prod", "U2") is None
    assert table.find("test", "U1") is None


def test_a_new_key_replaces_the_old_one(store: Store) -> None:
    """And DSS's refusal of the old one, which arrives late, isn't about the new one."""
    table = rows(store, NEW)
    old = table.put("prod", "U1", "alice", KEY, confirmed=True)
    table.put("prod", "U1", "alice2", Secret("another"), confirmed=True)
    table.mark_refused(old)
    found = table.find("prod", "U1")
    assert found is not None
    assert (found.login, found.key, found.refused) == ("alice2", Secret("another"), False)


def test_an_unconfirmed_key_is_not_used_until_its_person_confirms_it(store: Store) -> None:
    """The one in use stays in use until then; nobody else can confirm it."""
    table = rows(store, NEW)
    table.put("prod", "U1", "before", KEY, confirmed=True)
    waiting = table.put("prod", "U1", "after", Secret("another"), confirmed=False)
    assert table.confirm(waiting, "U2") is None
    assert (used := table.find("prod", "U1")) is not None
    assert used.login == "before"
    assert (confirmed := table.confirm(waiting, "U1")) is not None
    assert confirmed.login == "after"
    assert (used := table.find("prod", "U1")) is not None
    assert (used.login, used.key) == ("after", Secret("another"))
    assert table.confirm(waiting, "U1") is None
    assert len(tokens(store)) == 1


def test_an_unconfirmed_key_lapses(store: Store, clock: HandClock) -> None:
    """After an hour it can't be confirmed, and isn't in the database anymore."""
    table = rows(store, NEW)
    waiting = table.put("prod", "U1", "alice", KEY, confirmed=False)
    clock.advance(CONFIRM_WITHIN_MS / 1000 + 1)
    assert table.confirm(waiting, "U1") is None
    assert tokens(store) == []


def test_pruning_deletes_unconfirmed_keys_only(store: Store, clock: HandClock) -> None:
    """However long ago somebody connected a key, it stays until they disconnect it."""
    table = rows(store, NEW)
    table.put("prod", "U1", "alice", KEY, confirmed=True)
    table.put("prod", "U2", "bob", KEY, confirmed=False)
    clock.advance(86_400 * 365)
    store.prune(clock())
    assert len(tokens(store)) == 1
    assert table.find("prod", "U1") is not None


def test_deleting_leaves_nothing(store: Store) -> None:
    """Neither the key in use nor one that waits for its confirmation."""
    table = rows(store, NEW)
    table.put("prod", "U1", "alice", KEY, confirmed=True)
    table.put("prod", "U1", "other", KEY, confirmed=False)
    table.put("prod", "U2", "bob", KEY, confirmed=True)
    assert table.delete("prod", "U1") == "alice"
    assert table.delete("prod", "U1") is None
    assert len(tokens(store)) == 1


def test_a_refused_key_is_marked_for_good(store: Store) -> None:
    """Until another one is connected."""
    table = rows(store, NEW)
    table.mark_refused(table.put("prod", "U1", "alice", KEY, confirmed=True))
    assert (found := table.find("prod", "U1")) is not None
    assert found.refused


def test_a_token_that_was_moved_to_another_row_is_not_used(store: Store) -> None:
    """Whoever can write to the database can't act with somebody else's key."""
    table = rows(store, NEW)
    table.put("prod", "U1", "alice", KEY, confirmed=True)
    table.put("prod", "U2", "bob", Secret("of bob"), confirmed=True)
    stolen = tokens(store)[0]
    with store.database.write() as connection:
        connection.execute(update(personal_keys).where(personal_keys.c.user_id == "U2").values(token=stolen))
    assert (found := table.find("prod", "U2")) is not None
    assert found.key is None


def test_rotation(store: Store) -> None:
    """Both keys decrypt; afterwards, the new one is enough. What no key decrypts is counted, and stays."""
    rows(store, OLD).put("prod", "U1", "alice", KEY, confirmed=True)
    rows(store, Secret(new_key())).put("prod", "U2", "bob", KEY, confirmed=True)
    before = tokens(store)
    assert rows(store, NEW).counts().undecryptable == 2
    assert rows(store, NEW, OLD).counts().undecryptable == 1
    assert rows(store, NEW, OLD).rotate() == (1, 1)
    assert (found := rows(store, NEW).find("prod", "U1")) is not None
    assert found.key == KEY
    assert tokens(store)[0] != before[0]
    assert tokens(store)[1] == before[1]
    counts = rows(store, NEW).counts()
    assert (counts.connected, counts.undecryptable) == (2, 1)


def test_without_an_encryption_key_nothing_is_readable(store: Store) -> None:
    """But it can still be deleted."""
    rows(store, NEW).put("prod", "U1", "alice", KEY, confirmed=True)
    off = rows(store)
    assert not off.is_on
    assert (found := off.find("prod", "U1")) is not None
    assert found.key is None
    assert off.delete("prod", "U1") == "alice"
