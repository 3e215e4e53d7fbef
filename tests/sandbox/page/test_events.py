"""The numbered events: nothing is lost, nothing comes twice, however late a reader is."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.page.events import EventLog


@given(steps=st.lists(st.integers(0, 4), max_size=12), kept=st.integers(1, 8))
def test_a_reader_sees_every_event_once_or_knows_that_it_missed_some(steps: list[int], kept: int) -> None:
    """Between two looks, any number of events can come."""
    log = EventLog(kept)
    seen, number, made = [], 0, 0
    for step in steps:
        for _ in range(step):
            made += 1
            log.publish({"n": made})
        if not log.has_all_since(number):
            assert step > kept
            number = log.last
            seen = list(range(1, made + 1))  # from a snapshot
            continue
        events = log.since(number, 0)
        seen += [event["n"] for _, event in events]
        number = events[-1][0] if events else number
    assert seen == list(range(1, made + 1))


def test_a_number_from_another_run_is_not_known() -> None:
    """The reader gets a new snapshot instead of waiting for a number that is far away."""
    log = EventLog()
    log.publish({})
    assert not log.has_all_since(7)
    assert log.has_all_since(1)
    assert log.has_all_since(0)


def test_closing_wakes_the_readers() -> None:
    """A reader that waits for the next event returns at once."""
    log = EventLog()
    got: list[object] = []
    reader = threading.Thread(target=lambda: got.append(log.since(0, 60)))
    reader.start()
    log.close()
    reader.join(60)
    assert got == [[]]
    assert log.closed
