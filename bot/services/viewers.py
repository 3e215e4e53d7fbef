"""Who reads along where a job is followed: what may be shown there, and with whose rights a log is read."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain import JobInfo, JobName, JobRef, ReadLog, ShowStatus
from bot.domain.cached import is_fresh
from bot.domain.errors import DSSError, DSSNotFound, DSSNotVisible, DSSRefused, Refusal
from bot.domain.ports import Dss
from bot.domain.stored_records import Watch
from bot.domain.visibility import ChannelVisibility, Visibility, is_direct
from bot.services.access import AccessControl
from bot.services.dss_users import IdentityUnavailable
from bot.services.restricted_dss import Hidden, RestrictedDss

log = structlog.get_logger(__name__)

FRESH = timedelta(seconds=60)
"""How long the answer whether a person can see a job is kept, for what goes to their direct messages."""
WITHIN = 5.0
"""Seconds that DSS has to say so: jobs of others wait for it."""


class Viewers(Protocol):
    """What the places where jobs are followed are shown."""

    def shown(self, projects: Iterable[str], channel_id: str) -> Visibility:
        """Return what the settings let a channel see of a job that is about some projects."""

    def visibility(self, watch: Watch, job: JobInfo, dss: Dss, *, ask: bool) -> Visibility:
        """Return what may be shown where a job is followed.

        Args:
            watch: the place.
            job: what is known about the job.
            dss: the job's instance, called with the bot's key.
            ask: whether DSS may be asked; otherwise what it said last counts.
        """

    def log_reader(self, watch: Watch, dss: Dss) -> Dss | None:
        """Return the instance as the person who asked, if they may read the job's log now."""


class OpenViewers:
    """Shows everything but logs: for a follower without people, such as a measurement."""

    def shown(self, projects: Iterable[str], channel_id: str) -> Visibility:  # noqa: ARG002 - the protocol's
        """Return that everything is shown."""
        return Visibility.FULL

    def visibility(self, watch: Watch, job: JobInfo, dss: Dss, *, ask: bool) -> Visibility:  # noqa: ARG002
        """Return that everything is shown."""
        return Visibility.FULL

    def log_reader(self, watch: Watch, dss: Dss) -> Dss | None:  # noqa: ARG002
        """Return that nobody may read a log."""
        return None


class CurrentViewers:
    """Decides from the settings of this process and the rights that people have at this moment."""

    def __init__(
        self,
        settings: ChannelVisibility,
        access: AccessControl,
        *,
        team_id: str,
        clock: Callable[[], datetime],
    ) -> None:
        """Start knowing nobody's rights.

        Args:
            settings: what channels see.
            access: finds out who people are in DSS.
            team_id: the bot's workspace: that of the people for whom it follows jobs.
            clock: returns the current time.
        """
        self._settings = settings
        self._access = access
        self._team_id = team_id
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[tuple[str, JobRef], tuple[datetime, bool]] = {}

    def shown(self, projects: Iterable[str], channel_id: str) -> Visibility:
        """Return what the settings let a channel see of a job that is about some projects."""
        return self._settings.shown(projects, channel_id)

    def visibility(self, watch: Watch, job: JobInfo, dss: Dss, *, ask: bool) -> Visibility:
        """Return what may be shown in a place: in direct messages, what the person can see in DSS now."""
        if not is_direct(watch.place.channel_id):
            return self.shown(job.projects, watch.place.channel_id)
        return Visibility.FULL if self._can_see(watch, dss, ask=ask) else Visibility.OUTCOME

    def log_reader(self, watch: Watch, dss: Dss) -> Dss | None:
        """Return the instance as the person who asked, if they may read the job's log now."""
        request = ReadLog(job=_name(watch.ref))
        try:
            return self._access.authorize(
                watch.asker,
                self._team_id,
                request,
                dss,
                place=watch.place,
                project=watch.ref.project,
                target=watch.ref.job_id,
            ).dss
        except (Refusal, DSSError) as error:
            log.info("follow.no_log", job=watch.ref.job_id, user=watch.asker, error=str(error))
            return None

    def _can_see(self, watch: Watch, dss: Dss, *, ask: bool) -> bool:
        """Return whether the person who asked can see a job now.

        They could when the bot began to follow it: while nobody says anything new, that counts.
        """
        now, key = self._clock(), (watch.asker, watch.ref)
        with self._lock:
            known = self._known.get(key)
        if not ask or (known is not None and is_fresh(known[0], now, FRESH)):
            return known is None or known[1]
        said = self._ask(watch, dss)
        if said is None:
            return known is None or known[1]
        with self._lock:
            self._known = {
                one: kept for one, kept in self._known.items() if is_fresh(kept[0], now, 60 * FRESH)
            }
            self._known[key] = (now, said)
        return said

    def _ask(self, watch: Watch, dss: Dss) -> bool | None:
        """Ask Slack and DSS; ``None`` if they don't answer."""
        ref = watch.ref
        try:
            person = self._access.authorize(
                watch.asker,
                self._team_id,
                ShowStatus(job=_name(ref)),
                dss,
                place=watch.place,
                project=ref.project,
                target=ref.job_id,
            )
            if person.act_as is not None or isinstance(person.dss, RestrictedDss):
                person.dss.job(ref.project, ref.job_id, within=WITHIN)
        except Hidden:
            return False
        except DSSNotFound:
            return None  # the thread says that the job is gone
        except IdentityUnavailable:
            return None
        except (Refusal, DSSNotVisible, DSSRefused):
            return False
        except DSSError:
            return None
        return True


def _name(ref: JobRef) -> JobName:
    return JobName(job_id=ref.job_id, project=ref.project, instance=ref.instance)
