"""Which of the jobs that are followed for somebody are theirs, and not shown already."""

import msgspec

from bot.facts import JobRef
from bot.work.lister import own_recent
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
