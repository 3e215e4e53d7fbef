"""What is opened, and how."""

from pathlib import Path

from bot.opening import slack_client
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


def test_all_calls_to_slack_share_the_certificates() -> None:
    """Loading them takes longer than everything else about a message."""
    first, second = slack_client(settings()), slack_client(settings(), retries=True)

    assert first.ssl is not None
    assert first.ssl is second.ssl


def test_certificates_are_not_loaded_for_a_stand_in_without_tls() -> None:
    assert slack_client(settings(SLACK_API_URL="http://127.0.0.1:1/api/")).ssl is None
