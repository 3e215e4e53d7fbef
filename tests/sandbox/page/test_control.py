"""What can be done through the control interface, with a real app at the other end."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.dss import DssSandbox, ManualClock
from bot.sandbox.slack import SlackSandbox
from tests.sandbox.page.conftest import Visitor
from tests.sandbox.slack.apps import (
    Json,
    actions,
    bolt_app,
    button,
    modal,
    plain,
    section,
    socket_mode,
    text_input,
    web_client,
)

CONFIRM = {"title": plain("Sure?"), "text": plain("It stops."), "confirm": plain("Yes"), "deny": plain("No")}


@pytest.fixture
def heard(slack: SlackSandbox) -> Iterator[list[Any]]:
    """A Bolt app that opens a dialog, and what it heard."""
    app = bolt_app(slack)
    heard: list[Any] = []

    @app.command("/dss-jobs")
    def command(ack: Ack, body: Json, client: WebClient) -> None:
        ack(f"You said {body['text']}")
        heard.append(body["text"])
        if body["text"] == "dialog":
            view = modal(text_input(), notify_on_close=True)
            client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.action("go")
    def pressed(ack: Ack, action: Json, body: Json) -> None:
        ack()
        heard.append((body["user"]["name"], action["value"]))

    @app.options("project")
    def options(ack: Ack, body: Json) -> None:
        ack(options=[{"text": plain(body["value"].upper()), "value": "1"}])

    @app.view("dialog")
    def submitted(ack: Ack, view: Json) -> None:
        value = view["state"]["values"]["name"]["typed"]["value"]
        heard.append(value)
        if value == "bad":
            ack(response_action="errors", errors={"name": "Not that one"})
        else:
            ack()

    @app.view_closed("dialog")
    def closed(ack: Ack) -> None:
        ack()
        heard.append("closed")

    @app.shortcut("anywhere")
    @app.shortcut("job_log")
    def shortcut(ack: Ack, body: Json) -> None:
        ack()
        heard.append(body.get("message", {"text": body["type"]})["text"])

    @app.event("app_home_opened")
    def home(event: Json, client: WebClient) -> None:
        heard.append("home")
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section("jobs")]})

    with socket_mode(slack, app):
        yield heard


def message(slack: SlackSandbox, *blocks: Json) -> Json:
    web_client(slack).chat_postMessage(channel="#data", text="a job", blocks=list(blocks))
    return {"channel": "data", "ts": slack.messages("data")[-1].ts}


def test_a_command_is_typed_and_answered(slack: SlackSandbox, heard: list[Any], visitor: Visitor) -> None:
    """The answer says that the app acknowledged it, how fast, and with what."""
    outcome = visitor.post("people/alice/command", {"channel": "#data", "text": "/dss-jobs a < b"})
    assert (outcome["sent"], outcome["acked"], outcome["error"]) == (True, True, None)
    assert outcome["answer"] == {"text": "You said a &lt; b"}
    assert 0 <= outcome["seconds"] < 20
    assert heard == ["a &lt; b"]
    assert [one.text for one in slack.ephemerals("alice")] == ["You said a &lt; b"]


def test_a_button_is_pressed_once_it_is_confirmed(
    slack: SlackSandbox, heard: list[Any], visitor: Visitor
) -> None:
    """Saying no sends nothing; two equal buttons are told apart by their block."""
    where = message(
        slack,
        actions(button("go", "Go", "1", confirm=CONFIRM), block_id="first"),
        actions(button("go", "Go", "2"), block_id="second"),
    )
    press = {"message": where, "action_id": "go", "block_id": "first"}
    assert visitor.post("people/bob/press", {**press, "confirm": False})["sent"] is False
    assert visitor.post("people/bob/press", press)["acked"]
    assert visitor.post("people/bob/press", {**press, "block_id": "second"})["acked"]
    assert heard == [("bob", "1"), ("bob", "2")]
    status, why = visitor.refused("people/bob/press", {"message": where, "action_id": "gone"})
    assert status == 409
    assert why.startswith("That isn't there (any more)")
    assert visitor.refused("people/stranger/press", press)[0] == 403


def test_a_button_that_was_edited_meanwhile_is_pressed(
    slack: SlackSandbox, heard: list[Any], visitor: Visitor
) -> None:
    """An edit gives unnamed blocks new ids; a press that was decided before still finds its button."""
    web, channel = web_client(slack), slack.channel_id("data")
    sent = web.chat_postMessage(channel=channel, text="Go?", blocks=[actions(button("go", "Go", "1"))])
    before = sent["message"]["blocks"][0]["block_id"]
    web.chat_update(channel=channel, ts=sent["ts"], text="Go!", blocks=[actions(button("go", "Go", "1"))])
    where = {"channel": channel, "ts": sent["ts"]}
    assert visitor.post("people/bob/press", {"message": where, "action_id": "go", "block_id": before})[
        "acked"
    ]
    assert heard == [("bob", "1")]


def test_a_menu_asks_the_app_and_a_choice_is_sent(
    slack: SlackSandbox, heard: list[Any], visitor: Visitor
) -> None:
    """Options come back in the answer to the suggestion."""
    menu = {
        "type": "external_select",
        "action_id": "project",
        "min_query_length": 1,
        "placeholder": plain("?"),
    }
    where = message(slack, actions(menu))
    ask = {"message": where, "action_id": "project"}
    options = visitor.post("people/alice/suggest", {**ask, "typed": "ch"})["answer"]["options"]
    assert options[0]["text"]["text"] == "CH"
    assert visitor.post("people/alice/select", {**ask, "choice": options[0]})["sent"]
    assert visitor.refused("people/alice/suggest", {**ask, "typed": ""})[0] == 422


def test_a_dialog_is_filled_in_refused_and_closed(
    slack: SlackSandbox, heard: list[Any], visitor: Visitor
) -> None:
    """The app's errors stay at the field until a submission is accepted."""
    visitor.post("people/alice/command", {"channel": "data", "text": "/dss-jobs dialog"})
    (view,) = slack.wait_until(lambda: slack.views("alice"))
    submit = {"view": view.id, "state": {"name": "bad"}}
    assert visitor.post("people/alice/submit", submit)["acked"]
    state = visitor.get("state")
    assert state["views"][slack.user_id("alice")][0]["errors"] == {"name": "Not that one"}
    assert state["views"][slack.user_id("alice")][0]["values"]["name"]["typed"]["value"] == "bad"
    assert visitor.refused("people/bob/submit", submit) == (404, "That dialog is closed.")
    assert visitor.refused("people/alice/submit", {"view": view.id, "state": {"name": ""}})[0] == 422
    assert visitor.post("people/alice/close", {"view": view.id})["acked"]
    assert heard == ["dialog", "bad", "closed"]
    assert visitor.refused("people/alice/submit", submit)[0] == 404


def test_home_shortcuts_and_messages(slack: SlackSandbox, heard: list[Any], visitor: Visitor) -> None:
    """The rest of what people do."""
    assert visitor.refused("people/alice/press", {"home": True, "action_id": "go"})[0] == 404
    assert visitor.post("people/alice/home")["acked"]
    slack.wait_until(lambda: slack.home("alice"))
    where = message(slack, section("a job"))
    assert visitor.post("people/bob/shortcut", {"callback_id": "job_log", "message": where})["acked"]
    assert visitor.post("people/bob/shortcut", {"callback_id": "anywhere"})["acked"]
    assert heard == ["home", "a job", "shortcut"]
    said = {"channel": "data", "text": "@bob see #random & <this> bob@example.com", "thread_ts": where["ts"]}
    assert visitor.post("people/alice/message", said)["sent"] is False
    (reply,) = slack.messages("data")[-1].replies
    bob, random = slack.user_id("bob"), slack.channel_id("random")
    assert reply.text == f"<@{bob}> see <#{random}> &amp; &lt;this&gt; bob@example.com"


def test_an_app_that_does_not_answer(slack: SlackSandbox, visitor: Visitor) -> None:
    """The outcome has Slack's error, and so has the traffic."""
    outcome = visitor.post("people/alice/command", {"channel": "data", "text": "/dss-jobs"})
    assert outcome["error"] == "dispatch_failed"
    (entry,) = [one for one in visitor.get("state")["traffic"] if one["to_bot"]]
    assert (entry["ok"], entry["status"], entry["why"]) == (
        False,
        "dispatch_failed",
        ["no connection to the app took it"],
    )


@pytest.mark.parametrize(
    ("path", "body", "status", "why"),
    [
        ("people/nobody/command", {"channel": "data", "text": "/x"}, 404, "Nobody here is called nobody."),
        ("people/alice/command", {"channel": "data", "text": "x"}, 400, "begins with a slash"),
        ("people/alice/command", {"channel": "nowhere", "text": "/x"}, 409, "nowhere"),
        ("people/stranger/command", {"channel": "data", "text": "/x"}, 403, "is not in data"),
        ("people/alice/command", {"channel": "data"}, 400, "missing required field `text`"),
        ("people/alice/command", {"channel": "data", "text": "/x", "typo": 1}, 400, "unknown field `typo`"),
        ("people/alice/command", b"{", 400, "can't be read"),
        ("people/alice/press", {"action_id": "a"}, 400, "exactly one of message, view, and home"),
        ("people/alice/press", {"message": {"channel": "data", "ts": "1.1"}}, 404, "That message is gone."),
        ("people/alice/fly", {}, 404, "There is no POST people/alice/fly here."),
        ("dss/jobs", {"project": "CHURN", "output": "nothing"}, 422, "nothing"),
        ("dss/abort", {"project": "CHURN", "job": "none"}, 404, "Job not found"),
        ("dss/next", {"outcome": "MAYBE"}, 400, "MAYBE"),
        ("slack/faults", {"kind": "nonsense"}, 422, "unknown kind"),
        ("slack/faults", {"method": "("}, 422, "unterminated"),
        ("slack/faults", {"times": 0}, 400, ">= 1"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    visitor: Visitor, path: str, body: object, status: int, why: str
) -> None:
    """Each refusal has a status and a sentence."""
    refused = visitor.refused(path, body)
    assert refused[0] == status
    assert why in refused[1]


def test_a_body_has_a_limit(visitor: Visitor) -> None:
    """It is refused by its announced length."""
    answer = visitor.request("POST", "complete", None, headers={"Content-Length": "2000000"})
    assert (answer.status, answer.json) == (413, {"error": "A body has at most 1000000 bytes."})


def test_a_line_is_completed(visitor: Visitor) -> None:
    """By what the demo knows."""
    assert visitor.post("complete", {"text": "/dss"}) == {"words": ["/dss!"]}


def test_jobs_start_and_end_in_dss(dss: DssSandbox, clock: ManualClock, visitor: Visitor) -> None:
    """As a colleague, by the scheduler, aborted, and failing because somebody wanted that."""
    wanted = {"project": "CHURN", "output": "scored", "login": "carol", "triggered_from": "SCHEDULER"}
    job = dss.world.job("CHURN", visitor.post("dss/jobs", wanted)["job"])
    assert (job.initiator, job.triggered_from) == ("carol", "SCHEDULER")
    clock.advance(5)
    assert visitor.post("dss/abort", {"project": "CHURN", "job": job.id}) == {"ok": True}
    clock.advance(5)
    assert job.head(clock.now_ms()).state == "ABORTED"
    visitor.post("dss/next", {"outcome": "FAILED", "message": "out of disk", "duration": 2})
    assert visitor.get("state")["conditions"]["planned"] == ["FAILED"]
    failing = dss.world.job(
        "CHURN", visitor.post("dss/jobs", {"project": "CHURN", "output": "scored"})["job"]
    )
    clock.advance(3)
    assert failing.head(clock.now_ms()).state == "FAILED"
    assert visitor.get("state")["conditions"]["planned"] == []


def test_a_scenario_runs(dss: DssSandbox, visitor: Visitor) -> None:
    """Its job says that a scenario started it, as the project's owner."""
    scenario = {"project": "CHURN", "scenario": "NIGHTLY"}
    job = dss.world.job("CHURN", visitor.post("dss/scenarios", scenario)["job"])
    assert (job.initiator, job.triggered_from) == ("alice", "SCHEDULER")
    assert [one.id for one in job.outputs] == ["scored"]
    assert visitor.refused("dss/scenarios", {**scenario, "project": "FRAUD"})[0] == 404


def test_trouble_is_switched_on_and_off(
    dss: DssSandbox, slack: SlackSandbox, heard: list[Any], visitor: Visitor
) -> None:
    """DSS offline or slow, Slack's 429, a dropped socket; every window is told."""
    with visitor.stream() as window:
        window.next()
        visitor.request("PUT", "dss/conditions", {"available": False, "latency_seconds": 1.5})
        told = window.until("conditions")["conditions"]
        assert (told["available"], told["latency_seconds"]) == (False, 1.5)
        assert dss.faults.pick("GET", "/projects/")[0].kind == "html502"
        visitor.request("PUT", "dss/conditions", {"available": True})
        assert [one.kind for one in dss.faults.pick("GET", "/projects/")] == ["latency"]
        visitor.request("PUT", "dss/conditions", {"latency_seconds": 0})
        assert dss.faults.pick("GET", "/projects/") == []
        visitor.post("slack/faults", {"method": "chat\\..*", "times": 2, "retry_after": 0})
        with pytest.raises(SlackApiError, match="ratelimited"):
            web_client(slack).chat_postMessage(channel="#data", text="x")
        assert visitor.get("state")["conditions"]["slack_faults"] == [
            {"method": "chat\\..*", "kind": "429", "left": 1}
        ]
        visitor.request("DELETE", "slack/faults")
        web_client(slack).chat_postMessage(channel="#data", text="x")
        assert visitor.post("slack/drop") == {"ok": True}
        slack.wait_until(lambda: slack.sockets == 1, 60)  # slack_sdk comes back by itself


def test_files_are_what_their_bytes_are(slack: SlackSandbox, visitor: Visitor) -> None:
    """Text is shown as text, a picture as a picture; HTML and SVG are never anything but text."""
    web = web_client(slack)
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 8
    contents = {
        "a.log": b"<script>",
        "b.png": png,
        "c.html": b"<html>",
        "d.svg": b"<svg/>",
        "e.bin": b"\xff\x00",
    }
    for name, content in contents.items():
        web.files_upload_v2(channel=slack.channel_id("data"), filename=name, content=content, title=name)
    state = visitor.get("state")
    kinds = {one["files"][0]["name"]: one["files"][0]["type"] for one in state["messages"]}
    assert kinds == {
        "a.log": "text/plain",
        "b.png": "image/png",
        "c.html": "text/plain",
        "d.svg": "application/octet-stream",
        "e.bin": "application/octet-stream",
    }
    for one in state["messages"]:
        answer = visitor.request("GET", f"files/{one['files'][0]['id']}")
        name = one["files"][0]["name"]
        assert answer.body == contents[name]
        assert answer.headers["Content-Type"].partition(";")[0] == kinds[name]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert visitor.request("GET", "files/F404").status == 404


def test_broken_characters_do_not_end_the_stream(slack: SlackSandbox, visitor: Visitor) -> None:
    """A lone surrogate, which JSON can carry, is passed on."""
    body = json.dumps({"channel": "data", "text": "\ud800"}).encode()
    assert visitor.request("POST", "people/alice/message", body).status in {200, 400}
    web_client(slack).chat_postMessage(channel="#data", text="still here")
    assert visitor.get("state")["messages"][-1]["text"] == "still here"


def test_calls_to_dss_fail_as_often_as_wanted(dss: DssSandbox, visitor: Visitor) -> None:
    """Each fault counts down; clearing them leaves DSS as slow or offline as it is."""
    visitor.request("PUT", "dss/conditions", {"latency_seconds": 1})
    fault = {"kind": "status", "method": "POST", "path": "/jobs/$", "status": 503, "times": 2}
    assert visitor.post("dss/faults", fault) == {"ok": True}
    picked = dss.faults.pick("POST", "/projects/CHURN/jobs/")
    assert [(one.kind, one.status) for one in picked] == [("latency", 500), ("status", 503)]
    assert visitor.get("state")["conditions"]["dss_faults"] == [
        {"kind": "status", "path": "/jobs/$", "left": 1}
    ]
    visitor.request("DELETE", "dss/faults")
    assert [one.kind for one in dss.faults.pick("POST", "/projects/CHURN/jobs/")] == ["latency"]
    assert visitor.get("state")["conditions"]["dss_faults"] == []
    assert visitor.refused("dss/faults", {"path": "("}) == (
        422,
        "'(' isn't a pattern: missing ), unterminated subpattern at position 0.",
    )


def test_a_person_reads_what_that_person_sees(slack: SlackSandbox, visitor: Visitor) -> None:
    """Roots, replies, and ephemeral messages in order, and nothing of a channel that they aren't in."""
    web = web_client(slack)
    root = web.chat_postMessage(channel="#data", text="root")["ts"]
    web.chat_postEphemeral(channel=slack.channel_id("data"), user=slack.user_id("alice"), text="only alice")
    web.chat_postMessage(channel="#data", text="reply", thread_ts=root)

    def texts(person: str) -> list[str]:
        return [one["text"] for one in visitor.get(f"people/{person}/messages/data")["messages"]]

    assert texts("alice") == ["root", "only alice", "reply"]
    assert texts("bob") == ["root", "reply"]
    assert visitor.request("GET", "people/stranger/messages/data").status == 403
    assert visitor.request("GET", "people/bob/messages/nowhere").status == 404
    assert visitor.request("GET", "people/nobody/messages/data").status == 404
