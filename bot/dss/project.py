"""A project's jobs and the objects that jobs build, with the same names as Dataiku's own client."""

from collections.abc import Mapping
from typing import Any, Literal, overload

from bot.domain.errors import DSSInvalidRequest, DSSNotFound, DSSServerError, DSSUnreadable
from bot.dss import wire
from bot.dss.builder import JobDefinitionBuilder
from bot.dss.calls import ApiCalls
from bot.dss.conversions import version_tuple
from bot.dss.job import DSSJob, DSSJobList, as_listed, fetch_jobs
from bot.dss.transport import segment
from bot.dss.waiter import DSSJobWaiter

RUNNING_JOBS_SINCE = (15, 2)
"""The DSS version that introduced the running-jobs calls (DSS-API.md §1.2)."""


def lacks_running_jobs(version: str) -> bool:
    """Return whether this DSS version is known not to have the running-jobs calls."""
    numbers = version_tuple(version)
    return numbers is not None and numbers < RUNNING_JOBS_SINCE


_LONGEST_ID = 500
"""Maximum length of a job ID, which consists of an output's name and the time (DSS-API.md §6)."""


def _can_be_an_id(text: str) -> bool:
    """Return whether a job can have this ID. If not, the answer is damaged, and the job might be running."""
    damaged = "\ufffd" in text or not text.isprintable() or text.isspace()
    if damaged or len(text) > _LONGEST_ID:
        return False
    try:
        return bool(segment(text))
    except DSSInvalidRequest:
        return False


class DSSProject:
    """A handle on a project. Get it from `DSSClient.get_project`."""

    def __init__(self, client: ApiCalls, project_key: str) -> None:
        self.client = client
        self.project_key = project_key

    def __repr__(self) -> str:
        return f"DSSProject({self.project_key!r})"

    def _path(self, rest: str) -> str:
        return f"/projects/{segment(self.project_key)}/{rest}"

    @overload
    def list_jobs(
        self,
        as_type: Literal["listitems"] = "listitems",
        *,
        limit: int | None = None,
        within: float | None = None,
    ) -> DSSJobList: ...
    @overload
    def list_jobs(
        self, as_type: Literal["objects"], *, limit: int | None = None, within: float | None = None
    ) -> list[DSSJob]: ...
    def list_jobs(
        self, as_type: str = "listitems", *, limit: int | None = None, within: float | None = None
    ) -> DSSJobList | list[DSSJob]:
        """List the project's jobs, finished or not, newest first.

        Args:
            as_type: ``listitems`` or ``objects``.
            limit: maximum number of jobs; ``None`` for every job that DSS remembers, which can be slow.
            within: seconds that the call may take.
        """
        if limit is not None and limit < 1:
            raise ValueError("limit must be at least 1")
        query = None if limit is None else {"limit": limit}
        path = self._path("jobs/")
        items = fetch_jobs(self.client, path, query=query, project=self.project_key, within=within)
        if limit is not None:
            del items[limit:]  # an old DSS might not know `limit`
        return as_listed(items, as_type)

    @overload
    def list_running_jobs(self, as_type: Literal["listitems"] = "listitems") -> DSSJobList: ...
    @overload
    def list_running_jobs(self, as_type: Literal["objects"]) -> list[DSSJob]: ...
    def list_running_jobs(self, as_type: str = "listitems") -> DSSJobList | list[DSSJob]:
        """List the project's unfinished jobs. Before DSS 15.2, this reads the list of all its jobs."""
        return as_listed(self._running(), as_type)

    def _running(self) -> DSSJobList:
        if not lacks_running_jobs(self.client.dss_version):
            try:
                return fetch_jobs(self.client, self._path("jobs/running/"), project=self.project_key)
            except (DSSNotFound, DSSUnreadable, DSSServerError):
                # An older DSS takes "running" for a job ID. If the version is new enough, the error is real.
                if not lacks_running_jobs(self.client.dss_version) and self.client.dss_version:
                    raise
        return DSSJobList(item for item in self.list_jobs() if not item.finished)

    def get_job(self, id: str) -> DSSJob:  # noqa: A002 - Dataiku's name
        """Return a handle on a job. Sends nothing."""
        return DSSJob(self.client, self.project_key, id)

    def start_job(self, definition: Mapping[str, Any]) -> DSSJob:
        """Start a job and return a handle on it. Sends the request once and never retries.

        Args:
            definition: ``type`` (a build mode) and ``outputs``, each with ``id`` and, optionally, ``type``,
                ``projectKey`` and ``partition``. It's sent as is: DSS takes an output without a type for a
                dataset.

        Raises:
            DSSError: with ``maybe_done`` set if the answer was lost and the job might exist.
        """
        path = self._path("jobs/")
        answer = self.client.post_json(path, definition)
        started = answer.get("id") or answer.get("jobId") if isinstance(answer, dict) else None
        if not isinstance(started, str) or not _can_be_an_id(started):
            raise self.client.unreadable(f"POST {path}", "it doesn't name the job", safe=False)
        return DSSJob(self.client, self.project_key, started)

    def start_job_and_wait(
        self,
        definition: Mapping[str, Any],
        no_fail: bool = False,  # noqa: FBT001, FBT002 - Dataiku's signature
    ) -> str:
        """Start a job, wait until it has ended and return its state.

        Raises:
            JobFailed: the job didn't end DONE, unless ``no_fail``.
        """
        return DSSJobWaiter(self.start_job(definition)).wait(no_fail)

    def new_job(self, job_type: str = "NON_RECURSIVE_FORCED_BUILD") -> JobDefinitionBuilder:
        """Return a builder for a job of the given type (build mode)."""
        return JobDefinitionBuilder(self, job_type)

    def list_datasets(self) -> list[dict[str, Any]]:
        """List the project's datasets."""
        return self.client.get_json(self._path("datasets/"), list[dict[str, Any]])

    def list_managed_folders(self) -> list[dict[str, Any]]:
        """List the project's managed folders."""
        return self.client.get_json(self._path("managedfolders/"), list[dict[str, Any]])

    def list_saved_models(self) -> list[dict[str, Any]]:
        """List the project's saved models."""
        return self.client.get_json(self._path("savedmodels/"), list[dict[str, Any]])

    def list_streaming_endpoints(self) -> list[dict[str, Any]]:
        """List the project's streaming endpoints."""
        return self.client.get_json(self._path("streamingendpoints/"), list[dict[str, Any]])

    def list_knowledge_banks(self) -> list[dict[str, Any]]:
        """List the project's knowledge banks."""
        return self.client.get_json(self._path("knowledge-banks"), list[dict[str, Any]])

    def get_permissions(self) -> dict[str, Any]:
        """Return the project's ``owner`` and ``permissions``, a list of what users and groups may do."""
        return self.client.get_json(self._path("permissions"), dict[str, Any])

    def read_permissions(self) -> wire.Permissions:
        """Return the permissions as a typed struct; see `get_permissions`."""
        return self.client.get_json(self._path("permissions"), wire.Permissions)

    def dataset_dimensions(self, dataset: str) -> list[str]:
        """Return the names of a dataset's partitioning dimensions; empty if it isn't partitioned."""
        return [dimension.name or "" for dimension in self.dataset_partitioning(dataset)]

    def dataset_partitioning(self, dataset: str) -> list[wire.Dimension]:
        """Return a dataset's partitioning dimensions with their kinds; empty if it isn't partitioned."""
        read = self.client.get_json(self._path(f"datasets/{segment(dataset)}"), wire.Dataset)
        dimensions = (read.partitioning.dimensions if read.partitioning else None) or []
        return [dimension for dimension in dimensions if dimension.name]

    def list_partitions(self, dataset: str) -> list[str]:
        """List the partitions that a dataset has now; ``["NP"]`` or empty if it isn't partitioned."""
        return self.client.get_json(self._path(f"datasets/{segment(dataset)}/partitions"), list[str])

    def flow_graph(self) -> dict[str, Any]:
        """Return the project's flow: ``nodes``, each with ``type``, ``predecessors`` and ``successors``."""
        return self.client.get_json(self._path("flow/graph/"), dict[str, Any])
