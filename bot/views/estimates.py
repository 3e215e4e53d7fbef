"""How long a job usually takes and will take yet, in words. What is estimated is marked as such."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain import JobCard
from bot.domain.time_left import STEADY, elapsed_seconds, time_left
from bot.language import number, t
from bot.views import wording

_LONGEST = timedelta(days=365)
"""Nobody needs the time of an end that is further away."""


def usually(card: JobCard) -> str | None:
    """Say how long the same build usually takes: ``usually 5 min``, or from when to when if that differs."""
    usual, spread = card.usual_seconds, card.usual_spread
    if usual is None:
        return None
    if spread is None or spread[1] - spread[0] <= STEADY * usual:
        return t("usually {time}", time=wording.duration(usual))
    return t("usually {least} to {most}", least=wording.duration(spread[0]), most=wording.duration(spread[1]))


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
        return t("longer than usual") if elapsed > longest else None
    if estimate.most > _LONGEST.total_seconds():
        return None
    until = wording.at(now + timedelta(seconds=estimate.most), now)
    if estimate.steady:
        return t("about {time} left, until about {until}", time=wording.roughly(estimate.most), until=until)
    if estimate.least < 60:
        return t("probably done by about {time}", time=until)
    soonest = wording.at(now + timedelta(seconds=estimate.least), now)
    return t("probably done between about {start} and {end}", start=soonest, end=until)


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
    usual = wording.duration(card.usual_seconds)
    return t("{number} times as long as usual ({usual})", number=number(times), usual=usual)
