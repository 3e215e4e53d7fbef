"""What the bot is told before it starts: read once, checked whole, passed on as frozen records."""

import os
from pathlib import Path

import platformdirs

from bot.settings.reading import read_settings
from bot.settings.records import (
    Access,
    FollowingSettings,
    HealthSettings,
    Instance,
    LogFormat,
    LogLevel,
    LogSettings,
    Secret,
    Settings,
    SettingsError,
    SlackSettings,
    StoreSettings,
)
from bot.settings.variables import NAMES, VARIABLES, Variable

__all__ = [
    "NAMES",
    "VARIABLES",
    "Access",
    "FollowingSettings",
    "HealthSettings",
    "Instance",
    "LogFormat",
    "LogLevel",
    "LogSettings",
    "Secret",
    "Settings",
    "SettingsError",
    "SlackSettings",
    "StoreSettings",
    "Variable",
    "load_settings",
    "read_settings",
]


def load_settings() -> Settings:
    """Read the settings of this process: its environment, the files named there, the user's data directory.

    Raises:
        SettingsError: with all problems at once.
    """
    return read_settings(
        os.environ,
        lambda path: Path(path).expanduser().read_text(encoding="utf-8"),
        platformdirs.user_data_path("dss-bot", appauthor=False),
    )
