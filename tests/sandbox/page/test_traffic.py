"""The inspector's list: readable, counted, and without secrets."""

import json

import pytest
import requests
from slack_sdk.errors import SlackApiError

from bot.sandbox.dss import DssSandbox
from bot.sandbox.page.traffic import masked, masked_headers
from bot.sandbox.slack import SlackSandbox
from tests.sandbox.page.conftest import Visitor
from tests.sandbox.slack.apps import socket, web_client


def entries(visitor: Visitor, side: str) -> list[dict[str, object]]:
    return [one for one in visitor.get("state")["traffic"] if one["side"] == side]


def dss_get(dss: DssSandbox, path: str) -> None:
    headers = {"Authorization": f"Bearer {dss.admin_key}", "X-DKU-ProxyUser": "alice"}
    requests.get(f"{dss.url}/public/api{path}", headers=headers, timeout=60)


def test_a_poll_is_one_line_with_a_count(dss: DssSandbox, visitor: Visitor) -> None:
    """Equal calls to DSS are counted; a failing one is a line of its own, with DSS's reason."""
    for _ in range(3):
        dss_get(dss, "/projects/CHURN")
    dss_get(dss, "/projects/PAYROLL")
    first, refused = entries(visitor, "dss")
    assert (first["what"], first["who"], first["count"]) == ("GET /projects/CHURN", "alice", 3)
    assert (refused["ok"], refused["status"]) == (False, "401")
    assert refused["why"]
    detail = visitor.get(f"traffic/{first['number']}")
    assert detail["answer"]["projectKey"] == "CHURN"


def test_a_refusal_of_slack_says_why(slack: SlackSandbox, visitor: Visitor) -> None:
    """With the place in the blocks."""
    with pytest.raises(SlackApiError):
        web_client(slack).chat_postMessage(channel="#data", text="x", blocks=[{"type": "nonsense"}])
    (entry,) = entries(visitor, "slack")
    assert (entry["what"], entry["ok"], entry["status"]) == ("chat.postMessage", False, "invalid_blocks")
    assert "json-pointer:/blocks/0/type" in str(entry["why"])
    assert visitor.get(f"traffic/{entry['number']}")["request"]["blocks"] == [{"type": "nonsense"}]


def test_a_delivery_and_its_acknowledgement_are_one_line(slack: SlackSandbox, visitor: Visitor) -> None:
    """Sent, then acknowledged."""
    with visitor.stream() as window, socket(slack) as app:
        window.next()
        slack.as_user("alice").command("/dss-jobs", "x", "data")
        frame = app.frame()
        sent = window.until("traffic")["entry"]
        while not sent["to_bot"]:
            sent = window.until("traffic")["entry"]
        assert (sent["what"], sent["who"], sent["ok"], sent["status"]) == ("/dss-jobs", "alice", None, "sent")
        app.ack(frame, {"text": "hi"})
        acked = window.until("traffic")["entry"]
    assert (acked["number"], acked["ok"], acked["status"]) == (sent["number"], True, "acknowledged")
    assert visitor.get(f"traffic/{sent['number']}")["answer"] == {"text": "hi"}


def test_no_secret_is_in_the_traffic(dss: DssSandbox, slack: SlackSandbox, visitor: Visitor) -> None:
    """Keys, tokens, triggers, and response URLs are masked in every detail."""
    dss_get(dss, "/projects/")
    web_client(slack).auth_test()
    with socket(slack) as app:
        delivery = slack.as_user("alice").command("/dss-jobs", "", "data")
        app.ack(app.frame())
        delivery.wait()
    state = visitor.get("state")
    details = [visitor.get(f"traffic/{one['number']}") for one in state["traffic"]]
    text = json.dumps([state, details], ensure_ascii=False)
    assert len(details) >= 4
    for secret in (
        dss.admin_key,
        slack.bot_token,
        slack.app_token,
        delivery.trigger_id,
        delivery.payload["response_url"],
        delivery.payload["token"],
    ):
        assert secret not in text
    assert "Bearer •••" in text


def test_an_old_exchange_is_gone(visitor: Visitor) -> None:
    """A number that never was, and one that is no number."""
    assert visitor.request("GET", "traffic/99").status == 404
    assert visitor.request("GET", "traffic/x").status == 404


def test_masking_keeps_what_helps() -> None:
    """A scheme, names, and empty fields stay."""
    headers = {"Authorization": "Basic abc", "Cookie": "a=b", "X-DKU-ProxyUser": "alice"}
    assert masked_headers(headers) == {
        "Authorization": "Basic •••",
        "Cookie": "•••",
        "X-DKU-ProxyUser": "alice",
    }
    assert masked({"view": [{"token": "x", "response_url": "", "id": 1}]}) == {
        "view": [{"token": "•••", "response_url": "", "id": 1}]
    }


def test_a_broken_rule_is_shown(slack: SlackSandbox, visitor: Visitor) -> None:
    """What Slack doesn't allow, and no answer tells: here, an answer where none is accepted."""
    with visitor.stream() as window, socket(slack) as app:
        window.next()
        slack.as_user("alice").open_home()
        app.ack(app.frame(), {"text": "hi"})
        entry = window.until("traffic")["entry"]
        while entry["what"] != "broken rule":
            entry = window.until("traffic")["entry"]
    assert entry["ok"] is False
    assert entry["why"] == ["app_home_opened: an answer where none is accepted"]
