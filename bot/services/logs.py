"""Logs: the part that matters as an answer, or all of it as a file."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import msgspec

from bot import views
from bot.commands.rendering import as_command
from bot.commands.suggestions import did_you_mean, same
from bot.commands.tokens import short
from bot.domain import JobInfo, LogTail, Message, ReadLog, SendLog
from bot.domain.errors import DSSError, DSSNotFound, Refusal
from bot.domain.log_excerpts import LogExtract, extract
from bot.domain.stored_records import FollowedJob
from bot.language import t
from bot.services.access import Authorized
from bot.services.service import Collaborators, Service
from bot.slack.file_uploads import UploadRefused

READ_BYTES = 256_000
"""How much of a log's end to read for an answer, which shows only a few lines of it."""
FILE_BYTES = 5_000_000
"""How much of a log's end a file contains at most: the bot holds it in memory to mask secrets in it."""
FILES_AT_ONCE = 3
"""How many files to prepare at the same time."""


class LogService(Service):
    """Reads logs of jobs."""

    def __init__(self, parts: Collaborators) -> None:
        super().__init__(parts)
        self._preparing = _Preparing()

    def read(self, job: JobInfo, request: ReadLog, authorized: Authorized) -> Message:
        """Return the part of a log that matters."""
        activity = chosen_activity(request, job)
        tail = read_tail(job, activity, authorized, READ_BYTES)
        card = self._instances.card(FollowedJob(info=job), authorized.dss)
        if tail is None:
            return views.log(card, LogExtract(), activity=activity)
        return views.log(
            card,
            self._extract(job, activity, tail, authorized),
            activity=activity,
            whole_bytes=tail.total_bytes if tail.truncated else None,
        )

    def send(self, job: JobInfo, request: SendLog, authorized: Authorized, user_id: str) -> Message:
        """Send a log as a file to the person who asks, and return what to answer where they asked."""
        activity = chosen_activity(request, job)
        with self._preparing.one((user_id, job.ref, activity)) as refused:
            return refused or self._send(job, activity, authorized, user_id)

    def _send(self, job: JobInfo, activity: str | None, authorized: Authorized, user_id: str) -> Message:
        card = self._instances.card(FollowedJob(info=job), authorized.dss)
        tail = read_tail(job, activity, authorized, FILE_BYTES)
        content = tail.text.encode() if tail else b""
        if tail is None or not content.strip():
            return views.log(card, LogExtract(), activity=activity)
        whole_bytes = tail.total_bytes if tail.truncated else None
        note = views.log_file_note(card, activity, size=len(content), whole_bytes=whole_bytes)
        try:
            self._files.send(user_id, note, name=views.log_file_name(job, activity), content=content)
        except UploadRefused as error:
            return views.log_file_refused(card, error.code, maybe_sent=error.maybe_sent)
        return views.log_file_sent(card, activity)

    def _extract(
        self, job: JobInfo, activity: str | None, tail: LogTail, authorized: Authorized
    ) -> LogExtract:
        """Return the lines to show. Of a log that is too long, the bot might not have read the error."""
        failed = job.failure.activity_id if job.failure and activity is None else None
        error: tuple[str, ...] = ()
        if failed and tail.truncated:
            with suppress(DSSError):  # the rest of the answer is there already
                own = authorized.dss.log_tail(
                    job.ref.project, job.ref.job_id, activity=failed, max_bytes=READ_BYTES
                )
                error = extract(own.text, views.LOG_LINES).error
        return extract(tail.text, views.LOG_LINES, error=error)


class _Preparing:
    """The files that are being prepared: a second click doesn't send a second one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: set[object] = set()

    @contextmanager
    def one(self, key: object) -> Iterator[Message | None]:
        """Hold a place for a file; yield the reason if there is none."""
        with self._lock:
            refused = (
                views.under_way()
                if key in self._now
                else views.busy_with_files()
                if len(self._now) >= FILES_AT_ONCE
                else None
            )
            if refused is None:
                self._now.add(key)
        try:
            yield refused
        finally:
            if refused is None:
                with self._lock:
                    self._now.discard(key)


def chosen_activity(request: ReadLog | SendLog, job: JobInfo) -> str | None:
    """Return the requested activity, by its id or its recipe.

    Raises:
        Refusal: the job has no such activity; suggestions are included.
    """
    typed = request.activity
    if typed is None or not job.activities:
        return typed
    ids = [activity.id for activity in job.activities]
    by_recipe = {activity.recipe: activity.id for activity in job.activities if activity.recipe}
    if found := same(typed, ids) or by_recipe.get(same(typed, by_recipe) or ""):
        return found
    near = did_you_mean(typed, ids)
    named = msgspec.structs.replace(request.job, project=job.ref.project)
    right = ReadLog(job=named, activity=(*near, *ids)[0])
    said = t("That job has no activity {activity}.", activity=short(typed))
    raise Refusal(said, example=as_command(right), suggestions=near)


def read_tail(job: JobInfo, activity: str | None, authorized: Authorized, most: int) -> LogTail | None:
    """Read the end of a log; ``None`` if it was cleared from disk (DSS-API.md §1.7)."""
    try:
        return authorized.dss.log_tail(job.ref.project, job.ref.job_id, activity=activity, max_bytes=most)
    except DSSNotFound:
        return None
