"""Who can call what: tokens, scopes, method and parameter names, encodings."""

import json

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackSandbox
from tests.sandbox.slack.apps import refused, web_client


def post(
    slack: SlackSandbox, method: str, *, token: str | None = None, **kwargs: object
) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or slack.bot_token}"}
    return requests.post(slack.api_url + method, headers=headers, timeout=60, **kwargs)  # type: ignore[arg-type]


def test_auth_test_names_the_bot_and_the_scopes(slack: SlackSandbox, web: WebClient) -> None:
    """The answer names the token's owner; a header lists its scopes."""
    answer = web.auth_test()
    assert answer["user_id"] == slack.bot_user_id
    assert answer["team_id"] == slack.team_id
    headers = {name.lower(): value for name, value in answer.headers.items()}
    assert "chat:write" in headers["x-oauth-scopes"].split(",")


def test_api_test_echoes(web: WebClient) -> None:
    """Arguments are returned; `error` fails."""
    assert web.api_test(foo="bar")["args"]["foo"] == "bar"
    with pytest.raises(SlackApiError) as caught:
        web.api_test(error="my_error")
    assert refused(caught.value) == "my_error"


def test_a_wrong_token_is_refused(slack: SlackSandbox) -> None:
    """An unknown token gets invalid_auth, a missing one not_authed."""
    with pytest.raises(SlackApiError) as caught:
        web_client(slack, "xoxb-of-somebody-else").auth_test()
    assert refused(caught.value) == "invalid_auth"
    assert requests.post(slack.api_url + "auth.test", timeout=60).json()["error"] == "not_authed"


def test_each_token_has_its_methods(slack: SlackSandbox, web: WebClient) -> None:
    """Only the app token opens sockets; everything else needs the bot token."""
    url = web.apps_connections_open(app_token=slack.app_token)["url"]
    assert url.startswith("ws://127.0.0.1:")
    for method, token in (("apps.connections.open", slack.bot_token), ("auth.test", slack.app_token)):
        assert post(slack, method, token=token).json()["error"] == "not_allowed_token_type"


def test_a_missing_scope_is_named() -> None:
    """The answer names the required scope and the existing ones."""
    with SlackSandbox() as slack:
        answer = post(slack, "conversations.open", data={"users": slack.user_id("alice")}).json()
    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "im:write"
    assert set(answer["provided"].split(",")) == {"commands", "chat:write", "users:read", "users:read.email"}


def test_the_scope_goes_with_the_kind_of_channel() -> None:
    """A private channel's history needs groups:history, whatever the scopes for public ones."""
    with SlackSandbox(scopes=["channels:history"]) as slack:
        web = web_client(slack)
        private = slack.add_channel("secret", private=True)
        assert web.conversations_history(channel=slack.channel_id("data"))["messages"] == []
        with pytest.raises(SlackApiError) as caught:
            web.conversations_history(channel=private)
        assert caught.value.response["needed"] == "groups:history"


def test_unknown_methods_and_parameters_are_violations(careless: SlackSandbox) -> None:
    """Anything that Slack doesn't know is refused and recorded."""
    assert post(careless, "chat.postMassage", json={}).json()["error"] == "unknown_method"
    answer = post(careless, "chat.postMessage", json={"channel": "C1", "txet": "a"}).json()
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] unknown parameter: txet"]
    assert len(careless.violations) == 2


def test_a_form_and_json_mean_the_same(slack: SlackSandbox) -> None:
    """Blocks can be JSON inside a form."""
    blocks = [{"type": "divider"}]
    channel = slack.channel_id("data")
    for kwargs in (
        {"json": {"channel": channel, "text": "a", "blocks": blocks}},
        {"data": {"channel": channel, "text": "a", "blocks": json.dumps(blocks)}},
    ):
        assert post(slack, "chat.postMessage", **kwargs).json()["ok"]
    one, two = slack.messages("data")
    assert (one.text, one.blocks[0]["type"]) == (two.text, two.blocks[0]["type"]) == ("a", "divider")


def test_reading_methods_take_no_json(careless: SlackSandbox) -> None:
    """users.info with a JSON body is refused, as in Slack."""
    answer = post(careless, "users.info", json={"user": careless.user_id("alice")}).json()
    assert answer["error"] == "invalid_arguments"


def test_calls_are_recorded_without_tokens(slack: SlackSandbox, web: WebClient) -> None:
    """A record has the method, the decoded arguments, and the outcome, but no secrets."""
    web.chat_postMessage(channel="#data", text="hello", blocks=[{"type": "divider"}])
    call = slack.calls[-1]
    assert (call.method, call.ok, call.error, call.status) == ("chat.postMessage", True, None, 200)
    assert call.args["blocks"] == [{"type": "divider"}]
    assert slack.bot_token not in repr(slack.calls)
