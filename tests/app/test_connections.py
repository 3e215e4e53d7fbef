"""What is opened, and how."""

from pathlib import Path

from bot.app.connections import slack_client
from bot.settings import Settings, read_settings

ENVIRONMENT = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "DKU_DSS_URL": "https://dss.example.com",
    "DKU_API_KEY": "key",
}


def _no_file(path: str) -> str:
    raise FileNotFoundError(path)


def settings(**more: str) -> Settings:
    return read_settings(ENVIRONMENT | more, _no_file, Path("/data"))


def test_all_calls_to_slack_are_made_in_one_way() -> None:
    """slack_sdk has no hook for proxies and deadlines: the bot installs the function that it calls, once."""
    first, second = slack_client(settings()), slack_client(settings(), retries=True)
    assert (first.ssl, first.proxy, second.ssl, second.proxy) == (None, None, None, None)
