"""A job's timeline: when its activities waited and ran, as a picture and in words."""

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot import views
from bot.domain import Activity
from bot.domain.timeline import MOST_ROWS, timeline
from bot.views.timeline_picture import WIDTH, timeline_png
from bot.views.timeline_words import timeline_alt
from tests.views.blockkit import problems_of_blocks
from tests.views.cards import NOW, ago, card, job

names = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&`\u202e🚀\n"), max_size=300)
moments = st.none() | st.timedeltas(timedelta(days=-40), timedelta(days=40)).map(lambda delta: NOW + delta)
activities = st.lists(
    st.builds(
        Activity,
        id=names,
        state=st.sampled_from(["DONE", "FAILED", "ABORTED", "RUNNING", "SKIPPED", "NEW_STATE"]),
        recipe=st.none() | names,
        started_at=moments,
        ended_at=moments,
        waited_seconds=st.none() | st.floats(0, 1e9),
    ),
    max_size=60,
)


def ran(name: str, began: float, ended: float, state: str = "DONE", waited: float = 0.0) -> Activity:
    """Return an activity that ran from and to so many seconds after the job's start, 300 s ago."""
    return Activity(
        id=f"{name}_NP",
        recipe=name,
        state=state,
        started_at=ago(seconds=300 - began),
        ended_at=ago(seconds=300 - ended),
        waited_seconds=waited,
    )


TIMES_THAT_DO_NOT_ADD_UP = [
    Activity(id="a_NP", state="DONE", started_at=NOW, ended_at=NOW),
    Activity(
        id="b_NP",
        state="DONE",
        started_at=NOW - timedelta(days=2) + timedelta(microseconds=40),
        ended_at=NOW + timedelta(days=11),
        waited_seconds=1_123_200.0,
    ),
    Activity(
        id="c_NP", state="DONE", started_at=NOW - timedelta(days=9) + timedelta(microseconds=1), ended_at=NOW
    ),
]
"""In floating point, the second one waited for longer than it was there."""


def ended(*ran_ones: Activity, state: str = "DONE") -> object:
    """Return the timeline of a job that began 300 s ago."""
    return timeline(job(state, started_at=ago(seconds=300), activities=ran_ones))


THREE = (ran("a", 0, 60), ran("b", 60, 200, waited=15), ran("c", 200, 290, "FAILED"))


def test_waiting_and_running_are_told_apart() -> None:
    """DSS counts the wait as a part of an activity."""
    drawn = timeline(job("FAILED", started_at=ago(seconds=300), activities=THREE))
    assert drawn is not None
    assert [(bar.name, bar.waited_from, bar.ran_from, bar.ended) for bar in drawn.bars] == [
        ("a", 0, 0, 60),
        ("b", 60, 75, 200),
        ("c", 200, 200, 290),
    ]
    words = timeline_alt(drawn)
    assert "b: waited 15 s, then ran 2 min 5 s from 1 min 15 s, done." in words
    assert "c: ran 1 min 30 s from 3 min 20 s, failed." in words


@pytest.mark.parametrize("most", [1, 2])
def test_few_activities_are_not_drawn(most: int) -> None:
    """The message says as much."""
    assert ended(*THREE[:most]) is None


def test_a_running_job_is_not_drawn() -> None:
    """Its picture would be old at once."""
    assert timeline(job("RUNNING", activities=THREE)) is None


def test_what_never_ran_is_counted() -> None:
    """Skipped or never started."""
    drawn = timeline(job("FAILED", activities=(*THREE, Activity(id="d", state="NOT_STARTED"))))
    assert drawn is not None
    assert "1 activity never ran." in timeline_alt(drawn)


def test_of_many_the_failed_and_the_longest_are_shown() -> None:
    """A phone shows no more; the words say how many are missing."""
    many = [ran(f"n{number:03}", 0, number % 100 + 1) for number in range(200)]
    many[0] = ran("the failed one", 0, 1, "FAILED")
    drawn = timeline(job("FAILED", started_at=ago(seconds=300), activities=tuple(many)))
    assert drawn is not None
    assert len(drawn.bars) == MOST_ROWS
    assert "the failed one" in {bar.name for bar in drawn.bars}
    assert min(bar.ran for bar in drawn.bars if bar.state == "DONE") >= 80
    assert "160 shorter activities not shown" in timeline_alt(drawn)


def test_states_differ_by_more_than_color() -> None:
    """A failed bar is crossed, and the legend names each state."""
    done = _picture([ran("a", 0, 100), ran("b", 0, 100), ran("c", 0, 100)])
    failed = _picture([ran("a", 0, 100), ran("b", 0, 100), ran("c", 0, 100, "FAILED")])
    assert _brightness(done) != _brightness(failed)


@pytest.mark.parametrize(("letter", "other"), [("é", "è"), ("Ñ", "Õ"), ("ж", "ш"), ("λ", "π")])
def test_letters_with_accents_and_of_other_alphabets_are_drawn(letter: str, other: str) -> None:
    """The font inside of Pillow has one and the same box for all of them."""
    pictures = [_picture([ran(name, 0, 100), ran("b", 0, 100), ran("c", 0, 100)]) for name in (letter, other)]
    assert pictures[0].tobytes() != pictures[1].tobytes()


@settings(max_examples=60, deadline=None)
@given(activities)
@example(TIMES_THAT_DO_NOT_ADD_UP)
def test_whatever_dss_says_gives_a_valid_picture_or_none(found: list[Activity]) -> None:
    """Times from other years and going backwards, names of any kind."""
    info = job("DONE", started_at=ago(seconds=300), activities=tuple(found))
    drawn = timeline(info)
    if drawn is None:
        return
    for bar in drawn.bars:
        assert 0 <= bar.waited_from <= bar.ran_from <= bar.ended <= drawn.seconds
    content = timeline_png(drawn)
    image = Image.open(BytesIO(content))
    assert image.format == "PNG"
    assert image.width == WIDTH
    assert image.height <= 1_600
    assert len(content) < 200_000
    shown = views.root(card(info, picture="F0TIMELINE"), NOW).without(())
    assert "image" in [block["type"] for block in shown.blocks]
    assert problems_of_blocks(shown.blocks, 50) == []


def _picture(found: Sequence[Activity]) -> Image.Image:
    drawn = timeline(job("DONE", started_at=ago(seconds=300), activities=tuple(found)))
    assert drawn is not None
    return Image.open(BytesIO(timeline_png(drawn))).convert("L")


def _brightness(image: Image.Image) -> list[int]:
    return image.histogram()
