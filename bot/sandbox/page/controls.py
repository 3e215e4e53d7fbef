"""The controls: jobs in DSS, and trouble on either side."""

import re
from typing import Any

from bot.sandbox.dss import DssSandbox, Fault
from bot.sandbox.dss.problems import Problem
from bot.sandbox.dss.resolve import MODIFIED
from bot.sandbox.page.bodies import (
    DropSockets,
    DssConditions,
    DssFault,
    JobRef,
    NextBuild,
    RunScenario,
    SlackFault,
    StartJob,
)
from bot.sandbox.page.people import Refusal
from bot.sandbox.slack import SlackSandbox

Json = dict[str, Any]


class Controls:
    """Makes things happen that the app has to cope with. Thread-safe."""

    def __init__(self, slack: SlackSandbox, dss: DssSandbox) -> None:
        self._slack = slack
        self._dss = dss
        self._latency: Fault | None = None
        self._available = True
        self._faults: list[Fault] = []

    def conditions(self) -> Json:
        """Return what is switched on now."""
        return {
            "available": self._available,
            "latency_seconds": self._latency.seconds if self._latency else 0,
            "planned": [plan.outcome for plan in self._dss.world.planned],
            "dss_faults": [
                {"kind": fault.kind, "path": fault.path, "left": (fault.times or 0) - fault.hits}
                for fault in self._faults
                if (fault.times or 0) > fault.hits
            ],
            "sockets": self._slack.sockets,
            "slack_faults": [
                {"method": pattern, "kind": kind, "left": left}
                for pattern, kind, left in self._slack.faults.active
            ],
        }

    def start_job(self, body: StartJob) -> str:
        """Start a job as somebody else, and return its id."""
        output: Json = {"id": body.output, "type": body.kind, "partition": body.partition or "NP"}
        return self._start(body.project, body.mode, [output], body.login, body.triggered_from)

    def _start(self, project: str, mode: str, outputs: list[Json], login: str, triggered_from: str) -> str:
        definition = {"type": mode, "outputs": outputs}
        try:
            job = self._dss.world.start(project, definition, initiator=login, triggered_from=triggered_from)
        except Problem as problem:
            raise Refusal(422, problem.message) from problem
        return job.id

    def run_scenario(self, body: RunScenario) -> str:
        """Run a scenario as the scheduler does, and return the id of its job."""
        project = self._dss.world.projects.get(body.project)
        scenarios = project.scenarios if project else []
        found = next((one for one in scenarios if one.id == body.scenario), None)
        if project is None or found is None or not found.builds:
            raise Refusal(
                404, f"There is no scenario {body.scenario} in {body.project} that builds something."
            )
        outputs = [{"id": name} for name in found.builds]
        return self._start(body.project, MODIFIED, outputs, project.owner, "SCHEDULER")

    def abort_job(self, body: JobRef) -> None:
        """Abort a job in DSS."""
        try:
            self._dss.world.abort(body.project, body.job)
        except Problem as problem:
            raise Refusal(404, problem.message) from problem

    def plan_next(self, body: NextBuild) -> None:
        """Decide how the next build goes."""
        self._dss.world.plan_next(outcome=body.outcome, message=body.message, duration=body.duration)

    def change_dss(self, body: DssConditions) -> None:
        """Take DSS offline or back, or slow it down."""
        if body.latency_seconds is not None:
            if self._latency is not None:
                self._dss.faults.remove(self._latency)
            seconds = body.latency_seconds
            self._latency = self._dss.faults.add("latency", seconds=seconds) if seconds else None
        if body.available is not None:
            self._available = body.available
            if body.available:
                self._dss.faults.up()
            else:
                self._dss.faults.down()

    def add_dss_fault(self, body: DssFault) -> None:
        """Make DSS fail the app's next calls."""
        _check_patterns(body.method, body.path)
        fault = self._dss.faults.add(
            body.kind,
            method=body.method,
            path=body.path,
            times=body.times,
            status=body.status,
            message=body.message,
        )
        self._faults.append(fault)

    def clear_dss_faults(self) -> None:
        """Let DSS answer as usual again; it stays offline or slow if it is."""
        while self._faults:
            self._dss.faults.remove(self._faults.pop())

    def add_slack_fault(self, body: SlackFault) -> None:
        """Make Slack refuse the app's next calls."""
        try:
            self._slack.faults.add(
                body.method, kind=body.kind, times=body.times, retry_after=body.retry_after
            )
        except (ValueError, re.error) as error:
            raise Refusal(422, f"{error}.") from error

    def clear_slack_faults(self) -> None:
        """Let Slack answer as usual again."""
        self._slack.faults.clear()

    def drop_sockets(self, body: DropSockets) -> None:
        """Cut the app's sockets."""
        self._slack.drop_sockets(close_frame=body.close_frame)


def _check_patterns(*patterns: str) -> None:
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise Refusal(422, f"{pattern!r} isn't a pattern: {error}.") from error
