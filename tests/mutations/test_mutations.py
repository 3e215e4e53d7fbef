"""Every answer of DSS ends as an error that the bot knows, or as something Slack and a database accept."""

import pytest

from tests.mutations.runs import TALLY, send, send_many

MANY = 55_000
SAMPLE = 1_000


@pytest.mark.faults
@pytest.mark.timeout(3_000)
def test_no_answer_ends_as_something_else() -> None:
    """Tens of thousands of mutated answers of every kind."""
    tally = send_many(MANY)
    assert tally.sent.total() == MANY
    assert not tally.unhandled, "\n".join(tally.lines())


def test_a_sample_of_them() -> None:
    """A thousand of them for every day, different from those of the long run."""
    tally = send(range(MANY, MANY + SAMPLE))
    TALLY.add(tally)
    assert not tally.unhandled, "\n".join(tally.lines())
