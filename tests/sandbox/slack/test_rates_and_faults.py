"""Calls above the rate are refused with the right Retry-After; faults have their specified effects."""

import re
import urllib.error
from http.client import RemoteDisconnected

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import RateLimitErrorRetryHandler

from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.methods import METHODS
from bot.sandbox.slack.rates import PER_CHANNEL, RATES, Rates
from tests.sandbox.slack.apps import Clock, web_client


def burst(rates: Rates, method: str, rate: str, channel: str | None = None) -> tuple[int, int]:
    """Call until refused; returns the number of successful calls and the Retry-After."""
    passed = 0
    while (wait := rates.take(method, rate, channel)) is None:
        passed += 1
    return passed, wait


def test_a_channel_takes_about_one_post_a_second(clock: Clock) -> None:
    """A short burst, then one a second; other channels aren't affected."""
    rates = Rates(clock)
    assert burst(rates, "chat.postMessage", "post", "C1") == (PER_CHANNEL.burst, 1)
    assert burst(rates, "chat.postMessage", "post", "C2") == (PER_CHANNEL.burst, 1)
    clock.advance(1)
    assert burst(rates, "chat.postMessage", "post", "C1") == (1, 1)


def test_the_workspace_has_a_limit_over_all_channels(clock: Clock) -> None:
    """Posts to more and more channels stop at the workspace's burst."""
    rates = Rates(clock)
    passed = [rates.take("chat.postMessage", "post", f"C{number}") for number in range(100)].count(None)
    assert passed == RATES["post"].burst


@pytest.mark.parametrize("rate", sorted(RATES))
def test_a_minute_gives_the_published_number(clock: Clock, rate: str) -> None:
    """In the long run, exactly the tier's calls per minute pass, however fast the caller is."""
    rates = Rates(clock)
    burst(rates, "any", rate)
    passed = 0
    for _ in range(600):
        clock.advance(0.1)
        passed += burst(rates, "any", rate)[0]
    assert passed == pytest.approx(RATES[rate].per_minute, abs=1)


def test_waiting_as_told_is_enough(clock: Clock) -> None:
    """After Retry-After, the same call passes."""
    rates = Rates(clock)
    for rate in RATES:
        _, wait = burst(rates, rate, rate)
        clock.advance(wait)
        assert rates.take(rate, rate, None) is None


def test_tiers_are_those_of_the_facts() -> None:
    """The methods that set the bot's pace have the documented tiers."""
    tiers = {name: METHODS[name].rate for name in ("chat.update", "views.open", "users.list", "users.info")}
    assert tiers == {"chat.update": "3", "views.open": "4", "users.list": "2", "users.info": "4"}


def test_a_429_goes_over_the_wire(clock: Clock) -> None:
    """Status, body, and header are Slack's; nothing is posted."""
    with SlackSandbox(clock=clock) as slack:
        web = web_client(slack)
        for _ in range(PER_CHANNEL.burst):
            web.chat_postMessage(channel="#data", text="a")
        with pytest.raises(SlackApiError) as caught:
            web.chat_postMessage(channel="#data", text="a")
        assert caught.value.response.status_code == 429
        assert caught.value.response["error"] == "ratelimited"
        assert caught.value.response.headers["Retry-After"] == "1"
        assert len(slack.messages("data")) == PER_CHANNEL.burst
        assert slack.calls[-1].retry_after == 1


def test_the_sdks_own_handler_understands_a_429(slack: SlackSandbox) -> None:
    """slack_sdk's rate-limit handler waits and succeeds."""
    slack.faults.add("chat.postMessage", kind="429", retry_after=0)
    handler = RateLimitErrorRetryHandler(max_retry_count=1)
    web = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[handler])
    web.chat_postMessage(channel="#data", text="a")
    assert [call.status for call in slack.calls] == [429, 200]


@pytest.mark.parametrize("kind", ["500", "503", "error:is_archived", "429"])
def test_an_answered_fault_has_no_effect(slack: SlackSandbox, web: WebClient, kind: str) -> None:
    """The call fails the given number of times, and those calls post nothing."""
    slack.faults.add("chat.*", kind=kind, times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError):
            web.chat_postMessage(channel="#data", text="lost")
    web.chat_postMessage(channel="#data", text="kept")
    assert [one.text for one in slack.messages("data")] == ["kept"]


def test_a_gateway_answers_html(slack: SlackSandbox) -> None:
    """503 is a page, as a proxy sends it: callers must not expect JSON."""
    slack.faults.add("auth.test", kind="503")
    answer = requests.post(slack.api_url + "auth.test", timeout=60)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_reset_has_no_effect(slack: SlackSandbox, web: WebClient) -> None:
    """The connection breaks before the call has any effect."""
    slack.faults.add("chat.postMessage", kind="reset")
    with pytest.raises((ConnectionResetError, RemoteDisconnected, urllib.error.URLError)):
        web.chat_postMessage(channel="#data", text="lost")
    assert slack.messages("data") == []


def test_a_lost_answer_has_its_effect(slack: SlackSandbox, web: WebClient) -> None:
    """The message exists, although the caller can't know."""
    slack.faults.add("chat.postMessage", kind="lose_answer")
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        web.chat_postMessage(channel="#data", text="there")
    assert [one.text for one in slack.messages("data")] == ["there"]


def test_the_sdk_repeats_after_a_lost_answer(slack: SlackSandbox) -> None:
    """With its default handler, slack_sdk posts twice: the trap that the outbox must avoid."""
    slack.faults.add("chat.postMessage", kind="lose_answer")
    WebClient(slack.bot_token, base_url=slack.api_url).chat_postMessage(channel="#data", text="twice")
    assert [one.text for one in slack.messages("data")] == ["twice", "twice"]


def test_a_timeout_ends_when_the_client_gives_up(slack: SlackSandbox) -> None:
    """No answer, no effect, and no thread that hangs."""
    slack.faults.add("chat.postMessage", kind="timeout")
    web = WebClient(slack.bot_token, base_url=slack.api_url, timeout=1, retry_handlers=[])
    with pytest.raises(TimeoutError):
        web.chat_postMessage(channel="#data", text="lost")
    assert slack.messages("data") == []


def test_faults_can_wait_and_be_cleared(slack: SlackSandbox, web: WebClient) -> None:
    """`skip` lets calls through first; `clear` removes all faults; an unknown kind is refused at once."""
    slack.faults.add(re.escape("auth.test"), kind="500", skip=1, times=5)
    web.auth_test()
    with pytest.raises(SlackApiError):
        web.auth_test()
    slack.faults.clear()
    web.auth_test()
    with pytest.raises(ValueError, match="unknown kind"):
        slack.faults.add("x", kind="explode")


def test_faults_of_the_other_addresses(slack: SlackSandbox, web: WebClient) -> None:
    """Uploads can also fail."""
    slack.faults.add("upload", kind="503")
    announced = web.files_getUploadURLExternal(filename="a.txt", length=3)
    assert requests.post(announced["upload_url"], data=b"abc", timeout=60).status_code == 503
    assert requests.post(announced["upload_url"], data=b"abc", timeout=60).status_code == 200
