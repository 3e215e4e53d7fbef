"""Aborts: ask DSS, and report at the end what really happened (DSS-API.md §1.6)."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import structlog

from bot import views
from bot.domain import ALL_PROJECTS, AbortAll, AbortAsked, AbortJob, JobInfo, JobRef
from bot.domain.audit import Outcome
from bot.domain.errors import DSSError, Refusal
from bot.domain.ports import Dss
from bot.domain.stored_records import BuildPlan, FollowedJob, FollowState, Intent, IntentState, Urgency
from bot.language import t
from bot.services.access import Authorized
from bot.services.audit import outcome_of, reason
from bot.services.examples import ExampleCheck
from bot.services.job_lookup import find_ref, read_job
from bot.services.service import Collaborators, Service
from bot.store import Change
from bot.views.job_messages import abort_reply_draft, root_draft

log = structlog.get_logger(__name__)

LOOK_AGAIN = 3.0
"""Seconds between two status checks of an aborted job that nobody follows."""
WAIT_FOR = timedelta(minutes=10)
"""How long to wait for its end before the person learns that it is still running."""


class AbortService(Service):
    """Carries out `AbortJob` and confirmed `AbortAll` intents."""

    def __init__(self, parts: Collaborators) -> None:
        super().__init__(parts)
        self._examples = ExampleCheck(parts)

    def abort(self, intent: Intent, request: AbortJob) -> None:
        """Ask DSS to abort one job. Asking twice does no harm, so an interrupted intent simply starts over.

        Raises:
            Refusal: not allowed, or no such job.
            DSSError: DSS doesn't answer.
        """
        if intent.plan is not None:
            self._wait_for_end(intent, intent.plan, request)
            return
        dss = self._examples.dss_of(request, intent.user_id, intent.team_id, intent.place)
        project = request.job.project
        authorized = self._access.authorize(
            intent.user_id,
            intent.team_id,
            request,
            dss,
            place=intent.place,
            project=project,
            target=request.job.job_id,
        )
        try:
            ref = find_ref(authorized.dss, self._catalog, authorized.act_as, request, self._store.jobs.named)
            job = read_job(authorized.dss, ref, request.job)
        except Refusal as refused:
            self._examples.put_right(refused, request, authorized)
            raise
        followed = bool(self._store.jobs.watches_of(ref)) and not job.finished
        if not job.finished:
            authorized.dss.abort(ref.project, ref.job_id)
            log.info("abort.asked", job=ref.job_id, project=ref.project, user=intent.user_id)
            self._store.audit.add(outcome_of(intent, Outcome.ABORTED, job=ref, act_as=authorized.act_as))
            self._remember(ref, authorized, intent)
        card = self._instances.card(FollowedJob(info=job), authorized.dss)
        self._private_messages.send(
            intent.place, intent.user_id, views.abort_accepted(card, following=followed)
        )
        if job.finished:
            nothing = outcome_of(intent, Outcome.NOTHING, job=ref, act_as=authorized.act_as)
            self._store.intents.close(intent.id, IntentState.DONE, job=ref, audit=nothing)
        elif followed:
            self._store.intents.close(intent.id, IntentState.DONE, job=ref)
        else:
            self._wait(intent, ref, authorized.act_as)

    def abort_all(self, intent: Intent, request: AbortAll) -> None:
        """Ask DSS to abort the jobs that the person saw and confirmed.

        Raises:
            Refusal: not allowed, or no such project.
            DSSError: DSS doesn't answer.
        """
        results: list[tuple[JobRef, str | None]] = []
        for project, ids in request.by_project.items():
            results += self._abort_in(project, ids, intent, request)
        self._store.intents.close(intent.id, IntentState.DONE)
        self._private_messages.send(intent.place, intent.user_id, views.abort_all_done(results))

    def _abort_in(
        self, typed: str, ids: Sequence[str], intent: Intent, request: AbortAll
    ) -> list[tuple[JobRef, str | None]]:
        """Ask DSS to abort jobs of one project; return each with the reason why that failed, if it did."""
        dss = self._instances.for_request(request).dss
        try:
            authorized = self._access.authorize(
                intent.user_id,
                intent.team_id,
                request,
                dss,
                place=intent.place,
                project=typed,
                target=", ".join(ids),
            )
            project = self._catalog.project(authorized.dss, authorized.act_as, typed)
        except Refusal as refused:
            if request.project != ALL_PROJECTS:
                raise
            refs = [JobRef(instance=dss.instance, project=typed, job_id=job_id) for job_id in ids]
            return [(ref, str(refused)) for ref in refs]
        results: list[tuple[JobRef, str | None]] = []
        for job_id in ids:
            ref = JobRef(instance=dss.instance, project=project, job_id=job_id)
            outcome, why = Outcome.ABORTED, ""
            try:
                authorized.dss.abort(project, job_id)
            except (DSSError, Refusal) as error:
                log.warning("abort.failed", job=job_id, error=str(error))
                results.append((ref, _why_not(error)))
                outcome, why = Outcome.FAILED, reason(error)
            else:
                results.append((ref, None))
                self._remember(ref, authorized, intent)
            done = outcome_of(intent, outcome, job=ref, act_as=authorized.act_as, target=job_id, note=why)
            self._store.audit.add(done)
        return results

    def _remember(self, ref: JobRef, authorized: Authorized, intent: Intent) -> None:
        """Record who asked, and say so in the job's threads, unless the job keeps changing at this moment."""
        asked = AbortAsked(by=intent.user_id, by_name=authorized.person.name or None, at=self._clock())
        for _ in range(5):
            before = self._store.jobs.job(ref)
            if before is None or before.info.finished or before.follow_state.abort is not None:
                return
            follow_state = msgspec.structs.replace(before.follow_state, abort=asked)
            after = msgspec.structs.replace(before, follow_state=follow_state)
            if self._store.jobs.apply(self._change(after, authorized.dss)):
                return

    def _change(self, job: FollowedJob, dss: Dss) -> Change:
        now = self._clock()
        ref = job.info.ref
        drafts = []
        for watch in self._store.jobs.watches_of(ref):
            card = self._instances.card(job, dss, watch)
            seen = self._viewers.visibility(
                watch, job.info, self._instances.named(ref.instance).dss, ask=True
            )
            drafts.append(root_draft(watch, card, now, Urgency.ROOT, seen))
            if reply := abort_reply_draft(watch, card, seen):
                drafts.append(reply)
        return Change(job=job, drafts=tuple(drafts))

    def _wait(self, intent: Intent, ref: JobRef, act_as: str | None) -> None:
        """Keep the intent open until the job ends: nobody follows it, so nothing else reports the end."""
        plan = BuildPlan(
            instance=ref.instance, project=ref.project, outputs=(), act_as=act_as, known_ids=(ref.job_id,)
        )
        if self._store.intents.starting(intent.id, self._owner, plan):
            self._store.intents.again(intent.id, self._owner, LOOK_AGAIN)

    def _wait_for_end(self, intent: Intent, plan: BuildPlan, request: AbortJob) -> None:
        dss = self._access.acting(intent.user_id, self._instances.named(plan.instance).dss, plan.act_as)
        ref = JobRef(instance=plan.instance, project=plan.project, job_id=plan.known_ids[0])
        late = self._waited(intent, LOOK_AGAIN) >= WAIT_FOR
        try:
            job: JobInfo = read_job(dss, ref, request.job)
        except DSSError as error:
            log.warning("abort.cannot_look", job=request.job.job_id, error=str(error))
            if not late:
                self._store.intents.again(intent.id, self._owner, LOOK_AGAIN * 3)
                return
            raise
        if not job.finished and not late:
            self._store.intents.again(intent.id, self._owner, LOOK_AGAIN)
            return
        self._store.intents.close(intent.id, IntentState.DONE, job=ref)
        asked = AbortAsked(by=intent.user_id, at=intent.starting_at or intent.created_at)
        seen = FollowedJob(info=job, follow_state=FollowState(abort=asked))
        card = self._instances.card(seen, dss)
        self._private_messages.send(intent.place, intent.user_id, views.status(card, self._clock()))


def _why_not(error: DSSError | Refusal) -> str:
    """Return why a job couldn't be aborted: what DSS said, if it said something, and what can be done."""
    if isinstance(error, Refusal):
        return str(error)
    return t(error.hint) if error.status is None else f"{error} {t(error.hint)}"
