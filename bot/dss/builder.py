"""The job definition builder, under the names of Dataiku's own client."""

from typing import TYPE_CHECKING, Any, Self

from bot.dss.jobs import DSSJob
from bot.dss.waiter import DSSJobWaiter

if TYPE_CHECKING:
    from bot.dss.project import DSSProject


class JobDefinitionBuilder:
    """Builds and starts a job. Get it from `DSSProject.new_job`."""

    def __init__(self, project: "DSSProject", job_type: str = "NON_RECURSIVE_FORCED_BUILD") -> None:
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
        """Set whether the Hive tables of built datasets are refreshed."""
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
            name: name of a dataset; id of a folder or a model.
            object_type: ``DATASET`` (what DSS takes it for when unset), ``MANAGED_FOLDER``, ``SAVED_MODEL``…
            object_project_key: the project that it is of, when that is another one.
            partition: partition identifier.
        """
        output = {"type": object_type, "id": name, "projectKey": object_project_key, "partition": partition}
        self.definition["outputs"].append(output)
        return self

    def with_auto_update_schema_before_each_recipe_run(
        self,
        auto_update_schema_before_each_recipe_run: bool,  # noqa: FBT001 - Dataiku's signature
    ) -> Self:
        """Set whether schemas are updated before each recipe runs."""
        self.definition["autoUpdateSchemaBeforeEachRecipeRun"] = auto_update_schema_before_each_recipe_run
        return self

    def get_definition(self) -> dict[str, Any]:
        """Return the definition, live: what is changed in it is what is started."""
        return self.definition

    def start(self) -> DSSJob:
        """Start the job and return a handle on it; see `DSSProject.start_job`."""
        return self.project.start_job(self.definition)

    def start_and_wait(self, no_fail: bool = False) -> DSSJob:  # noqa: FBT001, FBT002 - Dataiku's signature
        """Start the job, wait until it has ended and return a handle on it.

        Raises:
            JobFailed: when it did not end DONE, unless ``no_fail``.
            DSSError: see `DSSJobWaiter.wait`. What is raised after the start has the job as ``job``.
        """
        job = self.start()
        DSSJobWaiter(job).wait(no_fail)
        return job
