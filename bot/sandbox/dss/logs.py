"""Logs of jobs, generated line by line as they are sent, in the format of DSS-API.md §1.7.

Like real logs, they hold secrets (a job ticket and a JDBC password), which their readers must redact.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.sandbox.dss.jobs import Job
from bot.sandbox.dss.plan import Progress, progress
from bot.sandbox.dss.problems import SERVER_ERROR, java_stack
from bot.sandbox.dss.wire import failure_message

BLOCK_BYTES = 65_536
SECRET_TICKET = "tkt-5f0c9d3be1a84d7c9a"  # noqa: S105 - made up, to check that it is redacted
SECRET_PASSWORD = "hunter2-s3cr3t"  # noqa: S105 - also made up

Entry = tuple[int, list[str]]
"""A time (ms since 1970) and the lines that belong together."""


def job_log(job: Job, now: int, activity: str | None = None) -> Iterator[bytes]:
    """Yield the log at ``now`` in blocks, for the whole job or for one activity.

    A job with a target size gets filler between its beginning and its last lines. The filler is never held in
    memory as a whole.
    """
    start, end = _lines(job, now, activity)
    yield start
    if job.log_bytes is not None and activity is None:
        yield from _filler(max(0, job.log_bytes - len(start) - len(end)), job.life.initiated)
    yield end


def _lines(job: Job, now: int, activity: str | None) -> tuple[bytes, bytes]:
    begun = job.head(now).start != 0
    opening = _opening(job) if begun and activity is None else []
    entries: list[Entry] = []
    for one in progress(job.plan, job.life, now):
        if one.start and activity in {None, one.step.id}:
            entries += _activity(one, now)
    entries.sort(key=lambda entry: entry[0])  # activities run in parallel
    rest = [line for _, lines in entries for line in lines]
    if activity is None:
        rest += _closing(job, now)
    return _text(opening), _text(rest)


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _line(ms: int, thread: str, level: str, logger: str, text: str) -> str:
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return f"[{moment:%Y/%m/%d-%H:%M:%S}.{ms % 1000:03d}] [{thread}] [{level}] [{logger}] {text}"


def _opening(job: Job) -> list[str]:
    at = job.life.initiated + job.plan.queue_ms
    setup = (
        f'{{"jobProjectKey":"{job.project}","jobId":"{job.id}",'
        f'"jobTicketSecret":"{SECRET_TICKET}","user":"{job.initiator}"}}'
    )
    jdbc = f"jdbc:postgresql://warehouse.internal:5432/dwh?user=dss&password={SECRET_PASSWORD}"
    return [
        _line(at, "main", "INFO", "dku.job.slave", "- Job kernel starting"),
        _line(at + 5, "main", "DEBUG", "dku.job.slave", f"- Job setup: {setup}"),
        _line(at + 12, "main", "INFO", "dku.connections.sql", f"- Connecting to {jdbc}"),
        _line(at + 40, "Thread-5", "INFO", "dku.flow.activity", f"- Computing dependencies of {job.name}"),
    ]


def _activity(one: Progress, now: int) -> list[Entry]:
    step = one.step
    thread = f"FRT-{30 + len(step.id) % 40}-FlowRunnable"
    running = f"running {step.id} -"
    begin = _line(
        one.start, thread, "INFO", "dku.flow.jobrunner", f"{running} Starting {step.recipe_type} recipe"
    )
    entries: list[Entry] = [(one.start, [begin])]
    last = one.end or now
    rows = sum(target.records for target in step.targets)
    for percent in range(20, 100, 20):
        at = one.start + (step.duration_ms * percent) // 100
        if at <= last:
            text = f"- {running} [{percent} %] rows processed: {rows * percent // 100}"
            entries.append((at, [_line(at, "null-out-67", "INFO", "dku.utils", text)]))
    for kind, message in step.warnings if one.end else ():
        text = f"{running} {kind}: {message}"
        entries.append((last, [_line(last, thread, "WARN", "dku.warnings", text)]))
    return entries + _ending(one, thread)


def _ending(one: Progress, thread: str) -> list[Entry]:
    running = f"running {one.step.id} -"
    if one.state == "FAILED":
        return [(one.end, _failing(one, running))]
    if one.state in {"DONE", "ABORTED"}:
        text = f"{running} Activity {one.state.lower()}"
        return [(one.end, [_line(one.end, thread, "INFO", "dku.flow.jobrunner", text)])]
    return []


def _failing(one: Progress, running: str) -> list[str]:
    failure = one.step.failure
    trace = failure.traceback if failure and failure.traceback else _python_traceback(one)
    lines = [_line(one.end, "null-err-68", "INFO", "dku.utils", f" - {text}") for text in trace.splitlines()]
    text = f"{running} Activity unexpectedly failed"
    lines.append(_line(one.end, "ActivityExecutor-65", "ERROR", "dku.flow.jobrunner", text))
    stack = java_stack(SERVER_ERROR, failure_message(one.step), where="com.dataiku.dip.dataflow.exec")
    return lines + stack.splitlines()


def _python_traceback(one: Progress) -> str:
    message = one.step.failure.message if one.step.failure else ""
    return (
        "Traceback (most recent call last):\n"
        f'  File "{one.step.recipe}.py", line 27, in <module>\n'
        '    df["amount_eur"] = df["amount"] * rate\n'
        '  File "pandas/core/frame.py", line 4102, in __getitem__\n'
        "    indexer = self.columns.get_loc(key)\n"
        f"{message}"
    )


def _closing(job: Job, now: int) -> list[str]:
    current = job.head(now)
    if not current.stable or not current.end:
        return []
    lines = []
    if job.plan.unexpected and current.state == "FAILED":
        lines.append(_line(current.end, "main", "ERROR", "dku.job.slave", f"- {job.plan.unexpected}"))
    for one in job.plan.conflicts:
        text = f"- Output {one.project}.{one.dataset} is being built by job {one.job_id}"
        lines.append(_line(current.end, "main", "ERROR", "dku.job.slave", text))
    level = "INFO" if current.state == "DONE" else "ERROR"
    return [
        *lines,
        _line(current.end, "main", level, "dku.job.slave", f"- Job finished, state {current.state}"),
    ]


def _filler(size: int, at: int) -> Iterator[bytes]:
    line = _line(
        at, "null-out-67", "INFO", "dku.utils", "- processed another batch of rows, all is well so far"
    )
    block = (line + "\n").encode() * (BLOCK_BYTES // (len(line) + 1))
    while size >= len(block):
        yield block
        size -= len(block)
    if size:
        yield block[: size - 1] + b"\n"
