"""What counts as the same thing that is under way already."""

import pytest

from bot.facts import AbortAll, AbortJob, Build, JobName, Place, WantedOutput, Wish
from bot.slack.listeners.front import Delivery, busy_key

JOB = JobName(job_id="j.1", project="P")


def delivery(user: str) -> Delivery:
    return Delivery(user_id=user, team_id="T1", place=Place(channel_id="C1"), key=user, source="x")


@pytest.mark.parametrize("wish", [AbortJob(job=JOB), AbortAll(project="P", jobs=("j.1",))])
def test_nobody_keeps_back_the_abort_of_somebody_else(wish: Wish) -> None:
    """The other one may be a guest who is about to be refused; one's own second press is the same."""
    assert busy_key(wish, delivery("guest")) != busy_key(wish, delivery("alice"))
    assert busy_key(wish, delivery("alice")) == busy_key(wish, delivery("alice"))


def test_a_build_is_the_same_whoever_asks() -> None:
    """Or it would be started twice."""
    wish = Build(outputs=(WantedOutput(project="P", name="a"),))
    assert busy_key(wish, delivery("alice")) == busy_key(wish, delivery("bob"))
