"""Wait for one job in a script. The bot itself follows jobs differently: see `bot.workers.job_waiter`."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.domain import FINAL_STATES
from bot.domain.errors import (
    BotError,
    DSSError,
    DSSServerError,
    DSSUnavailable,
    DSSUnreachable,
    DSSUnreadable,
    JobFailed,
)
from bot.dss import lenient_json, wire
from bot.dss.failure_reasons import failure_of
from bot.dss.job import DSSJob

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_WAIT = 7 * 24 * 3600.0
"""Seconds. A job that waits for confirmation never ends on its own (DSS-API.md §2.1), so waits must end."""


class JobWaitTimeout(BotError, TimeoutError):
    """The job didn't end within the timeout. It keeps running: this doesn't mean that it failed."""

    def __init__(self, message: str, *, state: str, job: DSSJob) -> None:
        super().__init__(message)
        self.state = state
        self.job = job


class DSSJobWaiter:
    """Waits until a job has ended. Every error that it raises has the job as ``job``.

    It keeps waiting if there's no answer: no connection, any 5xx, a gateway's page, an incomplete answer.

    Args:
        job: the job to wait for.
        first_pause: seconds between the first two checks.
        factor: how much longer each pause is than the previous one.
        longest_pause: maximum pause in seconds.
        patience: seconds without an answer from DSS before its error is raised (a restart takes minutes).
        clock: a monotonic clock, in seconds.
        sleep: sleeps for the given number of seconds.
    """

    def __init__(
        self,
        job: DSSJob,
        *,
        first_pause: float = 1.0,
        factor: float = 1.5,
        longest_pause: float = 15.0,
        patience: float = 900.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.job = job
        self._first_pause, self._factor, self._longest_pause = first_pause, factor, longest_pause
        self._patience, self._clock, self._sleep = patience, clock, sleep

    def wait(
        self,
        no_fail: bool = False,  # noqa: FBT001, FBT002 - Dataiku's signature
        timeout: float | None = None,
        on_change: "Callable[[Mapping[str, Any]], None] | None" = None,
    ) -> str:
        """Wait until the job is DONE, FAILED or ABORTED, and return which.

        Args:
            no_fail: return the state even if it isn't DONE.
            timeout: maximum seconds to wait; `LONGEST_WAIT` if not given.
            on_change: called with the status at the first check and whenever the state, or the number of
                activities in some state, changes.

        Raises:
            JobFailed: the job ended FAILED or ABORTED, unless ``no_fail``.
            JobWaitTimeout: the timeout expired; the job keeps running.
            DSSError: DSS refused, or didn't answer for ``patience`` seconds.
        """
        end = self._clock() + (LONGEST_WAIT if timeout is None else timeout)
        pause, seen, last_answer = self._first_pause, None, self._clock()
        state = ""
        while True:
            status = self._look(last_answer)
            if status is not None:
                last_answer = self._clock()
                state, looks = _state(status), _looks(status)
                if on_change is not None and looks != seen:
                    on_change(status)
                seen = looks
                if state in FINAL_STATES:
                    return self._ended(state, status, no_fail=no_fail)
            left = end - self._clock()
            if left <= 0:
                text = f"job {self.job.id} is still {state or 'unknown'}"
                raise JobWaitTimeout(text, state=state, job=self.job)
            self._sleep(min(pause, left))
            pause = min(self._longest_pause, pause * self._factor)

    def _look(self, last_answer: float) -> dict[str, Any] | None:
        """Return the status; ``None`` if DSS doesn't answer and ``patience`` hasn't run out."""
        try:
            status = self.job.get_status()
            if not isinstance(status.get("baseStatus"), dict):
                raise DSSUnreadable(f"the status of job {self.job.id} has no baseStatus", status=200)
        except DSSError as error:
            error.job = self.job
            passing = isinstance(error, DSSUnavailable | DSSUnreachable | DSSServerError | DSSUnreadable)
            if not passing or self._clock() - last_answer >= self._patience:
                raise
            return None
        return status

    def _ended(self, state: str, status: dict[str, Any], *, no_fail: bool) -> str:
        if no_fail or state == "DONE":
            return state
        raise JobFailed(f"job {self.job.id} ended {state}{_why(status)}", state=state, job=self.job)


def _state(status: "Mapping[str, Any]") -> str:
    base = status.get("baseStatus")
    state = base.get("state") if isinstance(base, dict) else None
    return state if isinstance(state, str) else ""


def _looks(status: "Mapping[str, Any]") -> tuple[str, object]:
    return _state(status), status.get("globalState")


def _why(status: "Mapping[str, Any]") -> str:
    try:
        failure = failure_of(lenient_json.convert(status, wire.JobStatus))
    except lenient_json.Unreadable:
        return ""  # the state is what matters; the reason has a shape that this version doesn't know
    return f": {failure.message}" if failure else ""
