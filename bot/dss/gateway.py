"""The bot's port to one DSS instance (`bot.domain.ports.Dss`), on top of the client."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from urllib.parse import quote

import msgspec

from bot.domain import (
    BuildMode,
    Dimension,
    DssUser,
    FlowObject,
    JobInfo,
    JobRef,
    LogTail,
    Output,
    OutputKind,
    ProjectGrant,
    ProjectInfo,
    ProjectPermissions,
    WhoAmI,
)
from bot.domain.errors import DSSBadKey, DSSError, DSSNotFound, DSSNotVisible, DSSRefused, DSSUnreadable
from bot.dss import wire
from bot.dss.client import DSSClient
from bot.dss.job import DSSJobList, DSSJobListItem
from bot.dss.mapping import dimension, is_about, job_status, known_by, listed_job, title
from bot.dss.project import lacks_running_jobs
from bot.dss.starting import start_job
from bot.dss.transport import segment

_LISTS = {
    OutputKind.DATASET: "datasets/",
    OutputKind.FOLDER: "managedfolders/",
    OutputKind.MODEL: "savedmodels/",
    OutputKind.STREAM: "streamingendpoints/",
    OutputKind.KNOWLEDGE: "knowledge-banks",  # without a slash, as dataikuapi calls it
    OutputKind.EVALUATIONS: "evaluationstores/",
}


_LISTS_TAKE = 2
"""A list of finished jobs may take this many times as long as a short answer."""


class _Instance:
    """The state of one instance, shared by all its callers."""

    def __init__(self, name: str, ui_url: str, client: DSSClient, root: "DssGateway") -> None:
        self.name = name
        self.client = client
        self.root = root
        self.ui_url = ui_url.rstrip("/")
        self.lock = threading.Lock()
        self.callers: dict[str, DssGateway] = {}
        self.running: dict[bytes, JobInfo] = {}
        """Running jobs in the key's last list, by digest of the item: unchanged items aren't read again."""
        self.ahead = client.clock_offset
        """The offset of DSS's clock when `running` was read."""
        self.without_running: str | None = None
        """The version (``""`` if unknown) that turned out not to have the running-jobs call."""
        self.unreadable: dict[str, int] = {}
        """How many jobs in a project's list (``""``: in the list of running jobs) couldn't be read."""


class DssGateway:
    """One DSS instance as the bot's services need it, seen as the key or as one DSS user.

    Like the client, it's safe to share between threads; see `bot.dss.transport`.

    Args:
        client: the client, acting as the key. `close` closes it.
        instance: the instance's name in the settings.
        ui_url: address of the web interface, if it differs from the API's.
    """

    def __init__(self, client: DSSClient, *, instance: str, ui_url: str | None = None) -> None:
        self._client = client
        self._shared = _Instance(instance, ui_url or client.host, client, self)
        self._is_personal = False

    def close(self) -> None:
        """Close the connections for all callers of this instance."""
        self._shared.client.close()

    @property
    def instance(self) -> str:
        """The instance's name in the settings."""
        return self._shared.name

    @property
    def unreadable(self) -> int:
        """How many jobs couldn't be read when the lists were last read."""
        return sum(self._shared.unreadable.values())

    @property
    def clock_offset(self) -> timedelta:
        """How far DSS's clock is ahead of ours. The facts that this class returns use our clock."""
        return self._shared.client.clock_offset

    def as_login(self, login: str | None) -> "DssGateway":
        """Return the same instance, with calls made as that DSS user; ``None`` means the key itself."""
        if self._is_personal:
            return self  # never falls back to the bot's own key
        if login is None:
            return self._shared.root
        with self._shared.lock:
            known = self._shared.callers.get(login)
            if known is None:
                known = self._sharing(self._shared.client.as_user(login))
                self._shared.callers[login] = known
            return known

    def with_key(self, api_key: str, refused: Callable[[DSSBadKey], DSSError]) -> "DssGateway":
        """Return the same instance, with calls made with a person's own API key, whatever `as_login` is told.

        Args:
            api_key: the key. It stays in memory as long as the returned object.
            refused: called when DSS doesn't accept the key; returns the error to raise.

        Raises:
            ValueError: it can't be a key. The text doesn't contain it.
        """
        return self._sharing(self._shared.client.with_key(api_key, refused), is_personal=True)

    def _sharing(self, client: DSSClient, *, is_personal: bool = False) -> "DssGateway":
        other = object.__new__(DssGateway)
        other._client = client
        other._shared = self._shared
        other._is_personal = is_personal
        return other

    def projects(self) -> Sequence[ProjectInfo]:
        """List the projects that the caller may see."""
        listed = self._client.get_json("/projects/", list[wire.Project])
        return [
            ProjectInfo(key=sent.project_key, name=title(sent.name) or sent.project_key)
            for sent in listed
            if sent.project_key and known_by(sent.project_key)
        ]

    def objects(self, project: str, kind: OutputKind) -> Sequence[FlowObject]:
        """List the datasets, managed folders, saved models… of a project."""
        path = f"/projects/{segment(project)}/{_LISTS[kind]}"
        found = self._client.get_json(path, list[wire.Named])
        # A dataset is identified by its name, everything else by an ID (DSS-API.md §2.4). That of a streaming
        # endpoint is its name, and nothing else is sent (dataikuapi, `DSSStreamingEndpointListItem.name`).
        named = kind is OutputKind.DATASET
        pairs = ((sent.name if named else sent.id or sent.name, sent.name or sent.id) for sent in found)
        return [
            FlowObject(kind=kind, id=ident, name=title(name) or ident)
            for ident, name in pairs
            if ident and known_by(ident)
        ]

    def dimensions(self, project: str, dataset: str) -> tuple[Dimension, ...]:
        """Return the dataset's partitioning dimensions; empty if it isn't partitioned."""
        return tuple(map(dimension, self._client.get_project(project).dataset_partitioning(dataset)))

    def partitions(self, project: str, dataset: str) -> Sequence[str]:
        """List the partition identifiers that the dataset has now."""
        return self._client.get_project(project).list_partitions(dataset)

    def recent_jobs(self, project: str, limit: int) -> Sequence[JobInfo]:
        """List the newest jobs of a project, newest first, at most ``limit`` of them."""
        listed = self._client.get_project(project).list_jobs(limit=limit, within=_LISTS_TAKE * self._timeout)
        read = [info for item in listed if (info := self._listed(item)) is not None]
        self._count_unreadable(project, listed.unreadable + len(listed) - len(read))
        return read

    def running_jobs(self) -> Sequence[JobInfo] | None:
        """List the unfinished jobs of the instance; ``None`` if there's no such list for this caller.

        DSS has had the call since 15.2. The rights that it requires of a key aren't documented.

        If a DSS version says that it has no such call, the gateway tries again only after an upgrade.
        """
        before = self._client.dss_version
        if lacks_running_jobs(before) or self._shared.without_running == before:
            return None
        try:
            items = self._client.list_running_jobs(within=self._timeout)
        except (DSSRefused, DSSNotVisible):
            return None  # this caller may not use it; the projects' own lists have what it may see
        except (DSSNotFound, DSSUnreadable) as error:
            if error.status != 404:
                raise
            # A gateway's page says nothing about DSS, so the next tick tries again.
            if isinstance(error, DSSNotFound) or not self._client.dss_version:
                self._shared.without_running = self._client.dss_version
            return None
        return self._unfinished(items)

    def job(self, project: str, job_id: str, *, within: float | None = None) -> JobInfo:
        """Read the status of one job, with its activities, in at most ``within`` seconds."""
        job = self._client.get_project(project).get_job(job_id)
        status = job.read_status(within=min(within or self._timeout, self._timeout))
        if status.base_status is None and not status.state and not status.removed:
            raise self._client.unreadable(f"GET the status of {job_id}", "it isn't about a job")
        if not is_about(status, project, job_id):  # a cache in front of DSS mixed up two answers
            raise self._client.unreadable(f"GET the status of {job_id}", "it's about another job")
        ref = JobRef(instance=self.instance, project=project, job_id=job_id)
        return job_status(status, ref, ahead=self.clock_offset, redact=self._client.redact)

    def start(
        self, project: str, outputs: Sequence[Output], mode: BuildMode, *, refresh_metastore: bool = False
    ) -> str:
        """Start one job with all the outputs and return its ID. Never repeats what might have started a job.

        Raises:
            DSSError: with ``maybe_done`` set if the answer was lost and the job might exist.
        """
        return start_job(
            self._client.get_project(project), outputs, mode, refresh_metastore=refresh_metastore
        )

    def abort(self, project: str, job_id: str) -> None:
        """Ask DSS to abort a job. Returning means "request accepted", not "job stopped"."""
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
        """Read the end of a job's log and mask the secrets in it.

        Never holds more than ``max_bytes`` of it plus one chunk.
        """
        job = self._client.get_project(project).get_job(job_id)
        tail = job.get_log_tail(activity, max_bytes, within=within)
        return msgspec.structs.replace(tail, text=self._client.redact(tail.text))

    def users(self) -> Sequence[DssUser]:
        """List the users of the instance; a user without an ``enabled`` flag counts as enabled."""
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
        """Return who DSS says the caller is."""
        info = self._client.read_auth_info()
        groups = tuple(group for group in info.groups or () if known_by(group))
        # That a personal key is named so isn't documented (DSS-API.md §4): anything unknown says nothing.
        source = (info.auth_source or "").upper()
        personal = "PERSONAL" in source if source.endswith("API_KEY") else None
        return WhoAmI(
            identifier=title(info.auth_identifier), groups=groups, admin=info.admin, personal=personal
        )

    def permissions(self, project: str) -> ProjectPermissions:
        """Return who may do what in a project. The caller must administer the project or the instance."""
        read = self._client.get_project(project).read_permissions()
        return ProjectPermissions(
            owner=read.owner,
            grants=tuple(
                ProjectGrant(
                    user=one.user or None,
                    group=one.group or None,
                    write=one.admin is True or one.write_project_content is True,
                )
                for one in read.permissions or ()
            ),
        )

    def version(self) -> str:
        """Return the DSS version, such as ``15.2.0``; empty if DSS doesn't say.

        The version comes with every answer. This method asks DSS only if there hasn't been an answer yet.
        """
        known = self._client.dss_version
        if known:
            return known
        stated = self._client.get_instance_info().get("dssVersion")
        return self._client.dss_version or (stated if isinstance(stated, str) else "")

    def job_url(self, project: str, job_id: str) -> str:
        """Return the job's address in the DSS web interface (DSS-API.md §5)."""
        return f"{self._shared.ui_url}/projects/{quote(project, safe='')}/jobs/{quote(job_id, safe='')}/"

    def _unfinished(self, items: DSSJobList) -> list[JobInfo]:
        """Return the facts of running jobs. Of thousands, only a few change from one tick to the next."""
        if self._shared.ahead != self.clock_offset:
            self._shared.ahead, self._shared.running = self.clock_offset, {}
        known = self._shared.running
        seen: dict[bytes, JobInfo] = {}
        bad = items.unreadable
        for item in items:
            digest = hashlib.blake2b(item.raw, digest_size=16).digest()
            info = known.get(digest) or self._listed(item)
            if info is None:
                bad += 1
            elif not info.finished:
                seen[digest] = info
        if self is self._shared.root:
            self._shared.running = seen
            self._count_unreadable("", bad)
        return list(seen.values())

    def _listed(self, item: DSSJobListItem) -> JobInfo | None:
        """Return the facts of one job of a list; ``None`` if it can't be read, so the others still can."""
        try:
            typed = item.typed()
        except DSSUnreadable:
            return None
        return listed_job(
            typed,
            instance=self.instance,
            project=item.listed_in,
            ahead=self.clock_offset,
            redact=self._client.redact,
        )

    def _count_unreadable(self, listed: str, jobs: int) -> None:
        with self._shared.lock:
            if jobs:
                self._shared.unreadable[listed] = jobs
            else:
                self._shared.unreadable.pop(listed, None)

    @property
    def _timeout(self) -> float:
        """Seconds that a whole short answer may take: the maximum between two bytes of an answer."""
        return self._client.timeout
