"""The root message of a followed job, and the answer to "how does it stand"."""

from datetime import datetime

from bot.facts import JobCard, Message
from bot.slack.views import buttons
from bot.slack.views.blocks import Block, actions, message, section
from bot.slack.views.card import card_blocks, summary


def root(card: JobCard, now: datetime) -> Message:
    """The root message: updated in place until the job has ended; it mentions nobody."""
    row = actions(
        buttons.abort(card),
        buttons.rebuild(card),
        buttons.log(card),
        buttons.open_in_dss(card),
    )
    return message(summary(card, now), (*card_blocks(card, now), *row))


def status(card: JobCard, now: datetime) -> Message:
    """How one job stands, for the person who asked."""
    return message(summary(card, now), _standing(card, now))


def follow_refused(card: JobCard, now: datetime) -> Message:
    """The job has ended already: how it ended, for the person who wanted to follow it."""
    said = "There is nothing left to follow: this job has ended."
    return message(said, (section(said), *_standing(card, now)))


def _standing(card: JobCard, now: datetime) -> tuple[Block, ...]:
    row = actions(
        buttons.abort(card),
        buttons.follow(card),
        buttons.rebuild(card),
        buttons.log(card),
        buttons.open_in_dss(card),
    )
    return (*card_blocks(card, now), *row)
