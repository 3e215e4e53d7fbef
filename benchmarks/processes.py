"""Processes that a benchmark controls, and their cost: each measured program runs in its own process."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The resources that a process has used up to a point in time."""

    at: float
    """Seconds on the monotonic clock."""
    cpu: float
    """CPU seconds, user and system."""
    rss_mb: float

    def share_since(self, before: "Cost") -> float:
        """Return the CPU use since an earlier reading, in percent of one core."""
        return 100 * (self.cpu - before.cpu) / (self.at - before.at)


class Process:
    """A Python module in its own process; its log goes to a file."""

    def __init__(self, module: str, *args: str, log: Path, env: Mapping[str, str] | None = None) -> None:
        self._log = log.open("w")
        self.log = log
        self._popen = subprocess.Popen(
            [sys.executable, "-m", module, *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if env is None else self._log,
            stderr=self._log,
            text=True,
            cwd=ROOT,
            env=env,
        )
        self._process = psutil.Process(self._popen.pid)

    def ask(self, command: str, **arguments: Any) -> Any:  # noqa: ANN401 - JSON
        """Send a command as a line of JSON and return the process's one-line answer."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._popen.stdin.write(json.dumps([command, arguments]) + "\n")
        self._popen.stdin.flush()
        line = self._popen.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._popen.args!r} ended:\n{self.log.read_text()[-2000:]}")
        return json.loads(line)

    def cost(self) -> Cost:
        """Return the resources used so far."""
        times = self._process.cpu_times()
        rss = self._process.memory_info().rss / 1_048_576
        return Cost(at=time.monotonic(), cpu=times.user + times.system, rss_mb=rss)

    def until_logged(self, words: str, timeout: float = 60.0) -> None:
        """Wait until the log contains this text."""
        end = time.monotonic() + timeout
        while words not in self.log.read_text():
            if time.monotonic() > end or self._popen.poll() is not None:
                raise RuntimeError(f"no {words!r} in the log:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the process: terminate it, then kill it if necessary."""
        self._popen.terminate()
        try:
            self._popen.wait(15)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                pipe.close()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.stop()
