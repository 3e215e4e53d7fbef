"""The DSS stand-in in its own process: reads JSON commands line by line and answers each with one line."""

import json
import sys
from typing import Any

from benchmarks.spoiled import Spoiled
from bot.sandbox.dss import DssSandbox


class Commands:
    """The commands that the measuring process can send."""

    def __init__(self, sandbox: DssSandbox) -> None:
        self._sandbox = sandbox
        self._spoiled: Spoiled | None = None

    def where(self) -> dict[str, str]:
        """Return the address and a key."""
        return {"url": self._sandbox.url, "key": self._sandbox.admin_key}

    def projects(self) -> list[str]:
        """List the projects."""
        return list(self._sandbox.world.projects)

    def add(self, count: int, project: str = "CHURN") -> list[str]:
        """Add running jobs; returns their ids."""
        return self._sandbox.world.add_running_jobs(count, project)

    def release(self, ids: list[str], project: str = "CHURN") -> int:
        """End jobs now; returns the time in milliseconds."""
        with self._sandbox.world.lock:
            for job_id in ids:
                self._sandbox.world.release(project, job_id)
            return self._sandbox.world.now()

    def slow(self, seconds: float) -> None:
        """Delay every answer."""
        self._sandbox.faults.add("latency", seconds=seconds)

    def spoil(self, ids: list[str]) -> None:
        """Make the statuses of some jobs drip or never end."""
        server = self._sandbox._server  # noqa: SLF001 - the server looks up its application at each request
        assert server is not None
        server.app = self._spoiled = Spoiled(server.app, ids)

    def spoilt(self) -> int:
        """Return how many answers were spoiled."""
        return self._spoiled.asked if self._spoiled else 0

    def requests(self, containing: str = "") -> int:
        """Return the number of calls since `forget`."""
        return sum(containing in call.path for call in list(self._sandbox.requests))

    def kinds(self) -> dict[str, int]:
        """Count the calls since `forget` by kind."""
        found: dict[str, int] = {}
        for call in list(self._sandbox.requests):
            parts = call.path.strip("/").split("/")
            kind = "running" if parts[-1] == "running" else "status" if len(parts) == 4 else parts[-1]
            found[kind] = found.get(kind, 0) + 1
        return found

    def forget(self) -> None:
        """Reset the call counts."""
        self._sandbox.requests.clear()


def main() -> None:
    """Serve until standard input ends."""
    with DssSandbox() as sandbox:
        commands = Commands(sandbox)
        for line in sys.stdin:
            name, arguments = json.loads(line)
            answer: Any = getattr(commands, name)(**arguments)
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
