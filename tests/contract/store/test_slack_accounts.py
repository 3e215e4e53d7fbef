"""The contract of remembering which Slack accounts have changed, on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.store import Database, Store
from tests.support.clocks import HandClock


def test_a_change_is_a_new_version_for_every_replica(
    database_address: str, store: Store, clock: HandClock
) -> None:
    """Whoever notes an account sees the versions that others give it."""
    second = Store(Database(database_address, clock=clock))
    try:
        before = store.slack_accounts.note("U1")
        assert second.slack_accounts.version("U1") == second.slack_accounts.note("U1") == before
        second.slack_accounts.changed(["U1", "U2"])
        assert store.slack_accounts.version("U1") not in {None, before}
        assert store.slack_accounts.version("U2") is None
    finally:
        second.close()


def test_only_the_accounts_that_somebody_asked_about_are_kept(store: Store) -> None:
    """A workspace has thousands of others, which change all the time."""
    store.slack_accounts.changed(["U1"])
    assert store.slack_accounts.version("U1") is None
    store.slack_accounts.note("U2")
    store.slack_accounts.changed(["U1"])
    store.slack_accounts.changed([])
    assert store.slack_accounts.version("U2") == 0


def test_changes_at_once_all_count(store: Store) -> None:
    """No replica's change is lost, whatever another one does at the same moment."""
    for user in ("U1", "U2"):
        store.slack_accounts.note(user)
    with ThreadPoolExecutor(8) as pool:
        for order in (["U1", "U2"], ["U2", "U1"]) * 20:
            pool.submit(store.slack_accounts.changed, order)
    assert store.slack_accounts.version("U1") == store.slack_accounts.version("U2") == 40


def test_whom_nobody_asks_about_any_more_is_forgotten(store: Store, clock: HandClock) -> None:
    """Rows go like everything else; noting an account again keeps it."""
    for user in ("U1", "U2"):
        store.slack_accounts.note(user)
    clock.advance(86_400 * 31)
    store.slack_accounts.note("U2")
    store.prune(clock() - timedelta(days=30))
    assert store.slack_accounts.version("U1") is None
    assert store.slack_accounts.version("U2") == 0
