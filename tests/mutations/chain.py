"""An answer's whole path: HTTP → wire → facts → rules → drafts and views → rows and back.

Only a `DSSError` can stop it. The result must be something that Slack accepts and that both databases can
store.
"""

import itertools
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import msgspec

from bot import views
from bot.domain import JobInfo, JobRef, Message, OutputKind, Place
from bot.domain.errors import DSSError
from bot.domain.follow_rules import observe
from bot.domain.job_events import JobUpdate
from bot.domain.log_excerpts import excerpt, extract
from bot.domain.redaction import redact
from bot.domain.requests import ListJobs
from bot.domain.stored_records import FollowedJob, FollowState, Watch
from bot.domain.view_models import JobCard
from bot.dss import DSSClient
from bot.dss.gateway import DssGateway
from bot.dss.retries import NO_RETRY
from bot.sandbox.slack.limits import check_blocks
from bot.store.codec import dump, load
from bot.views.job_messages import drafts, job_card

NOW = datetime(2026, 11, 23, 8, 20, tzinfo=UTC)
REF = JobRef(instance="dss", project="CHURN", job_id="Build_scored__NP__2026-11-23T08-15-02.123")
WATCH = Watch(
    id="w", ref=REF, place=Place(channel_id="C1"), asker="U1", asker_name="alice", root_id="r", created_at=NOW
)
TEXT_MOST = 4_000
"""Maximum number of characters of text that `chat.update` accepts."""
BEFORE = (
    FollowedJob(
        info=JobInfo(ref=REF, state="", finished=False), follow_state=FollowState(followed_since=NOW)
    ),
    FollowedJob(
        info=JobInfo(ref=REF, state="RUNNING", finished=False, started_at=NOW - timedelta(minutes=4)),
        follow_state=FollowState(
            followed_since=NOW - timedelta(minutes=5),
            silent_since=NOW - timedelta(minutes=2),
            told=("started",),
            usual_seconds=10.0,
        ),
    ),
)
LATER = (timedelta(0), timedelta(hours=3), timedelta(days=8))


class Wrong(AssertionError):
    """Slack or a database would reject the result."""


class Speaker:
    """A server on loopback that answers everything with `body`."""

    def __init__(self) -> None:
        self.body, self.kind = b"", "application/json"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, name="speaker", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                connection.settimeout(60)
                self._answer(connection, lines)

    def _answer(self, connection: socket.socket, lines: Iterator[bytes]) -> None:
        try:
            for line in lines:
                if line in {b"\r\n", b"\n"}:
                    head = f"HTTP/1.1 200 OK\r\nContent-Type: {self.kind}\r\nDSS-Version: 15.2.0\r\n"
                    length = f"Content-Length: {len(self.body)}\r\n\r\n"
                    connection.sendall((head + length).encode() + self.body)
        except OSError:
            return


class Chain:
    """Sends answers along the whole path."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._client = DSSClient(speaker.url, "key", retries=NO_RETRY)
        self._dss = DssGateway(self._client, instance="dss")
        self._ids = itertools.count()

    def close(self) -> None:
        """Close the connections."""
        self._dss.close()

    def send(self, kind: str, body: bytes) -> str:
        """Send one answer along the whole path; return the error that ended it, or nothing.

        Raises:
            Wrong: Slack or a database would reject the result.
        """
        self._speaker.body = body
        self._speaker.kind = "text/plain" if kind == "log" else "application/json;charset=utf-8"
        try:
            self._read(kind)
        except DSSError as error:
            self._keeps(str(error))
            self._takes(views.dss_trouble(error, None))
            return type(error).__name__
        return ""

    def _read(self, kind: str) -> None:
        readers: dict[str, Callable[[], None]] = {
            "running list": lambda: self._listed(self._dss.running_jobs() or ()),
            "project list": lambda: self._listed(self._dss.recent_jobs("CHURN", 20)),
            "log": self._log,
            "projects": self._projects,
            "datasets": self._datasets,
            "users": self._users,
            "whoami": self._whoami,
        }
        readers.get(kind, self._status)()

    def _status(self) -> None:
        self._observed(self._dss.job(REF.project, REF.job_id))

    def _log(self) -> None:
        tail = self._dss.log_tail("CHURN", REF.job_id)
        self._takes(views.log(self._card(BEFORE[1]), extract(tail.text, views.LOG_LINES)))
        failed = msgspec.structs.replace(BEFORE[1].info, state="FAILED", finished=True)
        self._observed(failed, excerpt(redact(tail.text)))

    def _projects(self) -> None:
        for project in self._dss.projects():
            self._keeps(project.key, project.name)

    def _datasets(self) -> None:
        for found in self._dss.objects("CHURN", OutputKind.DATASET):
            self._keeps(found.id, found.name)

    def _users(self) -> None:
        for user in self._dss.users():
            self._keeps(user.login, user.email, user.display_name)

    def _whoami(self) -> None:
        who = self._dss.who_am_i()
        self._keeps(who.identifier, *who.groups)

    def _listed(self, jobs: Sequence[JobInfo]) -> None:
        for info in jobs[:6]:
            self._observed(info)
        cards = [JobCard(job=info, ui_url="http://dss/x") for info in jobs[: views.PAGE_SIZE]]
        request = ListJobs(project="CHURN")
        self._takes(views.job_list("Jobs of CHURN", cards, request=request, now=NOW, has_more=True))
        self._takes(views.overview(cards, cards, NOW))

    def _observed(self, info: JobInfo, told: str | None = None) -> None:
        self._keeps(info.ref.project, info.ref.job_id)
        if load(dump(info), JobInfo) != info:
            raise Wrong("facts are not the same when they are read back")
        for before, later in zip((*BEFORE, BEFORE[0]), LATER, strict=True):
            old = msgspec.structs.replace(before, info=msgspec.structs.replace(before.info, ref=info.ref))
            step = observe(old, info, NOW + later)
            self._written(step, told, NOW + later)
        self._takes(views.status(self._card(msgspec.structs.replace(BEFORE[1], info=info)), NOW))

    def _written(self, step: JobUpdate, told: str | None, now: datetime) -> None:
        job = step.job
        self._keeps(dump(job.info), dump(job.follow_state))
        if (
            load(dump(job.follow_state), FollowState) != job.follow_state
            or load(dump(job.info), JobInfo) != job.info
        ):
            raise Wrong("a row is not the same when it is read back")
        watch = msgspec.structs.replace(WATCH, ref=job.info.ref)
        url = self._dss.job_url(job.info.ref.project, job.info.ref.job_id)
        excerpts = {watch.asker: told} if told else {}
        for draft in drafts(step, [watch], now, ui_url=url, excerpts=excerpts):
            self._keeps(draft.id, draft.channel_id, dump(draft.message))
            if load(dump(draft.message), Message) != draft.message:
                raise Wrong("a message is not the same when it is read back")
            self._takes(draft.message)

    def _card(self, job: FollowedJob) -> JobCard:
        return job_card(job, WATCH, ui_url=self._dss.job_url(job.info.ref.project, job.info.ref.job_id))

    @staticmethod
    def _takes(message: Message) -> None:
        """Check that Slack accepts a message."""
        if len(message.text) > TEXT_MOST or not message.text.strip():
            raise Wrong(f"a text of {len(message.text)} characters")
        blocks = [dict(block) for block in message.blocks]
        if problems := check_blocks(blocks, "message"):
            raise Wrong(f"Slack refuses the blocks: {list(problems)[:2]}")
        msgspec.json.encode(blocks)
        if b"\\u0000" in msgspec.json.encode([message.text, blocks]):
            raise Wrong("NUL in a message")

    @staticmethod
    def _keeps(*texts: str | None) -> None:
        """Check that both databases can store a text: PostgreSQL accepts neither NUL nor lone surrogates."""
        for text in texts:
            if text is not None and ("\0" in text or any("\ud800" <= char <= "\udfff" for char in text)):
                raise Wrong(f"no database keeps {text[:60]!r}")
