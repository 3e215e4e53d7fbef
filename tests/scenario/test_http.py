"""The same bot over HTTP: signed requests instead of a socket."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest
import requests

from bot.views import action_ids
from tests.scenario.world import LONG, Scenario, has_button


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """HTTP mode for all the tests here."""
    return {"delivery": "http"}


def test_a_build_over_http(scenario: Scenario) -> None:
    """A command and a button, as signed requests."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.press(root, action_ids.JOB_ABORT)
    scenario.reply(root, "*Aborted*")
    assert has_button(scenario.root("Aborted"), action_ids.JOB_REBUILD)


@pytest.mark.parametrize("signature", ["v0=" + "0" * 64, "", None])
def test_a_wrong_signature_is_refused(scenario: Scenario, signature: str | None) -> None:
    """A request that isn't from Slack has no effect."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": "1"}
    if signature is not None:
        headers["X-Slack-Signature"] = signature
    body = {"command": "/dss-build", "text": "CHURN.scored", "user_id": "U1", "channel_id": "C1"}
    with requests.post(
        f"http://127.0.0.1:{scenario.http_port}/slack/events", data=body, headers=headers, timeout=LONG
    ) as answer:
        assert answer.status_code == 401
    assert scenario.starts() == []


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz", "/", "/slack/events/../../metrics"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_health_and_metrics_are_not_on_slack_s_port(scenario: Scenario, method: str, path: str) -> None:
    """That port is open to everybody: only Slack's signed requests are answered there."""
    url = f"http://127.0.0.1:{scenario.http_port}{path}"
    with requests.request(method, url, timeout=LONG) as answer:
        assert answer.status_code == 404
        assert "dss_bot" not in answer.text


def signed(scenario: Scenario, payload: dict[str, object]) -> requests.Response:
    """Sign and send an interaction like Slack, with content that Slack would never send."""
    body = urlencode({"payload": json.dumps(payload)}).encode()
    stamp = str(int(time.time()))
    digest = hmac.new(
        scenario.slack.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256
    )
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
    }
    url = f"http://127.0.0.1:{scenario.http_port}/slack/events"
    with requests.post(url, data=body, headers=headers, timeout=LONG) as answer:
        return answer


ODD: list[tuple[str, object]] = [
    ("response_url", {"id": None}),
    ("response_url", 5),
    ("response_url", "javascript:alert(1)"),
    ("message", "text"),
    ("message", ["x"]),
    ("container", "x"),
    ("channel", "C1"),
    ("channel", {"id": 5}),
    ("team", None),
    ("actions", []),
    ("actions", ["x"]),
    ("actions", {}),
    ("actions", [{"action_id": "job_abort", "type": "button", "value": {"a": 1}}]),
    (
        "actions",
        [{"action_id": "job_rebuild", "type": "button", "value": 'v1:{"type":"Build","outputs":[]}'}],
    ),
    (
        "actions",
        [
            {
                "action_id": "list_page",
                "type": "button",
                "value": 'v1:{"type":"ListJobs","project":"P","limit":-3}',
            }
        ],
    ),
    (
        "actions",
        [
            {
                "action_id": "job_abort",
                "type": "button",
                "value": 'v1:{"type":"AbortJob","job":{"job_id":"a\\u0000b"}}',
            }
        ],
    ),
    ("trigger_id", {"a": 1}),
    ("trigger_id", "a\0b"),
]


@pytest.mark.parametrize(("field", "value"), ODD)
def test_a_press_that_slack_would_not_send_stops_nobody(
    scenario: Scenario, field: str, value: object
) -> None:
    """It is acknowledged and starts nothing, and the next one is processed."""
    alice, channel = scenario.slack.user_id("alice"), scenario.slack.channel_id(scenario.channel)
    team = scenario.slack._world.team_id
    payload: dict[str, object] = {
        "type": "block_actions",
        "user": {"id": alice, "team_id": team},
        "team": {"id": team},
        "trigger_id": f"t.{field}.{str(value)[:20]}",
        "container": {"type": "message", "message_ts": "1.1", "channel_id": channel},
        "channel": {"id": channel},
        "actions": [
            {
                "action_id": "job_abort",
                "type": "button",
                "value": 'v1:{"type":"AbortJob","job":{"job_id":"x","project":"CHURN"}}',
            }
        ],
    }
    answer = signed(scenario, payload | {field: value})
    assert answer.status_code in {200, 400}
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("Done", "CHURN.customers_clean")
    assert len(scenario.starts()) == 1
    assert scenario.bot.store.intents.aside() == []
    assert [name for name, check in scenario.bot._checks().items() if not check.ok] == []
