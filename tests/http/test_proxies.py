"""Proxies from the environment: the same for DSS, for Slack's Web API, its webhooks, and its socket."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from slack_bolt import App
from slack_sdk.errors import SlackClientError

from bot.app import receivers
from bot.app.connections import slack_client
from bot.domain import Message, Place
from bot.dss import NO_RETRY, DSSClient, DSSError
from bot.http.proxies import VARIABLES, proxy_for, shown
from bot.ops.doctor import examine
from bot.sandbox.slack import SlackSandbox
from bot.settings import Settings
from bot.settings.reading import read_settings
from bot.slack.private_messages import PrivateMessages


class Proxy:
    """Records requests and refuses them."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://user:hunter2@127.0.0.1:{self._socket.getsockname()[1]}"
        self.asked: list[str] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                one, _ = self._socket.accept()
            except OSError:
                return
            with one:
                line = one.recv(4_000).decode("latin-1").partition("\r\n")[0]
                self.asked.append(line)
                one.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    # urllib caches the proxies that it found in its first call.
    monkeypatch.setattr("urllib.request._opener", None)
    made = Proxy()
    yield made
    made.close()


def settings_of(**more: str) -> Settings:
    env = {
        "SLACK_BOT_TOKEN": "xoxb-1-1",
        "SLACK_APP_TOKEN": "xapp-1-1",
        "DKU_DSS_URL": "http://dss.invalid:11200",
        "DKU_API_KEY": "key",
        "SLACK_API_URL": "http://slack.invalid/api/",
        **more,
    }
    return read_settings(env, str, Path())


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_everything_goes_through_the_proxy(proxy: Proxy, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """DSS, the Web API, and a ``response_url``."""
    if name == "HTTP_PROXY":
        monkeypatch.delenv("REQUEST_METHOD", raising=False)
    monkeypatch.setenv(name, proxy.url)
    settings = settings_of()
    with DSSClient("http://dss.invalid:11200", "key", retries=NO_RETRY) as dss, pytest.raises(DSSError):
        dss.list_project_keys()
    client = slack_client(settings)
    with pytest.raises((SlackClientError, OSError)):
        client.auth_test()
    place = Place(channel_id="C1", response_url="http://hooks.invalid/commands/1")
    assert not PrivateMessages(client).send(place, "U1", Message(text="x"))
    hosts = [line.split()[1].split("/")[2] for line in proxy.asked]
    assert hosts[:2] == ["dss.invalid:11200", "slack.invalid"]
    assert "hooks.invalid" in hosts


def test_no_proxy_holds_for_each(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for slack_sdk, which doesn't support it."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1,.invalid")
    with SlackSandbox() as slack:
        settings = settings_of(SLACK_BOT_TOKEN=slack.bot_token, SLACK_API_URL=slack.api_url)
        client = slack_client(settings)
        assert client.auth_test()["ok"]
        app = App(client=client, signing_secret="s", token_verification_enabled=False)
        from_slack = replace(settings.slack, app_token=settings.slack.bot_token.__class__(slack.app_token))
        socket_mode = receivers.receiver(app, from_slack, stopping=threading.Event())
        socket_mode.start()
        assert socket_mode.connected
        socket_mode.stop()
    with DSSClient("http://dss.invalid:11200", "key", retries=NO_RETRY) as dss, pytest.raises(DSSError):
        dss.list_project_keys()
    assert proxy.asked == []


def test_the_socket_goes_through_the_proxy(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chosen by its own address, not the Web API's."""
    with SlackSandbox() as slack:
        settings = settings_of(SLACK_BOT_TOKEN=slack.bot_token, SLACK_API_URL=slack.api_url)
        client = slack_client(settings)
        app = App(client=client, signing_secret="s", token_verification_enabled=False)
        from_slack = replace(settings.slack, app_token=settings.slack.bot_token.__class__(slack.app_token))
        stopping = threading.Event()
        socket_mode = receivers.receiver(app, from_slack, stopping=stopping)
        inner = socket_mode._handler.client  # type: ignore[attr-defined]
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "elsewhere.invalid")
        client.proxy = None
        monkeypatch.setattr("urllib.request.proxy_bypass", lambda *_: True)  # the Web API's own call
        inner.issue_new_wss_url()
        assert inner.proxy == proxy.url
        stopping.set()
        socket_mode.stop()


def test_the_doctor_says_what_goes_through_which_proxy(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the password; nothing if there is no proxy."""
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "dss.invalid")
    said = [one.detail for one in examine(settings_of()) if one.subject == "proxy"]
    assert len(said) == 1
    assert said[0].startswith("Slack is reached through http://127.0.0.1:")
    assert "hunter2" not in said[0]


def test_a_proxy_is_read_leniently(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a scheme, it is an HTTP proxy; a socket uses the same proxy as its page."""
    monkeypatch.setenv("https_proxy", "proxy.example:3128")
    monkeypatch.setenv("no_proxy", "")
    assert proxy_for("wss://wss.slack.example/link") == "http://proxy.example:3128"
    assert proxy_for("http://dss.example") is None
    assert shown("http://a:b@proxy.example:3128/x") == "http://proxy.example:3128"
