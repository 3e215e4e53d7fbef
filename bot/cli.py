"""The command line. Each command imports what it needs when it runs, so that ``--help`` is fast."""

import contextlib
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from bot.cli_policy import policy
from bot.cli_settings import BAD_CONFIGURATION, DOCS, settings_errors, settings_or_exit
from bot.settings import DatabaseAddress, load_database_address, load_encryption_keys

if TYPE_CHECKING:
    from bot.ops.audit_report import Format
    from bot.ops.findings import Finding


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
    epilog=f"Configure the bot with environment variables and one TOML file: see {DOCS}.",
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


main.add_command(policy)


@main.command()
@click.option(
    "--retry-blocks",
    is_flag=True,
    help="Try again now the newer kinds of blocks that Slack refused, instead of 30 days after the refusal.",
)
def run(*, retry_blocks: bool) -> None:
    """Run the bot until it gets SIGTERM or Ctrl-C."""
    settings = settings_or_exit()
    from bot.app.process import run as run_bot  # noqa: PLC0415
    from bot.ops import logging_setup  # noqa: PLC0415

    logging_setup.configure(settings.log, settings.secrets(), redact=settings.redactor())
    run_bot(settings, retry_blocks=retry_blocks)


@main.command()
@click.option(
    "mode",
    "--script",
    flag_value="script",
    help="Play a short story in the terminal without a keyboard, then end.",
)
@click.option(
    "mode", "--terminal", flag_value="terminal", help="Use a prompt in the terminal, and no browser."
)
@click.option(
    "mode",
    "--headless",
    flag_value="headless",
    help="Serve the page without opening a browser, for tests and other programs (see docs/sandbox.md).",
)
@click.option(
    "--port",
    default=8400,
    show_default=True,
    type=click.IntRange(0, 65_535),
    help="The page's port; if it is busy, the next free one. 0 picks any.",
)
def demo(*, mode: str | None, port: int) -> None:
    """Try the bot on this machine with its own DSS and Slack workspace. No configuration needed.

    It opens a page in the browser that looks like Slack. Without a browser, it prints the page's address and
    gives you a prompt; if the input is a pipe, it reads commands from there.
    """
    from bot.demo.play import Mode, play  # noqa: PLC0415

    sys.exit(play(Mode(mode or "page"), port=port))


@main.command()
@click.option(
    "--user",
    metavar="MAIL_OR_ID",
    help="Follow the way from this Slack user (email address or member ID) to a DSS login instead.",
)
def doctor(*, user: str | None) -> None:
    """Check tokens, scopes, DSS, the DSS API key, and the database, and say what to fix.

    It changes nothing. The exit code is 1 if something must be fixed.
    """
    from bot.ops.findings import FIX  # noqa: PLC0415

    fix = False
    for finding in _trace(user) if user is not None else _examine():
        click.echo(str(finding))
        fix = fix or finding.level == FIX
    sys.exit(int(fix))


@main.command()
@click.option(
    "--with",
    "parts",
    metavar="PARTS",
    default="",
    help="Optional parts, joined by commas: mentions (answer @mentions, also in threads), files (send whole "
    "logs, show timelines), pictures (show these at once), dm (answer direct messages), groups (rules about "
    "user groups); or all.",
)
def manifest(*, parts: str) -> None:
    """Print the manifest of the Slack app, to paste into Slack's app settings.

    Each optional part asks for one more scope. Without a part, the rest works.
    """
    from bot.domain.features import SCOPE_OF  # noqa: PLC0415
    from bot.ops.manifest import with_parts  # noqa: PLC0415

    wanted = {part.strip().lower() for part in parts.split(",") if part.strip()}
    if unknown := sorted(wanted - {*SCOPE_OF, "all"}):
        raise click.BadParameter(
            f"There is no part {unknown[0]!r}. Try: {', '.join(SCOPE_OF)}, all.", param_hint="--with"
        )
    chosen = set(SCOPE_OF) if "all" in wanted else wanted
    click.echo(with_parts(manifest_text(), chosen), nl=False)


@main.command()
def migrate() -> None:
    """Upgrade the database to this version's schema. Safe to run again.

    It needs only DATABASE_URL.
    """
    database = _database()
    from bot.store.opening import bring_up_to_date  # noqa: PLC0415

    with _database_errors(), _logging_to_stderr():
        click.echo(bring_up_to_date(database.url))


@main.command()
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(min=1),
    help="Maximum number of given-up messages to list.",
)
def outbox(*, limit: int) -> None:
    """Show the messages waiting to be sent to Slack, and those the bot gave up on and why.

    It needs only DATABASE_URL, and changes nothing.
    """
    database = _database()
    from bot.store.opening import open_for_reading  # noqa: PLC0415

    with _database_errors(), contextlib.closing(open_for_reading(database.url)) as store:
        counts = store.outbox.counts()
        waiting = counts.get("due", 0) + counts.get("sending", 0)
        click.echo(f"{waiting} waiting (the oldest for {store.outbox.oldest_due_seconds():.0f} s)")
        click.echo(f"{counts.get('sent', 0)} shown, {counts.get('gathered', 0)} left out after a digest")
        click.echo(f"{counts.get('dead', 0)} given up")
        for row in store.outbox.dead_letters(limit):
            first = row.text.partition("\n")[0]
            click.echo(f"  {row.channel_id}  {row.reason}  {first[:100]}")
        aside = store.intents.aside(limit=limit)
        if aside:
            click.echo("Requests that could not be read and were set aside (the people who asked were told):")
        for one in aside:
            click.echo(f"  {one.at:%Y-%m-%d %H:%M} UTC  {one.id}  {one.reason[:150]}")


class _Wanted(TypedDict):
    """The filters that need no reading."""

    user: str | None
    project: str | None
    verb: str | None
    reference: str | None
    denied: bool


@main.command()
@click.option("--user", metavar="ID_OR_LOGIN", help="Only this Slack member ID or DSS login.")
@click.option("--project", metavar="KEY", help="Only this project.")
@click.option("--verb", metavar="VERB", help="Only this: view, log, build, follow …")
@click.option("--since", metavar="TIME", help="Only from then on: 2026-11-28, 7d, yesterday … (UTC).")
@click.option("--until", metavar="TIME", help="Only before then.")
@click.option(
    "--reference", metavar="REF", help="Only the request with the reference that a person was shown."
)
@click.option("--denied", is_flag=True, help="Only what was refused.")
@click.option(
    "--limit", type=click.IntRange(min=1), help="Maximum number of entries.  [default: 50 in a table]"
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl", "csv"]),
    default="table",
    show_default=True,
    help="jsonl and csv have every field.",
)
@click.option("--verify", is_flag=True, help="Verify the whole chain instead.")
@click.option("--expect-head", metavar="HASH", help="With --verify: a head that was noted elsewhere.")
def audit(
    *,
    form: "Format",
    limit: int | None,
    verify: bool,
    expect_head: str | None,
    since: str | None,
    until: str | None,
    **wanted: Unpack[_Wanted],
) -> None:
    """List the audit, newest first: who asked for what, what was decided, and what came of it.

    With --verify, the exit code is 1 if an entry was changed, removed, inserted or reordered. It needs only
    DATABASE_URL, and changes nothing.
    """
    from bot.ops import audit_report  # noqa: PLC0415
    from bot.store import AuditFilter  # noqa: PLC0415
    from bot.store.opening import open_for_reading  # noqa: PLC0415

    if expect_head is not None and not verify:
        raise click.UsageError("--expect-head is for --verify: dss-bot audit --verify --expect-head HASH")
    expected = None if expect_head is None else _noted_hash(expect_head)
    moments = {"since": _moment("--since", since), "until": _moment("--until", until)}
    database = _database(to_stderr=True)
    with _database_errors(), contextlib.closing(open_for_reading(database.url)) as store:
        if verify:
            verification = store.verify_audit(expected=expected)
            for line in audit_report.found(verification):
                click.echo(line)
            sys.exit(int(not audit_report.holds(verification)))
        most = 50 if limit is None and form == "table" else limit
        with contextlib.closing(store.audit.find(AuditFilter(**moments, **wanted))) as entries:
            for line in audit_report.lines(islice(entries, most), form):
                click.echo(line)


def _noted_hash(text: str) -> str:
    """Return the hash of a noted head, with or without its position. An empty one must not check nothing."""
    noted = text.strip().rpartition(":")[2].lower()
    if not re.fullmatch(r"[0-9a-f]{64}", noted):
        raise click.BadParameter(
            f"{text!r} is no hash. Give all 64 digits, as in event=audit.head of the log.",
            param_hint="--expect-head",
        )
    return noted


def _moment(option: str, text: str | None) -> datetime | None:
    """Return the moment that somebody typed, in UTC."""
    from bot.commands.dates import read_since  # noqa: PLC0415
    from bot.domain.errors import Refusal  # noqa: PLC0415

    try:
        return None if text is None else read_since(text, datetime.now(UTC), "UTC")
    except Refusal as refused:
        raise click.BadParameter(str(refused), param_hint=option) from refused


@main.group()
def keys() -> None:
    """Manage the keys that encrypt people's personal DSS API keys."""


@keys.command()
def generate() -> None:
    """Print a new encryption key, for DSS_BOT_ENCRYPTION_KEYS."""
    from bot.store.encryption import new_key  # noqa: PLC0415

    click.echo(new_key())


@keys.command()
def rotate() -> None:
    """Encrypt every personal key anew, with the first of DSS_BOT_ENCRYPTION_KEYS.

    Safe while the bot runs, and safe to run again. It needs only DATABASE_URL and DSS_BOT_ENCRYPTION_KEYS.
    """
    with settings_errors():
        encryption_keys = load_encryption_keys()
    database = _database()
    from bot.store.encryption import Encryption  # noqa: PLC0415
    from bot.store.opening import open_for_reading, open_store  # noqa: PLC0415
    from bot.store.personal_keys import PersonalKeyStore  # noqa: PLC0415

    with _database_errors():
        open_for_reading(database.url).close()  # creates no file
        with contextlib.closing(open_store(database.url)) as store:
            rotated, failed = PersonalKeyStore(store.database, Encryption(encryption_keys)).rotate()
    click.echo(f"{rotated} encrypted anew")
    if failed:
        click.echo(
            f"{failed} could not be decrypted. Add the key that they were encrypted with at the end of "
            "DSS_BOT_ENCRYPTION_KEYS. If it is lost, their owners connect a key again.",
            err=True,
        )
        sys.exit(1)


def manifest_text() -> str:
    """Return the text of ``manifest.yml`` from the installed package or the source tree."""
    packaged = resources.files("bot") / "manifest.yml"
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parent.parent / "manifest.yml").read_text(encoding="utf-8")


def _examine() -> Iterable["Finding"]:
    settings = settings_or_exit()
    from bot.ops.doctor import examine  # noqa: PLC0415

    return examine(settings)


def _trace(user: str) -> Iterable["Finding"]:
    from bot.ops.user_trace import slack_user, trace  # noqa: PLC0415

    who = slack_user(user)
    if who is None:
        raise click.BadParameter(
            f"{user!r} is neither an email address nor a member ID. Slack shows the member ID in the "
            "person's profile, under ⋮.",
            param_hint="--user",
        )
    return trace(settings_or_exit(), who)


def _database(*, to_stderr: bool = False) -> DatabaseAddress:
    """Return where the database is, and print it: nobody notices a wrong one otherwise."""
    with settings_errors():
        database = load_database_address()
    from bot.store.opening import shown  # noqa: PLC0415

    click.echo(f"Database: {shown(database.url)}", err=to_stderr)
    if database.is_default:
        click.echo(
            "Warning: DATABASE_URL is not set, so this is the default file. If the bot runs with a "
            "DATABASE_URL, set the same one here.",
            err=True,
        )
    return database


@contextlib.contextmanager
def _logging_to_stderr() -> Iterator[None]:
    """Log what happens meanwhile to standard error: structlog's default is standard output, for results."""
    import structlog  # noqa: PLC0415

    before = structlog.get_config()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        yield
    finally:
        structlog.configure(**before)


@contextlib.contextmanager
def _database_errors() -> Iterator[None]:
    from bot.store import UnknownSchema  # noqa: PLC0415
    from bot.store.opening import CannotOpen, database_trouble  # noqa: PLC0415

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
