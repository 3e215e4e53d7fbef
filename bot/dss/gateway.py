"""The bot's port to one DSS instance (`bot.jobs.ports.Dss`), on top of the client."""

import hashlib
import threading
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote

from bot.dss import wire
from bot.dss.client import DSSClient
from bot.dss.jobs import DSSJobList, DSSJobListItem
from bot.dss.project import lacks_running_jobs
from bot.dss.translate import job_status, known_by, listed_job, title
from bot.dss.transport import segment
from bot.errors import DSSNotFound, DSSNotVisible, DSSRefused, DSSUnreadable
from bot.facts import (
    BuildMode,
    DssUser,
    JobFacts,
    JobRef,
    LogTail,
    ObjectFacts,
    Output,
    OutputKind,
    ProjectFacts,
    WhoAmI,
)

_LISTS = {
    OutputKind.DATASET: "datasets/",
    OutputKind.FOLDER: "managedfolders/",
    OutputKind.MODEL: "savedmodels/",
    OutputKind.STREAM: "streamingendpoints/",
    OutputKind.KNOWLEDGE: "knowledge-banks/",
    OutputKind.EVALUATIONS: "evaluationstores/",
}


_LISTS_TAKE = 2
"""A list of finished jobs may take so many times as long as a short answer."""


class _Instance:
    """What is known of the instance, shared by all who act on it."""

    def __init__(self, name: str, ui_url: str, client: DSSClient, root: "DssGateway") -> None:
        self.name = name
        self.client = client
        self.root = root
        self.ui_url = ui_url.rstrip("/")
        self.lock = threading.Lock()
        self.callers: dict[str, DssGateway] = {}
        self.running: dict[bytes, JobFacts] = {}
        """What ran by the key's last list, by digest of the item: what has not changed is not read again."""
        self.ahead = client.clock_offset
        """By which offset of DSS's clock `running` was read."""
        self.without_running: str | None = None
        """The version (``""`` when it was not said) that turned out not to have the running-jobs call."""
        self.unreadable: dict[str, int] = {}
        """How many jobs of the list of a project (``""``: of all running ones) could not be read."""


class DssGateway:
    """One DSS instance as the bot's use cases want it, seen as the key or as one DSS user.

    Safe to share between threads, as the client is; see `bot.dss.transport`.

    Args:
        client: the client, acting as the key. `close` closes it.
        instance: the instance's name in the settings.
        ui_url: address of the web interface, where that is not the API's.
    """

    def __init__(self, client: DSSClient, *, instance: str, ui_url: str | None = None) -> None:
        self._client = client
        self._shared = _Instance(instance, ui_url or client.host, client, self)

    def close(self) -> None:
        """Close the connections, for everybody who acts on this instance."""
        self._shared.client.close()

    @property
    def instance(self) -> str:
        """The instance's name in the settings."""
        return self._shared.name

    @property
    def unreadable(self) -> int:
        """How many jobs could not be read, in the lists as they were read last."""
        return sum(self._shared.unreadable.values())

    @property
    def clock_offset(self) -> timedelta:
        """How far DSS's clock is ahead of ours. The facts that this class returns have our times."""
        return self._shared.client.clock_offset

    def as_login(self, login: str | None) -> "DssGateway":
        """Return the same instance, with calls made as that DSS user; ``None`` means as the key itself."""
        if login is None:
            return self._shared.root
        with self._shared.lock:
            known = self._shared.callers.get(login)
            if known is None:
                known = object.__new__(DssGateway)
                known._client = self._shared.client.as_user(login)
                known._shared = self._shared
                self._shared.callers[login] = known
            return known

    def projects(self) -> Sequence[ProjectFacts]:
        """List the projects that the caller may see."""
        listed = self._client.get_json("/projects/", list[wire.Project])
        return [
            ProjectFacts(key=sent.project_key, name=title(sent.name) or sent.project_key)
            for sent in listed
            if sent.project_key and known_by(sent.project_key)
        ]

    def objects(self, project: str, kind: OutputKind) -> Sequence[ObjectFacts]:
        """List the datasets, managed folders, saved models… of a project."""
        path = f"/projects/{segment(project)}/{_LISTS[kind]}"
        found = self._client.get_json(path, list[wire.Named])
        # A dataset is known by its name, everything else by an opaque id (DSS-API.md §2.4).
        named = kind in {OutputKind.DATASET, OutputKind.STREAM}
        pairs = ((sent.name if named else sent.id or sent.name, sent.name or sent.id) for sent in found)
        return [
            ObjectFacts(kind=kind, id=ident, name=title(name) or ident)
            for ident, name in pairs
            if ident and known_by(ident)
        ]

    def dimensions(self, project: str, dataset: str) -> tuple[str, ...]:
        """Return the names of the dataset's partitioning dimensions; empty when it is not partitioned."""
        return tuple(self._client.get_project(project).dataset_dimensions(dataset))

    def partitions(self, project: str, dataset: str) -> Sequence[str]:
        """List the partition identifiers that the dataset has now."""
        return self._client.get_project(project).list_partitions(dataset)

    def recent_jobs(self, project: str, limit: int) -> Sequence[JobFacts]:
        """List the newest jobs of a project, newest first, at most ``limit`` of them."""
        listed = self._client.get_project(project).list_jobs(limit=limit, within=_LISTS_TAKE * self._timeout)
        read = [facts for item in listed if (facts := self._listed(item)) is not None]
        self._count_unreadable(project, listed.unreadable + len(listed) - len(read))
        return read

    def running_jobs(self) -> Sequence[JobFacts] | None:
        """List the unfinished jobs of the instance; ``None`` when there is no such list for this caller.

        DSS has the call since 15.2, and what it wants of a key is not documented.

        "No such call" is remembered for the version that said it, and asked again after an upgrade.
        """
        before = self._client.dss_version
        if lacks_running_jobs(before) or self._shared.without_running == before:
            return None
        try:
            items = self._client.list_running_jobs(within=self._timeout)
        except (DSSRefused, DSSNotVisible):
            return None  # this caller may not; what it may see is in the projects' own lists
        except (DSSNotFound, DSSUnreadable) as error:
            if error.status != 404:
                raise
            # A gateway's page says nothing of DSS: after it, the next tick asks again.
            if isinstance(error, DSSNotFound) or not self._client.dss_version:
                self._shared.without_running = self._client.dss_version
            return None
        return self._unfinished(items)

    def job(self, project: str, job_id: str, *, within: float | None = None) -> JobFacts:
        """Read the status of one job, with its activities, within seconds."""
        job = self._client.get_project(project).get_job(job_id)
        status = job.read_status(within=min(within or self._timeout, self._timeout))
        if status.base_status is None and not status.state and not status.removed:
            raise self._client.unreadable(f"GET the status of {job_id}", "it says nothing of a job")
        ref = JobRef(instance=self.instance, project=project, job_id=job_id)
        return job_status(status, ref, ahead=self.clock_offset)

    def start(
        self, project: str, outputs: Sequence[Output], mode: BuildMode, *, refresh_metastore: bool = False
    ) -> str:
        """Start one job with all the outputs and return its id. Never retried.

        Raises:
            DSSError: with ``maybe_done`` set when the answer was lost and the job may exist.
        """
        builder = self._client.get_project(project).new_job(mode.value)
        builder.with_refresh_metastore(refresh_metastore)
        for output in outputs:
            builder.with_output(output.id, str(output.kind), output.project, output.partition)
        return builder.start().id

    def abort(self, project: str, job_id: str) -> None:
        """Ask DSS to abort a job. Returning means "request taken", not "stopped"."""
        self._client.get_project(project).get_job(job_id).abort()

    def log_tail(
        self,
        project: str,
        job_id: str,
        *,
        activity: str | None = None,
        max_bytes: int = 65_536,
        within: float | None = None,
    ) -> LogTail:
        """Read the end of a job's log, holding never more than ``max_bytes`` of it and one chunk."""
        job = self._client.get_project(project).get_job(job_id)
        return job.get_log_tail(activity, max_bytes, within=within)

    def users(self) -> Sequence[DssUser]:
        """List the users of the instance; one without an ``enabled`` flag counts as enabled."""
        return [
            DssUser(
                login=sent.login,
                display_name=title(sent.display_name),
                email=sent.email if sent.email and known_by(sent.email) else "",
                enabled=sent.enabled is not False,
            )
            for sent in self._client.read_users()
            if sent.login and known_by(sent.login)
        ]

    def who_am_i(self) -> WhoAmI:
        """Say who the caller is to DSS."""
        info = self._client.read_auth_info()
        groups = tuple(group for group in info.groups or () if known_by(group))
        return WhoAmI(identifier=title(info.auth_identifier), groups=groups, admin=info.admin)

    def version(self) -> str:
        """Return the DSS version, such as ``15.2.0``; empty when it does not say.

        It comes with every answer; only when there was none yet is DSS asked for it.
        """
        known = self._client.dss_version
        if known:
            return known
        stated = self._client.get_instance_info().get("dssVersion")
        return self._client.dss_version or (stated if isinstance(stated, str) else "")

    def job_url(self, project: str, job_id: str) -> str:
        """Return the job's address in the DSS web interface (DSS-API.md §5)."""
        return f"{self._shared.ui_url}/projects/{quote(project, safe='')}/jobs/{quote(job_id, safe='')}/"

    def _unfinished(self, items: DSSJobList) -> list[JobFacts]:
        """Return the facts of running jobs. Of thousands, few differ from one tick to the next."""
        if self._shared.ahead != self.clock_offset:
            self._shared.ahead, self._shared.running = self.clock_offset, {}
        known = self._shared.running
        seen: dict[bytes, JobFacts] = {}
        bad = items.unreadable
        for item in items:
            digest = hashlib.blake2b(item.raw, digest_size=16).digest()
            facts = known.get(digest) or self._listed(item)
            if facts is None:
                bad += 1
            elif not facts.finished:
                seen[digest] = facts
        if self is self._shared.root:
            self._shared.running = seen
            self._count_unreadable("", bad)
        return list(seen.values())

    def _listed(self, item: DSSJobListItem) -> JobFacts | None:
        """Return the facts of one job of a list; ``None`` when it can't be read: the others can."""
        try:
            typed = item.typed()
        except DSSUnreadable:
            return None
        return listed_job(typed, instance=self.instance, project=item.listed_in, ahead=self.clock_offset)

    def _count_unreadable(self, listed: str, jobs: int) -> None:
        with self._shared.lock:
            if jobs:
                self._shared.unreadable[listed] = jobs
            else:
                self._shared.unreadable.pop(listed, None)

    @property
    def _timeout(self) -> float:
        """Seconds that a short answer may take as a whole: as long as DSS may be silent."""
        return self._client.timeout
