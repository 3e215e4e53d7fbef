"""The command line, as its user sees it."""

import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from bot.settings import NAMES

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def bare(tmp_path: Path) -> CliRunner:
    """A runner with none of our settings in its environment."""
    return CliRunner(env={**dict.fromkeys(NAMES, None), "HOME": str(tmp_path)})


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_a_bad_configuration_says_everything_and_exits_2(bare: CliRunner, command: str) -> None:
    """All problems are on standard error, one a line, and nothing was started."""
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
    """`--help` is there for the whole and for each command, and tells in a sentence what it does."""
    result = bare.invoke(main, ["--help"])
    assert result.exit_code == 0
    assert set(main.commands) == {"run", "demo", "doctor", "manifest", "migrate", "outbox"}
    for name, command in main.commands.items():
        assert f"  {name} " in result.stdout
        assert command.help
        assert bare.invoke(main, [name, "--help"]).exit_code == 0


def test_a_misspelt_command_exits_2(bare: CliRunner) -> None:
    """A command that is not there is a mistake of the caller, with the exit code for that."""
    result = bare.invoke(main, ["rum"])
    assert result.exit_code == 2
    assert "rum" in result.stderr


def test_version_is_one_line(bare: CliRunner) -> None:
    """`--version` says what runs, installed or not."""
    result = bare.invoke(main, ["--version"])
    assert result.exit_code == 0
    assert result.stdout.startswith("dss-bot")
    assert result.stdout.count("\n") == 1


def test_manifest_is_printed_as_it_is_in_the_repository(bare: CliRunner) -> None:
    """What `dss-bot manifest` prints can be pasted into Slack: it is manifest.yml, and it is YAML."""
    result = bare.invoke(main, ["manifest"])
    assert result.exit_code == 0
    assert result.stdout == (ROOT / "manifest.yml").read_text(encoding="utf-8")
    assert "slash_commands" in yaml.safe_load(result.stdout)["features"]


def test_migrate_makes_the_database(tmp_path: Path) -> None:
    """`migrate` makes the tables where DATABASE_URL says, says so, and may be run again; it needs no more."""
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'bot.sqlite3'}"}
    for said in ("The database is at schema 0001 now.", "The database was already at schema 0001: "):
        done = subprocess.run(
            [sys.executable, "-m", "bot", "migrate"],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(said)
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
    """It names the setting and the reason, with no password and no traceback, and the exit code is 2."""
    result = bare.invoke(main, [command], env={"DATABASE_URL": url})
    assert (result.exit_code, result.stdout) == (2, "")
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.splitlines()[-1].startswith(said)
    assert "hunter2" not in result.stderr


@pytest.mark.parametrize("command", ["migrate", "outbox"])
def test_a_database_of_a_newer_version_is_left_alone(bare: CliRunner, tmp_path: Path, command: str) -> None:
    """Neither command can do anything with it, and both say what can be done."""
    file = tmp_path / "bot.sqlite3"
    with contextlib.closing(sqlite3.connect(file)) as newer, newer:
        newer.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        newer.execute("INSERT INTO alembic_version VALUES ('9999')")
    result = bare.invoke(main, [command], env={"DATABASE_URL": f"sqlite:///{file}"})
    assert (result.exit_code, result.stdout) == (2, "")
    assert "schema 9999, which this version does not know" in result.stderr


def test_outbox_needs_the_database_only_and_lists_at_least_one(bare: CliRunner, tmp_path: Path) -> None:
    """With nothing of Slack and DSS it counts; less than one message cannot be asked for."""
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'bot.sqlite3'}"}
    shown = bare.invoke(main, ["outbox"], env=env)
    assert shown.exit_code == 0
    assert shown.stdout.splitlines()[-1] == "0 given up"
    assert bare.invoke(main, ["outbox", "--limit", "1"], env=env).exit_code == 0
    for limit in ("0", "-3"):
        refused = bare.invoke(main, ["outbox", "--limit", limit], env=env)
        assert refused.exit_code == 2
        assert "--limit" in refused.stderr


def test_python_m_bot_is_the_same_command() -> None:
    """`python -m bot` names itself dss-bot, so that what help says can be typed."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Usage: dss-bot ")
