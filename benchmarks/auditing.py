"""What an audit entry costs a worker, and what verifying the chain costs, on a database of either kind."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil

from bot.domain.audit import AuditEntry
from bot.store import Database, Store, migrate

ENTRY = AuditEntry(
    user_id="U0123456789",
    team_id="T0123456789",
    act_as="alice",
    verb="build",
    instance="default",
    project="CHURN",
    target="CHURN.scored",
    channel="C0123456789",
    surface="command",
    allowed=True,
    rule="dss",
    reference="0123456789abcdef0123456789abcdef",
    note="Acts as the DSS login alice.",
)
WRITERS = 6
"""As many as there are runners."""


def measure(address: str, entries: int, verified: int) -> dict[str, float]:
    """Write entries one by one and with several writers, then verify a longer chain.

    Args:
        address: of an empty database.
        entries: how many to write each way.
        verified: how many the chain to verify has.

    Returns:
        ``alone_ms`` (median of one writer), ``together_ms`` (for each entry of several writers), ``verify_s``
        and ``verify_mb`` (growth of resident memory), and ``plain_ms``: the median of a transaction that
        writes one row and nothing else.
    """
    database = Database(address)
    migrate(database)
    store = Store(database)
    alone = _median_ms(lambda: store.audit.add(ENTRY), entries)
    plain = _median_ms(lambda: store.leases.take("bench", "me", 10), entries)
    began = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(store.audit.add, ENTRY) for _ in range(entries)]:
            done.result()
    together = 1000 * (time.perf_counter() - began) / entries
    while store.audit.head().position < verified:
        with database.write() as connection:
            for _ in range(min(2_000, verified)):
                store.audit.add_in(connection, ENTRY)
    process = psutil.Process()
    before, began = process.memory_info().rss, time.perf_counter()
    found = store.verify_audit()
    seconds = time.perf_counter() - began
    grown = (process.memory_info().rss - before) / 1_048_576
    store.close()
    if found.broken or found.checked < verified:
        raise RuntimeError(f"the chain doesn't hold: {found}")
    return {
        "alone_ms": alone,
        "plain_ms": plain,
        "together_ms": together,
        "verify_s": seconds,
        "verify_mb": grown,
    }


def _median_ms(task: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        task()
        took.append(time.perf_counter() - began)
    return 1000 * sorted(took)[times // 2]
