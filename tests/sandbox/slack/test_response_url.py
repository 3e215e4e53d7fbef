"""response_url: five uses, thirty minutes, and what each kind of answer does."""

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.sandbox.slack import Message, SlackSandbox
from tests.sandbox.slack.apps import Clock, actions, button, section, socket


def of_command(slack: SlackSandbox) -> WebhookClient:
    """Return slack_sdk's client for the response URL of a command from alice."""
    with socket(slack) as app:
        delivery = slack.as_user("alice").command("/x", "", "#data")
        app.ack(app.frame())
        delivery.wait()
    return WebhookClient(delivery.payload["response_url"])


def of_press(slack: SlackSandbox, message: Message) -> WebhookClient:
    """Return the client for the response URL of a button press by alice."""
    with socket(slack) as app:
        delivery = slack.as_user("alice").press(message, action_id="go")
        app.ack(app.frame())
        delivery.wait()
    return WebhookClient(delivery.payload["response_url"])


def texts(messages: list[Message]) -> list[str]:
    return [one.text for one in messages]


def test_five_uses(slack: SlackSandbox) -> None:
    """The sixth is refused."""
    hook = of_command(slack)
    assert [hook.send(text=str(number)).status_code for number in range(6)] == [200] * 5 + [404]
    assert texts(slack.ephemerals("alice")) == list("01234")
    assert slack.calls[-1].error == "used_url"


def test_thirty_minutes(slack: SlackSandbox, clock: Clock) -> None:
    """After exactly half an hour it works; a second later it doesn't."""
    hook = of_command(slack)
    clock.advance(1800)
    assert hook.send(text="in time").status_code == 200
    clock.advance(1)
    assert hook.send(text="too late").status_code == 404
    assert slack.calls[-1].error == "expired_url"


def test_in_channel_even_where_the_bot_is_not(slack: SlackSandbox) -> None:
    """The channel sees an in_channel answer, even without the bot in it."""
    slack.change_channel("data", bot_member=False)
    hook = of_command(slack)
    hook.send(text="all", response_type="in_channel")
    hook.send(text="one", response_type="ephemeral")
    assert texts(slack.messages("data")) == ["all"]
    assert texts(slack.ephemerals("alice")) == ["one"]


def test_replacing_and_deleting_a_message(slack: SlackSandbox, web: WebClient) -> None:
    """The message with the button is kept, replaced, or deleted, as requested."""
    web.chat_postMessage(channel="#data", text="a", blocks=[actions(button())])
    hook = of_press(slack, slack.messages("data")[0])
    hook.send(text="beside")
    assert texts(slack.messages("data")) == ["a"]
    assert texts(slack.ephemerals("alice")) == ["beside"]
    hook.send(text="instead", replace_original=True)
    assert texts(slack.messages("data")) == ["instead"]
    assert slack.messages("data")[0].blocks == []
    hook.send(delete_original=True)
    assert slack.messages("data") == []


def test_replacing_an_ephemeral_message(slack: SlackSandbox, web: WebClient) -> None:
    """The response URL can replace a message that chat.update can't."""
    web.chat_postEphemeral(channel="#data", user=slack.user_id("alice"), text="a", blocks=[actions(button())])
    hook = of_press(slack, slack.ephemerals("alice")[0])
    hook.send(text="b", replace_original=True)
    assert texts(slack.ephemerals("alice")) == ["b"]
    hook.send(text="c", replace_original=False)
    assert texts(slack.ephemerals("alice")) == ["b", "c"]
    hook.send(delete_original=True)
    assert texts(slack.ephemerals("alice")) == ["c"]


def test_into_a_thread(slack: SlackSandbox, web: WebClient) -> None:
    """thread_ts puts the answer in that thread."""
    root = web.chat_postMessage(channel="#data", text="root")["ts"]
    url = of_command(slack).url
    body = {"text": "reply", "response_type": "in_channel", "thread_ts": root}
    assert requests.post(url, json=body, timeout=60).text == "ok"
    assert texts(list(slack.messages("data")[0].replies)) == ["reply"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "a", "blocks": [section("")]}, "invalid_blocks"),
        ({"text": "a", "colour": "red"}, "invalid_payload"),
    ],
)
def test_content_is_checked(careless: SlackSandbox, body: dict[str, object], error: str) -> None:
    """Messages have the same limits here."""
    answer = requests.post(of_command(careless).url, json=body, timeout=60)
    assert answer.json()["error"] == error


def test_faults_of_response_urls(slack: SlackSandbox) -> None:
    """Response URLs can fail like methods, and a failed use doesn't count."""
    hook = of_command(slack)
    slack.faults.add("response_url", kind="500")
    assert hook.send(text="lost").status_code == 500
    assert [hook.send(text="a").status_code for _ in range(5)] == [200] * 5
