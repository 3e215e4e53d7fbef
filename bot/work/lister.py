"""Lists of jobs: one project's, filtered and paged, and the overview."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import msgspec

from bot.errors import DSSError, Refusal
from bot.facts import JobCard, JobFacts, JobRef, ListJobs, Message, OutputKind, WantedOutput
from bot.facts.records import FollowedJob, Watch
from bot.jobs import filters
from bot.jobs.names import Names, WrongOutput
from bot.jobs.nearest import did_you_mean, same
from bot.jobs.ports import Dss
from bot.jobs.render import as_command
from bot.jobs.since import in_words, read_since
from bot.jobs.words import short
from bot.slack import views
from bot.store import Store
from bot.work.gate import Admitted, Gate
from bot.work.instances import Instances

FILTERED_JOBS = 1_000
"""How many of a project's newest jobs a filter looks through: a list of all of them can hurt DSS."""
MINE = 5
"""How many of a person's own jobs the overview shows."""
MINE_LOOKED = 50
"""How many of the jobs that are followed for a person are looked through for those."""
MINE_KNOWN = 500
"""How many of the jobs that somebody asked the bot for are known to ``--by me``."""
RUNNING_LOOKED = 50
"""Newest jobs of a project that are looked through for running ones where DSS has no list of them."""


class LookedOver(msgspec.Struct, frozen=True, kw_only=True):
    """What is running, and a person's recent jobs."""

    running: list[JobCard]
    mine: list[JobCard]
    everything: bool
    """Whether ``running`` is all that runs; before DSS 15.2 only some projects are asked."""


class Lister:
    """Finds and shows lists of jobs."""

    def __init__(
        self, store: Store, gate: Gate, instances: Instances, names: Names, *, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._gate = gate
        self._instances = instances
        self._names = names
        self._clock = clock

    def overview(self, admitted: Admitted) -> Message:
        """Show what is running, and the person's recent jobs."""
        found = self.look_over(admitted)
        return views.overview(found.running, found.mine, self._clock(), everything=found.everything)

    def look_over(self, admitted: Admitted) -> LookedOver:
        """Find what is running, and the person's recent jobs.

        Raises:
            DSSError: DSS does not answer.
        """
        dss = admitted.dss
        recent = self._store.jobs.recent_of(admitted.person.user_id, MINE_LOOKED)
        here = [(watch, job) for watch, job in recent if watch.ref.instance == dss.instance]
        running = dss.running_jobs()
        everything = running is not None
        if running is None:
            projects = dict.fromkeys(watch.ref.project for watch, _ in here)
            running = self._running_of(dss, list(projects)[:MINE])
        newest = filters.newest_first(running)
        mine = own_recent(here, newest, shown=views.PAGE_SIZE)[:MINE]
        return LookedOver(
            running=[self._instances.card(FollowedJob(facts=job), dss) for job in newest],
            mine=[self._instances.card(job, dss) for job in mine],
            everything=everything,
        )

    def jobs(self, wish: ListJobs, admitted: Admitted) -> Message:
        """Show one page of a project's jobs.

        Raises:
            Refusal: the project or the date is wrong.
            DSSError: DSS does not answer.
        """
        now = self._clock()
        since = read_moment(wish, now, admitted.person.tz)
        project = self._names.project(admitted.dss, admitted.act_as, wish.project)
        filtered = any((wish.state, wish.since, wish.by, wish.dataset))
        most = wish.limit or FILTERED_JOBS
        read = FILTERED_JOBS if filtered else min(most, (wish.page + 1) * views.PAGE_SIZE + 1)
        jobs = admitted.dss.recent_jobs(project, read)
        found = self._matching(jobs, wish, since, admitted)[:most]
        if not found:
            check_initiator(wish, project, jobs)
        if wish.dataset and not found:
            self._check_dataset(wish, wish.dataset, project, admitted)
        page = filters.page(found, wish.page, views.PAGE_SIZE)
        shown = self._with_causes(page.jobs, admitted.dss)
        said = _words(wish, in_words(since, admitted.person.tz) if since else None)
        if filtered and len(jobs) >= FILTERED_JOBS:
            said = (*said, f"among the newest {FILTERED_JOBS:,} jobs")
        return views.job_list(
            f"Jobs of {project}",
            [self._instances.card(FollowedJob(facts=job), admitted.dss) for job in shown],
            wish=msgspec.structs.replace(wish, project=project, page=page.number),
            now=now,
            has_more=page.more,
            filters=said,
            wider=as_command(ListJobs(project=project, instance=wish.instance)),
        )

    def _matching(
        self, jobs: Sequence[JobFacts], wish: ListJobs, since: datetime | None, admitted: Admitted
    ) -> list[JobFacts]:
        """Filter; "me" is also who asked the bot for a job that DSS knows under the name of the bot's key."""
        login, mine = None, frozenset[JobRef]()
        if wish.by == "me":
            login = admitted.act_as or self._gate.login_of(admitted.person, admitted.dss)
            recent = self._store.jobs.recent_of(admitted.person.user_id, MINE_KNOWN)
            mine = frozenset(watch.ref for watch, _ in recent if watch.started_by_bot)
        by_anybody = msgspec.structs.replace(wish, by=None)
        return [
            job
            for job in jobs
            if filters.matches(job, wish, since=since, login=login)
            or (job.ref in mine and filters.matches(job, by_anybody, since=since, login=None))
        ]

    def _check_dataset(self, wish: ListJobs, typed: str, project: str, admitted: Admitted) -> None:
        """Tell a misspelt name from one that nothing was built for; a deleted one's jobs are found before.

        Raises:
            Refusal: there are datasets of nearly that name.
        """
        wanted = WantedOutput(project=project, name=typed)
        try:
            self._names.output(admitted.dss, admitted.act_as, project, wanted)
        except WrongOutput as wrong:
            near = tuple(one.name for one in wrong.near if one.kind is OutputKind.DATASET)
            if near and typed not in near:
                right = msgspec.structs.replace(wish, project=project, dataset=near[0])
                raise Refusal(str(wrong), example=as_command(right), suggestions=near) from wrong

    @staticmethod
    def _with_causes(jobs: Sequence[JobFacts], dss: Dss) -> list[JobFacts]:
        """Look up why the failed ones failed: a list does not say it, and it is what people look for."""

        def look(job: JobFacts) -> JobFacts:
            if job.state != "FAILED" or job.failure is not None:
                return job
            try:
                return dss.job(job.ref.project, job.ref.job_id)
            except DSSError:
                return job  # the list is worth showing without

        with ThreadPoolExecutor(4, thread_name_prefix="causes") as pool:
            return list(pool.map(look, jobs))

    @staticmethod
    def _running_of(dss: Dss, projects: Sequence[str]) -> Sequence[JobFacts]:
        """Before DSS 15.2 there is no list of what runs: the projects of the person's own jobs are asked."""
        running: list[JobFacts] = []
        for project in projects:
            running += [job for job in dss.recent_jobs(project, RUNNING_LOOKED) if not job.finished]
        return running


def check_initiator(wish: ListJobs, project: str, jobs: Sequence[JobFacts]) -> None:
    """Tell a misspelt login from one of somebody who started nothing that was wished for.

    Raises:
        Refusal: nobody of that name started any of the jobs, but somebody of nearly that name did.
    """
    if wish.by is None or wish.by == "me":
        return
    initiators = {job.initiator for job in jobs if job.initiator}
    near = () if same(wish.by, initiators) else did_you_mean(wish.by, initiators)
    if near:
        right = msgspec.structs.replace(wish, project=project, by=near[0])
        said = f"{short(wish.by)} started none of the newest jobs of {project}."
        raise Refusal(said, example=as_command(right), suggestions=near)


def own_recent(
    followed: Sequence[tuple[Watch, FollowedJob]], running: Sequence[JobFacts], *, shown: int
) -> list[FollowedJob]:
    """Return the jobs that a person asked the bot for, each once, without those that are shown as running.

    Args:
        followed: what was followed for the person, the newest first; also what others started.
        running: what runs now.
        shown: how many of ``running`` are shown.
    """
    facts = {job.ref: job for job in running}
    seen = {job.ref for job in running[:shown]}
    own: list[FollowedJob] = []
    for watch, job in followed:
        if watch.started_by_bot and watch.ref not in seen:
            seen.add(watch.ref)
            own.append(msgspec.structs.replace(job, facts=facts.get(watch.ref, job.facts)))
    return own


def read_moment(wish: ListJobs, now: datetime, tz: str) -> datetime | None:
    """Read the moment that a list begins with; ``None`` without one.

    Raises:
        Refusal: it cannot be read; the example keeps the other filters.
    """
    try:
        return read_since(wish.since, now, tz) if wish.since else None
    except Refusal as refused:
        right = msgspec.structs.replace(wish, since=refused.example)
        raise Refusal(str(refused), example=as_command(right)) from refused


def _words(wish: ListJobs, since: str | None) -> tuple[str, ...]:
    """Say the filters of a list in words, and how the time was read."""
    said = (
        f"state {wish.state}" if wish.state else "",
        f"since {wish.since}" if wish.since else "",
        f"by {wish.by}" if wish.by else "",
        f"building {wish.dataset}" if wish.dataset else "",
        f"at most {wish.limit}" if wish.limit else "",
        f"from {since} on" if since else "",
    )
    return tuple(word for word in said if word)
