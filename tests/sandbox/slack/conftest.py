"""A workspace, the real client, and a clock that stands still."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from bot.sandbox.slack import SlackSandbox
from tests.sandbox.slack.apps import Clock, web_client

EVERY_SCOPE = (
    *("im:write", "im:read", "im:history", "groups:read", "groups:history", "files:write", "files:read"),
    *("channels:read", "channels:history", "channels:join", "app_mentions:read", "usergroups:read"),
    *("reactions:write", "team:read"),
)

LONG = 60.0
"""Seconds that no wait takes unless something is wrong."""


@pytest.fixture
def clock() -> Clock:
    """Seconds since the epoch, moved by hand."""
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[SlackSandbox]:
    """A workspace with every scope and without rates; nothing in it can break Slack's rules."""
    with SlackSandbox(clock=clock, rates=False, scopes=EVERY_SCOPE, ack_timeout=LONG) as sandbox:
        yield sandbox
        assert sandbox.violations == []


@pytest.fixture
def careless(clock: Clock) -> Iterator[SlackSandbox]:
    """A workspace for tests that deliberately break the rules."""
    with SlackSandbox(clock=clock, rates=False, scopes=EVERY_SCOPE, ack_timeout=LONG) as sandbox:
        yield sandbox


@pytest.fixture
def impatient(clock: Clock) -> Iterator[SlackSandbox]:
    """A workspace that hardly waits for an acknowledgement, for tests that give none."""
    with SlackSandbox(clock=clock, rates=False, scopes=EVERY_SCOPE, ack_timeout=0.2) as sandbox:
        yield sandbox


@pytest.fixture
def web(slack: SlackSandbox) -> WebClient:
    """The bot's slack_sdk client."""
    return web_client(slack)
