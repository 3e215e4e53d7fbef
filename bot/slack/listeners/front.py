"""Where listeners hand a wish over: what lasts becomes a row, what is only asked goes to the desk."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import msgspec

from bot.facts import (
    AbortAll,
    AbortJob,
    Build,
    FollowJob,
    ListJobs,
    Message,
    Overview,
    Place,
    ReadLog,
    ShowStatus,
    UnfollowJob,
    Wish,
)
from bot.facts.records import Intent
from bot.slack import views
from bot.slack.outbox import Answers
from bot.store import Added, IntentStore
from bot.work.asker import Asker
from bot.work.desk import Desk, DeskFull
from bot.work.failing import explain


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """Who asked, where, and by which delivery of Slack's."""

    user_id: str
    team_id: str
    place: Place
    key: str
    """The same for a redelivery of the same thing."""
    source: str
    """The command's text or the button, to tell a double click by."""
    typed: bool = False
    """Whether it is a command, which is never left without an answer; a second click of a button is."""
    replace: bool = False
    """Whether the answer takes the place of the private message whose button was pressed."""


class Front:
    """Takes wishes from the listeners. Never waits for DSS."""

    def __init__(
        self,
        intents: IntentStore,
        desk: Desk,
        asker: Asker,
        answers: Answers,
        *,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._intents = intents
        self._desk = desk
        self._asker = asker
        self._answers = answers
        self._clock = clock
        self._wake = wake

    def take(self, wish: Wish, delivery: Delivery) -> None:
        """Have a wish carried out or answered."""
        match wish:
            case Overview() | ListJobs() | ShowStatus() | ReadLog() | AbortAll(jobs=()):
                self._ask(wish, delivery)
            case _:
                self._keep(wish, delivery)

    def say(self, delivery: Delivery, message: Message, *, replace: bool = False) -> None:
        """Answer at once, with a call to Slack that the listener need not wait for."""

        def tell() -> None:
            self._answers.tell(delivery.place, delivery.user_id, message, replace=replace)

        try:
            self.soon(tell)
        except DeskFull:
            tell()

    def fail(self, delivery: Delivery, error: Exception, *, doing: str) -> None:
        """Answer an error."""
        self.say(delivery, explain(error, doing=doing))

    def soon(self, task: Callable[[], None]) -> None:
        """Run a task on the desk.

        Raises:
            DeskFull: too much is waiting.
        """
        self._desk.hand_over(task)

    def _ask(self, wish: Overview | ListJobs | ShowStatus | ReadLog | AbortAll, delivery: Delivery) -> None:
        try:
            self.soon(
                lambda: self._asker.answer(
                    wish, delivery.user_id, delivery.team_id, delivery.place, replace=delivery.replace
                )
            )
        except DeskFull:
            self._answers.tell(delivery.place, delivery.user_id, views.busy())

    def _keep(self, wish: Wish, delivery: Delivery) -> None:
        intent = Intent(
            id=uuid4().hex,
            wish=wish,
            user_id=delivery.user_id,
            team_id=delivery.team_id,
            place=delivery.place,
            created_at=self._clock(),
        )
        twice = None
        # A command is typed again because that is meant. What would be built twice by it is either under way,
        # or found running by the builder, which shows that job.
        if not delivery.typed:
            twice = f"{delivery.user_id}|{delivery.place.channel_id}|{delivery.source}"
        added = self._intents.add(intent, delivery=delivery.key, busy=busy_key(wish, delivery), twice=twice)
        if added is Added.NEW:
            self._wake()
        elif added is Added.BUSY:
            self.say(delivery, views.under_way())


def busy_key(wish: Wish, delivery: Delivery) -> str:
    """Name what a wish would do, so that the same is not under way twice, however it is asked for.

    A build is kept to once, whoever asks. Aborts are each person's own: two do no harm, and somebody who may
    not abort would otherwise keep back somebody who may.
    """
    return _busy_key(wish, delivery).replace("\0", "")


def _busy_key(wish: Wish, delivery: Delivery) -> str:
    place, who = delivery.place, delivery.user_id
    match wish:
        case Build():
            outputs = sorted(f"{output.project}.{output.name}".casefold() for output in wish.outputs)
            return f"build|{wish.instance or ''}|{'|'.join(outputs)}|{wish.partition or ''}"
        case AbortJob(job=job):
            return f"abort|{who}|{job.project or ''}|{job.job_id}".casefold()
        case AbortAll():
            return f"abort_all|{who}|{wish.instance or ''}|{wish.project}|{'|'.join(wish.jobs)}".casefold()
        case FollowJob(job=job) | UnfollowJob(job=job):
            return f"{type(wish).__name__}|{place.channel_id}|{job.project or ''}|{job.job_id}".casefold()
        case _:
            return f"{type(wish).__name__}|{uuid4().hex}"
