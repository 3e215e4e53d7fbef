"""What people write to the bot: mentions in channels and threads, and direct messages."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from bot import views
from bot.commands.mentions import ThreadCommand, build_text, parse_mention, without_mention
from bot.domain import AbortJob, FollowJob, Help, JobName, Message, Mistake, ReadLog, Request, ShowThread
from bot.domain import UnfollowJob as Unfollow
from bot.domain.errors import Refusal
from bot.domain.features import Features
from bot.domain.requests import KeyRequest
from bot.domain.stored_records import FollowedJob, Watch
from bot.domain.text import storable
from bot.language import t
from bot.listeners.dispatcher import Dispatcher, RequestContext
from bot.listeners.favorites import favorite_called
from bot.listeners.payloads import Payload, is_from_a_person, of_message
from bot.services.error_messages import error_message
from bot.store import Store
from bot.views.buttons import same_again
from bot.workers.query_pool import PoolFull

EVENTS = ("app_mention", "message")
"""Every event about messages that the app subscribes to; the manifest's parts ``mentions`` and ``dm`` do."""

REMEMBERED = 2_000
"""How many events a process remembers, to answer each once. Commands are rows, which know their delivery."""


class SeenEvents:
    """The last events, by id: Slack delivers an event again when it got no acknowledgement in time."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, None] = OrderedDict()

    def is_new(self, key: str) -> bool:
        """Return whether an event came for the first time to this process, and remember it."""
        with self._lock:
            if key in self._seen:
                return False
            self._seen[key] = None
            while len(self._seen) > self._most:
                self._seen.popitem(last=False)
            return True


@dataclass(frozen=True)
class MessageServices:
    """What the listeners of messages work with."""

    bot_user_id: str
    store: Store
    features: Features = Features()  # noqa: RUF009 - frozen
    seen: SeenEvents = field(default_factory=SeenEvents)


def said(event: Payload, body: Payload, dispatcher: Dispatcher, services: MessageServices) -> None:
    """Answer a message to the bot. Bolt itself acknowledges events."""
    if not is_from_a_person(event, services.bot_user_id):
        return
    context = of_message(event, body)
    if not services.seen.is_new(context.key):
        return
    try:
        text = without_mention(storable(str(event.get("text") or "")), services.bot_user_id)
        found = _thread(context, services)
        named = build_text(text)
        favorite = favorite_called(named, context, services.store.favorites) if named else None
        parsed = favorite or parse_mention(text, in_job_thread=found is not None)
        if isinstance(parsed, ThreadCommand):
            assert found is not None  # only then is a word about a thread's job
            dispatcher.dispatch(request_of(parsed, *found), context)
        elif isinstance(parsed, Mistake) and dispatcher.answer_mistake(parsed, context):
            pass
        elif isinstance(parsed, Help | Mistake | KeyRequest):
            dispatcher.reply(context, _at_once(parsed, services.features))
        else:
            dispatcher.dispatch(parsed, context)
    except PoolFull:
        dispatcher.reply(context, views.busy())
    except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
        dispatcher.reply(context, error_message(error, doing="mention"))


def request_of(command: ThreadCommand, watch: Watch, followed: FollowedJob) -> Request:
    """Return the request that a word in a job's thread means.

    Raises:
        Refusal: this job can't be built again by one request.
    """
    ref = watch.ref
    job = JobName(job_id=ref.job_id, project=ref.project, instance=ref.instance, thread=watch.id)
    match command.verb:
        case "status":
            return ShowThread(watch=watch.id)
        case "log" | "why":
            return ReadLog(job=job, activity=command.activity)
        case "abort":
            return AbortJob(job=job)
        case "follow":
            return FollowJob(job=job)
        case "unfollow":
            return Unfollow(job=job)
        case "rebuild":
            again = same_again(followed.info, thread=watch.id)
            if again is None:
                raise Refusal(
                    t("I can't build this job again: I can't ask for one of its outputs, or its mode.")
                )
            return again


def _thread(context: RequestContext, services: MessageServices) -> tuple[Watch, FollowedJob] | None:
    place = context.place
    return services.store.known_jobs.of_thread(place.channel_id, place.thread_ts) if place.thread_ts else None


def _at_once(parsed: Help | Mistake | KeyRequest, features: Features) -> Message:
    match parsed:
        case Help(command="build"):
            return views.help_build()
        case Help(command="jobs"):
            return views.help_jobs(features)
        case Mistake():
            return views.mistake(parsed)
        case _:
            return views.help_mention(features)
