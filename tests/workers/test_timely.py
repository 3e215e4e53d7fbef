"""Answers that have to be in time."""

import threading

import pytest

from bot.workers.query_pool import QueryPool
from bot.workers.timely import TimelyAnswers, TooSlow


def test_an_answer_in_time_is_returned_and_an_error_raised() -> None:
    """As if the task had been called."""
    pool = QueryPool(threads=1)
    answers = TimelyAnswers(pool, patience=60)
    assert answers.wait_for(lambda: 1) == 1

    def fail() -> int:
        raise LookupError("x")

    with pytest.raises(LookupError):
        answers.wait_for(fail)
    assert pool.close(60)


def test_nobody_waits_for_long_and_the_task_goes_on() -> None:
    """A task that began keeps its result for the next time; one that didn't begin isn't worth running."""
    pool = QueryPool(threads=1)
    answers = TimelyAnswers(pool, patience=0.01)
    began, go, done, ran = threading.Event(), threading.Event(), threading.Event(), []

    def slow() -> None:
        began.set()
        go.wait(60)
        done.set()

    while not began.is_set():  # on a slow machine, it might not begin in time either
        with pytest.raises(TooSlow):
            answers.wait_for(slow)
    with pytest.raises(TooSlow):
        answers.wait_for(lambda: ran.append(1))
    go.set()
    assert done.wait(60)
    assert pool.close(60)
    assert ran == []


def test_waiting_listeners_are_limited() -> None:
    """Whoever comes when too many wait is answered at once."""
    pool = QueryPool(threads=1)
    answers = TimelyAnswers(pool, patience=60, waiters=1)
    began, go = threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        go.wait(60)

    waiting = threading.Thread(target=lambda: answers.wait_for(slow))
    waiting.start()
    assert began.wait(60)
    with pytest.raises(TooSlow):
        answers.wait_for(lambda: 1)
    go.set()
    waiting.join(60)
    assert answers.wait_for(lambda: 2) == 2
    assert pool.close(60)


def test_a_full_pool_is_too_slow() -> None:
    """It isn't an error of ours."""
    pool = QueryPool(threads=1)
    pool.close(1)
    with pytest.raises(TooSlow):
        TimelyAnswers(pool).wait_for(lambda: 1)
