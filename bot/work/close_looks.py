"""Status calls, a few at a time: one that hangs holds up nobody but itself."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

import msgspec
import structlog

from bot.errors import DSSError, DSSUnavailable, DSSUnreachable
from bot.facts import JobFacts, JobRef
from bot.jobs.ports import Dss
from bot.jobs.redact import excerpt, redact

log = structlog.get_logger(__name__)

MOST = 6
"""Calls that are under way at the same time. Each may hold some megabytes of an answer."""
MOST_SLOW = 2
"""Of these, for jobs whose last answer was slow."""
PATIENCE = 1.0
"""Seconds that a round waits, all in all, for answers that don't come; a later round takes them in."""
LEAST_PATIENCE = 0.05
"""Seconds that each answer has all the same: most take some milliseconds."""
SLOW = 2.0
"""Seconds from which on an answer counts as slow."""
QUICK_WITHIN = 10.0
"""Seconds that an answer may take, as long as the job is not known for slow ones."""
LOG_WITHIN = 15.0
EXCERPT_BYTES = 64_000


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What came of asking for one job's status."""

    facts: JobFacts | None = None
    error: Exception | None = None
    excerpt: str | None = None
    """The telling end of a failed job's log, redacted."""
    calls: int = 1
    slow: bool = False


class CloseLooks:
    """Asks for the status of single jobs.

    Used by one thread, the waiter's.

    Args:
        dss: the instance.
        most: calls that are under way at the same time.
        slow: of these, for jobs that are known for slow answers.
        patience: seconds that one round waits, all in all, for answers that don't come.
    """

    def __init__(
        self, dss: Dss, *, most: int = MOST, slow: int = MOST_SLOW, patience: float = PATIENCE
    ) -> None:
        self._dss = dss
        self._most = most
        self._slow = slow
        self._patience = patience
        self._pool = ThreadPoolExecutor(most, thread_name_prefix=f"status-{dss.instance}")
        self._pending: dict[JobRef, tuple[Future[Look], bool]] = {}
        self._left = patience
        """Seconds that this round may still wait for answers that don't come."""

    def __contains__(self, ref: object) -> bool:
        return ref in self._pending

    def begin(self) -> None:
        """Begin a round: answers are waited for again."""
        self._left = self._patience

    def free(self, *, suspect: bool) -> bool:
        """Say whether one more call can be made now.

        Args:
            suspect: for a job that is known for slow answers.
        """
        slow = sum(is_slow for _, is_slow in self._pending.values())
        return len(self._pending) < self._most and (not suspect or slow < self._slow)

    def look(self, ref: JobRef, *, suspect: bool) -> Look | None:
        """Ask; return the answer, or ``None`` when it is not there yet: then `finished` gives it later.

        Args:
            ref: whose status.
            suspect: its answers are known to be slow: they are not waited for, and may take longer.
        """
        future = self._pool.submit(self._ask, ref, None if suspect else QUICK_WITHIN)
        began = time.monotonic()
        try:
            return future.result(0 if suspect else max(self._left, LEAST_PATIENCE))
        except NotYet:
            self._left -= time.monotonic() - began
            self._pending[ref] = (future, suspect)
            return None

    def finished(self) -> list[tuple[JobRef, Look]]:
        """Return the answers that came meanwhile."""
        done = [(ref, future.result()) for ref, (future, _) in self._pending.items() if future.done()]
        for ref, _ in done:
            del self._pending[ref]
        return done

    def close(self) -> None:
        """Take no more; what is under way is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, ref: JobRef, within: float | None) -> Look:
        began = time.monotonic()
        try:
            facts = self._dss.job(ref.project, ref.job_id, within=within)
        except Exception as error:  # noqa: BLE001 - handed to the waiter's thread
            return Look(error=error, slow=time.monotonic() - began >= SLOW)
        slow = time.monotonic() - began >= SLOW
        if not facts.finished or facts.state != "FAILED" or facts.conflicts:
            return Look(facts=facts, slow=slow)
        try:
            told, calls = self._excerpt(facts)
        except Exception:
            log.exception("follow.no_log", job=ref.job_id)
            told, calls = None, 1
        return Look(facts=facts, excerpt=told, calls=1 + calls, slow=slow)

    def _excerpt(self, facts: JobFacts) -> tuple[str | None, int]:
        """Return the telling end of a failed job's log, and how many calls that took."""
        # What DSS answers for an activity that it has no log of is not known (DSS-API.md §1.7): an error, or
        # nothing. The whole job's log tells the same, among more.
        ref, calls = facts.ref, 0
        activity = facts.failure.activity_id if facts.failure else None
        for part in dict.fromkeys((activity, None)):
            calls += 1
            try:
                tail = self._dss.log_tail(
                    ref.project, ref.job_id, activity=part, max_bytes=EXCERPT_BYTES, within=LOG_WITHIN
                )
            except (DSSUnreachable, DSSUnavailable) as error:
                log.info("follow.no_log", job=ref.job_id, error=str(error))
                break
            except DSSError as error:
                log.info("follow.no_log", job=ref.job_id, activity=part, error=str(error))
                continue
            if shown := excerpt(redact(tail.text)):
                return shown, calls
        return None, calls
