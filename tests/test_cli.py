"""The command line, as its user sees it."""

import contextlib
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from bot.domain.features import SCOPE_OF
from bot.settings import NAMES

ROOT = Path(__file__).parent.parent


@pytest.fixture
def bare(tmp_path: Path) -> CliRunner:
    """A runner without our settings in its environment."""
    return CliRunner(env={**dict.fromkeys(NAMES, None), "HOME": str(tmp_path)})


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_a_bad_configuration_says_everything_and_exits_2(bare: CliRunner, command: str) -> None:
    """All problems are on standard error, one per line, and nothing starts."""
    result = bare.invoke(main, [command], env={"SLACK_BOT_TOKEN": "nope", "DSS_BOT_HTTP_PORT": "x"})
    assert result.exit_code == 2
    assert result.stdout == ""
    problems = [line for line in result.stderr.splitlines() if line.startswith("  - ")]
    assert [line.split(":")[0] for line in problems] == [
        "  - DKU_DSS_URL",
        "  - DKU_API_KEY",
        "  - SLACK_BOT_TOKEN",
        "  - SLACK_APP_TOKEN, SLACK_SIGNING_SECRET",
        "  - DSS_BOT_HTTP_PORT",
    ]


def test_help_names_every_command(bare: CliRunner) -> None:
    """`--help` exists for the whole program and for each command, with a sentence for each."""
    result = bare.invoke(main, ["--help"])
    assert result.exit_code == 0
    assert set(main.commands) == {
        "audit",
        "run",
        "demo",
        "doctor",
        "manifest",
        "migrate",
        "outbox",
        "policy",
        "keys",
    }
    for name, command in main.commands.items():
        assert f"  {name} " in result.stdout
        assert command.help
        assert bare.invoke(main, [name, "--help"]).exit_code == 0


def test_a_misspelt_command_exits_2(bare: CliRunner) -> None:
    """An unknown command is the caller's mistake, with the corresponding exit code."""
    result = bare.invoke(main, ["rum"])
    assert result.exit_code == 2
    assert "rum" in result.stderr


def test_version_is_one_line(bare: CliRunner) -> None:
    """`--version` shows the version, installed or not."""
    result = bare.invoke(main, ["--version"])
    assert result.exit_code == 0
    assert result.stdout.startswith("dss-bot")
    assert result.stdout.count("\n") == 1


def test_manifest_is_printed_as_it_is_in_the_repository(bare: CliRunner) -> None:
    """The output of `dss-bot manifest` can be pasted into Slack: it says the same as manifest.yml."""
    result = bare.invoke(main, ["manifest"])
    assert result.exit_code == 0
    assert yaml.safe_load(result.stdout) == yaml.safe_load(
        (ROOT / "manifest.yml").read_text(encoding="utf-8")
    )
    assert "slash_commands" in yaml.safe_load(result.stdout)["features"]


@pytest.mark.parametrize(
    ("parts", "scopes"),
    [
        ("mentions", {"app_mentions:read"}),
        ("Files, dm", {"files:write", "im:history"}),
        ("all", {*SCOPE_OF.values()}),
    ],
)
def test_parts_of_the_manifest_are_added(bare: CliRunner, parts: str, scopes: set[str]) -> None:
    """`--with` adds what each part needs."""
    asked = [bare.invoke(main, ["manifest", *more]).stdout for more in ([], ["--with", parts])]
    base, more = (set(yaml.safe_load(text)["oauth_config"]["scopes"]["bot"]) for text in asked)
    assert more - base == scopes


def test_an_unknown_part_is_named_with_those_that_there_are(bare: CliRunner) -> None:
    """Nothing is printed that somebody could paste."""
    result = bare.invoke(main, ["manifest", "--with", "mentions,mail"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "'mail'. Try: mentions, files, pictures, dm, groups, all." in " ".join(result.stderr.split())


def test_migrate_makes_the_database(tmp_path: Path) -> None:
    """`migrate` says where it creates the tables, and can be repeated; it needs only DATABASE_URL."""
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'bot.sqlite3'}"}
    for said in (r"The database is now at schema \d+\.", r"The database was already at schema \d+: "):
        done = subprocess.run(
            [sys.executable, "-m", "bot", "migrate"],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        where, what = done.stdout.splitlines()
        assert where == f"Database: {env['DATABASE_URL']}"
        assert re.match(said, what)
    assert (tmp_path / "bot.sqlite3").stat().st_size > 0


@pytest.mark.parametrize("command", ["migrate", "outbox"])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:hunter2@127.0.0.1:1/bot", "DATABASE_URL: can't be opened: "),
        ("sqlite:////proc/nowhere/bot.sqlite3", "DATABASE_URL: can't be opened: "),
        ("mysql://me:hunter2@127.0.0.1/bot", "  - DATABASE_URL: 'mysql' is not a database"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_sentence(
    bare: CliRunner, command: str, url: str, said: str
) -> None:
    """It names the setting and the reason, without a password or traceback, and the exit code is 2."""
    result = bare.invoke(main, [command], env={"DATABASE_URL": url})
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.splitlines()[-1].startswith(said)
    assert "hunter2" not in result.output


@pytest.mark.parametrize("command", ["migrate", "outbox"])
def test_a_database_of_a_newer_version_is_left_alone(bare: CliRunner, tmp_path: Path, command: str) -> None:
    """Neither command can do anything with it, and both say what to do."""
    file = tmp_path / "bot.sqlite3"
    with contextlib.closing(sqlite3.connect(file)) as newer, newer:
        newer.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        newer.execute("INSERT INTO alembic_version VALUES ('9999')")
    result = bare.invoke(main, [command], env={"DATABASE_URL": f"sqlite:///{file}"})
    assert (result.exit_code, result.stdout) == (2, f"Database: sqlite:///{file}\n")
    assert "schema 9999, which this version doesn't know" in result.stderr
    assert ("database.made_private" in result.stderr) == (command == "migrate")  # SQLite's own mode is 0644


def test_outbox_needs_the_database_only_and_lists_at_least_one(bare: CliRunner, tmp_path: Path) -> None:
    """It counts without any Slack or DSS settings; a limit below one is refused."""
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'bot.sqlite3'}"}
    assert bare.invoke(main, ["migrate"], env=env).exit_code == 0
    shown = bare.invoke(main, ["outbox"], env=env)
    assert shown.exit_code == 0
    assert shown.stdout.splitlines()[-1] == "0 given up"
    assert bare.invoke(main, ["outbox", "--limit", "1"], env=env).exit_code == 0
    for limit in ("0", "-3"):
        refused = bare.invoke(main, ["outbox", "--limit", limit], env=env)
        assert refused.exit_code == 2
        assert "--limit" in refused.stderr


@pytest.mark.parametrize("command", ["migrate", "outbox"])
@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgres://me:hunter2@127.0.0.1:1/bot", "postgresql+psycopg://me:***@127.0.0.1:1/bot"),
        (
            "postgresql://127.0.0.1:1/bot?password=hunter2",
            "postgresql+psycopg://127.0.0.1:1/bot?password=hidden",
        ),
    ],
)
def test_the_database_is_named_without_its_password(
    bare: CliRunner, command: str, url: str, shown: str
) -> None:
    """Even when it can't be opened: then it is what the reader wants to know first."""
    result = bare.invoke(main, [command], env={"DATABASE_URL": url})
    assert result.stdout == f"Database: {shown}\n"
    assert "hunter2" not in result.output
    assert "default file" not in result.output


def test_a_relative_path_is_shown_as_where_it_leads(
    bare: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same DATABASE_URL is another file in another directory."""
    monkeypatch.chdir(tmp_path)
    result = bare.invoke(main, ["migrate"], env={"DATABASE_URL": "sqlite:///bot.sqlite3"})
    assert result.stdout.splitlines()[0] == f"Database: sqlite:///{tmp_path / 'bot.sqlite3'}"


@pytest.mark.parametrize(("command", "code"), [("outbox", 2), ("migrate", 0)])
def test_the_default_file_is_warned_about(bare: CliRunner, tmp_path: Path, command: str, code: int) -> None:
    """Who forgets DATABASE_URL looks at a file that the bot doesn't use."""
    result = bare.invoke(main, [command], env={"XDG_DATA_HOME": str(tmp_path)})
    assert result.exit_code == code
    assert result.stdout.splitlines()[0] == f"Database: sqlite:///{tmp_path / 'dss-bot/dss-bot.sqlite3'}"
    assert result.stderr.startswith("Warning: DATABASE_URL is not set, so this is the default file.")


def test_outbox_creates_no_database(bare: CliRunner, tmp_path: Path) -> None:
    """It reads: a wrong path is an answer, and leaves neither file nor directory behind."""
    file = tmp_path / "data" / "bot.sqlite3"
    result = bare.invoke(main, ["outbox"], env={"DATABASE_URL": f"sqlite:///{file}"})
    assert result.exit_code == 2
    assert result.stderr.startswith(f"DATABASE_URL: can't be opened: there is no file {file} yet.")
    assert list(tmp_path.iterdir()) == []


def test_outbox_changes_no_database(bare: CliRunner, tmp_path: Path) -> None:
    """An empty file stays empty, and a database as it is; nothing is left beside them."""
    file = tmp_path / "bot.sqlite3"
    env = {"DATABASE_URL": f"sqlite:///{file}"}
    file.touch()
    empty = bare.invoke(main, ["outbox"], env=env)
    assert (empty.exit_code, file.stat().st_size) == (2, 0)
    assert "run `dss-bot migrate`" in empty.stderr
    assert bare.invoke(main, ["migrate"], env=env).exit_code == 0
    before = file.read_bytes()
    assert bare.invoke(main, ["outbox"], env=env).exit_code == 0
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_python_m_bot_is_the_same_command() -> None:
    """`python -m bot` calls itself dss-bot, so that people can type what its help shows."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Usage: dss-bot ")
