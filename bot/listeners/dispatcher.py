"""Dispatches requests from listeners: a command becomes an intent row, a query goes to the query pool."""

import threading
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import msgspec

from bot import views
from bot.domain import (
    AbortAll,
    AbortJob,
    Build,
    Command,
    DecideApproval,
    FollowJob,
    ListProjects,
    Message,
    Mistake,
    Place,
    Query,
    ReadLog,
    Request,
    SendLog,
    ShowStatus,
    UnfollowJob,
)
from bot.domain.stored_records import Intent, IntentState
from bot.listeners.newest_choices import NewestChoices
from bot.services.error_messages import error_message
from bot.services.examples import names_something
from bot.services.queries import QueryService
from bot.slack.private_messages import PrivateMessages
from bot.store import Added, IntentStore
from bot.workers.query_pool import PoolFull, QueryPool
from bot.workers.slow_answers import SlowAnswers

OPEN = frozenset({IntentState.NEW, IntentState.STARTING})
"""The states of an intent that has no outcome yet."""


class RequestContext(msgspec.Struct, frozen=True, kw_only=True):
    """Who asked, where, and in which Slack delivery."""

    user_id: str
    team_id: str
    place: Place
    key: str
    """Identical for every redelivery of the same event."""
    source: str
    """The command's text or the button, to detect a double click."""
    typed: bool = False
    """Whether it is a slash command, which always gets an answer; a second click on a button doesn't."""
    replace: bool = False
    """Whether the answer replaces the private message whose button was pressed."""
    message_ts: str = ""
    """The timestamp of that message."""


class Dispatcher:
    """Accepts requests from the listeners. Never waits for DSS."""

    def __init__(
        self,
        intents: IntentStore,
        query_pool: QueryPool,
        queries: QueryService,
        private_messages: PrivateMessages,
        slow_answers: SlowAnswers,
        *,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._intents = intents
        self._query_pool = query_pool
        self._queries = queries
        self._private_messages = private_messages
        self._slow_answers = slow_answers
        self._clock = clock
        self._wake = wake
        self._choices = NewestChoices()

    def dispatch(self, request: Request, context: RequestContext) -> None:
        """Have a request carried out or answered."""
        if isinstance(request, Query) or (
            isinstance(request, AbortAll) and not (request.jobs and request.confirmed)
        ):
            self._answer(request, context)
        else:
            self._keep(request, context)

    def was_dispatched(self, key: str) -> bool:
        """Return whether a command came with this key before: Slack delivers it again, or somebody does."""
        return self._intents.was_delivered(key)

    def answer_mistake(self, mistake: Mistake, context: RequestContext) -> bool:
        """Have a mistake answered after a look at DSS; return whether that is needed and possible now."""
        if not names_something(mistake):
            return False
        answered = threading.Event()

        def answer() -> None:
            try:
                self._queries.mistakes.answer(mistake, context.user_id, context.team_id, context.place)
            finally:
                answered.set()

        try:
            self.submit(answer, shares=shares_of(None, context.user_id))
        except PoolFull:
            return False
        self._expect(ListProjects(), context, lambda: not answered.is_set())
        return True

    def reply(self, context: RequestContext, message: Message, *, replace: bool = False) -> None:
        """Answer right away, with a call to Slack that the listener doesn't wait for."""

        def tell(place: Place) -> None:
            self._private_messages.send(place, context.user_id, message, replace=replace)

        try:
            self.submit(lambda: tell(context.place))
        except PoolFull:
            tell(_outside_home(context.place))

    def reply_error(self, context: RequestContext, error: Exception, *, doing: str) -> None:
        """Answer an error."""
        self.reply(context, error_message(error, doing=doing))

    def submit(self, task: Callable[[], None], *, shares: tuple[str, ...] = ()) -> None:
        """Run a task in the query pool; ``shares`` is as in `QueryPool.submit`.

        Raises:
            PoolFull: too many tasks are waiting.
        """
        self._query_pool.submit(task, shares=shares)

    def _answer(self, request: Query | AbortAll, context: RequestContext) -> None:
        answered = threading.Event()
        outdated = None
        if context.replace and context.message_ts:
            outdated = self._choices.next(f"{context.user_id}|{context.message_ts}")

        def answer() -> None:
            try:
                self._queries.answer(
                    request,
                    context.user_id,
                    context.team_id,
                    context.place,
                    replace=context.replace,
                    delivery=context.key,
                    outdated=outdated,
                )
            finally:
                answered.set()

        try:
            self.submit(answer, shares=shares_of(request, context.user_id))
        except PoolFull:
            self._private_messages.send(_outside_home(context.place), context.user_id, views.busy())
        else:
            self._expect(request, context, lambda: not answered.is_set())

    def _expect(self, request: Request, context: RequestContext, waiting: Callable[[], bool]) -> None:
        """Have the person told that the answer takes a while, if it does."""
        if context.typed:
            self._slow_answers.expect(context.place, context.user_id, views.working_on(request), waiting)

    def _keep(self, request: Command, context: RequestContext) -> None:
        intent = Intent(
            id=uuid4().hex,
            request=request,
            user_id=context.user_id,
            team_id=context.team_id,
            place=context.place,
            created_at=self._clock(),
        )
        twice = None
        # Typing a slash command again is deliberate. A build that it would start twice is either under way,
        # or the builder finds the running job and shows it.
        if not context.typed:
            twice = f"{context.user_id}|{context.place.channel_id}|{context.source}"
        added = self._intents.add(intent, delivery=context.key, busy=busy_key(request, context), twice=twice)
        if added is Added.NEW:
            self._expect(request, context, lambda: self._intents.state_of(intent.id) in OPEN)
            self._wake()
        elif added is Added.BUSY:
            self.reply(context, views.under_way())


def _outside_home(place: Place) -> Place:
    """Return the place without App Home, for a listener's own thread: to publish that, DSS must answer."""
    return msgspec.structs.replace(place, home=None)


def shares_of(request: Request | None, user_id: str) -> tuple[str, ...]:
    """Return whose and which job's share of the query pool a query uses: neither may use all of it."""
    match request:
        case ShowStatus(job=job) | ReadLog(job=job) | SendLog(job=job):
            return f"person|{user_id}", f"job|{job.job_id}".casefold()
        case _:
            return (f"person|{user_id}",)


def busy_key(request: Command, context: RequestContext) -> str:
    """Return a key for what a request does, so that the same thing isn't under way twice.

    The same build runs only once, whoever asks. Aborts are separate for each person: two do no harm, and
    otherwise somebody who isn't allowed to abort could block somebody who is.
    """
    return _busy_key(request, context).replace("\0", "")


def _busy_key(request: Request, context: RequestContext) -> str:
    place, who = context.place, context.user_id
    match request:
        case Build():
            outputs = sorted(f"{output.project}.{output.name}".casefold() for output in request.outputs)
            return f"build|{request.instance or ''}|{'|'.join(outputs)}|{request.partition or ''}"
        case AbortJob(job=job):
            return f"abort|{who}|{job.project or ''}|{job.job_id}".casefold()
        case AbortAll():
            jobs = "|".join(request.jobs)
            return f"abort_all|{who}|{request.instance or ''}|{request.project}|{jobs}".casefold()
        case FollowJob(job=job) | UnfollowJob(job=job):
            return f"{type(request).__name__}|{place.channel_id}|{job.project or ''}|{job.job_id}".casefold()
        case DecideApproval(approval=approval, verdict=verdict):
            return f"decide|{who}|{approval}|{verdict}"
        case _:
            return f"{type(request).__name__}|{uuid4().hex}"
