"""Builds: an intent becomes exactly one job, whatever gets lost on the way (DESIGN.md §4)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import msgspec
import structlog

from bot import views
from bot.commands.partition_dates import read_in_words
from bot.commands.rendering import as_command, can_be_typed
from bot.commands.suggestions import one_slip
from bot.domain import ANY_PROJECT, Build, BuildMode, JobInfo, Message, RequestedOutput
from bot.domain.audit import Outcome
from bot.domain.errors import DSSError, Refusal
from bot.domain.ports import Dss
from bot.domain.stored_records import BuildPlan, FollowedJob, FollowState, Intent, IntentState, Urgency, Watch
from bot.language import t
from bot.services.access import Authorized
from bot.services.approvals import ApprovalService
from bot.services.audit import outcome_of
from bot.services.build_plan import (
    RECENT_JOBS,
    Running,
    as_planned,
    find_started,
    plan_build,
    running_of,
    started_job,
)
from bot.services.catalog import UnknownProject
from bot.services.examples import ExampleCheck
from bot.services.favorites import FavoriteService
from bot.services.first_post import FirstPostService
from bot.services.known_jobs import KnownJobs
from bot.services.project_search import find_output, nowhere, outputs_elsewhere
from bot.services.restricted_dss import check_build, visible_to
from bot.services.service import Collaborators, Service
from bot.store import Recording
from bot.views.job_messages import root_draft

log = structlog.get_logger(__name__)

LOOK_AGAIN = 3.0
"""Seconds between two searches for a job whose start got no answer."""
LOOK_FOR = timedelta(seconds=30)
"""How long to search for a job that might have started, while DSS answers."""
LISTED_WITHIN = timedelta(seconds=30)
"""A started job appears in DSS's list within this time."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
HOPE_FOR = timedelta(minutes=30)
"""How long to search for it while DSS doesn't answer."""


class BuildService(Service):
    """Carries out `Build` intents."""

    def __init__(self, parts: Collaborators) -> None:
        super().__init__(parts)
        self._known_jobs = KnownJobs(parts)
        self._examples = ExampleCheck(parts)
        self._approvals = ApprovalService(parts)
        self._first_posts = FirstPostService(parts)
        self._favorites = FavoriteService(parts)

    def build(self, intent: Intent, request: Build) -> None:
        """Start the job, or find out what happened to an interrupted start.

        Raises:
            Refusal: the person can fix something; nothing was started.
            DSSError: DSS failed before anything was started.
        """
        try:
            self._build(intent, request)
        except (Refusal, DSSError) as error:
            if not self._approvals.not_started(intent, error):
                raise

    def _build(self, intent: Intent, request: Build) -> None:
        if intent.state is IntentState.STARTING and intent.plan is not None:
            self._reconcile(intent, intent.plan)
            return
        dss = self._examples.dss_of(request, intent.user_id, intent.team_id, intent.place)
        anywhere = request.outputs[0].project == ANY_PROJECT
        project = None if anywhere else request.outputs[0].project
        target = ", ".join(output.label for output in request.outputs)
        authorized = self._access.authorize(
            intent.user_id,
            intent.team_id,
            request,
            dss,
            place=intent.place,
            project=project,
            outputs=() if anywhere else request.outputs,
            target=target,
        )
        if not self._approvals.is_start(intent):  # what was approved was counted when it was asked for
            self._limiter.check(request, authorized, intent.place, intent.id, target)
        if anywhere:
            exact, near = self._find(request, intent, authorized)
            if not exact and near:
                near = self._examples.fitting(request, near, authorized)
            if len(exact) != 1:
                self._ask_back(
                    intent, self._which(request, exact, near, self._favorites.near(request, intent))
                )
                return
            request = msgspec.structs.replace(request, outputs=tuple(exact))
        plan = self._plan(authorized, request)
        if isinstance(plan, Running):
            if self._approvals.is_start(intent):
                busy = ", ".join(output.label for output in plan.busy)
                raise Refusal(
                    t("Somebody else started a build of {outputs} that is still running.", outputs=busy)
                )
            self._ask_back(intent, self._already_running(plan, request, authorized.dss, intent.user_id))
            return
        request = as_planned(request, plan)
        check_build(authorized.dss, plan.outputs, plan.mode)
        if question := self._question(intent, request, plan):
            self._ask_back(intent, question)
        elif self._approvals.may_start(intent, request, plan, authorized) and self._store.intents.starting(
            intent.id, self._owner, plan
        ):
            self._start(intent, plan, authorized)

    def _find(
        self, request: Build, intent: Intent, authorized: Authorized
    ) -> tuple[Sequence[RequestedOutput], list[RequestedOutput]]:
        """Look a name up in the channel's default project, then in all projects, as `find_output` does."""
        if in_default := self._favorites.in_default(request, intent.place, authorized):
            return in_default, []
        return find_output(authorized.dss, self._catalog, authorized.act_as, request.outputs[0])

    def _question(self, intent: Intent, request: Build, plan: BuildPlan) -> Message | None:
        """Return what to ask, or to answer, instead of starting; an approved build has been asked about."""
        labels = [output.label for output in plan.outputs]
        if request.dry_run:
            return views.dry_run(request, labels, plan.usual_seconds, plan.act_as)
        if plan.mode is BuildMode.ALL and not request.confirmed:
            return views.confirm_all(request, labels)
        if self._approvals.is_start(intent):
            return None
        return self._first_posts.question(request, intent.place, plan.instance, plan.projects)

    @staticmethod
    def _which(
        request: Build,
        exact: Sequence[RequestedOutput],
        near: list[RequestedOutput],
        favorites: tuple[str, ...],
    ) -> Message:
        """Ask which output is meant: a guess never starts anything by itself.

        Raises:
            Refusal: nothing has even a similar name.
        """
        if not exact and not near and favorites:
            raise Refusal(
                t("There is no favorite “{name}” here, and no such output.", name=request.outputs[0].name),
                example=favorites[0],
                suggestions=favorites,
            )
        if not exact and not near:
            if one_slip(request.outputs[0].name, ("help",)):
                return views.help_build()
            raise nowhere(request)
        return views.which_output(request, list(exact) or near, exact=bool(exact))

    def _plan(self, authorized: Authorized, request: Build) -> BuildPlan | Running:
        in_words = partial(read_in_words, now=self._clock(), tz=authorized.person.tz)
        try:
            plan = plan_build(authorized.dss, self._catalog, request, authorized.act_as, in_words)
        except UnknownProject as unknown:
            elsewhere = outputs_elsewhere(authorized.dss, self._catalog, authorized.act_as, request)
            refused = elsewhere or unknown
            self._examples.put_right(refused, request, authorized)
            raise refused from refused.__cause__
        except Refusal as refused:
            self._examples.put_right(refused, request, authorized)
            raise
        if isinstance(plan, Running):
            return plan
        # A job that DSS has only just accepted can appear in its list a moment late.
        since = self._clock() - LISTED_WITHIN
        ours = self._store.jobs.just_started(plan.instance, plan.project, since)
        unlisted = [
            job for job in ours if job.ref.job_id not in plan.known_ids and visible_to(authorized.dss, job)
        ]
        return running_of(unlisted, plan.outputs, request) or plan

    def _ask_back(self, intent: Intent, question: Message) -> None:
        """Start nothing: the person decides with the buttons in the answer."""
        asked = outcome_of(intent, Outcome.ASKED)
        self._store.intents.close(intent.id, IntentState.REFUSED, note="asked back", audit=asked)
        self._private_messages.send(intent.place, intent.user_id, question)

    def _already_running(self, running: Running, request: Build, dss: Dss, reader: str) -> Message:
        card = self._known_jobs.one(running.job, dss, reader)
        rest = msgspec.structs.replace(request, outputs=running.free, confirmed=False)
        command = as_command(rest) if can_be_typed(rest) else None
        busy = [output.label for output in running.busy]
        others = len(running.free)
        return views.already_running(card, busy, self._clock(), others=others, rest=command)

    def _start(self, intent: Intent, plan: BuildPlan, authorized: Authorized) -> None:
        try:
            job_id = authorized.dss.start(plan.project, plan.outputs, plan.mode)
        except DSSError as error:
            if not error.maybe_done:
                raise
            log.warning("build.answer_lost", intent=intent.id, error=str(error))
            self._store.intents.again(intent.id, self._owner, LOOK_AGAIN)
            return
        job = started_job(plan, job_id, self._clock())
        if job_id in plan.known_ids or self._store.jobs.job(job.ref) is not None:
            # It's the answer to another request. The new job is found like one whose answer was lost.
            log.warning("build.answer_of_another", intent=intent.id, job=job_id)
            self._store.intents.again(intent.id, self._owner, LOOK_AGAIN)
            return
        self._record(intent, plan, job, authorized.dss, name=authorized.person.name)

    def _reconcile(self, intent: Intent, plan: BuildPlan) -> None:
        """Look for a job whose start might have reached DSS. Never start it again."""
        waited = self._waited(intent, LOOK_AGAIN)
        # A time before the clock was set back says nothing: the jobs that were known before the start do.
        started = LONG_AGO if self._was_set_back(intent) else intent.starting_at or intent.created_at
        dss = self._access.acting(intent.user_id, self._instances.named(plan.instance).dss, plan.act_as)
        try:
            found = find_started(dss.recent_jobs(plan.project, RECENT_JOBS), plan, started)
        except DSSError as error:
            log.warning("build.cannot_look", intent=intent.id, error=str(error))
            if waited < HOPE_FOR:
                self._store.intents.again(intent.id, self._owner, LOOK_AGAIN * 2)
                return
            found = None
        if found is not None:
            log.info("build.adopted", intent=intent.id, job=found.ref.job_id)
            name = self._access.name_of(intent.user_id, intent.team_id)
            self._record(intent, plan, found, dss, name=name)
        elif waited < LOOK_FOR:
            self._store.intents.again(intent.id, self._owner, LOOK_AGAIN)
        else:
            log.warning("build.unknown", intent=intent.id)
            note = "no such job was found"
            unknown = outcome_of(intent, Outcome.UNKNOWN, note=note)
            self._store.intents.close(intent.id, IntentState.UNKNOWN, note=note, audit=unknown)
            labels = [output.label for output in plan.outputs]
            self._private_messages.send(intent.place, intent.user_id, views.unknown_start(labels))

    def _record(self, intent: Intent, plan: BuildPlan, job: JobInfo, dss: Dss, *, name: str | None) -> None:
        now = self._clock()
        watch = Watch(
            id=uuid4().hex,
            ref=job.ref,
            place=self._follow_in(intent.place, intent.user_id, job.projects, intent.request),
            asker=intent.user_id,
            asker_name=name,
            root_id=uuid4().hex,
            created_at=now,
        )
        followed = FollowedJob(
            info=job,
            follow_state=FollowState(
                usual_seconds=plan.usual_seconds, usual_spread=plan.usual_spread, followed_since=now
            ),
        )
        card = self._instances.card(followed, dss, watch)
        shown, note = self._approvals.started(intent)
        started = outcome_of(intent, Outcome.STARTED, job=job.ref, act_as=plan.act_as, note=note)
        self._store.jobs.record(
            Recording(
                job=followed,
                watch=watch,
                drafts=(root_draft(watch, card, now, Urgency.ROOT, self._seen(watch, job)), *shown),
                intent_id=intent.id,
                audit=started,
            )
        )
        self._wake_sender()
        if watch.place.channel_id == intent.user_id:  # elsewhere, the root message itself says it
            self._private_messages.send(intent.place, intent.user_id, views.build_started(card))
        log.info("build.started", job=job.ref.job_id, project=plan.project, user=intent.user_id)
