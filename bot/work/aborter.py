"""Aborts: DSS is asked, and what truly happened is told in the end (DSS-API.md §1.6)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
import structlog

from bot.errors import DSSError
from bot.facts import AbortAll, AbortAsked, AbortJob, JobFacts, JobRef
from bot.facts.records import FollowedJob, Intent, IntentState, Memory, Plan, Urgency
from bot.following.telling import reply_draft, root_draft
from bot.jobs.finding import find_ref, read_job
from bot.jobs.names import Names
from bot.jobs.ports import Dss
from bot.slack import views
from bot.slack.outbox import Answers
from bot.store import Change, Store
from bot.work.gate import Admitted, Gate
from bot.work.instances import Instances

log = structlog.get_logger(__name__)

LOOK_AGAIN = 3.0
"""Seconds between two looks at a job that was asked to abort and that nobody follows."""
WAIT_FOR = timedelta(minutes=10)
"""How long its end is waited for before the person is told that it still runs."""


class Aborter:
    """Carries out `AbortJob` and confirmed `AbortAll` intents."""

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
    ) -> None:
        self._store = store
        self._gate = gate
        self._instances = instances
        self._names = names
        self._answers = answers
        self._owner = owner
        self._clock = clock

    def carry_out(self, intent: Intent, wish: AbortJob) -> None:
        """Ask DSS to abort one job; asking twice does no harm, so an interrupted intent begins anew.

        Raises:
            Refusal: not allowed, or no such job.
            DSSError: DSS does not answer.
        """
        if intent.plan is not None:
            self._wait_for_end(intent, intent.plan, wish)
            return
        dss = self._instances.of(wish).dss
        project = wish.job.project
        admitted = self._gate.admit(
            intent.user_id, intent.team_id, wish, dss, project=project, target=wish.job.job_id
        )
        ref = find_ref(admitted.dss, self._names, admitted.act_as, wish, self._store.jobs.named)
        job = read_job(admitted.dss, ref, wish.job)
        followed = bool(self._store.jobs.watches_of(ref)) and not job.finished
        if not job.finished:
            admitted.dss.abort(ref.project, ref.job_id)
            log.info("abort.asked", job=ref.job_id, project=ref.project, user=intent.user_id)
            self._remember(ref, admitted, intent)
        card = self._instances.card(FollowedJob(facts=job), admitted.dss)
        self._answers.tell(intent.place, intent.user_id, views.abort_taken(card, following=followed))
        if job.finished or followed:
            self._store.intents.close(intent.id, IntentState.DONE, job=ref)
        else:
            self._wait(intent, ref, admitted.act_as)

    def carry_out_all(self, intent: Intent, wish: AbortAll) -> None:
        """Ask DSS to abort the jobs that somebody saw and confirmed.

        Raises:
            Refusal: not allowed, or no such project.
            DSSError: DSS does not answer.
        """
        dss = self._instances.of(wish).dss
        admitted = self._gate.admit(
            intent.user_id, intent.team_id, wish, dss, project=wish.project, target=", ".join(wish.jobs)
        )
        project = self._names.project(admitted.dss, admitted.act_as, wish.project)
        results: list[tuple[JobRef, str | None]] = []
        for job_id in wish.jobs:
            ref = JobRef(instance=dss.instance, project=project, job_id=job_id)
            try:
                admitted.dss.abort(project, job_id)
            except DSSError as error:
                log.warning("abort.failed", job=job_id, error=str(error))
                results.append((ref, f"{error} {error.hint}"))
            else:
                results.append((ref, None))
                self._remember(ref, admitted, intent)
        self._store.intents.close(intent.id, IntentState.DONE)
        self._answers.tell(intent.place, intent.user_id, views.abort_all_done(results))

    def _remember(self, ref: JobRef, admitted: Admitted, intent: Intent) -> None:
        """Write down who asked, and say so in the job's threads, unless the job changes at this moment."""
        asked = AbortAsked(by=intent.user_id, by_name=admitted.person.name or None, at=self._clock())
        for _ in range(5):
            before = self._store.jobs.job(ref)
            if before is None or before.facts.finished or before.memory.abort is not None:
                return
            memory = msgspec.structs.replace(before.memory, abort=asked)
            after = msgspec.structs.replace(before, memory=memory)
            if self._store.jobs.apply(self._change(after, admitted.dss)):
                return

    def _change(self, job: FollowedJob, dss: Dss) -> Change:
        now = self._clock()
        ref = job.facts.ref
        drafts = []
        for watch in self._store.jobs.watches_of(ref):
            card = self._instances.card(job, dss, watch)
            drafts.append(root_draft(watch, card, now, Urgency.ROOT))
            drafts.append(reply_draft(watch, "abort", views.told_abort_asked(card), Urgency.NEWS))
        return Change(job=job, drafts=tuple(drafts))

    def _wait(self, intent: Intent, ref: JobRef, act_as: str | None) -> None:
        """Keep the intent open until the job has ended: nobody follows it, so nobody else would tell."""
        plan = Plan(
            instance=ref.instance, project=ref.project, outputs=(), act_as=act_as, known_ids=(ref.job_id,)
        )
        if self._store.intents.starting(intent.id, self._owner, plan):
            self._store.intents.again(intent.id, self._owner, LOOK_AGAIN)

    def _wait_for_end(self, intent: Intent, plan: Plan, wish: AbortJob) -> None:
        dss = self._instances.named(plan.instance).dss.as_login(plan.act_as)
        ref = JobRef(instance=plan.instance, project=plan.project, job_id=plan.known_ids[0])
        late = self._clock() - (intent.starting_at or intent.created_at) >= WAIT_FOR
        try:
            job: JobFacts = read_job(dss, ref, wish.job)
        except DSSError as error:
            log.warning("abort.cannot_look", job=wish.job.job_id, error=str(error))
            if not late:
                self._store.intents.again(intent.id, self._owner, LOOK_AGAIN * 3)
                return
            raise
        if not job.finished and not late:
            self._store.intents.again(intent.id, self._owner, LOOK_AGAIN)
            return
        self._store.intents.close(intent.id, IntentState.DONE, job=ref)
        asked = AbortAsked(by=intent.user_id, at=intent.starting_at or intent.created_at)
        seen = FollowedJob(facts=job, memory=Memory(abort=asked))
        card = self._instances.card(seen, dss)
        self._answers.tell(intent.place, intent.user_id, views.status(card, self._clock()))
