"""The job definition builder, with the same names as Dataiku's own client."""

from collections.abc import Mapping
from typing import Any, Protocol, Self

from bot.dss.job import DSSJob
from bot.dss.waiter import DSSJobWaiter


class StartsJobs(Protocol):
    """What a builder needs from the project that created it."""

    def start_job(self, definition: Mapping[str, Any]) -> DSSJob:
        """Start a job and return a handle on it."""


class JobDefinitionBuilder:
    """Builds and starts a job. Get it from `DSSProject.new_job`."""

    def __init__(self, project: StartsJobs, job_type: str = "NON_RECURSIVE_FORCED_BUILD") -> None:
        self.project = project
        self.definition: dict[str, Any] = {
            "type": job_type,
            "refreshHiveMetastore": False,
            "outputs": [],
            "autoUpdateSchemaBeforeEachRecipeRun": False,
        }

    def with_type(self, job_type: str) -> Self:
        """Set the build mode."""
        self.definition["type"] = job_type
        return self

    def with_refresh_metastore(self, refresh_metastore: bool) -> Self:  # noqa: FBT001 - Dataiku's signature
        """Set whether DSS refreshes the Hive tables of the datasets it builds."""
        self.definition["refreshHiveMetastore"] = refresh_metastore
        return self

    def with_output(
        self,
        name: str,
        object_type: str | None = None,
        object_project_key: str | None = None,
        partition: str | None = None,
    ) -> Self:
        """Add something to build.

        Args:
            name: the name of a dataset, or the ID of a folder or a model.
            object_type: ``DATASET`` (DSS's default), ``MANAGED_FOLDER``, ``SAVED_MODEL``…
            object_project_key: the output's project, if it's another one.
            partition: the partition identifier.
        """
        output = {"type": object_type, "id": name, "projectKey": object_project_key, "partition": partition}
        self.definition["outputs"].append(output)
        return self

    def with_auto_update_schema_before_each_recipe_run(
        self,
        auto_update_schema_before_each_recipe_run: bool,  # noqa: FBT001 - Dataiku's signature
    ) -> Self:
        """Set whether DSS updates schemas before each recipe runs."""
        self.definition["autoUpdateSchemaBeforeEachRecipeRun"] = auto_update_schema_before_each_recipe_run
        return self

    def get_definition(self) -> dict[str, Any]:
        """Return the live definition: if you change it, you change the job that will start."""
        return self.definition

    def start(self) -> DSSJob:
        """Start the job and return a handle on it; see `DSSProject.start_job`."""
        return self.project.start_job(self.definition)

    def start_and_wait(self, no_fail: bool = False) -> DSSJob:  # noqa: FBT001, FBT002 - Dataiku's signature
        """Start the job, wait until it has ended and return a handle on it.

        Raises:
            JobFailed: the job didn't end DONE, unless ``no_fail``.
            DSSError: see `DSSJobWaiter.wait`. Errors raised after the start have the job as ``job``.
        """
        job = self.start()
        DSSJobWaiter(job).wait(no_fail)
        return job
