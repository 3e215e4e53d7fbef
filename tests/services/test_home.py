"""Which jobs are a person's own, and which recent ones App Home shows."""

from datetime import timedelta

from bot import views
from bot.domain import JobRef
from bot.services.home_pages import is_own, newest
from tests.support.samples import NOW, REF, followed, job_info


def test_own_jobs_were_requested_or_have_my_login() -> None:
    """Without a known login, only requested ones are: an empty initiator is nobody's."""
    job = job_info(initiator="Alice")
    assert is_own(job, frozenset({REF}), None)
    assert is_own(job, frozenset(), "alice")
    assert not is_own(job, frozenset(), "bob")
    assert not is_own(job_info(initiator=""), frozenset(), None)


def test_the_newest_come_first_each_once() -> None:
    """Ordered by end, or by start for one whose end the bot doesn't know; no more than fit."""
    jobs = [
        followed(
            info=job_info(
                ref=JobRef(instance="dss", project="CHURN", job_id=f"j{number}"),
                ended_at=NOW + timedelta(minutes=number) if number % 2 else None,
                started_at=NOW + timedelta(minutes=number),
            )
        )
        for number in range(views.HOME_ENDED + 2)
    ]
    shown = newest([*jobs, *jobs])
    assert shown == jobs[:1:-1]
