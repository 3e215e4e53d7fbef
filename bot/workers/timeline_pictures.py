"""Draws the timelines of finished jobs, uploads them, and shows them in root messages.

Each step can be repeated: a picture is never shared, only shown by an edit (WIRE-FACTS-2026-11.md §5).
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
import structlog

from bot.domain.ports import Dss
from bot.domain.stored_records import Draft, FollowedJob, Urgency, Watch
from bot.domain.timeline import Timeline, timeline
from bot.domain.visibility import Visibility
from bot.language import t
from bot.services.viewers import Viewers
from bot.slack.file_uploads import UploadRefused
from bot.store import Change, LeaseStore, Picture, Store, is_of_one_row
from bot.views.job_messages import job_card, root_draft
from bot.views.timeline_picture import timeline_png
from bot.views.timeline_words import timeline_alt

log = structlog.get_logger(__name__)

DRAW_EVERY = 1.0
"""Seconds between two looks."""
LEASE = "pictures"
LEASE_SECONDS = 120.0
"""Longer than one round with slow uploads; a second process would only do the same work again."""
ATTEMPTS = 8
"""Tries for one picture; between them, pauses grow."""
UNPROCESSED = 1.5
"""Seconds from an upload until Slack is asked whether it has processed it; longer each time."""
UNASKED = 7.0
"""Half the seconds that Slack gets for that if the bot isn't allowed to ask (scope ``files:read``)."""
OFF_FOR = timedelta(hours=1)
"""How long nothing is drawn after Slack said that the bot may not upload."""
_CONFLICTS = 5
_NOT_ALLOWED = frozenset({"missing_scope", "not_allowed_token_type", "invalid_auth", "no_permission"})
_LOST = frozenset({"file_not_found", "file_deleted", "file_not_uploaded"})


class PictureFiles(Protocol):
    """Uploads pictures; see `bot.slack.file_uploads.FileUploads`."""

    def upload(self, name: str, content: bytes, *, alt_text: str) -> str:
        """Upload a picture without completing it; return the file's id."""

    def complete(self, file_id: str, title: str) -> None:
        """Complete an upload without sharing the file."""

    def processed(self, file_id: str) -> bool | None:
        """Return whether Slack can show the picture; ``None`` if the bot may not ask."""


class TimelinePictures:
    """Takes every picture a step further, on a thread of its own. `round` is one look.

    Args:
        store: the rows.
        instances: each instance by name, called with the bot's key.
        files: uploads.
        viewers: what each place may see.
        label: returns an instance's name if there are several.
        owner: the name of this process in the lease.
        clock: returns the current time, timezone-aware.
        on_drafts: called when there are messages to send.
    """

    def __init__(
        self,
        store: Store,
        instances: Mapping[str, Dss],
        files: PictureFiles,
        viewers: Viewers,
        *,
        label: Callable[[str], str | None],
        owner: str,
        clock: Callable[[], datetime],
        on_drafts: Callable[[], None],
    ) -> None:
        self._store = store
        self._leases: LeaseStore = store.leases
        self._instances = instances
        self._files = files
        self._viewers = viewers
        self._label = label
        self._owner = owner
        self._clock = clock
        self._on_drafts = on_drafts
        self._off_until: datetime | None = None

    def round(self) -> bool:
        """Take each picture that is due a step further. Always returns ``False``, for the usual pause."""
        now = self._clock()
        due = self._store.pictures.due(now)
        if not due or not self._leases.take(LEASE, self._owner, LEASE_SECONDS):
            return False
        for picture in due:
            if self._off_until is not None and now < self._off_until:
                self._store.pictures.remove(picture.ref)
                continue
            self._guard(picture)
        return False

    def _guard(self, picture: Picture) -> None:
        """Take one picture further; whatever goes wrong with it doesn't affect the others."""
        try:
            self._advance(picture)
        except UploadRefused as error:
            self._refused(picture, error)
        except Exception as error:
            if not is_of_one_row(error):
                raise
            log.exception("picture.given_up", job=str(picture.ref))
            self._store.pictures.remove(picture.ref)

    def _advance(self, picture: Picture) -> None:
        job = self._store.jobs.job(picture.ref)
        drawn = timeline(job.info) if job else None
        if job is None or drawn is None or not self._places(job):
            self._store.pictures.remove(picture.ref)
            return
        if picture.attempts >= ATTEMPTS:
            raise UploadRefused("not_processed")
        if not picture.completed:
            self._upload(picture, drawn)
            self._later(picture, UNPROCESSED)
            return
        file_id = str(picture.file_id)
        processed = self._files.processed(file_id)
        if processed or (processed is None and picture.attempts > 1):
            self._show(picture, file_id)
        else:
            self._later(picture, UNASKED if processed is None else UNPROCESSED)

    def _upload(self, picture: Picture, drawn: Timeline) -> None:
        """Upload and complete what isn't yet, and note each step."""
        if picture.file_id is None:
            content, alt = timeline_png(drawn), timeline_alt(drawn)
            file_id = self._files.upload("timeline.png", content, alt_text=alt)
            picture = msgspec.structs.replace(picture, file_id=file_id)
            self._store.pictures.put(picture)
        self._files.complete(str(picture.file_id), t("Timeline of {job}", job=picture.ref.job_id)[:200])
        self._store.pictures.put(msgspec.structs.replace(picture, completed=True))

    def _show(self, picture: Picture, file_id: str) -> None:
        """Show a picture wherever the job's root message is."""
        for _ in range(_CONFLICTS):
            job = self._store.jobs.job(picture.ref)
            if job is None:
                break
            follow_state = msgspec.structs.replace(job.follow_state, picture=file_id)
            job = msgspec.structs.replace(job, follow_state=follow_state)
            drafts = [self._root(job, watch) for watch in self._places(job)]
            if self._store.jobs.apply(Change(job=job, drafts=tuple(drafts))):
                self._on_drafts()
                break
        self._store.pictures.remove(picture.ref)

    def _places(self, job: FollowedJob) -> list[Watch]:
        """Return where the job's root message is and shows everything."""
        dss = self._instances.get(job.info.ref.instance)
        if dss is None:
            return []
        return [
            watch
            for watch in self._store.jobs.watches_of(job.info.ref, still_open=False)
            if self._store.outbox.ts_of(watch.root_id) is not None
            and self._viewers.visibility(watch, job.info, dss, ask=True) is Visibility.FULL
        ]

    def _root(self, job: FollowedJob, watch: Watch) -> Draft:
        ref = job.info.ref
        url = self._instances[ref.instance].job_url(ref.project, ref.job_id)
        card = job_card(job, watch, ui_url=url, instance_label=self._label(ref.instance))
        return root_draft(watch, card, self._clock(), Urgency.PROGRESS)

    def _refused(self, picture: Picture, error: UploadRefused) -> None:
        again_after = error.again_after
        if error.code in _NOT_ALLOWED:
            log.warning("picture.not_allowed", error=error.code, then="no timelines for an hour")
            self._off_until = self._clock() + OFF_FOR
        elif error.code in _LOST:
            self._store.pictures.put(msgspec.structs.replace(picture, file_id=None, completed=False))
            again_after = UNPROCESSED
        if again_after is not None and picture.attempts < ATTEMPTS:
            self._later(picture, again_after)
        else:
            log.warning("picture.given_up", job=str(picture.ref), error=error.code)
            self._store.pictures.remove(picture.ref)

    def _later(self, picture: Picture, seconds: float) -> None:
        """Wait longer with each attempt."""
        at = self._clock() + timedelta(seconds=seconds * (picture.attempts + 1))
        self._store.pictures.later(picture.ref, at)
