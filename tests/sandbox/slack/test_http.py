"""Delivery by HTTP, signed so that a real Bolt app accepts it."""

import threading
from collections.abc import Iterator

import pytest
from slack_bolt import Ack
from slack_sdk.signature import SignatureVerifier

from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.event_sender import signed
from tests.sandbox.slack.apps import Json, actions, bolt_app, button, http_mode, web_client


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    """A workspace that delivers by HTTP."""
    with SlackSandbox(delivery="http", event_retries=(0.0, 0.0, 0.0)) as sandbox:
        yield sandbox
        assert sandbox.violations == []


def test_the_signature_is_slacks() -> None:
    """slack_sdk's verifier accepts it, but not for another body."""
    headers = signed("secret", b"payload=1")
    verifier = SignatureVerifier("secret")
    assert verifier.is_valid_request(b"payload=1", headers)
    assert not verifier.is_valid_request(b"payload=2", headers)


def test_commands_actions_and_answers(slack: SlackSandbox) -> None:
    """A command as a form, an action as `payload=`, and the answer's body is shown."""
    app = bolt_app(slack)
    pressed: list[str] = []

    @app.command("/x")
    def command(ack: Ack, command: Json) -> None:
        ack(f"got {command['text']}")

    @app.action("go")
    def go(ack: Ack, action: Json) -> None:
        pressed.append(action["value"])
        ack()

    web_client(slack).chat_postMessage(channel="#data", text="a", blocks=[actions(button(value="é&"))])
    with http_mode(app) as url:
        slack.deliver_to(url)
        alice = slack.as_user("alice")
        assert alice.command("/x", "a b", "#data").wait().acked
        assert alice.press(slack.messages("data")[0], action_id="go").wait().acked
    assert [one.text for one in slack.ephemerals("alice")] == ["got a b"]
    assert pressed == ["é&"]


def test_events_are_retried_with_their_headers(slack: SlackSandbox) -> None:
    """A failed event is sent again with the number of the retry."""
    app = bolt_app(slack)
    attempts: list[str | None] = []
    done = threading.Event()

    @app.middleware
    def flaky(req: object, next: object) -> None:  # noqa: A002 - Bolt's names
        headers = req.headers  # type: ignore[attr-defined]
        attempts.append(headers.get("x-slack-retry-num", [None])[0])
        if len(attempts) < 3:
            raise RuntimeError("not yet")
        next()  # type: ignore[operator]

    @app.event("app_home_opened")
    def opened() -> None:
        done.set()

    with http_mode(app) as url:
        slack.deliver_to(url)
        assert slack.as_user("alice").open_home().wait().acked
        assert done.wait(60)
    assert attempts == [None, "1", "2"]


def test_nobody_there(slack: SlackSandbox) -> None:
    """A refused connection fails for the person, and so does an error status."""
    slack.deliver_to("http://127.0.0.1:9/slack/events")
    assert slack.as_user("alice").command("/x", "", "#data").wait().error == "dispatch_failed"
    with http_mode(bolt_app(slack)) as url:
        slack.deliver_to(url)
        assert slack.as_user("alice").command("/unknown", "", "#data").wait().error == "http_404"
    assert [failure.error for failure in slack.failures] == ["dispatch_failed", "http_404"]


def test_a_slow_app_times_out() -> None:
    """If there is no answer in time, the person sees operation_timeout."""
    with SlackSandbox(delivery="http", ack_timeout=0.3) as slack:
        app = bolt_app(slack)
        given_up = threading.Event()

        @app.command("/x")
        def slow(ack: Ack) -> None:
            given_up.wait(60)
            ack()

        with http_mode(app) as url:
            slack.deliver_to(url)
            delivery = slack.as_user("alice").command("/x", "", "#data").wait()
            given_up.set()
    assert delivery.error == "operation_timeout"
    assert "operation_timeout" in slack.ephemerals("alice")[0].text
