"""Compare our DSS client with Dataiku's own in one run: ``python benchmarks/dss_client.py [--json]``.

A server process gives both clients the same answers from memory. Each measurement runs in its own process, so
that none includes another's memory. Times are medians over several rounds. Peak memory is how far the
process's resident memory rose above its value when the client was ready (Linux only: ``VmHWM``, reset
beforehand).

Our list decodes an item only when it is read. So it is measured twice: as returned, and filtered for
"failures since a date" as documented, which reads all of the 50,000 jobs.
"""

# ruff: noqa: ANN401, PLC0415 - two clients without a common type, each imported only where it is measured

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

JOBS = 50_000
LOG_MB = 500
ROUNDS = 3
SMALL_MB = 1.0
"""Growth below this is noise; ratios use this value instead."""
SINCE = 1_795_000_000_000
KEY = "benchmark"
LINE = b"[2026/11/23-08:15:57.101] [null-err-68] [INFO] [dku.utils]  - " + b"x" * 64 + b"\n"
STATES = ("DONE", "DONE", "DONE", "FAILED", "ABORTED")


# --- the server process


def job(number: int) -> dict[str, Any]:
    """Return a list item in the format of DSS-API.md §1.3."""
    started = SINCE - JOBS // 2 + number
    name = f"Build_orders_clean_{number % 97}__NP_"
    return {
        "def": {
            "id": f"{name}_2026-11-23T08-15-02.{number % 1000:03}-{number}",
            "projectKey": "SALES",
            "name": name,
            "type": "RECURSIVE_BUILD",
            "initiator": ("alice", "bob", "API (nightly)")[number % 3],
            "initiatorDisplayName": "Alice Martin",
            "initiationTimestamp": started,
            "triggeredFrom": "API",
            "mailNotification": False,
            "refreshHiveMetastore": False,
            "refreshIntermediateMirrors": True,
            "refreshTargetMirrors": True,
            "outputs": [
                {
                    "type": "DATASET",
                    "targetDatasetProjectKey": "SALES",
                    "targetDataset": f"orders_clean_{number % 97}",
                    "targetPartition": "NP",
                }
            ],
        },
        "state": STATES[number % 5],
        "stableState": True,
        "startTime": started + 700,
        "endTime": started + 59_000,
        "warningsCount": number % 2,
    }


def serve() -> None:
    """Print the port, then serve the list and the log until standard input ends."""
    jobs = json.dumps([job(number) for number in range(JOBS)], separators=(",", ":")).encode()
    block = LINE * (1_048_576 // len(LINE))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            is_log = self.path.endswith("/log")
            self.send_response(200)
            self.send_header("Content-Type", "text/plain" if is_log else "application/json;charset=utf-8")
            self.send_header("Content-Length", str(len(block) * LOG_MB if is_log else len(jobs)))
            self.end_headers()
            for part in [block] * LOG_MB if is_log else [jobs]:
                self.wfile.write(part)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


# --- the measuring processes


def official(url: str) -> Any:
    import dataikuapi

    return dataikuapi.DSSClient(url, KEY)


def ours(url: str) -> Any:
    from bot.dss import DSSClient

    return DSSClient(url, KEY)


def read_list(client: Any) -> object:
    return client.get_project("SALES").list_jobs()


def failures(client: Any) -> object:
    jobs = client.get_project("SALES").list_jobs()
    found = [
        each for each in jobs if each["state"] == "FAILED" and each["def"]["initiationTimestamp"] >= SINCE
    ]
    assert len(found) == JOBS // 10, len(found)
    return jobs, found


def tail(client: Any) -> object:
    job = client.get_project("SALES").get_job("j.1")
    if hasattr(job, "get_log_tail"):
        return job.get_log_tail(max_bytes=65_536)
    return job.get_log()[-65_536:]


CLIENTS: dict[str, Callable[[str], Any]] = {"official": official, "ours": ours}
TASKS: dict[str, Callable[[Any], object]] = {"list": read_list, "filter": failures, "tail": tail}


def peak_mb() -> float:
    """Return the peak resident memory of this process since the last reset."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure(client_name: str, task_name: str, url: str) -> None:
    """Run one task once; print its time in seconds and its growth of peak memory in MB."""
    client = CLIENTS[client_name](url)
    if client_name == "official":
        import dataikuapi.dss.job
        import dataikuapi.dss.project  # noqa: F401 - a late import must not count as the task's memory
    Path("/proc/self/clear_refs").write_text("5")  # resets VmHWM to the current resident size
    before = peak_mb()
    began = time.perf_counter()
    kept = TASKS[task_name](client)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb() - before, "kept": bool(kept)}))


# --- the run


def run(client: str, task: str, url: str, rounds: int) -> dict[str, float]:
    """Return the median time and the highest peak of several rounds, each in a new process."""
    answers = []
    for _ in range(rounds):
        command = [sys.executable, __file__, "--measure", client, task, url]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
        answers.append(json.loads(done.stdout))
    return {
        "seconds": statistics.median(answer["seconds"] for answer in answers),
        "peak_mb": max(answer["peak_mb"] for answer in answers),
    }


def environment() -> dict[str, str]:
    """Return this environment, with the repository importable."""
    root = str(Path(__file__).resolve().parent.parent)
    return {**os.environ, "PYTHONPATH": root}


def available_mb() -> float:
    """Return the available memory of the machine."""
    return int(Path("/proc/meminfo").read_text().split("MemAvailable:")[1].split()[0]) / 1024


def compare(url: str) -> dict[str, dict[str, dict[str, float]]]:
    """Measure every task with both clients; run the official tail only if there is enough memory."""
    results: dict[str, dict[str, dict[str, float]]] = {}
    for task in TASKS:
        rounds = 1 if task == "tail" else ROUNDS
        results[task] = {"ours": run("ours", task, url, rounds)}
        if task != "tail" or available_mb() > LOG_MB * 8:
            results[task]["official"] = run("official", task, url, rounds)
    return results


def report(results: dict[str, dict[str, dict[str, float]]]) -> None:
    """Print the measurements and the ratios."""
    titles = {
        "list": f"list_jobs, {JOBS:,} jobs",
        "filter": "the same, filtered by state and date",
        "tail": f"tail of a {LOG_MB} MB log",
    }
    print(f"{'':38}{'official':>20}{'ours':>20}{'ratio (time, memory)':>24}")
    for task, found in results.items():
        mine, theirs = found["ours"], found.get("official")
        cells = [
            f"{each['seconds']:.2f} s {each['peak_mb']:7.1f} MB" if each else "-" for each in (theirs, mine)
        ]
        ratio = "-"
        if theirs:
            faster, least = theirs["seconds"] / mine["seconds"], max(mine["peak_mb"], SMALL_MB)
            sign = "> " if mine["peak_mb"] < SMALL_MB else ""
            ratio = f"{faster:.1f} x, {sign}{theirs['peak_mb'] / least:.1f} x"
        print(f"{titles[task]:38}{cells[0]:>20}{cells[1]:>20}{ratio:>24}")


def measure_all() -> dict[str, dict[str, dict[str, float]]]:
    """Start the server, measure every task with both clients, and return the figures."""
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
    ) as server:
        assert server.stdout is not None
        results = compare(f"http://127.0.0.1:{server.stdout.readline().strip()}")
        assert server.stdin is not None
        server.stdin.close()
    return results


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    if options.measure:
        measure(*options.measure)
        return
    results = measure_all()
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        report(results)


if __name__ == "__main__":
    main()
