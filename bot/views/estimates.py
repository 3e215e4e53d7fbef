"""How long a job usually takes and will take yet, in words. What is estimated is marked as such."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain import JobCard
from bot.domain.time_left import STEADY, elapsed_seconds, time_left
from bot.views import wording

_LONGEST = timedelta(days=365)
"""Nobody needs the time of an end that is further away."""


def usually(card: JobCard) -> str | None:
    """Say how long the same build usually takes: ``usually 5 min``, or from when to when if that differs."""
    usual, spread = card.usual_seconds, card.usual_spread
    if usual is None:
        return None
    if spread is None or spread[1] - spread[0] <= STEADY * usual:
        return f"usually {wording.duration(usual)}"
    return f"usually {wording.duration(spread[0])} to {wording.duration(spread[1])}"


def left(card: JobCard, now: datetime) -> str | None:
    """Estimate what is left of a running job, or say that it takes longer than usual.

    The message isn't edited every minute, so a time of day is part of it.
    """
    job, usual = card.job, card.usual_seconds
    elapsed = elapsed_seconds(job.started_at, now)
    if job.state != "RUNNING" or job.finished or card.vanished or card.gave_up:
        return None
    if usual is None or elapsed is None or usual > _LONGEST.total_seconds():
        return None
    estimate = time_left(usual, card.usual_spread, elapsed)
    if estimate is None:
        longest = max(usual, *card.usual_spread) if card.usual_spread else usual
        return "longer than usual" if elapsed > longest else None
    if estimate.most > _LONGEST.total_seconds():
        return None
    until = wording.at(now + timedelta(seconds=estimate.most), now)
    if estimate.steady:
        return f"about {wording.roughly(estimate.most)} left, until about {until}"
    if estimate.least < 60:
        return f"probably done by about {until}"
    soonest = wording.at(now + timedelta(seconds=estimate.least), now)
    return f"probably done between about {soonest} and {until}"


def estimates(card: JobCard, now: datetime) -> Iterator[str]:
    """Yield what is known about the duration."""
    for said in (usually(card), left(card, now)):
        if said:
            yield said


def times_usual(card: JobCard, now: datetime) -> str | None:
    """Say how far a job is beyond its usual duration: ``3 times as long as usual (5 min)``."""
    elapsed = elapsed_seconds(card.job.started_at, now)
    if not card.usual_seconds or elapsed is None or elapsed < 2 * card.usual_seconds:
        return None
    times = int(elapsed / card.usual_seconds)
    return f"{times:,} times as long as usual ({wording.duration(card.usual_seconds)})"
