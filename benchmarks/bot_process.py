"""How a benchmark starts the bot: like any user, with environment variables only."""

import os
from collections.abc import Mapping
from pathlib import Path

from bot.sandbox.slack import SlackSandbox

UNLIMITED = Path(__file__).with_name("unlimited.toml")
"""One typist stands for many people, so the limits for people are off."""


def bot_environment(slack: SlackSandbox, dss: Mapping[str, str], database: str) -> dict[str, str]:
    """Return the environment of a ``dss-bot run`` that connects to two stand-ins."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DKU_DSS_URL": dss["url"],
        "DKU_API_KEY": dss["key"],
        "DSS_BOT_ACCESS": "open",
        "DSS_BOT_HTTP_PORT": "0",
        "DATABASE_URL": database,
        "DSS_BOT_CONFIG": str(UNLIMITED),
    }
