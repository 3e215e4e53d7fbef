"""What might arrive: commands, payloads and values that are right, and the same with something wrong."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from bot import views
from bot.domain import (
    AbortAll,
    AbortJob,
    Build,
    BuildMode,
    DecideApproval,
    FollowJob,
    JobName,
    ListDatasets,
    ListJobs,
    ListProjects,
    MyLastJob,
    Overview,
    ReadLog,
    Request,
    RequestedOutput,
    SendLog,
    ShowStatus,
    ShowThread,
    UnfollowJob,
)
from bot.views import action_ids, dialog_ids
from tests.fuzz.bot import ADDRESS, HOME, ONCE, PEOPLE
from tests.support.samples import REF

JOB = JobName(project=REF.project, job_id=REF.job_id)
DECISION = DecideApproval(approval="0" * 32, fingerprint="0" * 64, verdict="approve")
REQUESTS: tuple[Request, ...] = (
    Build(outputs=(RequestedOutput(project="CHURN", name="scored"),)),
    Build(outputs=(RequestedOutput(project="CHURN", name="features"),), mode=BuildMode.ALL, confirmed=True),
    Build(outputs=(RequestedOutput(project="SALES", name="orders"),)),
    Build(outputs=(RequestedOutput(project="?", name="scored"),)),
    AbortJob(job=JOB),
    AbortAll(project="CHURN", jobs=(REF.job_id,)),
    AbortAll(project="*", jobs=(str(REF),)),
    FollowJob(job=JOB),
    UnfollowJob(job=JOB),
    DECISION,
    Overview(),
    ListJobs(project="CHURN"),
    ListJobs(project="*", by="me", since="2h"),
    ShowStatus(job=JOB),
    ShowThread(watch="0" * 32),
    ReadLog(job=JOB),
    SendLog(job=JOB),
    MyLastJob(),
    ListProjects(),
    ListDatasets(project="CHURN"),
)
VALUES = tuple(views.encode(request) for request in REQUESTS)

WORDS = (
    *("CHURN.scored", "CHURN", "scored", "SALES.orders", "?", "*", "..", "CHURN/..", "", " ", "\t", "\n"),
    *("status", "log", "abort", "follow", "unfollow", "last", "projects", "datasets", "connect", "help"),
    *("--all", "--mode", "all", "modified", "--partition", "2026-11-20/2026-11-28", "--on", "default"),
    *("--type", "--dry-run", "--state", "failed", "--since", "yesterday", "2h", "--by", "me", "<@UBOB|bob>"),
    *("--limit", "999999999999999999", "-1", "--dataset", "https://dss.example/projects/CHURN/jobs/x/"),
    *(str(REF), REF.job_id, "\u202e", "\x00", "\ud800", "\u017fcored", "\u212a", "\uff10", "“CHURN”", "—all"),
    *("a" * 300, "&amp;", "<!channel>", "{}", "%2e%2e", "CHURN%2F..", "\\", "|", ",", "/", ".", "=", "--"),
    *('"', "'", "disconnect"),
)

commands = st.tuples(
    st.sampled_from(("/dss-build", "/dss-jobs")),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=12)), max_size=7).map(" ".join),
)
anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False),
        st.text(max_size=20),
        st.sampled_from(WORDS),
        st.sampled_from(VALUES),
        st.sampled_from(tuple(PEOPLE)),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
people = st.sampled_from(tuple(PEOPLE))


def command_payload(user: str, command: str, text: str) -> dict[str, Any]:
    """Return a slash command."""
    return {
        "command": command,
        "text": text,
        "user_id": user,
        "team_id": HOME,
        "channel_id": "C1",
        "response_url": ADDRESS,
        "trigger_id": ONCE,
    }


def action_payload(user: str, action: Mapping[str, Any]) -> dict[str, Any]:
    """Return a press."""
    return {
        "type": "block_actions",
        "user": {"id": user, "team_id": HOME},
        "team": {"id": HOME},
        "container": {"type": "message", "message_ts": ONCE, "channel_id": "C1"},
        "channel": {"id": "C1"},
        "message": {"ts": "1.1"},
        "response_url": ADDRESS,
        "trigger_id": ONCE,
        "actions": [{"type": "button", "block_id": "b", **action}],
    }


def _view(callback_id: str, metadata: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "view_submission",
        "user": {"id": "UALICE", "team_id": HOME},
        "team": {"id": HOME},
        "trigger_id": ONCE,
        "view": {
            "id": "V1",
            "hash": ONCE,
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": metadata,
            "state": {"values": values},
        },
    }


SAID = (
    "<@UME> status",
    "<@UME> build CHURN.scored",
    "jobs CHURN failed",
    "look at https://dss.example/projects/CHURN/jobs/Build_scored_2026-11-23T08-15-02.417/",
)
"""What people write to the bot, or about a job."""


def _right() -> Iterator[dict[str, Any]]:
    for value in VALUES:
        for action_id in (*action_ids.ALL, "of_another_version"):
            yield action_payload("UALICE", {"action_id": action_id, "value": value})
    chosen = {"selected_option": {"value": "*"}, "type": "static_select"}
    decided = views.encode_decision(DECISION)
    yield action_payload("UBOB", {"action_id": action_ids.LOG_ACTIVITY, "block_id": VALUES[4], **chosen})
    yield action_payload(
        "UBOB", {"action_id": action_ids.APPROVAL_DECLINE_REASON, "block_id": decided, **chosen}
    )
    typed = {"type": "plain_text_input", "value": "No"}
    dialog = views.encode_dialog(views.DeclineDialog(decision=DECISION, channel_id="C1"))
    for callback_id in (*dialog_ids.ALL, "of_another_version"):
        for metadata in (dialog, "default", "0" * 32, ""):
            for name in (dialog_ids.KEY, dialog_ids.DECLINE_REASON):
                yield _view(callback_id, metadata, {name: {name: typed}})
    home = {"type": "home", "private_metadata": VALUES[9]}
    for value in VALUES:
        for action_id in action_ids.ALL:
            pressed = action_payload("UALICE", {"action_id": action_id, "value": value})
            gone = ("channel", "message", "response_url")
            kept = {key: part for key, part in pressed.items() if key not in gone}
            container = {"type": "view", "view_id": "V1"}
            yield kept | {"view": {**home, "id": "V1", "hash": ONCE}, "container": container}
    for event in (
        {"type": "app_home_opened", "user": "UALICE", "tab": "home", "view": home},
        {"type": "user_change", "user": {"id": "UALICE"}},
        *(_said(text, kind) for text in SAID for kind in ("app_mention", "message")),
    ):
        yield {"type": "event_callback", "team_id": HOME, "event_id": f"Ev{ONCE}", "event": event}
    for text in SAID:
        yield {
            "type": "message_action",
            "callback_id": "about_job",
            "user": {"id": "UALICE", "team_id": HOME},
            "team": {"id": HOME},
            "channel": {"id": "C1", "name": "data"},
            "message_ts": "1.1",
            "message": {"type": "message", "user": "UBOB", "ts": "1.1", "thread_ts": "1.0", "text": text},
            "response_url": "https://hooks.example/1",
            "trigger_id": ONCE,
        }


def _said(text: str, kind: str) -> dict[str, Any]:
    place = {"channel": "C1"} if kind == "app_mention" else {"channel": "D1", "channel_type": "im"}
    said = {"type": kind, "user": "UALICE", "team": HOME, "text": text, "ts": "1.2", "thread_ts": "1.0"}
    return said | place


RIGHT = tuple(_right())
"""Payloads as Slack sends them."""


@st.composite
def payloads(draw: st.DrawFn) -> dict[str, Any]:
    """Return a payload with up to three things in it replaced or left out; mostly from somebody else."""
    payload: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(RIGHT)))
    if isinstance(payload.get("user"), dict):
        payload["user"]["id"] = draw(people)
    for _ in range(draw(st.integers(0, 3))):
        there = list(places(payload))
        if not there:
            break
        inside, key = draw(st.sampled_from(there))
        if draw(st.booleans()):
            inside[key] = draw(anything)
        elif isinstance(inside, dict):
            del inside[key]
    return payload


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container in a JSON value with each of its keys or positions."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


@st.composite
def button_values(draw: st.DrawFn) -> str:
    """Return a button's value with a few characters changed, or with another JSON value somewhere in it."""
    value = draw(st.sampled_from(VALUES))
    version, _, text = value.partition(":")
    if draw(st.booleans()):
        record = json.loads(text)
        for _ in range(draw(st.integers(1, 3))):
            there = list(places(record))
            if there:
                inside, key = draw(st.sampled_from(there))
                inside[key] = draw(anything)
        return f"{version}:{json.dumps(record)}"
    at = draw(st.integers(0, len(value)))
    return value[:at] + draw(st.text(max_size=4)) + value[at + draw(st.integers(0, 4)) :]


DSS_WORDS = (
    *("baseStatus", "state", "def", "id", "projectKey", "name", "outputs", "targetDataset", "type", "key"),
    *("activities", "globalState", "total", "done", "failed", "jobStartTime", "jobEndTime", "startTime"),
    *("login", "email", "enabled", "authIdentifier", "permissions", "partitioning", "dimensions", "message"),
    *("firstFailure", "errorType", "detailedMessage", "stableState", "initiator", "targetPartition"),
)
dss_json = st.recursive(
    anything,
    lambda inner: (
        st.dictionaries(st.sampled_from(DSS_WORDS), inner, max_size=5) | st.lists(inner, max_size=3)
    ),
    max_leaves=12,
)
STATUSES = (200, 200, 200, 200, 204, 299, 301, 400, 401, 403, 404, 409, 429, 500, 502, 503, 999)


def dss_answers(calls: tuple[str, ...]) -> st.SearchStrategy[tuple[str, int, bytes, str]]:
    """Return a call, and the status, body and type of the answer to it."""
    written = dss_json.map(lambda value: json.dumps(value, allow_nan=True).encode())
    cut = st.tuples(written, st.integers(0, 60)).map(lambda pair: pair[0][: pair[1]])
    page = st.just(b"<html><body>gateway</body></html>")
    return st.tuples(
        st.sampled_from(calls),
        st.sampled_from(
            (200, 200, 200, 200, 204, 301, 400, 401, 403, 404, 409, 429, 500, 502, 503, 299, 999)
        ),
        st.one_of(written, written, cut, st.binary(max_size=40), page),
        st.sampled_from(("application/json", "application/json", "text/plain", "text/html", "", "x")),
    )


def accounts() -> st.SearchStrategy[dict[str, Any]]:
    """Return a ``user`` object of ``users.info`` in which everything might be something else."""
    profile = st.fixed_dictionaries({"email": anything, "display_name": anything})
    names = (
        "id",
        "team_id",
        "tz",
        "is_restricted",
        "is_ultra_restricted",
        "is_bot",
        "deleted",
        "is_stranger",
    )
    known = dict.fromkeys((*names, "real_name", "name", "enterprise_user", "is_workflow_bot"), anything)
    return st.fixed_dictionaries({"profile": profile}, optional=known)
