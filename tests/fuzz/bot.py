"""The bot from Bolt's dispatch to its answers, on one thread and without a network."""

import copy
import json
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.app.dialogs import wire_dialogs
from bot.domain import DssUser, WhoAmI
from bot.domain.approvals import ApprovalRules
from bot.domain.policy import AccessMode
from bot.domain.ports import Dss
from bot.domain.request_limits import UNLIMITED
from bot.domain.visibility import ChannelVisibility
from bot.listeners.dispatcher import Dispatcher
from bot.listeners.languages import in_language_of_sender
from bot.listeners.mentions import MessageServices
from bot.listeners.registration import register
from bot.services.abort import AbortService
from bot.services.access import AccessControl
from bot.services.approvals import ApprovalService
from bot.services.build import BuildService
from bot.services.catalog import Catalog
from bot.services.dss_instances import DssInstance, DssInstances
from bot.services.favorites import FavoriteService
from bot.services.follow import FollowService
from bot.services.home import HomeService
from bot.services.home_pages import HomePages
from bot.services.limits import RequestLimiter
from bot.services.open_homes import OpenHomes
from bot.services.personal_keys import PersonalKeys
from bot.services.queries import QueryService
from bot.services.service import Collaborators
from bot.services.viewers import CurrentViewers
from bot.slack.block_support import BlockSupport
from bot.slack.dialogs import Dialogs
from bot.slack.file_uploads import FileUploads
from bot.slack.languages import Languages
from bot.slack.private_messages import PrivateMessages
from bot.slack.users import SlackUsers
from bot.store import Database, Store, migrate
from bot.store.encryption import Encryption
from bot.store.personal_keys import PersonalKeyStore
from bot.workers.intent_runner import IntentRunner
from bot.workers.query_pool import QueryPool
from bot.workers.slow_answers import SlowAnswers
from tests.support.clocks import HandClock
from tests.support.fake_dss import FakeDss
from tests.support.samples import job_info

HOME = "T1"
ADDRESS = "https://hooks.example/1"
"""A `response_url`, which always works."""
ONCE = "ONCE-IN-EACH-PAYLOAD"
"""Replaced by something new each time: in a trigger and in the timestamp of a message."""
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "UALICE": {"email": "alice@example.com"},
    "UBOB": {"email": "bob@example.com"},
    "UNOBODY": {"email": "nobody@example.com"},
    "UGUEST": {"email": "bob@example.com", "is_restricted": True},
    "USTRANGE": {"email": "bob@example.com", "team_id": "T2"},
    "UGONE": {"email": "bob@example.com", "deleted": True},
    "UBOT": {"email": "bob@example.com", "is_bot": True},
}
LOGINS = {"UALICE": "alice", "UBOB": "bob"}
"""The people who may do something, and as whom."""
ACTS = frozenset({"start", "abort"})


class JournalDss(FakeDss):
    """Remembers as whom it was called, for what."""

    def __init__(self) -> None:
        super().__init__("default")
        self.journal: list[tuple[str | None, str]] = []
        self.add_project("CHURN", "scored", "features")
        self.add_project("SALES", "orders")
        self.put(job_info())

    def as_login(self, login: str | None) -> Dss:
        caller = copy.copy(self)  # shares everything but the login
        caller.login = login
        return caller

    def users(self) -> Sequence[DssUser]:
        """List the two who have a login."""
        return [
            DssUser(login=one, display_name=one, email=f"{one}@example.com", enabled=True)
            for one in LOGINS.values()
        ]

    def who_am_i(self) -> WhoAmI:
        """Say as whom the call was made."""
        return WhoAmI(identifier=self.login or "bot")

    def _asked(self, method: str, project: str = "") -> None:
        self.journal.append((self.login, method))
        super()._asked(method, project)


class FakeSlack(WebClient):
    """Answers every method, and writes down what it was asked."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-fuzz")
        self.told: list[tuple[str, Mapping[str, Any]]] = []
        self.answer: Callable[[str], object] = lambda _: {"ok": True}

    def api_call(self, api_method: str, **arguments: Any) -> Any:
        """Return what `answer` says; ``users.info`` knows `PEOPLE`."""
        said = arguments.get("params") or arguments.get("json") or arguments.get("data") or {}
        self.told.append((api_method, said))
        answer = self.answer(api_method)
        if answer != {"ok": True}:
            return _slack_answer(answer)
        if api_method != "users.info":
            return _slack_answer({"ok": True, "ts": "1.1", "channel": said.get("channel", "C1")})
        user = str(said.get("user"))
        if user not in PEOPLE:
            return _slack_answer({"ok": False, "error": "user_not_found"})
        known = dict(PEOPLE[user])
        profile = {"email": known.pop("email")}
        return _slack_answer({"ok": True, "user": {"id": user, "team_id": HOME, "profile": profile} | known})

    def webhook(self, url: str) -> WebhookClient:
        """Return a client of a response URL."""
        slack = self

        class Webhook(WebhookClient):
            def send_dict(self, body: dict[str, Any], headers: Any = None) -> WebhookResponse:
                slack.told.append(("response_url", body))
                return WebhookResponse(url=url, status_code=200, body="ok", headers={})

        return Webhook(url)


class _Data(dict[str, Any]):
    """What `slack_sdk` returns, as far as the bot uses it."""

    @property
    def data(self) -> dict[str, Any]:
        return dict(self)


def _slack_answer(said: object) -> Any:
    """Return an answer, or raise the error that slack_sdk would raise for it."""
    if isinstance(said, Exception):
        raise said
    if not isinstance(said, dict):
        raise SlackApiError("unreadable", said)  # type: ignore[no-untyped-call]
    if said.get("ok") is not True:
        raise SlackApiError("refused", said)  # type: ignore[no-untyped-call]
    return _Data(said)


class _AtOnce(QueryPool):
    def submit(self, task: Callable[[], None], *, shares: tuple[str, ...] = ()) -> None:
        task()


class _Dialogs(Dialogs):
    """Opens dialogs on the thread of whoever asks."""

    def __init__(self, client: WebClient) -> None:
        super().__init__(client, sleep=lambda _: None)
        self._pool.shutdown()
        self._pool = _Now()  # type: ignore[assignment]  # as far as it's used


class _Now:
    def submit(self, task: Callable[[], None]) -> None:
        task()

    def shutdown(self, **_: object) -> None:
        """There is nothing to stop."""


class FuzzedBot:
    """Everything between a payload and what it leads to."""

    def __init__(self, folder: Path, access: AccessMode = AccessMode.DSS) -> None:
        self.slack, self.dss, clock = FakeSlack(), JournalDss(), HandClock()
        database = Database(f"sqlite:///{folder / 'fuzz.sqlite3'}", clock=clock)
        migrate(database)
        self.store = Store(database)
        self._sent = 0
        self.errors: list[str] = []
        """What was logged as an error for the last payload."""
        self.said = ""
        """The body of the last acknowledgement."""
        self.unreadable = False
        """Whether Bolt itself couldn't read it: Slack doesn't send such a payload."""
        label: Callable[[str], str | None] = lambda _: None  # noqa: E731 - one instance has no label
        users = SlackUsers(self.slack, team_id=HOME, enterprise_id=None, clock=clock)
        keys = PersonalKeys(PersonalKeyStore(database, Encryption(())), label)
        access_control = AccessControl(
            access, users, self.store.audit, clock, label, keys=keys, catalog=Catalog(clock, label)
        )
        instances = DssInstances(
            {"default": DssInstance(dss=self.dss, urls=("https://dss.example",))}, "default"
        )
        parts = Collaborators(
            store=self.store,
            access=access_control,
            viewers=CurrentViewers(ChannelVisibility(), access_control, team_id=HOME, clock=clock),
            instances=instances,
            catalog=Catalog(clock, label),
            private_messages=PrivateMessages(self.slack, self.slack.webhook),
            files=FileUploads(self.slack),
            clock=clock,
            limiter=RequestLimiter(self.store, UNLIMITED),
            owner="fuzz",
            wake_sender=lambda: None,
            approvals=ApprovalRules(projects=("SALES",)),
        )
        home = HomeService(parts, self.slack, HomePages(parts), OpenHomes(timedelta(minutes=5)))
        parts.private_messages.at_home = home.answer
        languages = Languages(users, "en")
        self._runner = IntentRunner(
            self.store.intents,
            BuildService(parts),
            AbortService(parts),
            FollowService(parts),
            ApprovalService(parts),
            FavoriteService(parts),
            parts.private_messages,
            owner="fuzz",
            languages=languages,
        )
        dialogs = _Dialogs(self.slack)
        dispatcher = Dispatcher(
            self.store.intents,
            _AtOnce(),
            QueryService(parts),
            parts.private_messages,
            SlowAnswers(parts.private_messages),
            clock=clock,
            wake=lambda: None,
        )
        self._app = App(
            client=self.slack,
            authorize=lambda: AuthorizeResult(enterprise_id=None, team_id=HOME, bot_user_id="UME"),
            request_verification_enabled=False,
            process_before_response=True,
            raise_error_for_unhandled_request=True,
        )
        self._app.use(in_language_of_sender(languages))
        pools = (_AtOnce(), _AtOnce())
        services = wire_dialogs(
            parts, dispatcher, dialogs, keys, *pools, support=BlockSupport(), keys_are_used=True
        )
        heard = MessageServices("UME", self.store)
        register(self._app, dispatcher, home, users, services, heard)

    def send(self, payload: Mapping[str, Any]) -> BoltResponse:
        """Dispatch a payload as Socket Mode does, and carry out what it leads to."""
        self._sent += 1
        self.errors.clear()
        self.unreadable = False
        # Otherwise, it would be a second delivery of the same thing, or a second click.
        text = json.dumps(payload).replace(ONCE, f"{self._sent}.2.3")
        try:
            answer = self._app.dispatch(BoltRequest(body=json.loads(text), mode="socket_mode"))
        except Exception as error:
            if not _in_bolt(error):
                raise
            self.unreadable = True
            answer = BoltResponse(status=200)  # as `bot.app.receivers` does
        while self._runner.round():
            pass
        self.said = str(answer.body or "")
        return answer

    def heard(self, _logger: object, method: str, event: Mapping[str, Any]) -> Any:
        """Take an entry of the log: errors are what must not happen."""
        trouble = event.get("exc_info")
        if isinstance(trouble, Exception) and _in_bolt(trouble):
            self.unreadable = True
        elif method in {"error", "exception", "critical"}:
            self.errors.append(f"{event.get('event')}: {event.get('exc_info') or event.get('error')}")
        raise structlog.DropEvent

    def close(self) -> None:
        """Close the database."""
        self.store.close()


def _in_bolt(error: BaseException) -> bool:
    """Return whether Bolt itself fails on a payload, before it calls anything of the bot."""
    frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    return not any("/bot/listeners/" in name for name in frames)
