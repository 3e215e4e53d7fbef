"""Reads the settings for a command line; every problem is on standard error, with exit code 2."""

import contextlib
import sys
from collections.abc import Iterator

import click

from bot.settings import Settings, SettingsError, load_settings

BAD_CONFIGURATION = 2
"""Exit code when the bot can't start with this configuration; click uses the same for a bad command line."""

DOCS = "docs/configuration.md"


def settings_or_exit() -> Settings:
    """Return the settings of this process, or end it."""
    with settings_errors():
        return load_settings()


@contextlib.contextmanager
def settings_errors(docs: str = DOCS) -> Iterator[None]:
    """End the process with every problem of the settings, if there are any.

    Args:
        docs: the page that says what is right.
    """
    try:
        yield
    except SettingsError as exc:
        click.echo(f"The configuration is invalid (see {docs} for every setting):", err=True)
        for problem in exc.problems:
            click.echo(f"  - {problem}", err=True)
        sys.exit(BAD_CONFIGURATION)
