"""The command line. Each command imports what it needs when it runs, so that ``--help`` is quick."""

import contextlib
import sys
from collections.abc import Iterator
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from bot.settings import Secret, Settings, SettingsError, load_database_url, load_settings

BAD_CONFIGURATION = 2
"""Exit code when the bot can't start with what it was told; click uses the same for a bad command line."""

_DOCS = "docs/configuration.md"


def _show_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 (click)
    if not asked or context.resilient_parsing:
        return
    try:
        click.echo(f"dss-bot {version('dss-bot')}")
    except PackageNotFoundError:
        click.echo("dss-bot, from its source tree")
    context.exit()


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"The configuration is in environment variables and one TOML file: see {_DOCS}.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
def main() -> None:
    """Run Dataiku DSS jobs from Slack: build, follow, abort, list, and read the logs."""


@main.command()
def run() -> None:
    """Run the bot until it gets SIGTERM or Ctrl-C."""
    settings = _settings()
    from bot import logs  # noqa: PLC0415
    from bot.running import run as run_bot  # noqa: PLC0415

    logs.configure(settings.log, settings.secrets())
    run_bot(settings)


@main.command()
@click.option("--script", is_flag=True, help="Play a short story without a keyboard, then end.")
def demo(*, script: bool) -> None:
    """Try the bot here: a DSS and a Slack workspace of its own, nothing to configure."""
    from bot.demo import play  # noqa: PLC0415

    sys.exit(play(script=script))


@main.command()
def doctor() -> None:
    """Check tokens, scopes, DSS, its key and the database, and say what to do.

    The exit code is 1 when something must be put right.
    """
    settings = _settings()
    from bot.doctor import FIX, examine  # noqa: PLC0415

    findings = examine(settings)
    for finding in findings:
        click.echo(str(finding))
    sys.exit(int(any(finding.level == FIX for finding in findings)))


@main.command()
def manifest() -> None:
    """Print the manifest of the Slack app, to paste where Slack asks for it."""
    click.echo(manifest_text(), nl=False)


@main.command()
def migrate() -> None:
    """Bring the database to the tables of this version. Safe to run again.

    It needs DATABASE_URL only.
    """
    database_url = _database_url()
    from bot.opening import bring_up_to_date  # noqa: PLC0415

    with _database_errors():
        click.echo(bring_up_to_date(database_url))


@main.command()
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(min=1),
    help="The most messages that were given up to list.",
)
def outbox(*, limit: int) -> None:
    """Show what waits to be sent to Slack, and what was given up and why.

    It needs DATABASE_URL only.
    """
    database_url = _database_url()
    from bot.opening import open_store  # noqa: PLC0415

    with _database_errors(), contextlib.closing(open_store(database_url)) as store:
        counts = store.outbox.counts()
        waiting = counts.get("due", 0) + counts.get("sending", 0)
        click.echo(f"{waiting} waiting (the oldest for {store.outbox.oldest_due_seconds():.0f} s)")
        click.echo(f"{counts.get('sent', 0)} shown, {counts.get('gathered', 0)} left out before an end")
        click.echo(f"{counts.get('dead', 0)} given up")
        for row in store.outbox.dead_rows(limit):
            first = row.text.partition("\n")[0]
            click.echo(f"  {row.channel_id}  {row.reason}  {first[:100]}")
        aside = store.intents.aside(limit=limit)
        if aside:
            click.echo("Requests that could not be read and were set aside (the people were told):")
        for one in aside:
            click.echo(f"  {one.at:%Y-%m-%d %H:%M} UTC  {one.id}  {one.reason[:150]}")


def manifest_text() -> str:
    """Return the text of ``manifest.yml``: from the installed package, or from the source tree."""
    packaged = resources.files("bot") / "manifest.yml"
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parent.parent / "manifest.yml").read_text(encoding="utf-8")


def _settings() -> Settings:
    with _settings_errors():
        return load_settings()


def _database_url() -> Secret:
    with _settings_errors():
        return load_database_url()


@contextlib.contextmanager
def _settings_errors() -> Iterator[None]:
    try:
        yield
    except SettingsError as exc:
        click.echo(f"The configuration can't be used ({_DOCS} has every setting):", err=True)
        for problem in exc.problems:
            click.echo(f"  - {problem}", err=True)
        sys.exit(BAD_CONFIGURATION)


@contextlib.contextmanager
def _database_errors() -> Iterator[None]:
    from bot.opening import CannotOpen, database_trouble  # noqa: PLC0415
    from bot.store import UnknownSchema  # noqa: PLC0415

    try:
        with database_trouble():
            yield
    except UnknownSchema as exc:
        click.echo(str(exc), err=True)
    except CannotOpen as exc:
        click.echo(f"DATABASE_URL: {exc}", err=True)
    else:
        return
    sys.exit(BAD_CONFIGURATION)
