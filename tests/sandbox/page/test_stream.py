"""What happens in the stand-ins arrives in every window, in order, and a reload loses nothing."""

import socket as socket_module
from typing import Any

from slack_sdk import WebClient

from bot.sandbox.dss import DssSandbox, ManualClock
from bot.sandbox.page import Playground
from bot.sandbox.slack import SlackSandbox
from tests.sandbox.page.conftest import Visitor
from tests.sandbox.slack.apps import actions, button, modal, section, socket, text_input, web_client


def post(slack: SlackSandbox, text: str, **other: Any) -> str:
    return str(web_client(slack).chat_postMessage(channel="#data", text=text, **other)["ts"])


def test_a_window_gets_a_snapshot_then_the_changes(slack: SlackSandbox, visitor: Visitor) -> None:
    """A message, its edit, a reply, an ephemeral one, and a deletion, each as it happens."""
    before = post(slack, "before")
    web: WebClient = web_client(slack)
    data, alice = slack.channel_id("data"), slack.user_id("alice")
    with visitor.stream() as window:
        state = window.next()["state"]
        assert [one["text"] for one in state["messages"]] == ["before"]
        assert [one["role"] for one in state["people"] if one["name"] == "alice"] == ["Member"]
        web.chat_update(channel=data, ts=before, text="after", blocks=[section("after")])
        edited = window.until("message")["message"]
        assert (edited["ts"], edited["text"], edited["edits"]) == (before, "after", 1)
        post(slack, "reply", thread_ts=before)
        assert window.until("message")["message"]["thread_ts"] == before
        web.chat_postEphemeral(channel=data, user=alice, text="only you")
        assert window.until("message")["message"]["to"] == alice
        web.chat_delete(channel=data, ts=before)
        gone = window.until("deleted")
        assert (gone["channel"], gone["ts"], gone["to"]) == (data, before, None)


def test_a_window_that_comes_back_goes_on_where_it_was(slack: SlackSandbox, visitor: Visitor) -> None:
    """`Last-Event-ID`, which browsers send by themselves, skips the snapshot."""
    with visitor.stream() as window:
        window.next()
        post(slack, "one")
        window.until("message")
        last = window.last
    post(slack, "two")
    with visitor.stream({"Last-Event-ID": str(last)}) as window:
        event = window.until("message")
        assert event["message"]["text"] == "two"
        post(slack, "three")
        assert window.until("message")["message"]["text"] == "three"
    with visitor.stream({"Last-Event-ID": "999999"}) as window:
        assert window.next()["type"] == "snapshot"


def test_two_windows_see_the_same(slack: SlackSandbox, visitor: Visitor) -> None:
    """Each event has the same number in both."""
    with visitor.stream() as one, visitor.stream() as other:
        assert one.next()["type"] == other.next()["type"] == "snapshot"
        post(slack, "hello")
        assert one.until("message") == other.until("message")
        assert one.last == other.last


def test_views_and_home_arrive(slack: SlackSandbox, visitor: Visitor) -> None:
    """A modal that opens, and a Home tab that is published."""
    with visitor.stream() as window, socket(slack) as app:
        window.next()
        delivery = slack.as_user("alice").command("/dss-build", "", "data")
        app.ack(app.frame())
        web = web_client(slack)
        web.views_open(trigger_id=delivery.trigger_id, view=modal(text_input()))
        views = window.until("views")
        assert views["user"] == slack.user_id("alice")
        assert [one["type"] for one in views["views"]] == ["modal"]
        web.views_publish(user_id=slack.user_id("bob"), view={"type": "home", "blocks": [section("jobs")]})
        assert window.until("home")["view"]["blocks"][0]["text"]["text"] == "jobs"


def test_a_job_moves_through_its_activities(dss: DssSandbox, clock: ManualClock, visitor: Visitor) -> None:
    """Nothing in DSS announces that; the feed looks."""
    with visitor.stream() as window:
        assert len(window.next()["state"]["projects"]) == 6
        job = dss.world.start("CHURN", {"outputs": [{"id": "scored"}]}, initiator="bob")
        first = window.until("job")["job"]
        assert (first["id"], first["state"], first["initiator"]) == (job.id, "NOT_STARTED", "bob")
        clock.advance(10)
        running = window.until("job")["job"]
        assert running["state"] == "RUNNING"
        assert [one["state"] for one in running["activities"]] == ["RUNNING"]
        clock.advance(60)
        assert window.until("job")["job"]["state"] == "DONE"
        dss.world.delete_job("CHURN", dss.world.start("CHURN", {"outputs": [{"id": "features"}]}).id)
        started = dss.world.start("CHURN", {"outputs": [{"id": "scored"}]})
        assert window.until("job")["job"]["id"] == started.id
        dss.world.delete_job("CHURN", started.id)
        assert window.until("job_deleted")["id"] == started.id


def test_a_job_that_fails_at_once_is_seen(dss: DssSandbox, visitor: Visitor) -> None:
    """Two jobs with one output: the second ends before anybody could have looked."""
    with visitor.stream() as window:
        window.next()
        dss.world.start("CHURN", {"outputs": [{"id": "scored"}]})
        window.until("job")
        dss.world.start("CHURN", {"outputs": [{"id": "scored"}]})
        assert window.until("job")["job"]["state"] == "FAILED"


def test_the_stream_ends_with_the_demo(slack: SlackSandbox, dss: DssSandbox) -> None:
    """Stopping ends windows that are still open, and connections that say nothing, as browsers keep some."""
    with Playground(slack, dss) as page:
        window = Visitor(page).stream()
        window.next()
        silent = socket_module.create_connection(("127.0.0.1", page.port), timeout=60)
        Visitor(page).get("state")  # the server has accepted the connection before
    with window, silent:
        assert window.ended()
        assert silent.recv(1) == b""


def test_the_state_is_what_the_snapshot_has(slack: SlackSandbox, visitor: Visitor) -> None:
    """Other programs can read it without a stream."""
    post(slack, "hi", blocks=[actions(button("go", "Go"))])
    with visitor.stream() as window:
        snapshot = window.next()["state"]
    state = visitor.get("state")
    assert {key for key in state if state[key] != snapshot[key]} <= {"now", "seq", "traffic"}
    assert state["messages"][0]["blocks"][0]["elements"][0]["action_id"] == "go"
    assert state["commands"] == [{"command": "/dss-jobs", "usage_hint": "help", "description": "Jobs"}]
