"""What the bot is told before it starts: read once, checked whole, passed on as frozen records."""

import os
from pathlib import Path

import platformdirs

from bot.settings.reading import read_database_url, read_settings
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
    "load_database_url",
    "load_settings",
    "read_database_url",
    "read_settings",
]


def load_settings() -> Settings:
    """Read the settings of this process: its environment, the files named there, the user's data directory.

    Raises:
        SettingsError: with all problems at once.
    """
    return read_settings(os.environ, _read_file, _data_dir())


def load_database_url() -> Secret:
    """Read from the same places where the database is; whatever Slack and DSS need may be missing.

    Raises:
        SettingsError: with all problems at once.
    """
    return read_database_url(os.environ, _read_file, _data_dir())


def _read_file(path: str) -> str:
    return Path(path).expanduser().read_text(encoding="utf-8")


def _data_dir() -> Path:
    return platformdirs.user_data_path("dss-bot", appauthor=False)
