"""A failed start is exit code 2 and one sentence; being stopped is neither."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.app.process import run
from bot.settings import read_settings
from tests.meta.tree import ROOT


def test_a_database_that_cannot_be_opened_ends_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before any request; the error names the setting."""
    file = tmp_path / "bot.sqlite3"
    file.write_bytes(b"this is no database" * 100)
    env = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "DKU_DSS_URL": "http://127.0.0.1:1",
        "DKU_API_KEY": "key",
        "DATABASE_URL": f"sqlite:///{file}",
    }
    with pytest.raises(SystemExit) as ended:
        run(read_settings(env, str, tmp_path))
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert "DATABASE_URL: can't be opened: " in said.out + said.err


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a bot in its own process, with Slack at this address."""
    started: list[subprocess.Popen[str]] = []

    def run_bot(*how: str, slack: str) -> "subprocess.Popen[str]":
        env = {
            "PATH": os.defpath,
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
            "SLACK_API_URL": slack,
            "DKU_DSS_URL": "http://127.0.0.1:1",
            "DKU_API_KEY": "key",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.sqlite3'}",
            "DSS_BOT_HTTP_PORT": "0",
        }
        process = subprocess.Popen(
            [sys.executable, *how], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield run_bot
    for process in started:
        with process:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_to_be_stopped_while_slack_is_away_is_no_mistake(start: Start, number: signal.Signals) -> None:
    """The configuration might be right: the exit code is 0, and nothing is called an error."""
    process = start("-m", "bot", "run", slack="http://127.0.0.1:1/api/")
    assert process.stderr is not None
    while "slack.not_answering" not in (line := process.stderr.readline()):
        assert line, "it ended before"
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert '"event": "stopped"' in said
    assert '"level": "error"' not in said
    assert '"event": "ready"' not in said


def test_a_call_that_hangs_does_not_hold_up_the_end(start: Start) -> None:
    """Slack accepts the connection and says nothing: the process still ends in time."""
    code = (
        "from bot.app import connections, process; from bot.settings import load_settings; "
        "connections.SLACK_TIMEOUT = 600; "
        "process.run(load_settings(), within=0.5)"
    )
    with socket.create_server(("127.0.0.1", 0)) as slack:
        process = start("-c", code, slack=f"http://127.0.0.1:{slack.getsockname()[1]}/api/")
        connection, _ = slack.accept()
        with connection:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
    assert process.returncode == 0
