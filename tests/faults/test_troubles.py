"""Temporary problems, starting at the beginning of each phase."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.faults.normal import without_silence
from tests.faults.report import try_all
from tests.faults.runs import Outcome, difference, replaced, run
from tests.faults.troubles import disk_troubles, outage, troubles
from tests.faults.world import Trouble

PHASES = {"build": 4, "abort": 4}

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1_800)]


@pytest.mark.parametrize("story", PHASES)
def test_slack_dss_and_sockets(story: str) -> None:
    """Storms of 429, gateway errors, resets, lost answers, renewed and lost sockets, redeliveries."""
    found = [trouble for phase in range(1, PHASES[story] + 1) for trouble in troubles(phase)]
    assert not try_all(story, _runs(story, found))


@pytest.mark.parametrize("story", PHASES)
def test_the_disk(story: str) -> None:
    """A file that is full, read-only, or locked: the person is told, nothing is doubled, the bot goes on."""
    found = [trouble for phase in range(1, PHASES[story] + 1) for trouble in disk_troubles(phase)]
    assert not try_all(story, _runs(story, found))


@pytest.mark.parametrize("story", PHASES)
def test_an_outage_of_dss(story: str) -> None:
    """Away for over a minute: each thread says so once, says once that it is over, and nothing else."""
    # In the first phase, nothing is followed yet.
    assert not try_all(story, _runs(story, [outage(1)]))
    found = [outage(phase) for phase in range(2, PHASES[story] + 1)]
    assert not try_all(story, _runs(story, found), _all_but_the_silence)


def _all_but_the_silence(undisturbed: Outcome, outcome: Outcome) -> str:
    state, told = without_silence(outcome.state)
    differs = difference(undisturbed, replaced(outcome, state))
    if not differs and told != ["DSS hasn't answered since", "DSS is answering again"]:
        return f"told of the outage: {told}"
    return differs


def _runs(story: str, found: list[Trouble]) -> dict[str, Callable[[], Outcome]]:
    return {str(trouble): partial(run, story, trouble=trouble) for trouble in found}
