"""The peer: one thread per job with Dataiku's own waiter, as its documentation suggests.

``python -m benchmarks.peer URL KEY PROJECT FILE_OF_IDS`` runs until it is stopped.
"""

import sys
import threading
from pathlib import Path

FIRST, FACTOR, LONGEST = 0.2, 1.1, 15.0
"""The waiter's pauses in seconds: the first, the growth factor, the longest (DSS-API.md, waiter)."""


def polls_within(seconds: float) -> int:
    """Return how many calls one waiter makes in its first ``seconds``, by its schedule."""
    at, pause, polls = 0.0, FIRST, 0
    while at <= seconds:
        polls += 1
        at += pause
        pause = min(pause * FACTOR, LONGEST)
    return polls


def main() -> None:
    """Follow jobs until the process is stopped."""
    import dataikuapi  # noqa: PLC0415 - reading the schedule doesn't need it
    from dataikuapi.dss.job import DSSJobWaiter  # noqa: PLC0415

    url, key, project, ids = sys.argv[1:]
    found = dataikuapi.DSSClient(url, key).get_project(project)
    for job_id in Path(ids).read_text().split():
        waiter = DSSJobWaiter(found.get_job(job_id))
        threading.Thread(target=waiter.wait, kwargs={"no_fail": True}).start()


if __name__ == "__main__":
    main()
