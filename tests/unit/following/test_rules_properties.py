"""Whatever DSS says in whatever order: properties of following."""

from itertools import pairwise

from hypothesis import given

from bot.facts.records import Memory
from bot.following.events import ActivityDone, ActivityFailed, Back, Heartbeat, Silent, key
from bot.store.codec import dump, load
from tests.unit.following.looks import ENDS, Look, looks, play


@given(looks)
def test_nothing_is_told_twice(happened: list[Look]) -> None:
    """Every event of a followed job has a key of its own: also outages, by their time."""
    keys = [key(event) for event in play(happened).events]
    assert len(keys) == len(set(keys))


@given(looks)
def test_exactly_one_last_word(happened: list[Look]) -> None:
    """A step closes exactly when it tells an end, it tells one end only, and that is its last event."""
    for step in play(happened).steps:
        ends = [event for event in step.events if isinstance(event, ENDS)]
        assert step.close == (len(ends) == 1)
        assert not ends or step.events[-1] is ends[0]


@given(looks)
def test_a_job_that_ended_never_goes_back(happened: list[Look]) -> None:
    """Whatever is looked at later, by somebody who did not hear of the end: it stays ended, in that state."""
    run = play(happened, until_closed=False)
    for before, step in zip(run.befores, run.steps, strict=True):
        if before.facts.finished:
            assert step.job.facts.finished
            assert not any(isinstance(e, ActivityDone | ActivityFailed | Heartbeat) for e in step.events)


@given(looks)
def test_the_row_can_be_written_and_read_back(happened: list[Look]) -> None:
    """Facts and memory come back from the store as they went."""
    for step in play(happened).steps:
        assert load(dump(step.job.memory), Memory) == step.job.memory
        assert load(dump(step.job.facts), type(step.job.facts)) == step.job.facts


@given(looks)
def test_a_gap_invents_nothing(happened: list[Look]) -> None:
    """Silence and absence change no fact and tell no step of the job; a long gap brings one heartbeat."""
    run = play(happened)
    for look, before, step in zip(happened, run.befores, run.steps, strict=False):
        if look.kind in {"silence", "absence"}:
            assert step.job.facts == before.facts
            assert all(isinstance(event, Silent) for event in step.events)
        assert sum(isinstance(event, Heartbeat) for event in step.events) <= 1


@given(looks)
def test_silence_and_the_answer_after_it_come_in_pairs(happened: list[Look]) -> None:
    """DSS is back only after it was silent, and not silent again before that."""
    told = [event for event in play(happened).events if isinstance(event, Silent | Back)]
    for first, second in pairwise(told):
        assert type(first) is not type(second)
    assert not told or isinstance(told[0], Silent)


@given(looks)
def test_unchanged_means_that_nothing_has_to_be_written(happened: list[Look]) -> None:
    """A step that says "unchanged" has the old row and no events; every event is a change."""
    run = play(happened, until_closed=False)
    for before, step in zip(run.befores, run.steps, strict=True):
        assert step.changed == (step.job != before or bool(step.events))
        assert step.job.version == before.version


@given(looks)
def test_what_was_known_stays_known(happened: list[Look]) -> None:
    """A list that lacks names, outputs or times does not wipe them; nor do missing counters, but at the end.

    What ran at the last look does not run after the end: there are final counters, or none.
    """
    run = play(happened)
    for before, step in zip(run.befores, run.steps, strict=True):
        old, new = before.facts, step.job.facts
        assert new.name == old.name
        assert new.outputs == old.outputs
        assert old.started_at is None or new.started_at is not None
        ends = new.finished and not old.finished
        assert old.counters is None or new.counters is not None or ends


@given(looks)
def test_what_a_status_says_of_its_activities_is_taken(happened: list[Look]) -> None:
    """Activities are believed also when the counters beside them are missing."""
    run = play(happened)
    for look, before, step in zip(happened, run.befores, run.steps, strict=False):
        if look.seen is not None and look.seen.activities and not before.facts.finished:
            assert step.job.facts.activities == look.seen.activities
