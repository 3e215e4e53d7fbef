"""Follows a job that was started elsewhere, and stops following a job."""

from datetime import datetime
from uuid import uuid4

from bot import views
from bot.domain import FollowJob, JobInfo, UnfollowJob
from bot.domain.audit import Outcome
from bot.domain.errors import DSSError, DSSNotVisible, Refusal
from bot.domain.policy import Capability
from bot.domain.ports import Dss
from bot.domain.stored_records import FollowedJob, FollowState, Intent, IntentState, Urgency, Watch
from bot.domain.usual_duration import usual_duration
from bot.language import t
from bot.services.access import Authorized
from bot.services.audit import outcome_of
from bot.services.build_plan import RECENT_JOBS
from bot.services.examples import ExampleCheck
from bot.services.first_post import FirstPostService
from bot.services.job_lookup import find_ref, may_see, read_job
from bot.services.known_jobs import KnownJobs
from bot.services.restricted_dss import check_job
from bot.services.service import Collaborators, Service
from bot.store import Recording
from bot.views.job_messages import root_draft


class FollowService(Service):
    """Carries out `FollowJob` and `UnfollowJob` intents."""

    def __init__(self, parts: Collaborators) -> None:
        super().__init__(parts)
        self._known_jobs = KnownJobs(parts)
        self._first_posts = FirstPostService(parts)
        self._examples = ExampleCheck(parts)

    def follow(self, intent: Intent, request: FollowJob) -> None:
        """Give a job a root message and a thread in the channel.

        Raises:
            Refusal: not allowed, or no such job.
            DSSError: DSS doesn't answer.
        """
        authorized = self._access.authorize(
            intent.user_id,
            intent.team_id,
            request,
            self._examples.dss_of(request, intent.user_id, intent.team_id, intent.place),
            place=intent.place,
            project=request.job.project,
            target=request.job.job_id,
        )
        try:
            ref = find_ref(authorized.dss, self._catalog, authorized.act_as, request, self._store.jobs.named)
            job = read_job(authorized.dss, ref, request.job)
        except Refusal as refused:
            self._examples.put_right(refused, request, authorized)
            raise
        check_job(authorized.dss, Capability.FOLLOW, job)
        if job.finished:
            nothing = outcome_of(intent, Outcome.NOTHING, job=ref, act_as=authorized.act_as)
            self._store.intents.close(intent.id, IntentState.DONE, job=ref, audit=nothing)
            card = self._known_jobs.one(job, authorized.dss, intent.user_id)
            self._private_messages.send(
                intent.place, intent.user_id, views.follow_refused(card, self._clock())
            )
            return
        question = self._first_posts.question(request, intent.place, ref.instance, job.projects)
        if question is not None:
            self._store.intents.close(intent.id, IntentState.REFUSED, note="asked back")
            self._private_messages.send(intent.place, intent.user_id, question)
            return
        new = self._record(intent, job, authorized)
        place = self._follow_in(intent.place, intent.user_id, job.projects, request)
        direct = place.channel_id == intent.user_id
        if not new or direct:  # in a channel, the root message says that it's new
            card = self._known_jobs.one(job, authorized.dss, intent.user_id)
            self._private_messages.send(
                intent.place, intent.user_id, views.follow_accepted(card, already=not new, direct=direct)
            )

    def unfollow(self, intent: Intent, request: UnfollowJob) -> None:
        """Stop following a job in the channel; its messages stay.

        Raises:
            Refusal: not allowed, or no such job.
            DSSError: DSS doesn't answer.
        """
        authorized = self._access.authorize(
            intent.user_id,
            intent.team_id,
            request,
            self._examples.dss_of(request, intent.user_id, intent.team_id, intent.place),
            place=intent.place,
            project=request.job.project,
            target=request.job.job_id,
        )
        ref = find_ref(authorized.dss, self._catalog, authorized.act_as, request, self._store.jobs.named)
        if not may_see(authorized.dss, ref):  # the project was visible a while ago, but current rights count
            raise DSSNotVisible(f"no project {ref.project}")
        known = self._store.jobs.job(ref)
        if known is not None:
            check_job(authorized.dss, Capability.FOLLOW, known.info)
        here = [
            watch
            for watch in self._store.jobs.watches_of(ref)
            if watch.place.channel_id in {intent.place.channel_id, intent.user_id}
        ]
        for watch in here:
            self._store.jobs.close_watch(watch.id)
        if not here or known is None:
            raise Refusal(t("{job} isn't followed here: nothing has changed.", job=ref))
        unfollowed = outcome_of(intent, Outcome.UNFOLLOWED, job=ref, act_as=authorized.act_as)
        self._store.intents.close(intent.id, IntentState.DONE, job=ref, audit=unfollowed)
        card = self._instances.card(known, authorized.dss)
        self._private_messages.send(intent.place, intent.user_id, views.unfollow_accepted(card))

    def _record(self, intent: Intent, job: JobInfo, authorized: Authorized) -> bool:
        now, dss = self._clock(), authorized.dss
        watch = Watch(
            id=uuid4().hex,
            ref=job.ref,
            place=self._follow_in(intent.place, intent.user_id, job.projects, intent.request),
            asker=intent.user_id,
            asker_name=authorized.person.name or None,
            root_id=uuid4().hex,
            started_by_bot=False,
            created_at=now,
        )
        known = self._store.jobs.job(job.ref)
        fresh = FollowedJob(info=job, follow_state=self._new_state(dss, job, now))
        card = self._instances.card(known or fresh, dss, watch)
        new = self._store.jobs.record(
            Recording(
                job=fresh,
                watch=watch,
                drafts=(root_draft(watch, card, now, Urgency.ROOT, self._seen(watch, job)),),
                intent_id=intent.id,
                audit=outcome_of(intent, Outcome.FOLLOWED, job=job.ref, act_as=authorized.act_as),
            )
        )
        self._wake_sender()
        return new

    @staticmethod
    def _new_state(dss: Dss, job: JobInfo, now: datetime) -> FollowState:
        try:
            recent = dss.recent_jobs(job.ref.project, RECENT_JOBS)
        except DSSError:
            return FollowState(followed_since=now)  # nice to have, but not worth failing for
        usual = usual_duration(recent, job.outputs, job.mode)
        return FollowState(
            usual_seconds=usual.median if usual else None,
            usual_spread=usual.spread if usual else None,
            followed_since=now,
        )
