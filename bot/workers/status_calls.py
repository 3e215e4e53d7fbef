"""Status calls, a few at a time, so that a hanging call doesn't delay the others."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from types import MappingProxyType

import msgspec
import structlog

from bot.domain import JobInfo, JobRef
from bot.domain.ports import Dss

log = structlog.get_logger(__name__)

MOST = 6
"""Maximum concurrent calls. Each one can hold a few megabytes of an answer."""
MOST_SLOW = 2
"""Maximum of these for jobs whose last answer was slow."""
PATIENCE = 1.0
"""Total seconds that a round waits for late answers; a later round processes them."""
LEAST_PATIENCE = 0.05
"""Seconds to wait for each answer even so: most take a few milliseconds."""
SLOW = 2.0
"""Seconds after which an answer counts as slow."""
QUICK_WITHIN = 10.0
"""Timeout in seconds for an answer, unless the job is known for slow ones."""
NO_EXCERPTS: Mapping[str, str] = MappingProxyType({})
Excerpts = Callable[[JobInfo], tuple[Mapping[str, str], int]]
"""Returns excerpts of a failed job's log by Slack user, and how many calls that took."""


class StatusResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one status call."""

    info: JobInfo | None = None
    error: Exception | None = None
    excerpts: Mapping[str, str] = NO_EXCERPTS
    """The relevant end of a failed job's log, redacted, by the Slack user with whose rights it was read."""
    calls: int = 1
    slow: bool = False


class StatusCalls:
    """Requests the status of single jobs.

    Only the waiter's thread uses it.

    Args:
        dss: the instance.
        excerpts: reads what the log of a failed job says.
        most: maximum concurrent calls.
        slow: maximum of these for jobs that are known for slow answers.
        patience: total seconds that one round waits for late answers.
    """

    def __init__(
        self,
        dss: Dss,
        excerpts: Excerpts,
        *,
        most: int = MOST,
        slow: int = MOST_SLOW,
        patience: float = PATIENCE,
    ) -> None:
        self._dss = dss
        self._excerpts = excerpts
        self._most = most
        self._slow = slow
        self._patience = patience
        self._pool = ThreadPoolExecutor(most, thread_name_prefix=f"status-{dss.instance}")
        self._pending: dict[JobRef, tuple[Future[StatusResult], bool]] = {}
        self._left = patience
        """Seconds that this round can still wait for late answers."""

    def __contains__(self, ref: object) -> bool:
        return ref in self._pending

    def begin_round(self) -> None:
        """Begin a round, with its full waiting time."""
        self._left = self._patience

    def free(self, *, suspect: bool) -> bool:
        """Return whether one more call can be made now.

        Args:
            suspect: whether the job is known for slow answers.
        """
        slow = sum(is_slow for _, is_slow in self._pending.values())
        return len(self._pending) < self._most and (not suspect or slow < self._slow)

    def request(self, ref: JobRef, *, suspect: bool) -> StatusResult | None:
        """Make the call; return the answer, or ``None`` if it is late: `finished` returns it later.

        Args:
            ref: the job.
            suspect: whether its answers are known to be slow: the round doesn't wait for them, and they have
                more time.
        """
        future = self._pool.submit(self._ask, ref, None if suspect else QUICK_WITHIN)
        began = time.monotonic()
        try:
            return future.result(0 if suspect else max(self._left, LEAST_PATIENCE))
        except NotYet:
            self._left -= time.monotonic() - began
            self._pending[ref] = (future, suspect)
            return None

    def finished(self) -> list[tuple[JobRef, StatusResult]]:
        """Return the late answers that have arrived."""
        done = [(ref, future.result()) for ref, (future, _) in self._pending.items() if future.done()]
        for ref, _ in done:
            del self._pending[ref]
        return done

    def close(self) -> None:
        """Accept no more calls; don't wait for running ones."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, ref: JobRef, within: float | None) -> StatusResult:
        began = time.monotonic()
        try:
            info = self._dss.job(ref.project, ref.job_id, within=within)
        except Exception as error:  # noqa: BLE001 - handed to the waiter's thread
            return StatusResult(error=error, slow=time.monotonic() - began >= SLOW)
        slow = time.monotonic() - began >= SLOW
        if not info.finished or info.state != "FAILED" or info.conflicts:
            return StatusResult(info=info, slow=slow)
        try:
            told, calls = self._excerpts(info)
        except Exception:
            log.exception("follow.no_log", job=ref.job_id)
            told, calls = NO_EXCERPTS, 1
        return StatusResult(info=info, excerpts=told, calls=1 + calls, slow=slow)
