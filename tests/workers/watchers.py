"""Waiters and their environment, and helpers for the tests."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import select

from bot.domain import JobInfo, JobRef, Message
from bot.domain.ports import Dss
from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import FollowedJob, FollowState, Watch
from bot.services.viewers import OpenViewers
from bot.store import Recording, Store
from bot.store.codec import load
from bot.store.tables import messages
from bot.workers.job_waiter import JobWaiter
from tests.support.clocks import HandClock
from tests.support.fake_dss import FakeDss
from tests.support.samples import REF, draft, job_info, watch


class KeyViewers(OpenViewers):
    """People who see everything and read logs with the bot's key, as with access ``open``."""

    def log_reader(self, watch: Watch, dss: Dss) -> Dss | None:
        """Return the instance as it is."""
        return dss


class Watchers:
    """One instance, its followed jobs, and any number of waiters."""

    def __init__(self, store: Store, clock: HandClock) -> None:
        self.store = store
        self.clock = clock
        self.dss = FakeDss()
        self.waiter = self.start()

    def new_waiter(self, owner: str, *, dss: FakeDss | None = None, **options: Any) -> JobWaiter:
        """Return another waiter on the same store. Its uptime runs with the clock unless a test says so."""
        options.setdefault("viewers", KeyViewers())
        options.setdefault("patience", 60.0)  # a slow machine is no slow DSS
        options.setdefault("uptime", lambda: self.clock().timestamp())
        return JobWaiter(self.store, dss or self.dss, owner=owner, clock=self.clock, **options)

    def start(self, **options: Any) -> JobWaiter:
        """Return a waiter that holds the lease before anything is followed."""
        made = self.new_waiter("one", **options)
        made.round()
        return made

    def older(self, **options: Any) -> JobWaiter:
        """Use a DSS before 15.2, which has no list of running jobs."""
        self.dss.knows_running = False
        return self.start(**options)

    def follow(self, ref: JobRef = REF, **changes: Any) -> Watch:
        """Follow a job that DSS knows, in its current state."""
        recorded = self._recording(ref, **changes)
        assert self.store.jobs.record(recorded)
        return recorded.watch

    def follow_many(self, count: int, *, projects: int = 1) -> Sequence[JobRef]:
        """Follow jobs of several projects, in one transaction because there can be very many."""
        refs = [
            JobRef(instance="dss", project=f"P{number % projects}", job_id=f"job-{number}")
            for number in range(count)
        ]
        with self.store.database.write() as connection:
            now = self.store.database.now_ms(connection)
            for recorded in map(self._recording, refs):
                self.store.jobs._insert_watch(connection, recorded.watch, now)
                self.store.jobs._put_job(connection, recorded.job, now)
                self.store.outbox.write_in(connection, recorded.drafts)
        return refs

    def _recording(self, ref: JobRef, **changes: Any) -> Recording:
        job = self.dss.jobs.get(ref) or job_info(ref=ref, **changes)
        self.dss.put(job)
        # Its start was reported when it was written.
        follow_state = FollowState(followed_since=self.clock(), told=("started",))
        made = watch(ref=ref, created_at=self.clock())
        root = draft(id=made.root_id, watch_id=made.id)
        return Recording(job=FollowedJob(info=job, follow_state=follow_state), watch=made, drafts=(root,))

    def say(self, ref: JobRef = REF, **changes: Any) -> JobInfo:
        """Change what DSS says about a job."""
        said = msgspec.structs.replace(self.dss.jobs[ref], **changes)
        self.dss.put(said)
        return said

    def end(self, ref: JobRef = REF, state: str = "DONE") -> None:
        """End a job."""
        self.say(ref, state=state, finished=True, ended_at=self.clock())

    def run(self, seconds: float, *, step: float = 1.0, waiter: JobWaiter | None = None) -> None:
        """Let time pass, with a round per step."""
        for _ in range(round(seconds / step)):
            (waiter or self.waiter).round()
            self.clock.advance(step)

    def show(self) -> None:
        """Make Slack accept every message that is due."""
        free = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)
        while rows := self.store.outbox.claim("slack", limit=100, lease_seconds=30, rates=free):
            for row in rows:
                self.store.outbox.sent(row, "slack", row.ts or f"ts-{row.id}", row.channel_id)

    def rows(self) -> dict[str, str]:
        """Return the id and text of every message, in the order of writing."""
        with self.store.database.read() as connection:
            found = connection.execute(select(messages.c.id, messages.c.body).order_by(messages.c.seq)).all()
        return {row.id: load(row.body, Message).text for row in found}

    def revision(self, message_id: str) -> int:
        """Return how many times a message was written."""
        with self.store.database.read() as connection:
            asked = select(messages.c.revision).where(messages.c.id == message_id)
            return int(connection.execute(asked).scalar_one())

    def told(self, made: Watch) -> list[str]:
        """Return the names of the replies in a watch's thread, in order."""
        return [row.removeprefix(f"{made.id}:") for row in self.rows() if row.startswith(f"{made.id}:")]

    def calls(self) -> list[str]:
        """Return the requests since the last call, and clear them."""
        made = [name for name, _ in self.dss.calls]
        self.dss.calls.clear()
        return made
