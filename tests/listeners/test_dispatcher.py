"""When two requests count as the same one, and what a listener does when there is too much to do."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain import (
    AbortAll,
    AbortJob,
    Build,
    Command,
    HomeTab,
    JobName,
    Message,
    Overview,
    Place,
    ReadLog,
    RequestedOutput,
    ShowStatus,
)
from bot.listeners.dispatcher import Dispatcher, RequestContext, busy_key, shares_of
from bot.slack.private_messages import PrivateMessages
from bot.store import Store
from bot.workers.query_pool import PoolFull, QueryPool
from bot.workers.slow_answers import SlowAnswers
from tests.support.samples import NOW

JOB = JobName(job_id="j.1", project="P")


def delivery(user: str) -> RequestContext:
    return RequestContext(user_id=user, team_id="T1", place=Place(channel_id="C1"), key=user, source="x")


@pytest.mark.parametrize("asked", [AbortJob(job=JOB), AbortAll(project="P", jobs=("j.1",))])
def test_nobody_keeps_back_the_abort_of_somebody_else(asked: Command) -> None:
    """The other person might be a guest whom the bot will refuse; a person's own second press is the same."""
    assert busy_key(asked, delivery("guest")) != busy_key(asked, delivery("alice"))
    assert busy_key(asked, delivery("alice")) == busy_key(asked, delivery("alice"))


def test_a_build_is_the_same_whoever_asks() -> None:
    """Otherwise it would be started twice."""
    request = Build(outputs=(RequestedOutput(project="P", name="a"),))
    assert busy_key(request, delivery("alice")) == busy_key(request, delivery("bob"))


class _FullPool(QueryPool):
    def submit(self, task: Callable[[], None], *, shares: tuple[str, ...] = ()) -> None:
        raise PoolFull


class _Answers(PrivateMessages):
    def __init__(self) -> None:
        self.places: list[Place] = []

    def send(self, place: Place, user_id: str, message: Message, *, replace: bool = False) -> bool:
        self.places.append(place)
        return True


def test_a_listener_does_not_wait_for_app_home(store: Store) -> None:
    """When the pool is full, a listener answers by itself: not in App Home, for which DSS must be asked."""
    answers, pool = _Answers(), _FullPool()
    queries: Any = None
    slow = SlowAnswers(answers)
    dispatcher = Dispatcher(store.intents, pool, queries, answers, slow, clock=lambda: NOW, wake=lambda: None)
    there = Place(channel_id="U1", home=HomeTab(team_id="T1"))
    pressed = RequestContext(user_id="U1", team_id="T1", place=there, key="k", source="x")
    dispatcher.reply(pressed, Message(text="Hello"))
    dispatcher.dispatch(ShowStatus(job=JOB), pressed)
    assert answers.places == [Place(channel_id="U1")] * 2


def test_a_query_uses_the_share_of_its_person_and_of_its_job() -> None:
    """Both people wait for the same log; the second job is another matter."""
    log, status = ReadLog(job=JOB), ShowStatus(job=JobName(job_id="J.1"))
    assert set(shares_of(log, "alice")) & set(shares_of(status, "bob"))
    assert not set(shares_of(log, "alice")) & set(shares_of(ReadLog(job=JobName(job_id="j.2")), "bob"))
    assert shares_of(Overview(), "alice") == shares_of(None, "alice")
    assert set(shares_of(Overview(), "alice")) < set(shares_of(log, "alice"))
