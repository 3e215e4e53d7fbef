"""Estimates are marked as such, and never claim more than earlier runs say."""

import msgspec
import pytest

from bot import views
from bot.domain import JobCard
from bot.views.estimates import estimates, times_usual
from tests.views.cards import NOW, ago, card, job


def running(seconds: float, usual: float | None, spread: tuple[float, float] | None) -> JobCard:
    """Return a job that has been running for so long."""
    return card(job(started_at=ago(seconds=seconds)), usual_seconds=usual, usual_spread=spread)


def at(clock: str, epoch: int) -> str:
    """Return a time of day as Slack shows it."""
    return f"<!date^{epoch}^{{time}}|{clock} UTC>"


EPOCH = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (
            running(180, 300.0, (280.0, 330.0)),
            ["usually 5 min", f"about 2 min left, until about {at('14:32', EPOCH + 120)}"],
        ),
        (
            running(310, 300.0, (280.0, 330.0)),
            ["usually 5 min", f"probably done by about {at('14:30', EPOCH + 20)}"],
        ),
        (
            running(30, 300.0, (120.0, 900.0)),
            [
                "usually 2 min to 15 min",
                f"probably done between about {at('14:31', EPOCH + 90)} and {at('14:44', EPOCH + 870)}",
            ],
        ),
        (running(400, 300.0, (280.0, 330.0)), ["usually 5 min", "longer than usual"]),
        (running(400, 300.0, None), ["usually 5 min", "longer than usual"]),
        (running(200, 300.0, None), ["usually 5 min"]),
        (running(200, None, None), []),
        (running(200, 1e9, (1e9, 1e9)), ["usually 11574 d 1 h"]),
        (card(job("DONE"), usual_spread=(280.0, 330.0)), ["usually 5 min"]),
        (card(job("NOT_STARTED", started_at=None), usual_spread=(280.0, 330.0)), ["usually 5 min"]),
        (card(vanished=True, usual_spread=(280.0, 330.0)), ["usually 5 min"]),
    ],
)  # fmt: skip
def test_what_is_said(shown: JobCard, said: list[str]) -> None:
    """One number, a range, or nothing."""
    assert list(estimates(shown, NOW)) == said


def test_the_root_message_says_it_in_both_forms() -> None:
    """It isn't part of the newer blocks."""
    shown = views.root(running(180, 300.0, (280.0, 330.0)), NOW)
    assert "about 2 min left" in str(shown.blocks)
    assert "about 2 min left" in str(shown.without(()).blocks)


def test_how_far_a_job_is_beyond_what_is_usual() -> None:
    """In whole numbers, rounded down."""
    late = running(1_000, 300.0, (280.0, 330.0))
    assert times_usual(late, NOW) == "3 times as long as usual (5 min)"
    assert "3 times as long as usual" in views.reply_overdue(late, NOW).text
    assert times_usual(running(500, 300.0, None), NOW) is None
    assert times_usual(msgspec.structs.replace(late, usual_seconds=None), NOW) is None
