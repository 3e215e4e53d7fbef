"""Lists of jobs: one project's jobs, filtered and paged, and the overview."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from bot import views
from bot.commands.option_values import mentioned
from bot.commands.rendering import as_command
from bot.commands.suggestions import did_you_mean
from bot.commands.tokens import short
from bot.domain import (
    ANY_PROJECT,
    JobCard,
    JobInfo,
    JobRef,
    ListJobs,
    ListProjects,
    Message,
    OutputKind,
    RequestedOutput,
    job_filters,
)
from bot.domain.errors import Refusal
from bot.domain.ports import Dss
from bot.domain.stored_records import FollowedJob, Watch
from bot.language import number, t
from bot.services.access import Authorized
from bot.services.catalog import UnknownOutput
from bot.services.known_jobs import KnownJobs, is_bare, requested_in
from bot.services.list_headings import filters_in_words, searched_in_words, title_of
from bot.services.list_refusals import (
    MisspelledSubcommand,
    SeveralDatasets,
    check_initiator,
    misspelled_subcommand,
    read_moment,
)
from bot.services.project_search import (
    Found,
    find_output,
    is_pattern,
    matching_projects,
    search_jobs,
)
from bot.services.rights_of_now import still_visible
from bot.services.service import Collaborators, Service

FILTERED_JOBS = 1_000
"""How many of a project's newest jobs a filter reads: listing all of them can overload DSS."""
COUNTED_JOBS = 100
"""How many of a project's newest jobs a list without filters reads, to say how many are in each state."""
MINE = 5
"""How many of a person's own jobs the overview shows."""
MINE_LOOKED = 50
"""How many of the jobs followed for a person are searched for those."""
MINE_KNOWN = 500
"""How many of the jobs that a person requested from the bot ``--by me`` covers."""
RUNNING_LOOKED = 50
"""How many of a project's newest jobs to search for running ones if DSS has no list of those."""


class _Listed(msgspec.Struct, frozen=True, kw_only=True):
    """The jobs of one project."""

    request: ListJobs
    """With the project and the dataset as they are in DSS."""
    jobs: Sequence[JobInfo]
    is_cut: bool
    """Whether there could be more than those that were read."""
    counts: job_filters.StateCounts
    """How many there are in each state, whatever state was asked for."""
    newest: bool
    """Whether only the newest ones were counted."""


class JobListService(Service):
    """Finds and shows lists of jobs."""

    def __init__(self, parts: Collaborators) -> None:
        super().__init__(parts)
        self._known_jobs = KnownJobs(parts)

    def overview(self, authorized: Authorized) -> Message:
        """Show what is running and the person's recent jobs.

        Raises:
            DSSError: DSS doesn't answer.
        """
        dss, reader = authorized.dss, authorized.person.user_id
        followed = self.followed_for(authorized, MINE_LOOKED)
        newest, everything = self.running(dss, followed)
        running = self._known_jobs.listed(newest, dss, reader, shown=views.PAGE_SIZE)
        recent = own_recent(followed, newest, shown=views.PAGE_SIZE)[:MINE]
        mine = self._known_jobs.remembered(recent, dss, reader)
        return views.overview(running, mine, self._clock(), everything=everything)

    def followed_for(self, authorized: Authorized, limit: int) -> Sequence[tuple[Watch, FollowedJob]]:
        """Return the jobs of the instance among the last ``limit`` that were followed for the person.

        Jobs of projects that the person can no longer see are left out.
        """
        recent = self._store.jobs.recent_of(authorized.person.user_id, limit)
        here = [(watch, job) for watch, job in recent if watch.ref.instance == authorized.dss.instance]
        return still_visible(here, authorized.dss)

    def running(
        self, dss: Dss, followed: Sequence[tuple[Watch, FollowedJob]]
    ) -> tuple[Sequence[JobInfo], bool]:
        """Return the running jobs, newest first, and whether these are all that the caller can see.

        Args:
            dss: the instance, called as the person who asks.
            followed: jobs followed for the person: without DSS's own list, their projects are checked.

        Raises:
            DSSError: DSS doesn't answer.
        """
        running = dss.running_jobs()
        everything = running is not None
        if running is None:
            projects = dict.fromkeys(watch.ref.project for watch, _ in followed)
            running = self._running_of(dss, list(projects)[:MINE])
        return job_filters.newest_first(running), everything

    def list_jobs(self, request: ListJobs, authorized: Authorized) -> Message:
        """Show one page of a project's jobs.

        Raises:
            Refusal: the project or the date is wrong.
            DSSError: DSS doesn't answer.
        """
        now = self._clock()
        since = read_moment(request, now, authorized.person.tz)
        if is_pattern(request.project):
            return self._over_projects(request, since, authorized)
        listed = self._list(request, since, authorized)
        if listed is None:
            return views.help_jobs(self._features)
        request = listed.request
        page = job_filters.page(listed.jobs, request.page, views.PAGE_SIZE)
        said = self._words(request, since, authorized)
        if listed.is_cut:
            said = (*said, t("among the newest {number} jobs", number=number(FILTERED_JOBS)))
        return views.job_list(
            t("Jobs of {project}", project=request.project),
            self._cards(page, authorized),
            request=msgspec.structs.replace(request, page=page.number),
            now=now,
            has_more=page.more,
            filters=said,
            wider=as_command(ListJobs(project=request.project, instance=request.instance)),
            counts=listed.counts,
            newest=listed.newest,
        )

    def check(self, request: ListJobs, authorized: Authorized) -> None:
        """Raise what `list_jobs` raises."""
        since = read_moment(request, self._clock(), authorized.person.tz)
        if is_pattern(request.project):
            self._keys(request, authorized)
        else:
            self._list(request, since, authorized)

    def _list(self, request: ListJobs, since: datetime | None, authorized: Authorized) -> _Listed | None:
        """Find the jobs of one project; ``None`` if a lone word that is no project means help."""
        try:
            project = self._catalog.project(authorized.dss, authorized.act_as, request.project)
        except Refusal as unknown:
            near = misspelled_subcommand(request)
            if near == "help":
                return None
            misspelled = MisspelledSubcommand(str(unknown), request, near) if near else None
            if misspelled is not None and misspelled.meant is not None:
                raise misspelled from unknown
            if (of_dataset := self._of_dataset(request, authorized)) is None:
                raise (misspelled or unknown) from unknown
            request, project = of_dataset, of_dataset.project
        request = msgspec.structs.replace(request, project=project)
        filtered = any((request.state, request.since, request.by, request.dataset))
        most = request.limit or FILTERED_JOBS
        least = min(most, (request.page + 1) * views.PAGE_SIZE + 1)
        read = FILTERED_JOBS if filtered else max(COUNTED_JOBS, least)
        jobs = authorized.dss.recent_jobs(project, read)
        in_any_state = self._matching(jobs, msgspec.structs.replace(request, state=None), since, authorized)
        found = [job for job in in_any_state if job_filters.in_state(job, request.state)][:most]
        if not found:
            check_initiator(request, project, jobs)
        if request.dataset and not found:
            self._check_dataset(request, request.dataset, project, authorized)
        return _Listed(
            request=request,
            jobs=found,
            is_cut=filtered and len(jobs) >= FILTERED_JOBS,
            counts=job_filters.counted(in_any_state),
            newest=len(jobs) >= read,
        )

    def _of_dataset(self, request: ListJobs, authorized: Authorized) -> ListJobs | None:
        """Return the list of a dataset's jobs if a word that is no project is the name of a dataset.

        Raises:
            Refusal: several projects have such a dataset.
        """
        if request.dataset is not None or len(request.project) < 2:
            return None
        wanted = RequestedOutput(project=ANY_PROJECT, name=request.project)
        exact, _ = find_output(authorized.dss, self._catalog, authorized.act_as, wanted)
        lists = [
            msgspec.structs.replace(request, project=one.project, dataset=one.name)
            for one in dict.fromkeys(exact)
        ]
        if len(lists) > 1:
            raise SeveralDatasets(request, lists)
        return lists[0] if lists else None

    def _keys(self, request: ListJobs, authorized: Authorized) -> list[str]:
        """Return the keys of the projects that a pattern means.

        Raises:
            Refusal: there are none, or a part of it matches none.
        """
        projects = self._catalog.visible(authorized.dss, authorized.act_as)
        keys = matching_projects(projects, request.project)
        if not keys:
            raise Refusal(
                _no_match(request.project),
                example=as_command(ListProjects(instance=request.instance)),
            )
        typed = [part for part in request.project.split(",") if part]
        unknown = [part for part in typed if not matching_projects(projects, part)]
        if unknown:
            near = {part: did_you_mean(part, [one.key for one in projects], 1) for part in unknown}
            right = dict.fromkeys(one for part in typed for one in near.get(part, (part,)))
            meant = msgspec.structs.replace(request, project=",".join(right))
            raise Refusal(_no_match(unknown[0]), example=as_command(meant))
        return keys

    def _over_projects(self, request: ListJobs, since: datetime | None, authorized: Authorized) -> Message:
        """Show the jobs of several projects, from one pass through them."""
        dss, now = authorized.dss, self._clock()
        keys = self._keys(request, authorized)
        running = dss.running_jobs() if request.state == "running" else None
        if running is not None:
            jobs = tuple(job for job in running if job.ref.project in keys)
            found = Found(jobs=jobs, searched=tuple(keys))
        else:
            found = search_jobs(dss, keys)
        in_any_state = self._matching(
            found.jobs, msgspec.structs.replace(request, state=None), since, authorized
        )
        matching = job_filters.newest_first(
            job for job in in_any_state if job_filters.in_state(job, request.state)
        )
        matching = matching[: request.limit or FILTERED_JOBS]
        page = job_filters.page(matching, request.page, views.PAGE_SIZE)
        said = self._words(request, since, authorized)
        return views.job_list(
            title_of(keys, len(found.searched)),
            self._cards(page, authorized),
            request=msgspec.structs.replace(request, page=page.number),
            now=now,
            has_more=page.more,
            filters=(*said, *searched_in_words(found, every=running is not None)),
            counts=job_filters.counted(in_any_state),
        )

    def _matching(
        self, jobs: Sequence[JobInfo], request: ListJobs, since: datetime | None, authorized: Authorized
    ) -> list[JobInfo]:
        """Filter the jobs. ``--by`` includes those that somebody requested but DSS attributes to the key."""
        by_anybody = msgspec.structs.replace(request, by=None)
        jobs = [job for job in jobs if job_filters.matches(job, by_anybody, since=since)]
        if request.by is None:
            return jobs
        logins, asker = self._people_meant(request.by, authorized)
        if asker:
            recent = self._store.jobs.recent_of(asker, MINE_KNOWN)
            theirs = frozenset(watch.ref for watch, _ in recent if watch.started_by_bot)
        else:
            theirs = self._requested_by(request.by, jobs, logins, authorized)
        return [job for job in jobs if job.initiator.casefold() in logins or job.ref in theirs]

    def _requested_by(
        self, by: str, jobs: Sequence[JobInfo], logins: frozenset[str], authorized: Authorized
    ) -> frozenset[JobRef]:
        """Return which of the jobs somebody in Slack requested who has this login, name or email address."""
        known = self._store.known_jobs.of([job.ref for job in jobs])
        askers = {
            ref: watch.asker for ref, one in known.items() if (watch := requested_in(one.threads)) is not None
        }
        team_id, dss = authorized.person.team_id, authorized.dss
        meant = {
            asker for asker in set(askers.values()) if self._access.is_meant(by, asker, team_id, logins, dss)
        }
        return frozenset(ref for ref, asker in askers.items() if asker in meant)

    def _people_meant(self, by: str | None, authorized: Authorized) -> tuple[frozenset[str], str | None]:
        """Return the DSS logins and the Slack user that ``--by`` means."""
        dss = authorized.dss
        if by is None:
            return frozenset(), None
        if by == "me":
            login = authorized.act_as or self._access.login_of(authorized.person, dss)
            return frozenset({login.casefold()} if login else ()), authorized.person.user_id
        if user_id := mentioned(by):
            login = self._access.login_of_user(user_id, authorized.person.team_id, dss)
            return frozenset({login.casefold()} if login else ()), user_id
        return self._access.logins_like(by, dss), None

    def _words(self, request: ListJobs, since: datetime | None, authorized: Authorized) -> tuple[str, ...]:
        """Put a list's filters into words, and say how the time was read."""
        person, by = authorized.person, request.by
        if by and (user_id := mentioned(by)):
            by = self._access.name_of(user_id, person.team_id) or by
        return filters_in_words(request, since, person.tz, by=by)

    def _check_dataset(self, request: ListJobs, typed: str, project: str, authorized: Authorized) -> None:
        """Distinguish a misspelled name from a dataset without jobs; those of a deleted dataset would match.

        Raises:
            Refusal: there are datasets with a similar name.
        """
        wanted = RequestedOutput(project=project, name=typed)
        try:
            self._catalog.output(authorized.dss, authorized.act_as, project, wanted)
        except UnknownOutput as wrong:
            near = tuple(one.name for one in wrong.near if one.kind is OutputKind.DATASET)
            if near and typed not in near:
                right = msgspec.structs.replace(request, project=project, dataset=near[0])
                raise Refusal(str(wrong), example=as_command(right), suggestions=near) from wrong

    def _cards(self, page: job_filters.Page, authorized: Authorized) -> list[JobCard]:
        """Return the cards of a page; DSS is asked why failed jobs failed, which no list says."""

        def lacks(job: JobInfo) -> bool:
            return is_bare(job) or (job.state == "FAILED" and job.failure is None)

        reader = authorized.person.user_id
        return self._known_jobs.listed(page.jobs, authorized.dss, reader, shown=len(page.jobs), lacks=lacks)

    @staticmethod
    def _running_of(dss: Dss, projects: Sequence[str]) -> Sequence[JobInfo]:
        """Check the projects of the person's own jobs: before DSS 15.2 there is no list of running jobs."""
        running: list[JobInfo] = []
        for project in projects:
            running += [job for job in dss.recent_jobs(project, RUNNING_LOOKED) if not job.finished]
        return running


def own_recent(
    followed: Sequence[tuple[Watch, FollowedJob]], running: Sequence[JobInfo], *, shown: int
) -> list[FollowedJob]:
    """Return the jobs that a person requested from the bot, each once, without those shown as running.

    Args:
        followed: jobs followed for the person, newest first, including jobs that others started.
        running: jobs that are running now.
        shown: how many of ``running`` are shown.
    """
    info = {job.ref: job for job in running}
    seen = {job.ref for job in running[:shown]}
    own: list[FollowedJob] = []
    for watch, job in followed:
        if watch.started_by_bot and watch.ref not in seen:
            seen.add(watch.ref)
            own.append(msgspec.structs.replace(job, info=info.get(watch.ref, job.info)))
    return own


def _no_match(typed: str) -> str:
    return t("No project that you can see matches {typed}.", typed=short(typed))
