"""Turns what happens in the two stand-ins into snapshots and numbered events."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.dss import DssSandbox, Job
from bot.sandbox.page import dss_state, slack_state
from bot.sandbox.page.events import EventLog
from bot.sandbox.page.traffic import Traffic
from bot.sandbox.slack import Change, Delivery, SlackSandbox

Json = dict[str, Any]

LOOK_SECONDS = 0.2
"""How often jobs are compared with what was last sent: their state is a function of time."""
JOBS_SHOWN = 40
"""Jobs of each project in a snapshot, the newest ones."""


class Feed:
    """The state as JSON, and its changes as events. Thread-safe."""

    def __init__(
        self,
        slack: SlackSandbox,
        dss: DssSandbox,
        log: EventLog,
        *,
        roles: Mapping[str, str],
        about: Json,
        conditions: Callable[[], Json],
    ) -> None:
        """Prepare; `start` begins to listen.

        Args:
            slack: the workspace.
            dss: the instance.
            log: takes the events.
            roles: what to say about people, by name.
            about: what never changes, for the snapshot.
            conditions: what is switched on now.
        """
        self._slack = slack
        self._dss = dss
        self._log = log
        self._roles = roles
        self._about = about
        self._conditions = conditions
        self.traffic = Traffic(dss.world.now, lambda entry: log.publish({"type": "traffic", "entry": entry}))
        self._lock = threading.RLock()
        self._calls = 0
        self._violations = 0
        self._told: dict[str, object] = {}  # the last channels and conditions that were sent
        self._jobs: set[tuple[str, str]] = set()
        self._moving: dict[tuple[str, str], Json] = {}  # unfinished jobs as they were last sent
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch_jobs, name="page-jobs", daemon=True)

    def start(self) -> None:
        """Listen to the stand-ins from now on."""
        with self._lock:
            self._calls = len(self._slack.calls)
            self._violations = len(self._slack.violations)
            self._new_jobs()
        self._slack.on_change(self._slack_changed)
        self._slack.on_delivery(self._delivered)
        self._dss.on_answer(self.traffic.dss_call)
        self._thread.start()

    def stop(self) -> None:
        """End the stream of events."""
        self._stopping.set()
        self._thread.join()
        self._log.close()

    # -- the whole state

    def snapshot(self) -> Json:
        """Return everything that the page shows, with the number of the last event that is part of it."""
        with self._lock:
            number = self._log.last
            people = self._slack.people
            for one in people:
                if not one.bot:
                    self._slack.dm(one.id)  # Slack's client has it too, before anybody wrote
            return {
                "seq": number,
                "now": self._dss.world.now(),
                **self._about,
                "bot": next(one.id for one in people if one.bot),
                "people": [slack_state.person(one, self._roles) for one in people],
                "channels": self._channels(),
                "messages": self._messages(),
                "views": {one.id: self._views(one.id) for one in people},
                "homes": {one.id: self._home(one.id) for one in people},
                "projects": self._projects(),
                "jobs": self._recent_jobs(),
                "conditions": self._conditions(),
                "traffic": self.traffic.all(),
            }

    def messages_of(self, person: str, channel: str) -> list[Json]:
        """Return the messages that a person sees in a conversation, oldest first.

        Raises:
            LookupError: there is no such person or conversation.
            PermissionError: the person can't read it.
        """
        user, where = self._slack.user_id(person), self._slack.channel_id(channel)
        readers = next(one["readers"] for one in self._channels() if one["id"] == where)
        if user not in readers:
            raise PermissionError(f"{person} is not in {channel}")
        seen = [one for one in self._messages() if one["channel"] == where and one["to"] in {None, user}]
        return sorted(seen, key=lambda one: str(one["ts"]))

    def _channels(self) -> list[Json]:
        people = self._slack.people
        return [slack_state.channel(one, people) for one in self._slack.channels]

    def _messages(self) -> list[Json]:
        files = {one.id: one for one in self._slack.files}
        told = [one for person in self._slack.people for one in self._slack.ephemerals(person.id)]
        roots = [one for channel in self._slack.channels for one in self._slack.messages(channel.id)]
        every = [one for root in roots for one in (root, *root.replies)]
        return [slack_state.message(one, files) for one in (*every, *told)]

    def _views(self, user: str) -> list[Json]:
        return [slack_state.view(one) for one in self._slack.views(user)]

    def _home(self, user: str) -> Json | None:
        home = self._slack.home(user)
        return None if home is None else slack_state.view(home)

    def _projects(self) -> list[Json]:
        world = self._dss.world
        with world.lock:
            return [dss_state.project(one) for one in world.projects.values()]

    def _recent_jobs(self) -> list[Json]:
        world = self._dss.world
        with world.lock:
            now = world.now()
            return [
                dss_state.job(job, now)
                for key in world.projects
                for job in world.jobs.of_project(key)[-JOBS_SHOWN:]
            ]

    # -- Slack's changes

    def _slack_changed(self, change: Change) -> None:
        with self._lock:
            match change.kind:
                case "call" | "delivery":
                    self._called()
                case "view" if change.user:
                    self._publish("views", user=change.user, views=self._views(change.user))
                case "home" if change.user:
                    self._publish("home", user=change.user, view=self._home(change.user))
                case "deleted":
                    self._publish("deleted", channel=change.channel, ts=change.ts, to=change.user)
                case "posted" | "edited" | "ephemeral" | "reaction":
                    self._message_changed(change)
            self.tell_conditions()

    def _message_changed(self, change: Change) -> None:
        assert change.channel is not None
        assert change.ts is not None
        to = change.user if change.kind in {"ephemeral", "edited"} else None
        try:
            message = self._slack.seen_message(change.channel, change.ts, to)
        except LookupError:  # it was deleted meanwhile; that change comes next
            return
        self._once("channels", self._channels())
        files = {one.id: one for one in self._slack.files} if message.files else {}
        self._publish("message", message=slack_state.message(message, files))

    def _called(self) -> None:
        for call in self._slack.calls_since(self._calls):
            self._calls += 1
            self.traffic.slack_call(call)
        for text in self._slack.violations[self._violations :]:
            self._violations += 1
            self.traffic.violation(text)

    def _delivered(self, delivery: Delivery) -> None:
        names = {one.id: one.name for one in self._slack.people}
        self.traffic.delivery(delivery, names.get(delivery.user, delivery.user))

    # -- DSS's jobs

    def _watch_jobs(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            self.look_at_jobs()
            self.tell_conditions()

    def look_at_jobs(self) -> None:
        """Send the jobs that are new or have moved."""
        with self._lock, self._dss.world.lock:
            for job in self._new_jobs():
                self._moving[job.project, job.id] = {}
            now = self._dss.world.now()
            for key, sent in list(self._moving.items()):
                found = self._dss.world.jobs.find(*key)
                if found is None:
                    del self._moving[key]
                    self._publish("job_deleted", project=key[0], id=key[1])
                    continue
                shown = dss_state.job(found, now)
                if shown != sent:
                    self._moving[key] = shown
                    self._publish("job", job=shown)
                if found.head(now).stable:
                    del self._moving[key]

    def _new_jobs(self) -> list[Job]:
        """Return the jobs since the last call, oldest first."""
        found: list[Job] = []
        with self._dss.world.lock:
            for project in self._dss.world.projects:
                for job in reversed(self._dss.world.jobs.of_project(project)):
                    if (project, job.id) in self._jobs:
                        break
                    self._jobs.add((project, job.id))
                    found.append(job)
        return found[::-1]

    # -- sending

    def tell_conditions(self) -> None:
        """Send what is switched on, if that has changed."""
        self._once("conditions", self._conditions())

    def _once(self, kind: str, value: object) -> None:
        with self._lock:
            if self._told.get(kind) != value:
                self._told[kind] = value
                self._publish(kind, **{kind: value})

    def _publish(self, kind: str, **content: object) -> None:
        self._log.publish({"type": kind, **content})
