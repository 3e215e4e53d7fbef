"""Which of a person's followed jobs are theirs and not already shown."""

import msgspec
import pytest

from bot.domain import JobRef, ListJobs
from bot.domain.errors import Refusal
from bot.services.job_lists import own_recent
from bot.services.list_refusals import check_initiator
from tests.support.samples import REF, followed, job_info, watch

OTHER = JobRef(instance="dss", project="CHURN", job_id="other")


def test_a_job_is_listed_once_and_only_if_the_bot_was_asked_for_it() -> None:
    """However many channels follow it."""
    theirs = followed(info=job_info(ref=OTHER))
    pairs = [(watch(), followed()), (watch(), followed()), (watch(ref=OTHER, started_by_bot=False), theirs)]
    assert own_recent(pairs, [], shown=8) == [followed()]


def test_what_is_shown_as_running_is_not_shown_again() -> None:
    """A running job that isn't on the page is shown in DSS's current state, not as last seen."""
    old = followed(info=job_info(state="NOT_STARTED", started_at=None))
    now = [job_info(ref=OTHER), job_info()]
    assert own_recent([(watch(), old)], now, shown=2) == []
    assert own_recent([(watch(), old)], now, shown=1) == [msgspec.structs.replace(old, info=now[1])]
    assert REF not in {job.ref for job in now[:1]}


@pytest.mark.parametrize(("typed", "near"), [("alic", True), ("Alice", False), ("me", False), ("zzz", False)])
def test_a_misspelt_login_names_the_near_one(typed: str, near: bool) -> None:
    """The suggestion is somebody who started one of the jobs searched; a correct login gets none."""
    request = ListJobs(project="churn", by=typed, state="failed", since="7d")
    if not near:
        check_initiator(request, "CHURN", [job_info()])
        return
    with pytest.raises(Refusal) as caught:
        check_initiator(request, "CHURN", [job_info()])
    assert caught.value.example == "/dss-jobs CHURN --state failed --since 7d --by alice"
