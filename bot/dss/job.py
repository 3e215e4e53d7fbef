"""Jobs of a project: list items and the handle on one job, with the same names as Dataiku's own client."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
import requests

from bot.domain import FINAL_STATES, LogTail
from bot.dss import lenient_json, wire
from bot.dss.calls import ApiCalls
from bot.dss.conversions import moment
from bot.dss.log_tail import TailRing
from bot.dss.transport import QueryParams, segment

_ITEM = msgspec.json.Decoder(wire.ListedJob, strict=False)
_STATUS = msgspec.json.Decoder(wire.JobStatus, strict=False)
_MAPPING = msgspec.json.Decoder(dict[str, Any])
_RAWS = msgspec.json.Decoder(list[msgspec.Raw] | None)
_BRACE = ord("{")
_CHUNK = 65_536
_STATUS_BYTES = 4 * 1024 * 1024
"""Maximum size of a status: thousands of activities. The bot reads several statuses at the same time."""
_MOST_JOBS = 100_000
"""Maximum number of elements in a list. With real ones, a list is far over `MOST_BYTES` before that."""


class _Latest:
    """The list item that was last accessed, decoded.

    A loop reads several keys of one item, then moves on. Keeping one decoded mapping makes that fast; keeping
    all of them would use the memory that the list saves. One assignment swaps the pair, so that threads see
    either the old or the new one.
    """

    __slots__ = ("pair",)

    def __init__(self) -> None:
        self.pair: tuple[msgspec.Raw, dict[str, Any]] | None = None

    def decoded(self, raw: msgspec.Raw) -> dict[str, Any]:
        pair = self.pair
        if pair is not None and pair[0] is raw:
            return pair[1]
        try:
            answer: dict[str, Any] = _MAPPING.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            answer = lenient_json.convert(lenient_json.loads(raw), dict[str, Any])
        self.pair = (raw, answer)
        return answer


class DSSJobListItem(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One job of a list: a read-only mapping of everything that DSS sent about it, decoded on access.

    ``job['def']['initiationTimestamp']``, ``job['state']``, ``dict(job)`` and ``job.get(…)`` work as they do
    on a dictionary; ``dict(job)`` creates a real one. The properties read both shapes of an item: nested
    under ``def``, and flat (DSS-API.md §1.3).
    """

    client: ApiCalls
    raw: msgspec.Raw
    """The item's JSON. It keeps the whole answer in memory; ``dict(job)`` doesn't."""
    listed_in: str | None
    """The project whose list it was in, if it was a project's list."""
    latest: _Latest

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - JSON
        pair = self.latest.pair  # saves a call in the usual case: filters run this for every job
        if pair is not None and pair[0] is self.raw:
            return pair[1][key]
        return self.latest.decoded(self.raw)[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.latest.decoded(self.raw))

    def __len__(self) -> int:
        return len(self.latest.decoded(self.raw))

    def __contains__(self, key: object) -> bool:
        return key in self.latest.decoded(self.raw)

    def __eq__(self, other: object) -> bool:
        return dict(self) == dict(other) if isinstance(other, Mapping) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # like a dictionary: compared by content

    def __repr__(self) -> str:
        return f"DSSJobListItem({self.latest.decoded(self.raw)!r})"

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - JSON
        """Return the value of ``key``, or ``default``."""
        return self.latest.decoded(self.raw).get(key, default)

    def keys(self) -> Any:  # noqa: ANN401 - a dictionary's view
        """Return the item's keys."""
        return self.latest.decoded(self.raw).keys()

    def values(self) -> Any:  # noqa: ANN401 - a dictionary's view
        """Return the item's values."""
        return self.latest.decoded(self.raw).values()

    def items(self) -> Any:  # noqa: ANN401 - a dictionary's view
        """Return the item's pairs."""
        return self.latest.decoded(self.raw).items()

    def typed(self) -> wire.ListedJob:
        """Return the item as a typed struct.

        Raises:
            DSSUnreadable: the item isn't of the documented type.
        """
        return self.client.decoded(_ITEM, self.raw, call="a list of jobs")

    @property
    def project_key(self) -> str | None:
        """The key of the job's project."""
        item = self.typed()
        nested = item.definition.project_key if item.definition else None
        return item.project_key or nested or self.listed_in

    @property
    def job_id(self) -> str | None:
        """The job's ID, unique only within its project."""
        item = self.typed()
        nested = item.definition.id if item.definition else None
        return item.job_id or nested or item.id

    @property
    def start_time(self) -> datetime | None:
        """When the job started, in UTC; ``None`` if it hasn't."""
        item = self.typed()
        return moment(item.start_time) or moment(item.job_start_time)

    @property
    def end_time(self) -> datetime | None:
        """When the job ended, in UTC; ``None`` if it hasn't, or never started."""
        item = self.typed()
        return moment(item.end_time) or moment(item.job_end_time)

    @property
    def finished(self) -> bool:
        """Whether the job has ended, by its state or, if that's missing, by ``stableState``."""
        item = self.typed()
        state = item.state or item.status
        return state in FINAL_STATES if state else bool(item.stable_state)

    def to_job(self) -> "DSSJob":
        """Return a handle on the job."""
        return DSSJob(self.client, self.project_key or "", self.job_id or "")


# A struct can't inherit from an abstract class (their metaclasses differ), but it behaves like one.
Mapping.register(DSSJobListItem)


class DSSJobList(list[DSSJobListItem]):
    """The jobs of a list. Elements that aren't jobs are left out and counted."""

    unreadable = 0
    """How many elements weren't jobs."""


def fetch_jobs(
    client: ApiCalls,
    path: str,
    *,
    query: QueryParams | None = None,
    project: str | None = None,
    within: float | None = None,
) -> DSSJobList:
    """GET a list of jobs. Elements that can't be read as jobs are left out."""
    body = client.get_bytes(path, query=query, within=within)
    return read_list(client, body, call=f"GET {path}", project=project)


def read_list(client: ApiCalls, body: bytearray, *, call: str, project: str | None) -> DSSJobList:
    """Split a list of jobs into items without decoding them.

    Raises:
        DSSUnreadable: the body isn't a list, or nothing in it is a job.
    """
    client.refuse_countless(body, call=call)
    raws, bad = _cut(client, body, call)
    if len(raws) > _MOST_JOBS:
        raise client.unreadable(call, f"it has more than {_MOST_JOBS:,} jobs")
    latest = _Latest()
    found = DSSJobList(
        DSSJobListItem(client, raw, project, latest) for raw in raws if memoryview(raw)[0] == _BRACE
    )
    found.unreadable = bad + len(raws) - len(found)
    if found.unreadable and not found:
        raise client.unreadable(call, "nothing in it is a job")
    return found


def _cut(client: ApiCalls, body: bytearray, call: str) -> tuple[list[msgspec.Raw], int]:
    try:
        return _RAWS.decode(body) or [], 0
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if body[:64].lstrip()[:1] == b"<":
            raise client.unreadable(call, "it is a web page") from None
    try:
        elements, bad = lenient_json.elements(body)
    except lenient_json.Unreadable as error:
        raise client.unreadable(call, str(error)) from None
    return [msgspec.Raw(element) for element in elements], bad


def as_listed(items: DSSJobList, as_type: str) -> "DSSJobList | list[DSSJob]":
    """Return the items as they are, or as handles.

    Raises:
        ValueError: ``as_type`` isn't one of the four words that the official client knows.
    """
    if as_type in {"listitems", "listitem"}:
        return items
    if as_type in {"objects", "object"}:
        return [item.to_job() for item in items]
    raise ValueError("as_type must be listitems or objects")


class DSSJob:
    """A handle on one job. Get it from `DSSProject.get_job` or `DSSProject.start_job`."""

    def __init__(self, client: ApiCalls, project_key: str, id: str) -> None:  # noqa: A002 - Dataiku's name
        self.client = client
        self.project_key = project_key
        self.id = id

    def __repr__(self) -> str:
        return f"DSSJob({self.project_key!r}, {self.id!r})"

    def _path(self, rest: str = "") -> str:
        # The slash after the ID matters: an ID ends in ".123", which a proxy might take for a file extension
        # (DSS-API.md §1.2).
        return f"/projects/{segment(self.project_key)}/jobs/{segment(self.id)}/{rest}"

    def abort(self) -> dict[str, Any]:
        """Ask DSS to abort the job. Returning means that DSS accepted the request, not that the job stopped.

        Returns:
            DSS's confirmation, if it sent one. Its fields aren't documented.
        """
        return self.client.post_json(self._path("abort"), None) or {}

    def get_status(self) -> dict[str, Any]:
        """Return the job's status: ``get_status()['baseStatus']['state']`` and everything else.

        If DSS calls the state ``status``, this adds it as ``state`` too (DSS-API.md §1.5).
        """
        answer = self.client.get_json(self._path(), dict[str, Any])
        base = answer.get("baseStatus")
        if isinstance(base, dict) and not base.get("state") and isinstance(base.get("status"), str):
            base["state"] = base["status"]
        return answer

    def read_status(self, *, within: float | None = None) -> wire.JobStatus:
        """Return the job's status as a typed struct.

        Args:
            within: seconds that the call may take.
        """
        path = self._path()
        body = self.client.get_bytes(path, within=within, most=_STATUS_BYTES)
        return self.client.decoded(_STATUS, body, call=f"GET {path}")

    def get_log(self, activity: str | None = None) -> str:
        """Return the whole log of the job, or of one activity.

        Logs can be huge: prefer `get_log_tail` or `stream_log`. Before DSS 14.0.2, reading a huge log can
        freeze the whole instance, no matter who reads it (DSS-API.md §1.7).
        """
        whole = bytearray()

        def consume(response: requests.Response) -> None:
            whole.clear()
            for chunk in self._log_chunks(response):
                whole.extend(chunk)

        self.client.read(self._path("log"), consume, query={"activity": activity})
        return whole.decode("utf-8", "replace")

    def stream_log(self, activity: str | None = None) -> Iterator[bytes]:
        """Yield the log in chunks as it arrives. The request is sent once; failures are raised as `DSSError`.

        Close the generator to stop early.
        """
        with self.client.stream(self._path("log"), query={"activity": activity}) as response:
            self._refuse_page(response)
            yield from response.iter_content(_CHUNK)

    def get_log_tail(
        self, activity: str | None = None, max_bytes: int = 65_536, *, within: float | None = None
    ) -> LogTail:
        """Return the end of the log. DSS can only send all of it, so this reads it all and keeps the end.

        Args:
            activity: read this activity's log instead of the job's.
            max_bytes: how much of the end to keep. This bounds the memory used.
            within: seconds that the call may take.
        """
        TailRing(max_bytes)  # a wrong argument is the caller's mistake, not the answer's

        def consume(response: requests.Response) -> LogTail:
            ring = TailRing(max_bytes)
            for chunk in self._log_chunks(response):
                ring.feed(chunk)
            return ring.tail()

        return self.client.read(self._path("log"), consume, query={"activity": activity}, within=within)

    def _log_chunks(self, response: requests.Response) -> Iterator[bytes]:
        self._refuse_page(response)
        return response.iter_content(_CHUNK)

    def _refuse_page(self, response: requests.Response) -> None:
        if "html" in response.headers.get("Content-Type", "").lower():
            raise self.client.unreadable(f"GET {self._path('log')}", "it is a web page, not a log")
