"""Socket Mode frame by frame, and with slack_sdk's own client."""

import threading

import pytest
import requests
from simple_websocket import Client
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.sandbox.slack import Failure, SlackSandbox
from bot.sandbox.slack.sockets import MAX_SOCKETS
from tests.sandbox.slack.apps import Socket, bolt_app, socket, socket_mode, web_client


def test_hello_counts_the_connections(slack: SlackSandbox) -> None:
    """The first frame gives the number of sockets and their lifetime."""
    with socket(slack) as one, socket(slack) as two:
        assert [one.hello["num_connections"], two.hello["num_connections"]] == [1, 2]
        assert one.hello["type"] == "hello"
        assert one.hello["debug_info"]["approximate_connection_time"] > 3600


def test_a_ticket_is_for_one_connection(slack: SlackSandbox) -> None:
    """The same WebSocket address doesn't work twice, and an invented one doesn't work at all."""
    url = web_client(slack).apps_connections_open(app_token=slack.app_token)["url"]
    first = Client.connect(url)
    for again in (url, url.split("?")[0] + "?ticket=invented"):
        address = again.replace("ws://", "http://")
        assert requests.get(address, headers={"Upgrade": "websocket"}, timeout=60).status_code == 403
    first.close()
    first.thread.join()


def test_an_envelope_and_its_acknowledgement(slack: SlackSandbox) -> None:
    """The person sees the payload of the acknowledgement, and the time is measured."""
    with socket(slack) as app:
        delivery = slack.as_user("alice").command("/dss-build", "CHURN.scored", "#data")
        frame = app.frame()
        assert (frame["type"], frame["accepts_response_payload"]) == ("slash_commands", True)
        assert frame["payload"]["text"] == "CHURN.scored"
        assert not delivery.acked
        app.ack(frame, {"text": "on its way"})
        assert delivery.wait().acked
    assert delivery.ack_payload == {"text": "on its way"}
    assert delivery.seconds is not None
    assert [one.text for one in slack.ephemerals("alice")] == ["on its way"]


def test_what_is_not_acknowledged_fails_for_the_person(impatient: SlackSandbox) -> None:
    """operation_timeout is shown and recorded; a late acknowledgement is a violation."""
    with socket(impatient) as app:
        delivery = impatient.as_user("alice").command("/dss-build", "", "#data").wait()
        assert (delivery.acked, delivery.error) == (False, "operation_timeout")
        app.ack(app.frame())
        impatient.wait_until(lambda: impatient.violations)
    assert impatient.failures == [
        Failure(user=impatient.user_id("alice"), what="/dss-build", error="operation_timeout")
    ]
    assert "operation_timeout" in impatient.ephemerals("alice")[0].text


def test_without_a_socket_a_command_fails_and_an_event_waits(slack: SlackSandbox) -> None:
    """dispatch_failed at once; the event arrives when a socket opens."""
    alice = slack.as_user("alice")
    assert alice.command("/dss-build", "", "#data").wait().error == "dispatch_failed"
    opened = alice.open_home()
    with socket(slack) as app:
        app.ack(app.frame())
        assert opened.wait().acked


def test_an_answer_where_none_is_accepted_is_a_violation(careless: SlackSandbox) -> None:
    """The acknowledgement of an event has no payload."""
    with socket(careless) as app:
        opened = careless.as_user("alice").open_home()
        app.ack(app.frame(), {"text": "hello"})
        opened.wait()
    assert len(careless.violations) == 1


def test_a_redelivery_has_the_same_envelope(slack: SlackSandbox) -> None:
    """The same id and payload arrive again and need their own acknowledgement."""
    with socket(slack) as app:
        first = slack.as_user("alice").command("/dss-build", "", "#data")
        frame = app.frame()
        app.ack(frame)
        first.wait()
        second = first.redeliver()
        again = app.frame()
        app.ack(again)
        assert second.wait().acked
    assert (again["envelope_id"], again["payload"]) == (frame["envelope_id"], frame["payload"])


def test_events_are_retried_and_say_so() -> None:
    """An unanswered event is sent again with retry_attempt and reason, then given up on."""
    with SlackSandbox(ack_timeout=0.05, event_retries=(0.0, 0.0)) as slack, socket(slack) as app:
        opened = slack.as_user("alice").open_home()
        frames = [app.frame() for _ in range(3)]
        assert opened.wait().error == "operation_timeout"
    assert [frame["retry_attempt"] for frame in frames] == [0, 1, 2]
    assert [frame["retry_reason"] for frame in frames] == ["", "timeout", "timeout"]
    assert len({frame["payload"]["event_id"] for frame in frames}) == 1
    assert slack.failures == []


def test_events_of_a_dropped_socket_come_again(slack: SlackSandbox) -> None:
    """Events that a lost connection might have carried are sent on the next one."""
    with socket(slack) as lost:
        opened = slack.as_user("alice").open_home()
        first = lost.frame()
        slack.drop_sockets()
        assert lost.ended()
    with socket(slack) as app:
        again = app.frame()
        app.ack(again)
        assert opened.wait().acked
    assert again["payload"] == first["payload"]
    assert again["retry_attempt"] == 1


def test_payloads_go_to_any_one_socket(slack: SlackSandbox) -> None:
    """With two sockets, each payload arrives once, and both sockets are used."""
    with socket(slack) as one, socket(slack) as two:
        deliveries = [slack.as_user("alice").command("/x", str(number), "#data") for number in range(4)]
        for app in (one, two):
            for _ in range(2):
                app.ack(app.frame())
        assert all(delivery.wait().acked for delivery in deliveries)


def test_the_eleventh_socket_is_refused(slack: SlackSandbox) -> None:
    """Ten are open; one more gets too_many_websockets and is closed."""
    apps = [Socket(slack) for _ in range(MAX_SOCKETS)]
    slack.wait_until(lambda: slack.sockets == MAX_SOCKETS)
    extra = Socket(slack)
    assert extra.hello == {"type": "disconnect", "reason": "too_many_websockets"}
    assert extra.ended()
    for app in (*apps, extra):
        app.close()


def test_a_refresh_warns_first(slack: SlackSandbox) -> None:
    """A warning, then refresh_requested for those that stayed, then the end."""
    with socket(slack) as app:
        slack.refresh_sockets(grace=0.05)
        assert [app.frame()["reason"] for _ in range(2)] == ["warning", "refresh_requested"]
        assert app.ended()


def test_a_disabled_link_says_so(slack: SlackSandbox) -> None:
    """link_disabled, then the end."""
    with socket(slack) as app:
        slack.disable_sockets()
        assert app.frame()["reason"] == "link_disabled"
        assert app.ended()


def test_slack_sdks_client_receives_acknowledges_and_is_answered_pings(slack: SlackSandbox) -> None:
    """The real client connects, receives the request, and answers; its pings get pongs."""
    client = SocketModeClient(slack.app_token, web_client=web_client(slack), auto_reconnect_enabled=False)
    seen = threading.Event()

    def listen(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id))
        seen.set()

    client.socket_mode_request_listeners.append(listen)
    client.connect()
    slack.wait_until(lambda: slack.sockets == 1)
    assert slack.as_user("alice").command("/x", "", "#data").wait().acked
    assert seen.wait(60)
    session = client.current_session
    assert session is not None
    session.ping(f"{session.session_id}:12.5")
    slack.wait_until(lambda: session.last_ping_pong_time == 12.5)
    slack.drop_sockets(close_frame=True)
    client.close()


def test_bolt_survives_a_refresh(slack: SlackSandbox) -> None:
    """The real client reconnects after the warning, and commands still get answers."""
    app = bolt_app(slack)
    app.command("/x")(lambda ack: ack())
    with socket_mode(slack, app):
        alice = slack.as_user("alice")
        assert alice.command("/x", "", "#data").wait().acked
        slack.refresh_sockets()
        assert slack.sockets == 1
        assert alice.command("/x", "", "#data").wait().acked


@pytest.mark.parametrize("close_frame", [True, False])
def test_slack_sdks_client_comes_back(slack: SlackSandbox, *, close_frame: bool) -> None:
    """After a close frame or a reset, the real client opens a new connection."""
    client = SocketModeClient(slack.app_token, web_client=web_client(slack), ping_interval=0.2)
    client.socket_mode_request_listeners.append(
        lambda client, request: client.send_socket_mode_response(SocketModeResponse(request.envelope_id))
    )
    client.connect()
    slack.wait_until(lambda: slack.sockets == 1)
    slack.drop_sockets(close_frame=close_frame)
    slack.wait_until(lambda: slack.sockets == 1)
    assert slack.as_user("alice").command("/x", "", "#data").wait().acked
    client.default_auto_reconnect_enabled = client.auto_reconnect_enabled = False
    slack.drop_sockets(close_frame=True)
    client.close()


def test_stopping_leaves_no_thread(slack: SlackSandbox) -> None:
    """After `stop`, no thread of the sandbox is alive, even if a socket was open."""
    other = SlackSandbox().start()
    with socket(other) as app:
        other.stop()
        assert app.ended()
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("slack-sandbox") == 1
    assert names.count("slack-sandbox-alarms") == 1


def test_a_workspace_that_never_started_can_be_stopped() -> None:
    """Its port is free again, and a second stop does nothing."""
    sandbox = SlackSandbox()
    sandbox.stop()
    sandbox.stop()
