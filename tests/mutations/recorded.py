"""True answers of the sandbox DSS, of every kind that the bot reads, as bytes."""

import json
from collections.abc import Mapping
from functools import cache

from werkzeug.test import Client

from bot.sandbox.dss import DssSandbox, ManualClock

KINDS = (
    "running list",
    "project list",
    "status, running",
    "status, done",
    "status, failed",
    "status, aborted",
    "log",
    "projects",
    "datasets",
    "users",
    "whoami",
)


@cache
def recorded() -> Mapping[str, bytes]:
    """Return one answer of each kind."""
    clock = ManualClock()
    dss = DssSandbox(clock=clock)
    world = dss.world
    ids = {}
    for name, dataset in (
        ("done", "transactions_clean"),
        ("failed", "features_broken"),
        ("aborted", "scored"),
    ):
        ids[name] = world.start("CHURN", {"outputs": [{"id": dataset}]}, initiator="alice").id
        if name == "aborted":
            clock.advance(1)
            world.abort("CHURN", ids[name])
        clock.advance(120)
        world.settle()
    ids["running"] = world.start("CHURN", {"outputs": [{"id": "customers_clean"}]}, initiator="bob").id
    clock.advance(3)
    client = Client(dss._app)

    def get(path: str) -> bytes:
        response = client.get(f"/public/api{path}", auth=(dss.admin_key, ""))
        assert response.status_code == 200, path
        return bytes(response.data)

    job = "/projects/CHURN/jobs"
    return {
        "running list": get("/jobs/running/"),
        "project list": json.dumps(json.loads(get(f"{job}/"))[:12]).encode(),
        **{f"status, {name}": get(f"{job}/{found}/") for name, found in ids.items()},
        "log": get(f"{job}/{ids['failed']}/log"),
        "projects": get("/projects/"),
        "datasets": get("/projects/CHURN/datasets/"),
        "users": get("/users"),
        "whoami": get("/auth/info"),
    }
