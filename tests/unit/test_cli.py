"""The command line, as its user sees it."""

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


@pytest.mark.parametrize("command", ["run", "doctor", "migrate"])
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


def test_migrate_makes_the_database(bare: CliRunner, tmp_path: Path) -> None:
    """`migrate` makes the tables where DATABASE_URL says, and may be run again."""
    env = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "DKU_DSS_URL": "http://127.0.0.1:1",
        "DKU_API_KEY": "k",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.sqlite3'}",
        "DSS_BOT_LOG_LEVEL": "error",
    }
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "bot", "migrate"],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "bot.sqlite3").stat().st_size > 0


def test_python_m_bot_is_the_same_command() -> None:
    """`python -m bot` names itself dss-bot, so that what help says can be typed."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Usage: dss-bot ")
