"""A sample of the second axis for every day; `make test-faults` runs all of it."""

import pytest

from tests.faults import hits
from tests.faults.neighbors import ASK, END, RUN, Aim, Spot

STATUS = "GET /projects/SALES/jobs/JOB/"
LIST = "GET /jobs/running/"

SAMPLE = (
    Aim(Spot(ASK, "dss", STATUS), "every number is 401 digits", for_good=True),
    Aim(Spot(ASK, "dss", LIST), "one element is a number", for_good=True),
    Aim(Spot(ASK, "dss", "POST /projects/SALES/jobs/"), "a list instead"),
    Aim(Spot(END, "slack", "chat.postMessage reply"), "external_channel_migrating"),
    Aim(Spot(ASK, "slack", "chat.postMessage root"), "no_permission", for_good=True),
    Aim(Spot(RUN, "row", "jobs.facts"), "{}"),
    Aim(Spot(ASK, "row", "intents.wish"), "not JSON"),
)


@pytest.mark.parametrize("aim", SAMPLE, ids=str)
def test_only_what_was_hit_is_hit(aim: Aim) -> None:
    """The others' channel, threads, and jobs are as if nothing had gone wrong; the asker is told."""
    verdict = hits.judge(aim)
    assert verdict.reached, "the story does not come by this place any more"
    assert not verdict.differences, "\n".join(verdict.differences)
