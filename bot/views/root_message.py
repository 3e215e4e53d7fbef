"""The root message of a followed job, and the answer to a status request."""

from datetime import datetime

from bot.domain import JobCard, Message
from bot.domain.timeline import timeline
from bot.language import t
from bot.views import buttons
from bot.views.blocks import Block, Either, actions, message, section
from bot.views.job_card import card_blocks, summary
from bot.views.timeline_words import timeline_alt


def root(card: JobCard, now: datetime) -> Message:
    """Return the root message, which is updated in place until the job ends. It mentions nobody."""
    row = actions(
        buttons.abort(card),
        buttons.rebuild(card),
        buttons.log(card),
        buttons.open_in_dss(card),
    )
    return message(summary(card, now), (*card_blocks(card, now), *_picture(card), *row))


def _picture(card: JobCard) -> tuple[Either, ...]:
    """Show the timeline, where Slack shows it: the classic form has no picture."""
    drawn = timeline(card.job) if card.picture else None
    if drawn is None:
        return ()
    image: Block = {
        "type": "image",
        "slack_file": {"id": card.picture},
        "alt_text": timeline_alt(drawn),
    }
    return (Either(newer=(image,), classic=()),)


def status(card: JobCard, now: datetime) -> Message:
    """Return one job's status, for the person who asked."""
    return message(summary(card, now), _standing(card, now))


def follow_refused(card: JobCard, now: datetime) -> Message:
    """Show how a job ended, for a person who wanted to follow it too late."""
    said = t("There is nothing left to follow: this job has already ended.")
    return message(said, (section(said), *_standing(card, now)))


def _standing(card: JobCard, now: datetime) -> tuple[Block | Either, ...]:
    row = actions(
        buttons.abort(card),
        buttons.follow(card),
        buttons.rebuild(card),
        buttons.rebuild_with_changes(card),
        buttons.save(card),
        buttons.log(card),
        buttons.open_in_dss(card),
    )
    return (*card_blocks(card, now, whole_id=True), *row)
