"""An import has no side effects: no settings, no network, no files, no threads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.meta.tree import ROOT, modules

# Runs in its own process with an empty environment. Audit events show what an import really does.
PROBE = """
import importlib, json, sys, threading

done = []

def watch(event, args):
    written = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if written or event in WATCHED:
        done.append([event, repr(args)])

WATCHED = {
    "os.mkdir", "os.remove", "socket.bind", "socket.connect", "socket.getaddrinfo", "sqlite3.connect",
    "subprocess.Popen",
}
# Tries when it is imported whether this machine has IPv6, by binding a socket on loopback: not our doing.
import urllib3.util.connection

sys.path.insert(0, sys.argv[2])
sys.dont_write_bytecode = True
sys.addaudithook(watch)
failed = {}
for name in json.loads(sys.argv[1]):
    try:
        importlib.import_module(name)
    except BaseException as exc:
        failed[name] = repr(exc)
threads = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
print(json.dumps({"failed": failed, "done": done, "threads": threads}))
"""


def probe(names: list[str], path: Path) -> dict[str, object]:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE, json.dumps(names), str(path)],
        env={},
        cwd=path,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert run.stderr == ""
    result: dict[str, object] = json.loads(run.stdout)
    return result


def test_importing_every_module_does_nothing() -> None:
    """Each module can be imported with an empty environment, and leaves no thread, file, or socket."""
    names = [name for name in modules() if not name.startswith("bot.store.migrations.")]
    assert len(names) > 20
    assert probe(names, ROOT) == {"failed": {}, "done": [], "threads": []}


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 9), 0.1)", "socket.connect"),
        ("open('made.txt', 'w').close()", "made.txt"),
        (
            "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
            "Thread-1",
        ),
        ("import os; os.environ['SLACK_BOT_TOKEN']", "KeyError"),
    ],
)
def test_the_probe_sees_what_an_import_does(tmp_path: Path, code: str, seen: str) -> None:
    """The test above can fail: it detects what a module does on import."""
    (tmp_path / "guilty.py").write_text(code)
    assert seen in str(probe(["guilty"], tmp_path))
