"""A project's jobs and the things that jobs build, under the names of Dataiku's own client."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

from bot.dss import wire
from bot.dss.builder import JobDefinitionBuilder
from bot.dss.jobs import DSSJob, DSSJobList, as_listed
from bot.dss.reading import version_tuple
from bot.dss.transport import segment
from bot.dss.waiter import DSSJobWaiter
from bot.errors import DSSNotFound, DSSServerError, DSSUnreadable

if TYPE_CHECKING:
    from bot.dss.client import DSSClient

RUNNING_JOBS_SINCE = (15, 2)
"""The DSS version that brought the running-jobs calls (DSS-API.md §1.2)."""


def lacks_running_jobs(version: str) -> bool:
    """Say whether a DSS of this version is known not to have the running-jobs calls."""
    numbers = version_tuple(version)
    return numbers is not None and numbers < RUNNING_JOBS_SINCE


class DSSProject:
    """A handle on a project. Get it from `DSSClient.get_project`."""

    def __init__(self, client: "DSSClient", project_key: str) -> None:
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
            limit: at most so many; ``None`` for every job that DSS remembers, which can be slow.
            within: seconds that the call may take.
        """
        if limit is not None and limit < 1:
            raise ValueError("limit must be at least 1")
        query = None if limit is None else {"limit": limit}
        path = self._path("jobs/")
        items = self.client.job_list(path, query=query, project=self.project_key, within=within)
        if limit is not None:
            del items[limit:]  # an old DSS may not know `limit`
        return as_listed(items, as_type)

    @overload
    def list_running_jobs(self, as_type: Literal["listitems"] = "listitems") -> DSSJobList: ...
    @overload
    def list_running_jobs(self, as_type: Literal["objects"]) -> list[DSSJob]: ...
    def list_running_jobs(self, as_type: str = "listitems") -> DSSJobList | list[DSSJob]:
        """List the project's unfinished jobs; before DSS 15.2 by reading the list of all its jobs."""
        return as_listed(self._running(), as_type)

    def _running(self) -> DSSJobList:
        if not lacks_running_jobs(self.client.dss_version):
            try:
                return self.client.job_list(self._path("jobs/running/"), project=self.project_key)
            except (DSSNotFound, DSSUnreadable, DSSServerError):
                # An older DSS takes "running" for a job's id; a version unknown or new keeps its own error.
                if not lacks_running_jobs(self.client.dss_version) and self.client.dss_version:
                    raise
        return DSSJobList(item for item in self.list_jobs() if not item.finished)

    def get_job(self, id: str) -> DSSJob:  # noqa: A002 - Dataiku's name
        """Return a handle on a job. Sends nothing."""
        return DSSJob(self.client, self.project_key, id)

    def start_job(self, definition: Mapping[str, Any]) -> DSSJob:
        """Start a job and return a handle on it. Sent once, never again.

        Args:
            definition: ``type`` (a build mode) and ``outputs``, each with ``id`` and, as wanted, ``type``,
                ``projectKey`` and ``partition``. It is sent as it is: DSS takes an output without type for a
                dataset.

        Raises:
            DSSError: with ``maybe_done`` set when the answer was lost and the job may exist.
        """
        path = self._path("jobs/")
        answer = self.client.post_json(path, definition)
        started = answer.get("id") or answer.get("jobId") if isinstance(answer, dict) else None
        if not isinstance(started, str) or not started:
            raise self.client.unreadable(f"POST {path}", "it does not name the job", safe=False)
        return DSSJob(self.client, self.project_key, started)

    def start_job_and_wait(
        self,
        definition: Mapping[str, Any],
        no_fail: bool = False,  # noqa: FBT001, FBT002 - Dataiku's signature
    ) -> str:
        """Start a job, wait until it has ended and return its state.

        Raises:
            JobFailed: when it did not end DONE, unless ``no_fail``.
        """
        return DSSJobWaiter(self.start_job(definition)).wait(no_fail)

    def new_job(self, job_type: str = "NON_RECURSIVE_FORCED_BUILD") -> JobDefinitionBuilder:
        """Return a builder for a job of a type (build mode)."""
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

    def dataset_dimensions(self, dataset: str) -> list[str]:
        """Return the names of a dataset's partitioning dimensions; empty when it is not partitioned."""
        read = self.client.get_json(self._path(f"datasets/{segment(dataset)}"), wire.Dataset)
        dimensions = (read.partitioning.dimensions if read.partitioning else None) or []
        return [dimension.name for dimension in dimensions if dimension.name]

    def list_partitions(self, dataset: str) -> list[str]:
        """List the partitions that a dataset has now; ``["NP"]`` or empty when it is not partitioned."""
        return self.client.get_json(self._path(f"datasets/{segment(dataset)}/partitions"), list[str])

    def flow_graph(self) -> dict[str, Any]:
        """Return the project's flow: ``nodes``, each with ``type``, ``predecessors`` and ``successors``."""
        return self.client.get_json(self._path("flow/graph/"), dict[str, Any])
