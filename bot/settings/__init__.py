"""How is the bot configured?

The environment and one TOML file, read once, checked as a whole, and passed on as frozen records. May import
`bot.domain` only.

Example of a change: to add a variable, add a row to `variables`, a field to `models`, and a line to
`reading`.
"""

import os
from pathlib import Path

import platformdirs

from bot.settings.encryption import WeakConnection, weak_connections
from bot.settings.models import (
    Access,
    DatabaseAddress,
    FollowingSettings,
    HealthSettings,
    InstanceSettings,
    LogFormat,
    LogLevel,
    LogSettings,
    RedactionSettings,
    RulesSettings,
    Secret,
    Settings,
    SettingsError,
    SlackSettings,
    StoreSettings,
    VisibilitySettings,
)
from bot.settings.reading import read_database_address, read_only_encryption_keys, read_settings
from bot.settings.rules import read_rules
from bot.settings.variables import NAMES, VARIABLES, Variable

__all__ = [
    "NAMES",
    "VARIABLES",
    "Access",
    "DatabaseAddress",
    "FollowingSettings",
    "HealthSettings",
    "InstanceSettings",
    "LogFormat",
    "LogLevel",
    "LogSettings",
    "RedactionSettings",
    "RulesSettings",
    "Secret",
    "Settings",
    "SettingsError",
    "SlackSettings",
    "StoreSettings",
    "Variable",
    "VisibilitySettings",
    "WeakConnection",
    "load_database_address",
    "load_encryption_keys",
    "load_settings",
    "read_database_address",
    "read_file",
    "read_only_encryption_keys",
    "read_rules",
    "read_settings",
    "weak_connections",
]


def load_settings() -> Settings:
    """Read the settings of this process from its environment, the files named there and the data directory.

    Raises:
        SettingsError: with all problems at once.
    """
    return read_settings(os.environ, read_file, _data_dir())


def load_database_address() -> DatabaseAddress:
    """Read the database address from the same places. The settings for Slack and DSS can be missing.

    Raises:
        SettingsError: with all problems at once.
    """
    return read_database_address(os.environ, read_file, _data_dir())


def load_encryption_keys() -> tuple[Secret, ...]:
    """Read only the encryption keys from the same places.

    Raises:
        SettingsError: with all problems at once; not having any key is one.
    """
    return read_only_encryption_keys(os.environ, read_file)


def read_file(path: str) -> str:
    """Return the text of a file that the settings name."""
    return Path(path).expanduser().read_text(encoding="utf-8")


def _data_dir() -> Path:
    return platformdirs.user_data_path("dss-bot", appauthor=False)
