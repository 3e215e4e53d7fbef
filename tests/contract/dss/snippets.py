"""Examples from Dataiku's documentation as functions of a client: each runs unchanged on both clients."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from bot.sandbox.dss import DssSandbox, ManualClock

SINCE = 1_795_000_000_000
"""2026-11-18, before the history of the seeded world's stopped clock."""


@dataclass
class Bench:
    """A client of either kind, and its sandbox."""

    client: Any
    kind: ModuleType
    """`dataikuapi`'s or `bot.dss`'s names: ``DSSJobWaiter``, ``DSSClient``."""
    dss: DssSandbox
    clock: ManualClock
    make: Callable[..., Any]
    """Create another client with a key."""

    @property
    def project(self) -> Any:
        return self.client.get_project("CHURN")


Snippet = Callable[[Bench], object]
SNIPPETS: dict[str, Snippet] = {}


def snippet(function: Snippet) -> Snippet:
    """Add a snippet to the suite."""
    SNIPPETS[function.__name__] = function
    return function


# --- lists


@snippet
def list_all_jobs(bench: Bench) -> object:
    return [dict(job) for job in bench.project.list_jobs()]


@snippet
def list_jobs_as_objects(bench: Bench) -> object:
    return [(job.project_key, job.id) for job in bench.project.list_jobs(as_type="objects")]


@snippet
def list_item_properties(bench: Bench) -> object:
    return [
        (job.project_key, job.job_id, job.start_time, job.end_time, job.to_job().id)
        for job in bench.project.list_jobs()
    ]


@snippet
def failures_since_a_date(bench: Bench) -> object:
    jobs = bench.project.list_jobs()
    return [
        (job["def"]["id"], job["def"]["outputs"][0]["targetDataset"], job["warningsCount"])
        for job in jobs
        if job["state"] == "FAILED" and job["def"]["initiationTimestamp"] >= SINCE
    ]


@snippet
def list_jobs_of_names_beyond_ascii(bench: Bench) -> object:
    return [dict(job) for job in bench.client.get_project("ETUDES").list_jobs()]


@snippet
def list_running_jobs(bench: Bench) -> object:
    bench.dss.world.add_running_jobs(3)
    everywhere = [dict(job) for job in bench.client.list_running_jobs()]
    own = [dict(job) for job in bench.client.list_running_jobs(all_users=False)]
    here = [job.id for job in bench.project.list_running_jobs(as_type="objects")]
    return everywhere, own, here


@snippet
def abort_everything_that_is_not_stable(bench: Bench) -> object:
    bench.dss.world.add_running_jobs(3)
    aborted = []
    for job in bench.project.list_jobs():
        if not job["stableState"]:
            bench.project.get_job(job["def"]["id"]).abort()
            aborted.append(job["def"]["id"])
    bench.clock.advance(10)
    states = [bench.project.get_job(one).get_status()["baseStatus"]["state"] for one in aborted]
    return aborted, states


# --- one job


def polled(bench: Bench, job: Any) -> Iterator[str]:
    """The documented loop, with the sandbox's clock instead of ``time.sleep``."""
    while True:
        state = job.get_status()["baseStatus"]["state"]
        yield state
        if state in {"DONE", "FAILED", "ABORTED"}:
            return
        bench.clock.advance(1)


@snippet
def start_the_old_shape_and_poll(bench: Bench) -> object:
    definition = {
        "type": "NON_RECURSIVE_FORCED_BUILD",
        "outputs": [{"id": "customers_clean", "partition": "NP"}],
    }
    job = bench.project.start_job(definition)
    return job.project_key, job.id, list(polled(bench, job))


@snippet
def start_with_types(bench: Bench) -> object:
    definition = {
        "type": "RECURSIVE_BUILD",
        "outputs": [
            {"type": "DATASET", "id": "scored", "partition": "NP"},
            {"type": "MANAGED_FOLDER", "id": "O2ue6CX3", "projectKey": "CHURN"},
        ],
    }
    job = bench.project.start_job(definition)
    bench.clock.advance(15)
    return job.id, job.get_status()


@snippet
def a_failed_job(bench: Bench) -> object:
    bench.dss.world.plan_next(outcome="FAILED", duration=20, activities=3)
    job = bench.project.new_job().with_output("scored").start()
    bench.clock.advance(30)
    return job.get_status(), job.get_log()


@snippet
def the_same_output_twice(bench: Bench) -> object:
    first = bench.project.new_job().with_output("scored").start()
    second = bench.project.new_job().with_output("scored").start()
    bench.clock.advance(1)
    return first.get_status()["baseStatus"]["state"], second.get_status()


@snippet
def logs(bench: Bench) -> object:
    job = bench.project.new_job("RECURSIVE_FORCED_BUILD").with_output("features").start()
    bench.clock.advance(120)
    activities = sorted(job.get_status()["baseStatus"]["activities"])
    return job.get_log(), [job.get_log(activity=activity) for activity in activities]


@snippet
def abort_a_finished_job(bench: Bench) -> object:
    job = bench.project.list_jobs()[0].to_job()
    return job.abort(), job.get_status()["baseStatus"]["state"]


# --- builder and waiter


@snippet
def the_builder_with_everything(bench: Bench) -> object:
    builder = bench.project.new_job("RECURSIVE_BUILD")
    builder.with_type("RECURSIVE_FORCED_BUILD")
    builder.with_output("scored")
    builder.with_output("O2ue6CX3", object_type="MANAGED_FOLDER", object_project_key="CHURN")
    builder.with_refresh_metastore(True).with_auto_update_schema_before_each_recipe_run(True)
    definition = builder.get_definition()
    return definition, builder.start().id


@snippet
def the_builder_with_a_partition(bench: Bench) -> object:
    project = bench.client.get_project("SALES")
    return project.new_job().with_output("daily_orders", "DATASET", "SALES", "2026-11-22").start().id


@snippet
def wait_for_a_finished_job(bench: Bench) -> object:
    bench.dss.world.plan_next(outcome="DONE", duration=5)
    job = bench.project.new_job().with_output("scored").start()
    bench.clock.advance(60)
    return bench.kind.DSSJobWaiter(job).wait()


@snippet
def wait_without_failing(bench: Bench) -> object:
    bench.dss.world.plan_next(outcome="FAILED", duration=5)
    job = bench.project.new_job().with_output("scored").start()
    bench.clock.advance(60)
    return bench.kind.DSSJobWaiter(job).wait(no_fail=True)


@snippet
def wait_for_a_failed_job(bench: Bench) -> object:
    bench.dss.world.plan_next(outcome="FAILED", duration=5)
    job = bench.project.new_job().with_output("scored").start()
    bench.clock.advance(60)
    return bench.kind.DSSJobWaiter(job).wait()


@snippet
def start_and_wait_at_once(bench: Bench) -> object:
    """A second build of the same output fails at once, so nothing needs to sleep."""
    held = bench.project.new_job().with_output("scored").start()
    again = bench.project.new_job().with_output("scored").start_and_wait(no_fail=True)
    definition = {"type": "RECURSIVE_BUILD", "outputs": [{"id": "scored"}]}
    return held.id, again.id, bench.project.start_job_and_wait(definition, no_fail=True)


# --- related to jobs


@snippet
def project_keys(bench: Bench) -> object:
    return bench.client.list_project_keys()


@snippet
def managed_folders(bench: Bench) -> object:
    return bench.project.list_managed_folders()


@snippet
def saved_models(bench: Bench) -> object:
    return bench.project.list_saved_models()


@snippet
def streaming_endpoints(bench: Bench) -> object:
    return [one["id"] for one in bench.client.get_project("SALES").list_streaming_endpoints()]


@snippet
def knowledge_banks(bench: Bench) -> object:
    return [one["id"] for one in bench.client.get_project("FRAUD").list_knowledge_banks()]


@snippet
def who_am_i(bench: Bench) -> object:
    return bench.client.get_auth_info()


# --- errors


@snippet
def an_unknown_project(bench: Bench) -> object:
    return bench.client.get_project("NOPE").list_jobs()


@snippet
def an_unknown_key(bench: Bench) -> object:
    return bench.make("dkuaps-wrong").get_project("CHURN").list_jobs()


@snippet
def an_unknown_dataset(bench: Bench) -> object:
    return bench.project.new_job().with_output("nope").start()


@snippet
def an_unknown_job(bench: Bench) -> object:
    return bench.project.get_job("nope_2026-11-23T08-15-02.417").get_status()


@snippet
def a_cleared_log(bench: Bench) -> object:
    job = bench.project.list_jobs()[0].to_job()
    bench.dss.world.clear_logs("CHURN", job.id)
    return job.get_log()


@snippet
def a_refused_start(bench: Bench) -> object:
    return bench.make(bench.dss.key_of("carol")).get_project("CHURN").new_job().with_output("scored").start()


@snippet
def running_jobs_before_15_2(bench: Bench) -> object:
    """Runs on an older sandbox, see `test_contract.VERSIONS`."""
    bench.dss.world.add_running_jobs(2)
    return [job.job_id for job in bench.project.list_running_jobs()]


@snippet
def a_restart_in_between(bench: Bench) -> object:
    bench.dss.faults.add("html502", times=2)
    return len(bench.project.list_jobs())


@snippet
def an_outage(bench: Bench) -> object:
    bench.dss.faults.add("html502")
    return bench.project.list_jobs()


@snippet
def a_lost_answer_to_a_start(bench: Bench) -> object:
    bench.dss.faults.add("lose_answer", method="POST", times=1)
    return bench.project.new_job().with_output("scored").start()


@snippet
def an_internal_error(bench: Bench) -> object:
    bench.dss.faults.add("status", status=500, error_type="java.lang.NullPointerException", message="null")
    return bench.project.list_jobs()


@snippet
def half_an_answer(bench: Bench) -> object:
    bench.dss.faults.add("garbage")
    return bench.project.list_jobs()


@snippet
def names_that_try_to_be_more(bench: Bench) -> object:
    """Ids with ``%``, ``?``, ``#``, and ``/``: either they arrive as intended or they don't."""
    project = bench.client.get_project("HOSTILE")
    job = project.new_job().with_output("50% off?#1").start()
    bench.clock.advance(60)
    return job.id, job.get_status()["baseStatus"]["state"]


@snippet
def an_id_that_climbs(bench: Bench) -> object:
    return bench.project.get_job("../../SALES/jobs").get_status()


# --- the same under another name

PAIRS: dict[str, tuple[Snippet, Snippet]] = {
    "as_another_user": (
        lambda bench: bench.client.get_user("carol").get_client_as().get_auth_info(),
        lambda bench: bench.client.as_user("carol").get_auth_info(),
    ),
    "users": (
        lambda bench: [user.get_raw() for user in bench.client.list_users_info()],
        lambda bench: bench.client.list_users(),
    ),
    "datasets": (
        lambda bench: [item._data for item in bench.project.list_datasets()],
        lambda bench: bench.project.list_datasets(),
    ),
    "projects": (
        lambda bench: bench.client.list_projects(),
        lambda bench: bench.client.list_projects(),
    ),
    "partitions": (
        lambda bench: bench.client.get_project("SALES").get_dataset("orders").list_partitions(),
        lambda bench: bench.client.get_project("SALES").list_partitions("orders"),
    ),
    "partitioning": (
        lambda bench: [
            dimension["name"]
            for dimension in bench.client.get_project("SALES")
            .get_dataset("orders")
            .get_settings()
            .get_raw()["partitioning"]["dimensions"]
        ],
        lambda bench: bench.client.get_project("SALES").dataset_dimensions("orders"),
    ),
    "instance": (
        lambda bench: bench.client.get_instance_info().raw,
        lambda bench: bench.client.get_instance_info(),
    ),
    "flow": (
        lambda bench: bench.project.get_flow().get_graph().data,
        lambda bench: bench.project.flow_graph(),
    ),
}
