"""The DSS stand-in in a process of its own: reads commands as lines of JSON, answers each with one line."""

import json
import sys
from typing import Any

from benchmarks.spoiled import Spoiled
from bot.sandbox.dss import DssSandbox


class Commands:
    """What the measuring process may ask for."""

    def __init__(self, sandbox: DssSandbox) -> None:
        self._sandbox = sandbox
        self._spoiled: Spoiled | None = None

    def where(self) -> dict[str, str]:
        """Tell the address and a key."""
        return {"url": self._sandbox.url, "key": self._sandbox.admin_key}

    def projects(self) -> list[str]:
        """Name the projects."""
        return list(self._sandbox.world.projects)

    def add(self, count: int, project: str = "CHURN") -> list[str]:
        """Add running jobs; returns their ids."""
        return self._sandbox.world.add_running_jobs(count, project)

    def release(self, ids: list[str], project: str = "CHURN") -> int:
        """End jobs now; returns the moment in milliseconds."""
        with self._sandbox.world.lock:
            for job_id in ids:
                self._sandbox.world.release(project, job_id)
            return self._sandbox.world.now()

    def slow(self, seconds: float) -> None:
        """Let every answer take so long."""
        self._sandbox.faults.add("latency", seconds=seconds)

    def spoil(self, ids: list[str]) -> None:
        """Let the statuses of some jobs drip or never end."""
        server = self._sandbox._server  # noqa: SLF001 - it looks its application up at each request
        assert server is not None
        server.app = self._spoiled = Spoiled(server.app, ids)

    def spoilt(self) -> int:
        """Count the answers that were spoilt."""
        return self._spoiled.asked if self._spoiled else 0

    def requests(self, containing: str = "") -> int:
        """Count the calls since `forget`."""
        return sum(containing in call.path for call in list(self._sandbox.requests))

    def kinds(self) -> dict[str, int]:
        """Count the calls since `forget` by what they ask for."""
        found: dict[str, int] = {}
        for call in list(self._sandbox.requests):
            parts = call.path.strip("/").split("/")
            kind = "running" if parts[-1] == "running" else "status" if len(parts) == 4 else parts[-1]
            found[kind] = found.get(kind, 0) + 1
        return found

    def forget(self) -> None:
        """Count from now on."""
        self._sandbox.requests.clear()


def main() -> None:
    """Serve until the standard input ends."""
    with DssSandbox() as sandbox:
        commands = Commands(sandbox)
        for line in sys.stdin:
            name, arguments = json.loads(line)
            answer: Any = getattr(commands, name)(**arguments)
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
