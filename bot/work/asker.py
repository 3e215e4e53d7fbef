"""Questions: status, log, lists. Answered to the asker alone, and not kept."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from bot.errors import DSSNotFound, Refusal
from bot.facts import AbortAll, JobFacts, ListJobs, Message, Overview, Place, ReadLog, ShowStatus
from bot.facts.records import FollowedJob, Memory
from bot.jobs.finding import find_ref, read_job
from bot.jobs.names import Names
from bot.jobs.nearest import did_you_mean, same
from bot.jobs.redact import redact
from bot.jobs.render import as_command
from bot.jobs.words import short
from bot.slack import views
from bot.slack.outbox import Answers
from bot.store import Store
from bot.work.failing import explain
from bot.work.gate import Admitted, Gate
from bot.work.instances import Instances
from bot.work.lister import FILTERED_JOBS, Lister

LOG_BYTES = 64_000
"""What is read of a log's end; an answer shows less."""

Question = Overview | ListJobs | ShowStatus | ReadLog | AbortAll


class Asker:
    """Answers questions."""

    def __init__(
        self,
        store: Store,
        gate: Gate,
        instances: Instances,
        names: Names,
        answers: Answers,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._gate = gate
        self._instances = instances
        self._names = names
        self._answers = answers
        self._clock = clock
        self._lister = Lister(store, gate, instances, names, clock=clock)

    def answer(
        self, wish: Question, user_id: str, team_id: str, place: Place, *, replace: bool = False
    ) -> None:
        """Answer, whatever happens."""
        try:
            message = self._find_out(wish, user_id, team_id)
        except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
            message = explain(error, doing=type(wish).__name__)
            replace = False
        self._answers.tell(place, user_id, message, replace=replace)

    def _find_out(self, wish: Question, user_id: str, team_id: str) -> Message:
        dss = self._instances.of(wish).dss
        match wish:
            case Overview():
                admitted = self._gate.admit(user_id, team_id, wish, dss)
                return self._lister.overview(admitted)
            case ListJobs(project=project) | AbortAll(project=project):
                admitted = self._gate.admit(user_id, team_id, wish, dss, project=project)
            case ShowStatus(job=job) | ReadLog(job=job):
                admitted = self._gate.admit(
                    user_id, team_id, wish, dss, project=job.project, target=job.job_id
                )
        match wish:
            case ListJobs():
                return self._lister.jobs(wish, admitted)
            case AbortAll():
                return self._confirm_abort_all(wish, admitted)
            case ShowStatus():
                return self._status(wish, admitted)
            case ReadLog():
                return self._log(wish, admitted)

    def _confirm_abort_all(self, wish: AbortAll, admitted: Admitted) -> Message:
        project = self._names.project(admitted.dss, admitted.act_as, wish.project)
        jobs = [job for job in admitted.dss.recent_jobs(project, FILTERED_JOBS) if not job.finished]
        wish = msgspec.structs.replace(wish, project=project)
        return views.confirm_abort_all(project, jobs, wish, self._clock())

    def _status(self, wish: ShowStatus, admitted: Admitted) -> Message:
        job = self._job(wish, admitted)
        card = self._instances.card(self._with_memory(job), admitted.dss)
        return views.status(card, self._clock())

    def _job(self, wish: ShowStatus | ReadLog, admitted: Admitted) -> JobFacts:
        ref = find_ref(admitted.dss, self._names, admitted.act_as, wish, self._store.jobs.named)
        return read_job(admitted.dss, ref, wish.job)

    def _log(self, wish: ReadLog, admitted: Admitted) -> Message:
        job = self._job(wish, admitted)
        ref = job.ref
        activity = chosen_activity(wish, job)
        try:
            tail = admitted.dss.log_tail(ref.project, ref.job_id, activity=activity, max_bytes=LOG_BYTES)
        except DSSNotFound:
            tail = None  # cleared from disk: the job is still listed (DSS-API.md §1.7)
        return views.log(
            self._instances.card(FollowedJob(facts=job), admitted.dss),
            redact(tail.text) if tail else "",
            activity=activity,
            activities=job.activities,
            truncated=bool(tail and tail.truncated),
            cleared=tail is None,
        )

    def _with_memory(self, job: JobFacts) -> FollowedJob:
        known = self._store.jobs.job(job.ref)
        memory = known.memory if known else Memory()
        return FollowedJob(facts=job, memory=memory)


def chosen_activity(wish: ReadLog, job: JobFacts) -> str | None:
    """Return the activity that is meant, by its id or its recipe.

    Raises:
        Refusal: the job has no such activity; near misses are named.
    """
    typed = wish.activity
    if typed is None or not job.activities:
        return typed
    ids = [activity.id for activity in job.activities]
    by_recipe = {activity.recipe: activity.id for activity in job.activities if activity.recipe}
    if found := same(typed, ids) or by_recipe.get(same(typed, by_recipe) or ""):
        return found
    near = did_you_mean(typed, ids)
    named = msgspec.structs.replace(wish.job, project=job.ref.project)
    right = ReadLog(job=named, activity=(*near, *ids)[0])
    raise Refusal(f"That job has no activity {short(typed)}.", example=as_command(right), suggestions=near)
