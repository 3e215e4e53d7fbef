"""Which of the jobs that are followed for somebody are theirs, and not shown already."""

import msgspec
import pytest

from bot.errors import Refusal
from bot.facts import JobRef, ListJobs
from bot.work.lister import check_initiator, own_recent
from tests.support.samples import REF, facts, followed, watch

OTHER = JobRef(instance="dss", project="CHURN", job_id="other")


def test_a_job_is_listed_once_and_only_if_the_bot_was_asked_for_it() -> None:
    """However many channels it is followed in."""
    theirs = followed(facts=facts(ref=OTHER))
    pairs = [(watch(), followed()), (watch(), followed()), (watch(ref=OTHER, started_by_bot=False), theirs)]
    assert own_recent(pairs, [], shown=8) == [followed()]


def test_what_is_shown_as_running_is_not_shown_again() -> None:
    """And what runs, but is on no page, is shown as DSS has it now, not as it was last seen."""
    old = followed(facts=facts(state="NOT_STARTED", started_at=None))
    now = [facts(ref=OTHER), facts()]
    assert own_recent([(watch(), old)], now, shown=2) == []
    assert own_recent([(watch(), old)], now, shown=1) == [msgspec.structs.replace(old, facts=now[1])]
    assert REF not in {job.ref for job in now[:1]}


@pytest.mark.parametrize(("typed", "near"), [("alic", True), ("Alice", False), ("me", False), ("zzz", False)])
def test_a_misspelt_login_names_the_near_one(typed: str, near: bool) -> None:
    """Of those who started the jobs that were looked through; a right one with no job that fits is right."""
    wish = ListJobs(project="churn", by=typed, state="failed", since="7d")
    if not near:
        check_initiator(wish, "CHURN", [facts()])
        return
    with pytest.raises(Refusal) as caught:
        check_initiator(wish, "CHURN", [facts()])
    assert caught.value.example == "/dss-jobs CHURN --state failed --since 7d --by alice"
