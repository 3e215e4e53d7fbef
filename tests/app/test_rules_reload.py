"""SIGHUP: a good policy file takes effect in the running process, a broken one doesn't."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.dss import DssSandbox
from bot.sandbox.slack import SlackSandbox
from tests.meta.tree import ROOT
from tests.scenario.world import _free_port, shown

NOTHING = '[[rules]]\nallow = "view"\nusers = ["U0NOBODY"]\n'
EVERYTHING = '[[rules]]\nallow = "*"\neveryone = true\n'


class Running:
    """A bot in its own process, between the two stand-ins."""

    def __init__(self, folder: Path, slack: SlackSandbox, dss: DssSandbox) -> None:
        self.rules = folder / "rules.toml"
        self.rules.write_text(NOTHING)
        (folder / "bot.toml").write_text('[access]\nrules_file = "rules.toml"\n')
        self.port = _free_port()
        self.slack = slack
        env = {
            "PATH": os.defpath,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "DKU_DSS_URL": dss.url,
            "DKU_API_KEY": dss.admin_key,
            "DSS_BOT_CONFIG": str(folder / "bot.toml"),
            "DSS_BOT_ACCESS": "open",
            "DATABASE_URL": f"sqlite:///{folder / 'bot.sqlite3'}",
            "DSS_BOT_HTTP_PORT": str(self.port),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
        )
        self._lines: list[str] = []
        self._seen = 0
        self._grown = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.logged("ready")

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._grown:
                self._lines.append(line)
                self._grown.notify_all()

    def logged(self, event: str) -> str:
        """Wait for a line of the log."""

        def found() -> str | None:
            while self._seen < len(self._lines):
                self._seen += 1
                if f'"event": "{event}"' in self._lines[self._seen - 1]:
                    return self._lines[self._seen - 1]
            return None

        with self._grown:
            line = self._grown.wait_for(found, 60)
            assert line, f"no {event}: {''.join(self._lines)}"
        return line

    def reload(self, text: str) -> None:
        """Write the file and send SIGHUP."""
        self.rules.write_text(text)
        self.process.send_signal(signal.SIGHUP)

    def asked(self, containing: str) -> None:
        """Ask as alice, and wait for the answer."""
        before = len(self.slack.ephemerals("alice"))
        self.slack.as_user("alice").command("/dss-jobs", "CHURN", "data").wait(60)
        self.slack.wait_until(lambda: self.slack.ephemerals("alice")[before:], 60)
        assert containing in shown(self.slack.ephemerals("alice")[before])

    def check(self) -> tuple[dict[str, object], str]:
        """Return the check of the rules, and the metrics."""
        here = f"http://127.0.0.1:{self.port}"
        with urllib.request.urlopen(f"{here}/readyz", timeout=60) as answer:
            checks = json.load(answer)["checks"]
        with urllib.request.urlopen(f"{here}/metrics", timeout=60) as answer:
            return checks["rules"], answer.read().decode()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """The process; ended afterwards."""
    with SlackSandbox(rates=False) as slack, DssSandbox(speed=40.0) as dss:
        one = Running(tmp_path, slack, dss)
        with one.process:
            try:
                yield one
            finally:
                one.process.terminate()
                one.process.wait(timeout=60)


def test_a_good_file_takes_effect_and_a_broken_one_does_not(running: Running) -> None:
    """The log, the health check and the metric say so until a good one is loaded."""
    running.asked("There is no project CHURN in DSS that you can see")
    running.reload(EVERYTHING)
    running.logged("rules.loaded")
    running.asked("Jobs of CHURN")
    running.reload(EVERYTHING.replace("allow", "alow"))
    line = json.loads(running.logged("rules.not_loaded"))
    assert line["level"] == "error"
    assert any("'alow' is not known. Did you mean allow?" in one for one in line["problems"])
    running.asked("Jobs of CHURN")
    found, metrics = running.check()
    assert not found["ok"]
    assert "the rules from before are in force" in str(found["detail"])
    assert 'dss_bot_check_ok{check="rules"} 0.0' in metrics
    running.rules.unlink()
    running.process.send_signal(signal.SIGHUP)
    running.logged("rules.not_loaded")
    running.reload(NOTHING)
    running.logged("rules.loaded")
    running.asked("There is no project CHURN in DSS that you can see")
    assert running.check()[0]["ok"]
    assert running.process.poll() is None
