"""The messages that a step causes: ids, roots, urgencies."""

import json
from datetime import timedelta

import pytest
from hypothesis import given

from bot.domain import Activity, Counters, Gap, Place
from bot.domain.follow_rules import observe, observe_start, observe_vanished
from bot.domain.job_events import (
    ActivityDone,
    ActivityFailed,
    Back,
    Ended,
    Event,
    GaveUp,
    Heartbeat,
    JobUpdate,
    Overdue,
    Silent,
    Started,
    Stuck,
    Vanished,
    WaitingConfirmation,
)
from bot.domain.stored_records import FollowedJob, FollowState, Urgency
from bot.views.job_messages import drafts, job_card
from tests.domain.looks import Look, looks, play
from tests.support.samples import NOW, followed, job_info, watch

URL = "https://dss.example/job"
ACTIVITY = Activity(id="a", state="FAILED", recipe="compute", failure="boom")
HERE, THERE = watch(), watch(asker="U2", place=Place(channel_id="C2"))
EVERY_EVENT: list[Event] = [
    Started(),
    ActivityFailed(ACTIVITY),
    ActivityDone(ACTIVITY),
    Heartbeat(2),
    WaitingConfirmation(),
    Stuck(12),
    Overdue(),
    Silent(NOW),
    Back(Gap(start=NOW, end=NOW + timedelta(minutes=3))),
    Ended(),
    Vanished(),
    GaveUp(7),
]


def test_each_place_gets_its_root_and_its_replies_after_it() -> None:
    """A reply belongs to its watch's root, in its watch's channel, and comes after it."""
    step = observe(followed(info=job_info(state="NOT_STARTED")), job_info(), NOW + timedelta(seconds=5))
    made = drafts(step, [HERE, THERE], NOW, ui_url=URL)
    shown = [(one.id, one.channel_id, one.root_id, one.watch_id, one.asker) for one in made]
    assert shown == [
        (HERE.root_id, "C1", None, HERE.id, "U1"),
        (f"{HERE.id}:started", "C1", HERE.root_id, HERE.id, "U1"),
        (THERE.root_id, "C2", None, THERE.id, "U2"),
        (f"{THERE.id}:started", "C2", THERE.root_id, THERE.id, "U2"),
    ]


def test_a_start_that_the_root_shows_already_is_only_a_reply() -> None:
    """The root said "Running" before; an edit would show nothing new."""
    step = observe_start(followed(), NOW + timedelta(seconds=5))
    (reply,) = drafts(step, [HERE], NOW + timedelta(seconds=5), ui_url=URL)
    assert reply.id == f"{HERE.id}:started"


def test_nobody_watching_means_no_messages() -> None:
    """A job whose last watch has been closed is reported to nobody."""
    assert drafts(observe_vanished(followed(), NOW), [], NOW, ui_url=URL) == ()


@pytest.mark.parametrize("event", EVERY_EVENT, ids=lambda event: type(event).__name__)
def test_every_event_has_a_reply(event: Event) -> None:
    """None is missing, ends go first, and each has content."""
    over = isinstance(event, Ended | Vanished | GaveUp)
    root, reply = drafts(JobUpdate(job=followed(), events=(event,), close=over), [HERE], NOW, ui_url=URL)
    assert root.urgency is Urgency.ROOT
    assert reply.urgency is (Urgency.END if over else Urgency.NEWS)
    assert reply.message.text.strip()


@pytest.mark.parametrize("event", EVERY_EVENT, ids=lambda event: type(event).__name__)
def test_only_a_last_word_mentions_the_asker(event: Event) -> None:
    """Once, at the end; nothing else notifies anybody."""
    over = isinstance(event, Ended | Vanished | GaveUp)
    root, reply = drafts(JobUpdate(job=followed(), events=(event,), close=over), [HERE], NOW, ui_url=URL)
    assert "<@U1>" not in json.dumps([root.message.text, root.message.blocks])
    assert json.dumps(reply.message.blocks).count("<@U1>") == int(over)


def test_mere_progress_waits_behind_everything_else() -> None:
    """A step without events is an edit of the card, with the lowest urgency."""
    before = followed(follow_state=FollowState(told=("started",), followed_since=NOW))
    step = observe(before, job_info(counters=Counters(done=1, total=2)), NOW)
    (root,) = drafts(step, [HERE], NOW, ui_url=URL)
    assert (root.id, root.urgency) == (HERE.root_id, Urgency.PROGRESS)


def test_the_excerpt_of_the_log_is_in_the_end() -> None:
    """And only there."""
    step = observe(followed(), job_info(state="FAILED", finished=True), NOW)
    root, end = drafts(step, [HERE], NOW, ui_url=URL, excerpts={HERE.asker: "KeyError: 'amount'"})
    assert "KeyError" in json.dumps(end.message.blocks)
    assert "KeyError" not in json.dumps(root.message.blocks)


def test_a_card_says_what_the_bot_remembers() -> None:
    """The card shows everything in the follow state that people should see."""
    gap = Gap(start=NOW, end=NOW)
    follow_state = FollowState(usual_seconds=3.0, gaps=(gap,), silent_since=NOW, vanished=True, gave_up=True)
    job = FollowedJob(info=job_info(), follow_state=follow_state)
    card = job_card(job, HERE, ui_url=URL, instance_label="design")
    assert (card.usual_seconds, card.gaps, card.silent_since) == (3.0, (gap,), NOW)
    assert (card.vanished, card.gave_up, card.instance_label) == (True, True, "design")
    assert (card.asker, card.started_by_bot, card.ui_url) == ("U1", True, URL)


def test_a_card_without_a_watch_has_no_asker() -> None:
    """As in an answer that only shows a status."""
    card = job_card(followed(), None, ui_url=URL)
    assert (card.asker, card.started_by_bot) == (None, False)


@given(looks)
def test_one_message_one_id(happened: list[Look]) -> None:
    """Over a whole life, every reply has its own id, and there is one root."""
    run = play(happened)
    made = [
        one
        for step, now in zip(run.steps, run.moments, strict=True)
        if step.changed
        for one in drafts(step, [HERE], now, ui_url=URL)
    ]
    replies = [one.id for one in made if one.root_id is not None]
    assert len(replies) == len(set(replies))
    assert {one.id for one in made if one.root_id is None} <= {HERE.root_id}
