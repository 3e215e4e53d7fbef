"""Builds: an intent becomes a job, once, whatever is lost on the way (DESIGN.md §4)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import msgspec
import structlog

from bot.errors import DSSError
from bot.facts import Build, BuildMode, JobFacts, Message
from bot.facts.records import FollowedJob, Intent, IntentState, Memory, Plan, Urgency, Watch
from bot.following.telling import root_draft
from bot.jobs.building import RECENT_JOBS, Running, find_started, plan_build, running_of, started_job
from bot.jobs.names import Names
from bot.jobs.ports import Dss
from bot.jobs.render import as_command, can_be_typed
from bot.slack import views
from bot.slack.outbox import Answers
from bot.store import AuditEntry, Recording, Store
from bot.work.gate import Admitted, Gate
from bot.work.instances import Instances

log = structlog.get_logger(__name__)

LOOK_AGAIN = 3.0
"""Seconds between two looks for a job whose start was not answered."""
LOOK_FOR = timedelta(seconds=30)
"""How long a job that may have been started is looked for while DSS answers."""
LISTED_WITHIN = timedelta(seconds=30)
"""A job that was started is in DSS's list after this time at the latest."""
HOPE_FOR = timedelta(minutes=30)
"""How long it is looked for while DSS does not answer."""


class Builder:
    """Carries out `Build` intents."""

    def __init__(
        self,
        store: Store,
        gate: Gate,
        instances: Instances,
        names: Names,
        answers: Answers,
        *,
        owner: str,
        clock: Callable[[], datetime],
        on_drafts: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._gate = gate
        self._instances = instances
        self._names = names
        self._answers = answers
        self._owner = owner
        self._clock = clock
        self._on_drafts = on_drafts

    def carry_out(self, intent: Intent, wish: Build) -> None:
        """Start the job, or find out what became of a start that was interrupted.

        Raises:
            Refusal: the person can put something right; nothing was started.
            DSSError: DSS did not answer before anything was started.
        """
        if intent.state is IntentState.STARTING and intent.plan is not None:
            self._reconcile(intent, intent.plan)
            return
        dss = self._instances.of(wish).dss
        project = wish.outputs[0].project
        target = ", ".join(f"{output.project}.{output.name}" for output in wish.outputs)
        admitted = self._gate.admit(intent.user_id, intent.team_id, wish, dss, project=project, target=target)
        plan = self._plan(admitted, wish)
        if isinstance(plan, Running):
            self._ask_back(intent, self._already_running(plan, wish, admitted.dss))
        elif plan.mode is BuildMode.ALL and not wish.confirmed:
            self._ask_back(intent, views.confirm_all(wish, [output.label for output in plan.outputs]))
        elif self._store.intents.starting(intent.id, self._owner, plan):
            self._start(intent, plan, admitted)

    def _plan(self, admitted: Admitted, wish: Build) -> Plan | Running:
        plan = plan_build(admitted.dss, self._names, wish, admitted.act_as)
        if isinstance(plan, Running):
            return plan
        # DSS may show a job that it has only just taken a moment late.
        since = self._clock() - LISTED_WITHIN
        ours = self._store.jobs.just_started(plan.instance, plan.project, since)
        unlisted = [job for job in ours if job.ref.job_id not in plan.known_ids]
        return running_of(unlisted, plan.outputs, wish) or plan

    def _ask_back(self, intent: Intent, question: Message) -> None:
        """Start nothing: the person decides with the buttons of the answer."""
        self._store.intents.close(intent.id, IntentState.REFUSED, note="asked back")
        self._answers.tell(intent.place, intent.user_id, question)

    def _already_running(self, running: Running, wish: Build, dss: Dss) -> Message:
        card = self._instances.card(FollowedJob(facts=running.job), dss)
        rest = msgspec.structs.replace(wish, outputs=running.free, confirmed=False)
        command = as_command(rest) if can_be_typed(rest) else None
        busy = [output.label for output in running.busy]
        others = len(running.free)
        return views.already_running(card, busy, self._clock(), others=others, rest=command)

    def _start(self, intent: Intent, plan: Plan, admitted: Admitted) -> None:
        try:
            job_id = admitted.dss.start(plan.project, plan.outputs, plan.mode)
        except DSSError as error:
            if not error.maybe_done:
                raise
            log.warning("build.answer_lost", intent=intent.id, error=str(error))
            self._store.intents.again(intent.id, self._owner, LOOK_AGAIN)
            return
        job = started_job(plan, job_id, self._clock())
        self._record(intent, plan, job, admitted.dss, name=admitted.person.name)

    def _reconcile(self, intent: Intent, plan: Plan) -> None:
        """Look for a job whose start may or may not have reached DSS. It is never started again."""
        started = intent.starting_at or intent.created_at
        waited = self._clock() - started
        dss = self._instances.named(plan.instance).dss.as_login(plan.act_as)
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
            name = self._gate.name_of(intent.user_id, intent.team_id)
            self._record(intent, plan, found, dss, name=name)
        elif waited < LOOK_FOR:
            self._store.intents.again(intent.id, self._owner, LOOK_AGAIN)
        else:
            log.warning("build.unknown", intent=intent.id)
            self._store.intents.close(intent.id, IntentState.UNKNOWN, note="no such job was found")
            labels = [output.label for output in plan.outputs]
            self._answers.tell(intent.place, intent.user_id, views.unknown_start(labels))

    def _record(self, intent: Intent, plan: Plan, job: JobFacts, dss: Dss, *, name: str | None) -> None:
        now = self._clock()
        watch = Watch(
            id=uuid4().hex,
            ref=job.ref,
            place=intent.place,
            asker=intent.user_id,
            asker_name=name,
            root_id=uuid4().hex,
            created_at=now,
        )
        followed = FollowedJob(facts=job, memory=Memory(usual_seconds=plan.usual_seconds, followed_since=now))
        card = self._instances.card(followed, dss, watch)
        entry = AuditEntry(
            user_id=intent.user_id,
            team_id=intent.team_id,
            verb="started",
            instance=plan.instance,
            project=plan.project,
            target=job.ref.job_id,
            allowed=True,
            act_as=plan.act_as,
        )
        self._store.jobs.record(
            Recording(
                job=followed,
                watch=watch,
                drafts=(root_draft(watch, card, now, Urgency.ROOT),),
                intent_id=intent.id,
                audit=entry,
            )
        )
        self._on_drafts()
        log.info("build.started", job=job.ref.job_id, project=plan.project, user=intent.user_id)
