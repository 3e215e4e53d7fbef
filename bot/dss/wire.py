"""The shapes of DSS's answers, read leniently (DSS-API.md §1.3 to §1.5).

Any field can be missing or null; unknown fields are skipped; numbers can come as text. A field of any other
type raises a `msgspec.ValidationError`, and `bot.dss.calls` then reads the answer again without that field.
"""

from typing import Any

import msgspec

Millis = int | float | None
"""Milliseconds since 1970 UTC. Zero, negative or missing means "not yet"."""


class Wire(msgspec.Struct, frozen=True, rename="camel"):
    """Base class of the wire structs: camelCase on the wire, snake_case in Python."""


class Person(Wire, frozen=True):
    """An initiator, if DSS sends it as an object."""

    login: str | None = None
    display_name: str | None = None


class JobOutput(Wire, frozen=True):
    """One output of a job, in the answer's shape (``target…``) or the request's (``id``, ``projectKey``)."""

    type: str | None = None
    target_dataset: str | None = None
    target_dataset_project_key: str | None = None
    target_partition: str | None = None
    target_managed_folder: str | None = None
    target_managed_folder_project_key: str | None = None
    saved_model_id: str | None = None
    id: str | None = None
    project_key: str | None = None
    partition: str | None = None


class JobDef(Wire, frozen=True):
    """A job's definition."""

    id: str | None = None
    project_key: str | None = None
    name: str | None = None
    type: str | None = None
    initiator: str | Person | None = None
    initiation_timestamp: Millis = None
    triggered_from: str | None = None
    outputs: list[JobOutput] | None = None


class ListedJob(JobDef, frozen=True):
    """An item of a list of jobs: nested under ``def``, flat, or both."""

    definition: JobDef | None = msgspec.field(default=None, name="def")
    job_id: str | None = None
    state: str | None = None
    status: str | None = None
    stable_state: bool | None = None
    start_time: Millis = None
    job_start_time: Millis = None
    end_time: Millis = None
    job_end_time: Millis = None
    warnings_count: int | None = None


class Problem(Wire, frozen=True):
    """A failure of an activity or a job."""

    error_type: str | None = None
    message: str | None = None
    detailed_message: str | None = None
    stack_trace_str: str | None = None


class StoredWarning(Wire, frozen=True):
    """One warning whose text DSS kept."""

    message: str | None = None


class WarnedKind(Wire, frozen=True):
    """The warnings of one type: DSS counts all of them and keeps the texts of the first few."""

    type: str | None = None
    count: int | None = None
    stored: list[StoredWarning | None] | None = None


class Warned(Wire, frozen=True):
    """The warnings of an activity, by type."""

    total_count: int | None = None
    warnings: dict[str, WarnedKind | None] | None = None


class Target(Wire, frozen=True):
    """What an activity wrote."""

    records: int | float | None = None
    bytes: int | float | None = None


class JobActivity(Wire, frozen=True):
    """One activity of a job."""

    activity_id: str | None = None
    recipe_name: str | None = None
    recipe_type: str | None = None
    state: str | None = None
    partial_execution_order: int | float | None = None
    start_time: Millis = None
    end_time: Millis = None
    preparing_time: int | float | None = None
    waiting_time: int | float | None = None
    first_failure: Problem | None = None
    warnings: Warned | None = None
    targets: list[Target] | None = None


class Incompatibility(Wire, frozen=True):
    """Another job that is building the same output."""

    job_project_key: str | None = None
    job_id: str | None = None
    dataset_project_key: str | None = None
    dataset_name: str | None = None
    partition: str | None = None


class Reason(Wire, frozen=True):
    """Why an activity is in a job."""

    type: str | None = None


class PlannedActivity(Wire, frozen=True):
    """An activity as DSS planned it."""

    required_reason: Reason | None = None


class PlannedJob(Wire, frozen=True):
    """The ``job`` of a status: what DSS planned (DSS-API.md §1.5)."""

    all_activities: dict[str, PlannedActivity | None] | None = None


class BaseStatus(Wire, frozen=True):
    """The ``baseStatus`` of a job's status."""

    definition: JobDef | None = msgspec.field(default=None, name="def")
    state: str | None = None
    status: str | None = None
    job_start_time: Millis = None
    start_time: Millis = None
    job_end_time: Millis = None
    end_time: Millis = None
    activities: dict[str, JobActivity | None] | None = None
    unexpected_failure: Problem | None = None
    checks_failure: Problem | None = None
    incompatibilities: list[Incompatibility] | None = None
    job: PlannedJob | None = None


class GlobalState(Wire, frozen=True):
    """Counts of activities by state; a missing count is 0."""

    done: int | None = None
    failed: int | None = None
    running: int | None = None
    not_started: int | None = None
    aborted: int | None = None
    total: int | None = None


class RuntimeSummary(Wire, frozen=True):
    """A second place where DSS 14 puts the state."""

    state: str | None = None


class JobStatus(Wire, frozen=True):
    """The answer to ``GET …/jobs/{id}/``."""

    base_status: BaseStatus | None = None
    global_state: GlobalState | None = None
    runtime_summary: RuntimeSummary | None = None
    definition: JobDef | None = msgspec.field(default=None, name="def")
    initiator: str | Person | None = None
    removed: bool | None = None

    @property
    def state(self) -> str:
        """The state, wherever this DSS version puts it; empty if it's missing."""
        base = self.base_status or BaseStatus()
        summary = self.runtime_summary or RuntimeSummary()
        return base.state or base.status or summary.state or ""


class StartedJob(Wire, frozen=True):
    """The answer to a start. Only ``id`` is reliable."""

    id: str | None = None
    job_id: str | None = None


class Project(Wire, frozen=True):
    """A project in a list."""

    project_key: str | None = None
    name: str | None = None


class Named(Wire, frozen=True):
    """A dataset (identified by its name), folder or model (identified by its ID) in a list."""

    id: str | None = None
    name: str | None = None


class DimensionParams(Wire, frozen=True):
    """The settings of a time dimension."""

    period: str | None = None


class Dimension(Wire, frozen=True):
    """A partitioning dimension: ``time`` or ``value`` (dataikuapi, ``add_time_partitioning_dimension``)."""

    name: str | None = None
    type: str | None = None
    params: DimensionParams | None = None


class Partitioning(Wire, frozen=True):
    """How a dataset is partitioned."""

    dimensions: list[Dimension] | None = None


class Dataset(Wire, frozen=True):
    """The settings of a dataset that the bot needs."""

    partitioning: Partitioning | None = None


class User(Wire, frozen=True):
    """A user of the instance."""

    login: str | None = None
    display_name: str | None = None
    email: str | None = None
    enabled: bool | None = None


class AuthInfo(Wire, frozen=True):
    """Who the caller is."""

    auth_identifier: str | None = None
    groups: list[str] | None = None
    auth_source: str | None = None
    admin: bool | None = None


class Grant(Wire, frozen=True):
    """What a user or a group may do in a project."""

    user: str | None = None
    group: str | None = None
    admin: bool | None = None
    write_project_content: bool | None = None


class Permissions(Wire, frozen=True):
    """Who may do what in a project (dataikuapi, `DSSProject.get_permissions`)."""

    owner: str | None = None
    permissions: list[Grant] | None = None


class ErrorBody(msgspec.Struct, frozen=True, rename="camel"):
    """DSS's error body (DSS-API.md §3.4), without the parts that the bot never shows."""

    error_type: Any = None
    message: Any = None
    detailed_message: Any = None
    code: Any = None
    title: Any = None
