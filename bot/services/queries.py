"""Queries: status, log and lists. Only the person who asked sees the answer, and nothing is stored."""

from collections.abc import Callable, Sequence
from uuid import uuid4

import msgspec

from bot import views
from bot.commands.suggestions import same
from bot.domain import (
    AbortAll,
    JobCard,
    JobInfo,
    JobName,
    ListDatasets,
    ListJobs,
    ListProjects,
    Message,
    MyLastJob,
    OutputKind,
    Overview,
    Place,
    Query,
    ReadLog,
    SendLog,
    ShowFavorites,
    ShowStatus,
    ShowThread,
)
from bot.domain.errors import DSSNotFound, DSSNotVisible, DSSRefused, Refusal
from bot.domain.stored_records import FollowedJob, Watch
from bot.language import t
from bot.services.access import Authorized
from bot.services.audit import failed_query
from bot.services.catalog import NOW, UnknownProject, optional
from bot.services.error_messages import error_message, short_reference
from bot.services.examples import ExampleCheck
from bot.services.favorites import FavoriteService
from bot.services.job_lists import FILTERED_JOBS, JobListService
from bot.services.job_lookup import NoSuchJob, find_ref, may_see, read_job
from bot.services.known_jobs import KnownJobs
from bot.services.list_refusals import MisspelledSubcommand, SeveralDatasets
from bot.services.logs import LogService
from bot.services.mistakes import MistakeService
from bot.services.my_jobs import candidates
from bot.services.project_search import is_pattern
from bot.services.rights_of_now import still_visible
from bot.services.service import Collaborators, Service
from bot.views.abort_answers import SHOWN_JOBS

RECENT_OF_MINE = 50
"""How many of the jobs followed for a person to search for the one that is meant."""

_Authorizable = Overview | ListProjects | ListDatasets | ListJobs | AbortAll | ShowStatus | ReadLog | SendLog


class QueryService(Service):
    """Answers queries."""

    def __init__(self, parts: Collaborators) -> None:
        super().__init__(parts)
        self._job_lists = JobListService(parts)
        self._known_jobs = KnownJobs(parts)
        self._logs = LogService(parts)
        self._examples = ExampleCheck(parts)
        self.mistakes = MistakeService(parts)
        self._favorites = FavoriteService(parts)

    def answer(
        self,
        request: Query | AbortAll,
        user_id: str,
        team_id: str,
        place: Place,
        *,
        delivery: str,
        replace: bool = False,
        outdated: Callable[[], bool] | None = None,
    ) -> None:
        """Answer a query; on an error, answer with the error message.

        Args:
            request: what was asked for.
            user_id: who asks.
            team_id: the workspace that Slack named for them.
            place: where they ask.
            delivery: the same for every delivery of the request by Slack.
            replace: whether the answer replaces the message whose button was pressed.
            outdated: whether the person has chosen something else in that message meanwhile.
        """
        is_outdated = outdated or (lambda: False)
        if is_outdated():
            return
        try:
            message = self._find_out(request, user_id, team_id, place, delivery)
        except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
            reference = short_reference(uuid4().hex)
            message = error_message(error, doing=type(request).__name__, request=request, reference=reference)
            if not is_outdated():
                self._private_messages.send(place, user_id, message)
            self._store.audit.add(failed_query(request, user_id, team_id, place, error, reference))
        else:
            if not is_outdated():
                self._private_messages.send(place, user_id, message, replace=replace)

    def _find_out(
        self, request: Query | AbortAll, user_id: str, team_id: str, place: Place, delivery: str
    ) -> Message:
        """Find out which job is meant where the request doesn't say it, and answer."""
        match request:
            case MyLastJob():
                return self._my_last_job(request, user_id, team_id, place, delivery)
            case ShowThread():
                return self._of_thread(request, user_id, team_id, place, delivery)
            case ShowFavorites():
                return self._favorites.show(request, user_id, team_id, place)
            case _:
                pass
        try:
            return self._answered(request, user_id, team_id, place, delivery)
        except MisspelledSubcommand as misspelled:
            if misspelled.meant is None:
                raise
            return self._find_out(misspelled.meant, user_id, team_id, place, delivery)
        except SeveralDatasets as several:
            return views.which_dataset(str(several), several.lists)

    def _answered(
        self, request: _Authorizable, user_id: str, team_id: str, place: Place, delivery: str
    ) -> Message:
        authorized = self._authorized(request, user_id, team_id, place)
        self._limiter.check(request, authorized, place, delivery)
        if isinstance(request, ListJobs):
            request = self._favorites.list_in_default(request, place, authorized)
        try:
            return self._found(request, authorized)
        except SeveralDatasets:
            raise
        except MisspelledSubcommand as misspelled:
            if misspelled.meant is not None:
                raise
            self._examples.put_right(misspelled, request, authorized)
            raise
        except Refusal as refused:
            self._examples.put_right(refused, request, authorized)
            raise

    def _found(self, request: _Authorizable, authorized: Authorized) -> Message:
        match request:
            case Overview():
                return self._job_lists.overview(authorized)
            case ListProjects():
                return self._projects(request, authorized)
            case ListDatasets():
                return self._datasets(request, authorized)
            case ListJobs():
                return self._job_lists.list_jobs(request, authorized)
            case AbortAll():
                return self._confirm_aborts(request, authorized)
            case ShowStatus():
                return self._status(request, authorized)
            case ReadLog():
                return self._logs.read(self._job(request, authorized), request, authorized)
            case SendLog():
                job, asker = self._job(request, authorized), authorized.person.user_id
                return self._logs.send(job, request, authorized, asker)

    def _authorized(self, request: _Authorizable, user_id: str, team_id: str, place: Place) -> Authorized:
        dss = self._examples.dss_of(request, user_id, team_id, place)
        project, target = None, ""
        match request:
            case ListJobs(project=typed) | AbortAll(project=typed) | ListDatasets(project=typed):
                project = None if is_pattern(typed) else typed
            case ShowStatus(job=job) | ReadLog(job=job) | SendLog(job=job):
                project, target = job.project, job.job_id
            case _:
                pass
        return self._access.authorize(
            user_id, team_id, request, dss, place=place, project=project, target=target
        )

    def _of_thread(
        self, request: ShowThread, user_id: str, team_id: str, place: Place, delivery: str
    ) -> Message:
        """Show the job of a thread that doesn't name it, or say why not, without naming it either."""
        watch = self._store.jobs.watch(request.watch)
        if watch is None:
            raise Refusal(t("The bot no longer keeps the job of this thread."), example="/dss-jobs")
        ref = watch.ref
        job = JobName(job_id=ref.job_id, project=ref.project, instance=ref.instance)
        try:
            return self._find_out(ShowStatus(job=job), user_id, team_id, place, delivery)
        except (UnknownProject, DSSNotVisible, DSSRefused) as error:
            raise Refusal(
                t("You can't see this job in DSS. An administrator of its project can give you access.")
            ) from error
        except NoSuchJob as error:
            said = t("You can't see this job in DSS, or it was deleted.")
            raise Refusal(said, example="/dss-jobs") from error

    def _my_last_job(
        self, request: MyLastJob, user_id: str, team_id: str, place: Place, delivery: str
    ) -> Message:
        """Show the one job that can be meant, or a short list to choose from."""
        recent = self._store.jobs.recent_of(user_id, RECENT_OF_MINE)
        recent = self._visible(recent, request, user_id, team_id, place)
        found = candidates(recent, place.channel_id, request, self._clock())
        if not found:
            return views.no_job_of_mine("status" if request.verb == "status" else request.verb)
        if len(found) > 1:
            return self._choose(request, found, user_id, team_id, place)
        [(watch, _)] = found
        ref = watch.ref
        job = JobName(job_id=ref.job_id, project=ref.project, instance=ref.instance)
        # Aborting and rebuilding are one press away: nothing happens to a job that nobody named.
        one = ReadLog(job=job) if request.verb in {"log", "why"} else ShowStatus(job=job)
        return self._find_out(one, user_id, team_id, place, delivery)

    def _visible(
        self,
        recent: Sequence[tuple[Watch, FollowedJob]],
        request: MyLastJob,
        user_id: str,
        team_id: str,
        place: Place,
    ) -> list[tuple[Watch, FollowedJob]]:
        """Return the rows whose jobs the person can see now, newest first."""
        visible: set[str] = set()
        for name in dict.fromkeys(watch.ref.instance for watch, _ in recent):
            if request.instance in {None, name} and (instance := self._instances.known(name)):
                authorized = self._access.authorize(user_id, team_id, request, instance.dss, place=place)
                own = [(watch, job) for watch, job in recent if watch.ref.instance == name]
                visible.update(watch.id for watch, _ in still_visible(own, authorized.dss))
        return [(watch, job) for watch, job in recent if watch.id in visible]

    def _choose(
        self,
        request: MyLastJob,
        found: Sequence[tuple[Watch, FollowedJob]],
        user_id: str,
        team_id: str,
        place: Place,
    ) -> Message:
        cards: list[JobCard] = []
        for watch, job in found:
            dss = self._instances.named(watch.ref.instance).dss
            authorized = self._access.authorize(
                user_id, team_id, request, dss, place=place, project=watch.ref.project
            )
            if may_see(authorized.dss, watch.ref):
                cards += self._known_jobs.remembered([job], authorized.dss, user_id)
        if not cards:
            return views.no_job_of_mine(request.verb)
        return views.my_jobs(cards, self._clock())

    def _projects(self, request: ListProjects, authorized: Authorized) -> Message:
        wanted = (request.text or "").casefold()
        projects = [
            project
            for project in self._catalog.projects(authorized.dss, authorized.act_as, within=NOW)
            if wanted in project.key.casefold() or wanted in project.name.casefold()
        ]
        return views.project_list(sorted(projects, key=lambda one: one.key), request.text)

    def _datasets(self, request: ListDatasets, authorized: Authorized) -> Message:
        dss, caller = authorized.dss, authorized.act_as
        project = self._catalog.project(dss, caller, request.project)
        wanted = (request.text or "").casefold()
        listed = self._catalog.objects(dss, caller, project, OutputKind.DATASET, within=NOW)
        names = sorted(one.name for one in listed if wanted in one.name.casefold())
        return views.dataset_list(project, names, request.text)

    def _confirm_aborts(self, request: AbortAll, authorized: Authorized) -> Message:
        if request.confirmed:
            return self._confirm_abort_all(request, authorized)
        dss, cards, ended, hidden = authorized.dss, list[JobCard](), 0, 0
        for project, ids in request.by_project.items():
            try:
                listed = {job.ref.job_id: job for job in dss.recent_jobs(project, FILTERED_JOBS)}
            except (DSSNotFound, DSSNotVisible, DSSRefused):
                listed = {}
            found = [listed[one] for one in ids if one in listed]
            running = [job for job in found if not job.finished]
            hidden += len(ids) - len(found)
            ended += len(found) - len(running)
            cards += self._known_jobs.listed(running, dss, authorized.person.user_id, shown=len(running))
        return views.confirm_abort_selected(cards, request, self._clock(), ended=ended, hidden=hidden)

    def _confirm_abort_all(self, request: AbortAll, authorized: Authorized) -> Message:
        project = self._catalog.project(authorized.dss, authorized.act_as, request.project)
        dss = authorized.dss
        jobs = [job for job in dss.recent_jobs(project, FILTERED_JOBS) if not job.finished]
        cards = self._known_jobs.listed(jobs, dss, authorized.person.user_id, shown=SHOWN_JOBS)
        request = msgspec.structs.replace(request, project=project)
        return views.confirm_abort_all(project, cards, request, self._clock())

    def _status(self, request: ShowStatus, authorized: Authorized) -> Message:
        try:
            job = self._job(request, authorized)
        except NoSuchJob:
            if (of_dataset := self._of_dataset(request.job, authorized)) is None:
                raise
            return self._job_lists.list_jobs(of_dataset, authorized)
        card = self._known_jobs.one(job, authorized.dss, authorized.person.user_id)
        return views.status(card, self._clock())

    def _of_dataset(self, job: JobName, authorized: Authorized) -> ListJobs | None:
        """Return the list that is meant if ``PROJECT/NAME`` names a dataset and not a job."""
        dss, caller = authorized.dss, authorized.act_as
        if job.project is None:
            return None
        project = self._catalog.project(dss, caller, job.project)
        datasets = optional(lambda: self._catalog.objects(dss, caller, project, OutputKind.DATASET)) or ()
        name = same(job.job_id, [one.name for one in datasets])
        return ListJobs(project=project, dataset=name, instance=job.instance) if name else None

    def _job(self, request: ShowStatus | ReadLog | SendLog, authorized: Authorized) -> JobInfo:
        ref = find_ref(authorized.dss, self._catalog, authorized.act_as, request, self._store.jobs.named)
        return read_job(authorized.dss, ref, request.job)
