"""Following a job that was started elsewhere, and stopping to follow one."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from bot.errors import DSSError, DSSNotVisible, Refusal
from bot.facts import FollowJob, JobFacts, UnfollowJob
from bot.facts.records import FollowedJob, Intent, IntentState, Memory, Urgency, Watch
from bot.following.telling import root_draft
from bot.jobs.building import RECENT_JOBS
from bot.jobs.finding import find_ref, may_see, read_job
from bot.jobs.names import Names
from bot.jobs.ports import Dss
from bot.jobs.usual import usual_seconds
from bot.slack import views
from bot.slack.outbox import Answers
from bot.store import Recording, Store
from bot.work.gate import Gate
from bot.work.instances import Instances


class Followings:
    """Carries out `FollowJob` and `UnfollowJob` intents."""

    def __init__(
        self,
        store: Store,
        gate: Gate,
        instances: Instances,
        names: Names,
        answers: Answers,
        *,
        clock: Callable[[], datetime],
        on_drafts: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._gate = gate
        self._instances = instances
        self._names = names
        self._answers = answers
        self._clock = clock
        self._on_drafts = on_drafts

    def follow(self, intent: Intent, wish: FollowJob) -> None:
        """Give a job a root message and a thread in the channel.

        Raises:
            Refusal: not allowed, or no such job.
            DSSError: DSS does not answer.
        """
        admitted = self._gate.admit(
            intent.user_id,
            intent.team_id,
            wish,
            self._instances.of(wish).dss,
            project=wish.job.project,
            target=wish.job.job_id,
        )
        ref = find_ref(admitted.dss, self._names, admitted.act_as, wish, self._store.jobs.named)
        job = read_job(admitted.dss, ref, wish.job)
        if job.finished:
            self._store.intents.close(intent.id, IntentState.DONE, job=ref)
            card = self._instances.card(FollowedJob(facts=job), admitted.dss)
            self._answers.tell(intent.place, intent.user_id, views.follow_refused(card, self._clock()))
            return
        new = self._record(intent, job, admitted.dss, admitted.person.name)
        if not new:
            card = self._instances.card(FollowedJob(facts=job), admitted.dss)
            self._answers.tell(intent.place, intent.user_id, views.follow_taken(card, already=True))

    def unfollow(self, intent: Intent, wish: UnfollowJob) -> None:
        """Stop following a job in the channel; its messages stay.

        Raises:
            Refusal: not allowed, or no such job.
            DSSError: DSS does not answer.
        """
        admitted = self._gate.admit(
            intent.user_id,
            intent.team_id,
            wish,
            self._instances.of(wish).dss,
            project=wish.job.project,
            target=wish.job.job_id,
        )
        ref = find_ref(admitted.dss, self._names, admitted.act_as, wish, self._store.jobs.named)
        if not may_see(admitted.dss, ref):  # the project was seen a while ago, the rights are those of now
            raise DSSNotVisible(f"no project {ref.project}")
        here = [
            watch
            for watch in self._store.jobs.watches_of(ref)
            if watch.place.channel_id == intent.place.channel_id
        ]
        for watch in here:
            self._store.jobs.close_watch(watch.id)
        known = self._store.jobs.job(ref)
        if not here or known is None:
            raise Refusal(f"{ref} was not followed here, or is not any more: nothing has changed.")
        self._store.intents.close(intent.id, IntentState.DONE, job=ref)
        card = self._instances.card(known, admitted.dss)
        self._answers.tell(intent.place, intent.user_id, views.unfollow_taken(card))

    def _record(self, intent: Intent, job: JobFacts, dss: Dss, name: str) -> bool:
        now = self._clock()
        watch = Watch(
            id=uuid4().hex,
            ref=job.ref,
            place=intent.place,
            asker=intent.user_id,
            asker_name=name or None,
            root_id=uuid4().hex,
            started_by_bot=False,
            created_at=now,
        )
        known = self._store.jobs.job(job.ref)
        fresh = FollowedJob(facts=job, memory=Memory(usual_seconds=self._usual(dss, job), followed_since=now))
        card = self._instances.card(known or fresh, dss, watch)
        new = self._store.jobs.record(
            Recording(
                job=fresh,
                watch=watch,
                drafts=(root_draft(watch, card, now, Urgency.ROOT),),
                intent_id=intent.id,
            )
        )
        self._on_drafts()
        return new

    @staticmethod
    def _usual(dss: Dss, job: JobFacts) -> float | None:
        try:
            recent = dss.recent_jobs(job.ref.project, RECENT_JOBS)
        except DSSError:
            return None  # nice to know, no reason to fail
        return usual_seconds(recent, job.outputs, job.mode)
