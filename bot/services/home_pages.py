"""Finds out what App Home shows a person, with the rights that they have at that moment."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import structlog

from bot import views
from bot.domain import HomeTab, JobCard, JobInfo, JobRef, Overview, Place
from bot.domain.allowances import extents
from bot.domain.errors import DSSError, Refusal
from bot.domain.stored_records import FollowedJob
from bot.services.access import Authorized
from bot.services.catalog import optional
from bot.services.dss_instances import DssInstance
from bot.services.dss_users import IdentityUnavailable
from bot.services.favorites import FavoriteService
from bot.services.job_lists import MINE_KNOWN, JobListService, own_recent
from bot.services.known_jobs import KnownJobs, lacks_progress
from bot.services.restricted_dss import rights_of
from bot.services.rights_of_now import still_visible
from bot.services.service import Collaborators, Service

log = structlog.get_logger(__name__)

RECENT_LOOKED = 100
"""How many of the followed jobs that ended last are searched for those that the person can see."""
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class HomePages(Service):
    """Makes the pages of App Home."""

    def __init__(self, parts: Collaborators) -> None:
        super().__init__(parts)
        self._job_lists = JobListService(parts)
        self._known_jobs = KnownJobs(parts)
        self._favorites = FavoriteService(parts)

    def page(
        self,
        user_id: str,
        tab: HomeTab,
        others: tuple[views.OtherInstance, ...] = (),
        *,
        recorded: bool = True,
    ) -> views.HomePage:
        """Return what App Home shows.

        Args:
            user_id: whose it is.
            tab: its filters.
            others: what is known of the other instances.
            recorded: whether this gets into the audit log: not if nobody asked just now.

        Raises:
            Refusal: the person may not see it.
            DSSError: DSS doesn't answer.
        """
        instance = self.instance_of(tab.showing)
        named = tab.showing.instance and instance.name
        showing = msgspec.structs.replace(tab.showing, instance=named)
        authorized = self._authorized(user_id, tab, instance, recorded=recorded)
        running, recent, everything = self._jobs(authorized, showing)
        return views.HomePage(
            reader=self._reader(authorized, instance, others),
            showing=showing,
            running=running,
            recent=recent,
            favorites=self._favorites.personal(user_id),
            everything=everything,
            at=self._clock(),
        )

    def others(self, user_id: str, tab: HomeTab, *, recorded: bool = True) -> tuple[views.OtherInstance, ...]:
        """Find out what runs on the other instances: one call for each of the few that are shown."""
        shown = self.instance_of(tab.showing)
        others = [one for one in self._instances if one.name != shown.name][: views.SHOWN_INSTANCES]
        return tuple(self._other(user_id, tab, one, recorded=recorded) for one in others)

    def _other(
        self, user_id: str, tab: HomeTab, instance: DssInstance, *, recorded: bool
    ) -> views.OtherInstance:
        there = msgspec.structs.replace(
            tab, showing=msgspec.structs.replace(tab.showing, instance=instance.name)
        )
        try:
            running = self._authorized(user_id, there, instance, recorded=recorded).dss.running_jobs()
        except (IdentityUnavailable, DSSError) as error:
            log.info("home.instance_silent", instance=instance.name, error=str(error))
            return views.OtherInstance(name=instance.name, trouble="silent")
        except Refusal:
            return views.OtherInstance(name=instance.name, trouble="refused")
        if running is None:
            return views.OtherInstance(name=instance.name, trouble="unlisted")
        return views.OtherInstance(name=instance.name, running=len(running))

    def _authorized(self, user_id: str, tab: HomeTab, instance: DssInstance, *, recorded: bool) -> Authorized:
        return self._access.authorize(
            user_id,
            tab.team_id,
            tab.showing,
            instance.dss,
            place=Place(channel_id=user_id, home=tab),
            recorded=recorded,
        )

    def instance_of(self, showing: Overview) -> DssInstance:
        """Return the chosen instance; the default one when the settings no longer have it."""
        try:
            return self._instances.for_request(showing)
        except Refusal:
            return self._instances.named(None)

    def _reader(
        self, authorized: Authorized, instance: DssInstance, others: tuple[views.OtherInstance, ...]
    ) -> views.Reader:
        dss, act_as = authorized.dss, authorized.act_as
        known = {one.name: one for one in others}
        names = [one.name for one in self._instances if one.name != instance.name]
        rights = rights_of(dss)
        listed = optional(lambda: self._catalog.projects(dss, act_as)) if act_as is not None else None
        return views.Reader(
            login=act_as or self._access.login_of(authorized.person, instance.dss),
            acts_as_them=act_as is not None,
            own_key=authorized.own_key,
            instance=instance.name,
            address=instance.urls[-1],
            projects=len(listed) if listed is not None else None,
            allowed=extents(rights, dss.instance) if rights is not None else None,
            others=tuple(known.get(name, views.OtherInstance(name=name)) for name in names),
        )

    def _jobs(self, authorized: Authorized, showing: Overview) -> tuple[list[JobCard], list[JobCard], bool]:
        """Return the running jobs, the recent ones, and whether the first are all that there are."""
        dss, reader = authorized.dss, authorized.person.user_id
        followed = self._job_lists.followed_for(authorized, MINE_KNOWN)
        running, everything = self._job_lists.running(dss, followed)
        if showing.mine:
            requested = frozenset(watch.ref for watch, _ in followed if watch.started_by_bot)
            login = authorized.act_as or self._access.login_of(authorized.person, dss)
            running = [job for job in running if is_own(job, requested, login)]
        recent = own_recent(followed, running, shown=views.HOME_RUNNING)
        if not showing.mine:
            shown = {job.ref for job in running[: views.HOME_RUNNING]}
            recent += [job for job in self._ended(authorized) if job.info.ref not in shown]
        cards = self._known_jobs.listed(running, dss, reader, shown=views.HOME_RUNNING, lacks=lacks_progress)
        return cards, self._known_jobs.remembered(newest(recent), dss, reader), everything

    def _ended(self, authorized: Authorized) -> list[FollowedJob]:
        """Return the jobs that ended lately in the projects that the person can see."""
        ended = self._store.known_jobs.ended(authorized.dss.instance, RECENT_LOOKED)
        return still_visible(ended, authorized.dss)


def is_own(job: JobInfo, requested: frozenset[JobRef], login: str | None) -> bool:
    """Return whether a person started a job: through the bot, or under their own DSS login."""
    return job.ref in requested or (login is not None and job.initiator.casefold() == login.casefold())


def newest(jobs: Sequence[FollowedJob]) -> list[FollowedJob]:
    """Return the jobs that something happened to last, each once, as many as App Home shows."""
    each = {job.info.ref: job for job in reversed(jobs)}
    return sorted(each.values(), key=_last_moment, reverse=True)[: views.HOME_ENDED]


def _last_moment(job: FollowedJob) -> datetime:
    info = job.info
    return info.ended_at or info.started_at or info.initiated_at or _EARLIEST
