"""Properties of following, whatever DSS says in whatever order."""

from itertools import pairwise

from hypothesis import given

from bot.domain.job_events import BESIDE, ActivityDone, ActivityFailed, Back, Heartbeat, Silent, names
from bot.domain.stored_records import FollowState
from bot.store.codec import dump, load
from tests.domain.looks import ENDS, Look, looks, play


@given(looks)
def test_nothing_is_told_twice(happened: list[Look]) -> None:
    """Every event of a followed job has its own key; an outage's key has its time."""
    keys = [name.removeprefix(BESIDE) for event in play(happened).events for name in names(event)]
    assert len(keys) == len(set(keys))


@given(looks)
def test_exactly_one_last_word(happened: list[Look]) -> None:
    """A step closes exactly when it reports an end; it reports only one, as its last event."""
    for step in play(happened).steps:
        ends = [event for event in step.events if isinstance(event, ENDS)]
        assert step.close == (len(ends) == 1)
        assert not ends or step.events[-1] is ends[0]


@given(looks)
def test_a_job_that_ended_never_goes_back(happened: list[Look]) -> None:
    """Whatever is seen later, for somebody who missed the end, it stays ended in that state."""
    run = play(happened, until_closed=False)
    for before, step in zip(run.befores, run.steps, strict=True):
        if before.info.finished:
            assert step.job.info.finished
            assert not any(isinstance(e, ActivityDone | ActivityFailed | Heartbeat) for e in step.events)


@given(looks)
def test_the_row_can_be_written_and_read_back(happened: list[Look]) -> None:
    """The facts and the follow state come back from the store unchanged."""
    for step in play(happened).steps:
        assert load(dump(step.job.follow_state), FollowState) == step.job.follow_state
        assert load(dump(step.job.info), type(step.job.info)) == step.job.info


@given(looks)
def test_a_gap_invents_nothing(happened: list[Look]) -> None:
    """Silence and absence change no fact and report no step; a long gap brings one heartbeat."""
    run = play(happened)
    for look, before, step in zip(happened, run.befores, run.steps, strict=False):
        if look.kind in {"silence", "absence"}:
            assert step.job.info == before.info
            assert all(isinstance(event, Silent) for event in step.events)
        assert sum(isinstance(event, Heartbeat) for event in step.events) <= 1


@given(looks)
def test_silence_and_the_answer_after_it_come_in_pairs(happened: list[Look]) -> None:
    """DSS is back only after a silence, and isn't silent again before that."""
    told = [event for event in play(happened).events if isinstance(event, Silent | Back)]
    for first, second in pairwise(told):
        assert type(first) is not type(second)
    assert not told or isinstance(told[0], Silent)


@given(looks)
def test_unchanged_means_that_nothing_has_to_be_written(happened: list[Look]) -> None:
    """An "unchanged" step has the old row and no events; every event is a change."""
    run = play(happened, until_closed=False)
    for before, step in zip(run.befores, run.steps, strict=True):
        assert step.changed == (step.job != before or bool(step.events))
        assert step.job.version == before.version


@given(looks)
def test_what_was_known_stays_known(happened: list[Look]) -> None:
    """A list without names, outputs, or times doesn't erase them; nor do missing counters, except at the end.

    What was running at the last look isn't running after the end: there are final counters, or none.
    """
    run = play(happened)
    for before, step in zip(run.befores, run.steps, strict=True):
        old, new = before.info, step.job.info
        assert new.name == old.name
        assert new.outputs == old.outputs
        assert old.started_at is None or new.started_at is not None
        ends = new.finished and not old.finished
        assert old.counters is None or new.counters is not None or ends


@given(looks)
def test_what_a_status_says_of_its_activities_is_taken(happened: list[Look]) -> None:
    """Activities are used even if the counters beside them are missing."""
    run = play(happened)
    for look, before, step in zip(happened, run.befores, run.steps, strict=False):
        if look.seen is not None and look.seen.activities and not before.info.finished:
            assert step.job.info.activities == look.seen.activities
