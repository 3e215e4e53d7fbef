"""The calls of the public API, one small function each, and their routing table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from werkzeug.routing import Map, Rule

from bot.sandbox.dss import catalog, people, wire
from bot.sandbox.dss.auth import Caller
from bot.sandbox.dss.jobs import Job
from bot.sandbox.dss.logs import job_log
from bot.sandbox.dss.model import Project
from bot.sandbox.dss.plan import progress
from bot.sandbox.dss.problems import Problem, not_found


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated call."""

    caller: Caller
    args: dict[str, str]
    """From the path."""
    query: dict[str, str]
    body: object
    """Decoded JSON, or ``None``."""


@dataclass(frozen=True, slots=True)
class Text:
    """A plain text answer, streamed."""

    blocks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Raw:
    """JSON that is already encoded."""

    data: bytes


Answer = Text | Raw | dict[str, object] | list[object]
Handler = Callable[[Call], Answer]


def list_jobs(call: Call) -> Answer:
    """List the jobs of a project, newest first; without ``limit``, or with 0, all of them."""
    world = call.caller.world
    call.caller.project(call.args["pk"])
    limit = _number(call.query.get("limit", "0"))
    jobs = world.jobs.of_project(call.args["pk"])
    chosen = jobs[-limit:] if limit > 0 else jobs
    now = world.now()
    return Raw(b"[" + b",".join([wire.list_item(job, now) for job in reversed(chosen)]) + b"]")


def start_job(call: Call) -> Answer:
    """Start a job and return its definition."""
    project = call.caller.runnable(call.args["pk"])
    if not isinstance(call.body, dict):
        raise Problem(400, "com.google.gson.JsonSyntaxException", "Expected a job definition")
    job = call.caller.world.start(
        project.key, call.body, initiator=call.caller.name, find=call.caller.project
    )
    return wire.definition(job)


def job_status(call: Call) -> Answer:
    """Return the status of one job."""
    call.caller.project(call.args["pk"])
    world = call.caller.world
    return wire.status(world.job(call.args["pk"], call.args["id"]), world.now())


def abort_job(call: Call) -> Answer:
    """Accept a request to abort a job."""
    call.caller.runnable(call.args["pk"])
    call.caller.world.abort(call.args["pk"], call.args["id"])
    return {"msg": "Abort requested"}


def job_log_text(call: Call) -> Answer:
    """Return the log of a job or of one of its activities."""
    call.caller.project(call.args["pk"])
    world = call.caller.world
    job = world.job(call.args["pk"], call.args["id"])
    activity = call.query.get("activity") or None
    now = world.now()
    if job.cleared:
        raise not_found(f"Job log not found: {job.project}.{job.id}")
    known = {one.step.id for one in progress(job.plan, job.life, now)}
    if activity is not None and activity not in known:
        raise not_found(f"Activity not found in job {job.id}: {activity}")
    return Text(job_log(job, now, activity))


def running_of_project(call: Call) -> Answer:
    """List the unfinished jobs of a project (15.2)."""
    call.caller.project(call.args["pk"])
    return _running(call, lambda job: job.project == call.args["pk"])


def running_everywhere(call: Call) -> Answer:
    """List the unfinished jobs of all visible projects (15.2); ``allUsers`` false: only the caller's own."""
    everyone = call.query.get("allUsers", "true").lower() == "true"
    caller = call.caller
    visible = {key for key in caller.world.projects if caller.rights(key) is not None}
    return _running(call, lambda job: job.project in visible and (everyone or job.initiator == caller.name))


def _running(call: Call, wanted: Callable[[Job], bool]) -> Answer:
    world = call.caller.world
    now = world.now()
    jobs = [job for job in world.jobs.unfinished(now) if wanted(job)]
    return Raw(b"[" + b",".join([wire.list_item(job, now, flat=True) for job in reversed(jobs)]) + b"]")


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as exc:
        raise Problem(400, "java.lang.NumberFormatException", f'For input string: "{text}"') from exc


PK = "/projects/<pk>"
RUNNING_SINCE = (15, 2)

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"{PK}/jobs/", list_jobs),
    ("POST", f"{PK}/jobs/", start_job),
    ("GET", f"{PK}/jobs/<id>/", job_status),
    ("POST", f"{PK}/jobs/<id>/abort", abort_job),
    ("POST", f"{PK}/jobs/<id>/abort/", abort_job),
    ("GET", f"{PK}/jobs/<id>/log", job_log_text),
    ("GET", f"{PK}/jobs/<id>/log/", job_log_text),
    ("GET", "/projects/", lambda call: catalog.projects(call.caller)),
    ("GET", PK, lambda call: catalog.summary(_project(call))),
    ("GET", f"{PK}/", lambda call: catalog.summary(_project(call))),
    ("GET", f"{PK}/metadata", lambda call: catalog.metadata(_project(call))),
    ("GET", f"{PK}/permissions", lambda call: people.permissions(call.caller, call.args["pk"])),
    ("GET", f"{PK}/datasets/", lambda call: catalog.datasets(_project(call), call.query.get("tags"))),
    ("GET", f"{PK}/datasets/<name>", lambda call: catalog.dataset(_project(call), call.args["name"])),
    (
        "GET",
        f"{PK}/datasets/<name>/partitions",
        lambda call: catalog.partitions(_project(call), call.args["name"]),
    ),
    ("GET", f"{PK}/managedfolders/", lambda call: catalog.folders(_project(call))),
    ("GET", f"{PK}/savedmodels/", lambda call: catalog.models(_project(call))),
    ("GET", f"{PK}/streamingendpoints/", lambda call: catalog.streams(_project(call))),
    ("GET", f"{PK}/knowledge-banks", lambda call: catalog.knowledge_banks(_project(call))),
    ("GET", f"{PK}/knowledge-banks/", lambda call: catalog.knowledge_banks(_project(call))),
    ("GET", f"{PK}/recipes/", lambda call: catalog.recipes(_project(call))),
    ("GET", f"{PK}/flow/graph/", lambda call: catalog.graph(_project(call))),
    ("GET", f"{PK}/scenarios/", lambda call: catalog.scenarios(_project(call))),
    ("GET", "/auth/info", lambda call: people.auth_info(call.caller)),
    ("GET", "/users", lambda call: people.users(call.caller)),
    ("GET", "/users/<login>", lambda call: people.user(call.caller, call.args["login"])),
    ("GET", "/admin/users/", lambda call: people.admin_users(call.caller)),
    ("GET", "/admin/users/<login>", lambda call: people.admin_user(call.caller, call.args["login"])),
    ("GET", "/futures/", lambda call: people.futures(call.caller, call.query)),
)
"""Method, path below the base, handler."""

VERSIONED: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"{PK}/jobs/running/", running_of_project),
    ("GET", "/jobs/running/", running_everywhere),
)
"""Only in DSS 15.2 and later."""

INSTANCE = ("GET", "/instance-info")
"""Answered by the server, which knows its version."""


def _project(call: Call) -> Project:
    return call.caller.project(call.args["pk"])


def version_tuple(version: str) -> tuple[int, ...]:
    """Return a version such as ``15.2.0`` as numbers."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def url_map(version: str, instance_info: Handler) -> Map:
    """Return the routes of this DSS version. Trailing slashes matter, as they do in DSS."""
    rows = [*ROUTES, (*INSTANCE, instance_info)]
    if version_tuple(version) >= RUNNING_SINCE:
        rows += VERSIONED
    rules = [Rule(path, methods=[method], endpoint=handler) for method, path, handler in rows]
    return Map(rules, strict_slashes=True, merge_slashes=False, redirect_defaults=False)
