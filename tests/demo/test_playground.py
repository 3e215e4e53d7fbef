"""`dss-bot demo --headless`: the page as other programs use it, with the real bot behind it."""

import contextlib
import http.client
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot.demo import browser
from bot.demo.playground import COMMANDS, PROTECTED, ROLES, SHORTCUTS, SUGGESTIONS
from bot.demo.world import APPROVER, PEOPLE, World
from bot.sandbox.slack import Message
from tests.demo.test_demo import ROOT
from tests.sandbox.page.conftest import Stream

MANIFEST = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))


class Demo:
    """The demo in its own process."""

    def __init__(self, tmp_path: Path, *options: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", "--headless", *options],
            cwd=ROOT,
            env={"PATH": os.defpath, "TMPDIR": str(tmp_path), "PYTHONUTF8": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if line.startswith("The playground: "):
                break
        parts = urlsplit(self.said[-1].removeprefix("The playground: "))
        self.address, self.path = parts.netloc, parts.path

    def post(self, path: str, body: object) -> Any:
        connection = http.client.HTTPConnection(self.address, timeout=60)
        connection.request("POST", self.path + path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse().read()
        connection.close()
        return json.loads(answer)

    def end(self) -> tuple[int, str]:
        """Stop it as Ctrl-C does; returns its exit code and what it wrote to standard error."""
        self.process.send_signal(signal.SIGINT)
        _, err = self.process.communicate(timeout=60)
        return self.process.returncode, err


@pytest.fixture
def demos() -> Iterator[list[Demo]]:
    """Ends what a failed test leaves running."""
    started: list[Demo] = []
    yield started
    for demo in started:
        with demo.process:
            demo.process.kill()


def test_a_build_is_driven_from_outside(demos: list[Demo], tmp_path: Path) -> None:
    """A command, the live message, and the end of the job in its thread; Ctrl-C leaves nothing behind."""
    demo = Demo(tmp_path, "--port", "0", SLACK_BOT_TOKEN="nonsense", DKU_DSS_URL="x", HTTP_PROXY="http://x:1")
    demos.append(demo)
    with Stream(demo.address, demo.path) as window:
        window.next()
        text = "/dss-build CHURN.customers_clean"
        outcome = demo.post("people/alice/command", {"channel": "data", "text": text})
        assert (outcome["acked"], outcome["error"]) == (True, None)
        while "Done" not in json.dumps(root := window.until("message")["message"]):
            pass
        while not root["thread_ts"]:
            root = window.until("message")["message"]
        assert "Done" in json.dumps(root["blocks"])
    assert demo.end() == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_a_busy_port_is_not_the_end(demos: list[Demo], tmp_path: Path) -> None:
    """It takes the next free one and says so."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = Demo(tmp_path, "--port", str(port))
        demos.append(demo)
        found = re.fullmatch(r"Port (\d+) is busy, so the playground is on port (\d+)\.", demo.said[0])
        assert found
        assert int(found[1]) == port
        assert demo.address == f"127.0.0.1:{found[2]}"
        assert demo.end() == (0, "")


def at_a_terminal(tmp_path: Path, *options: str, until: str, **environment: str) -> str:
    """Start the demo at a pseudo-terminal, end it once it has said something, and return what it said."""
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", *options],
        cwd=ROOT,
        env={"PATH": os.defpath, "TMPDIR": str(tmp_path), "TERM": "dumb", "PYTHONUTF8": "1", **environment},
        stdin=inside,
        stdout=inside,
        stderr=inside,
    )
    os.close(inside)
    said = b""
    try:
        while until.encode() not in said:
            said += os.read(terminal, 4096)
        process.send_signal(signal.SIGINT)
        while process.poll() is None:
            with contextlib.suppress(OSError):  # the other end is closed
                said += os.read(terminal, 4096)
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
    assert process.returncode == 0
    return said.decode()


def test_a_person_at_a_terminal_gets_the_page_in_the_browser(tmp_path: Path) -> None:
    """The browser gets the whole address, which is printed too, and there is no prompt."""
    opened, browser_script = tmp_path / "opened", tmp_path / "browser"
    browser_script.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser_script.chmod(0o755)
    said = at_a_terminal(tmp_path, "--port", "0", until="Ctrl-C stops it.", BROWSER=str(browser_script))
    assert f"The playground: {opened.read_text().strip()}\r\n" in said
    assert "alice in #data" not in said


def test_without_a_browser_the_address_is_printed_and_the_prompt_goes_on(tmp_path: Path) -> None:
    """Somebody on a server has both."""
    said = at_a_terminal(tmp_path, "--port", "0", until="alice in #data > ")
    assert re.search(r"The playground: http://127\.0\.0\.1:\d+/[\w-]{32}/\r\n", said)
    assert "No browser could be opened here. Open that address, or use this prompt." in said
    assert "Three things to try" in said


def test_the_terminal_demo_has_no_page(tmp_path: Path) -> None:
    """`--terminal` is what the demo was before there was a page."""
    said = at_a_terminal(tmp_path, "--terminal", until="alice in #data > ", BROWSER="false")
    assert "http://" not in said
    assert "Three things to try" in said


def test_the_page_knows_what_the_manifest_has() -> None:
    """The composer offers exactly the app's commands and global shortcuts, a message's menu the others."""
    features = MANIFEST["features"]
    offered = [{**vars(one), "should_escape": False} for one in COMMANDS]
    assert offered == features["slash_commands"]
    assert [vars(one) for one in SHORTCUTS] == [
        {name: one[name] for name in ("callback_id", "name", "type")} for one in features["shortcuts"]
    ]


def test_everybody_has_a_role_and_every_suggestion_a_command() -> None:
    """What visitors read about people, and what the tour types for them."""
    assert set(ROLES) == set(PEOPLE)
    assert {one.split()[0] for one in SUGGESTIONS} <= {one.command for one in COMMANDS}


def test_without_a_screen_no_browser_takes_over_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python would start lynx or w3m there."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in browser.SCREENS:
        monkeypatch.delenv(name, raising=False)
    assert browser.show("http://127.0.0.1:9/") is False


def test_a_second_person_approves_a_build_of_a_protected_project() -> None:
    """What the page offers its visitors: alice asks, carol approves, the job runs as alice."""
    with World(4.0, protected=PROTECTED, deadline=60) as world:
        slack = world.slack
        slack.as_user("alice").command(
            "/dss-build", "SALES.daily_orders --partition 2026-01-01", "data"
        ).wait()

        def asked() -> list[Message]:
            return [one for one in slack.messages("data") if "Approve" in json.dumps(one.blocks)]

        (request,) = slack.wait_until(asked, 60)
        slack.as_user(APPROVER).press(request, text="Approve").wait()
        slack.wait_until(lambda: any("Done" in json.dumps(one.blocks) for one in slack.messages("data")), 90)
        (job,) = [
            one
            for one in world.dss.world.jobs.of_project("SALES")
            if one.life.initiated >= request_ms(request)
        ]
        assert job.initiator == "alice"


def test_a_dialog_opens_however_fast_time_runs() -> None:
    """Slack's deadline is in the visitor's time: measured by the simulated clock, it would be 60 ms here."""
    with World(1000.0, deadline=60) as world:
        slack = world.slack
        assert slack.as_user("alice").command("/dss-build", "", "data").wait().acked
        slack.wait_until(lambda: slack.views("alice") or slack.ephemerals("alice"))
        assert [view.type for view in slack.views("alice")] == ["modal"]


def request_ms(message: Message) -> float:
    """When the approval was asked for, in ms; the job can only be newer."""
    return float(message.ts) * 1000
