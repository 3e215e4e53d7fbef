"""The client of one DSS instance, under the names of Dataiku's own client."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, overload

import msgspec
import requests

from bot.dss import lenient, wire
from bot.dss.jobs import DSSJob, DSSJobList, as_listed, read_list
from bot.dss.project import DSSProject
from bot.dss.retries import RetryPolicy
from bot.dss.transport import MOST_BYTES, Query, Transport
from bot.errors import DSSInvalidRequest, DSSNotFound, DSSNotVisible, DSSRefused, DSSUnreadable

T = TypeVar("T")

_GENERIC = msgspec.json.Decoder()
_NOT_FOR_THIS_KEY = (DSSNotFound, DSSNotVisible, DSSRefused, DSSUnreadable)


class DSSClient:
    """The jobs API of a DSS instance.

    Safe to share between threads (see `bot.dss.transport`). Close it, or use it in a ``with``.

    Args:
        host: address of DSS, such as ``https://dss.example.com:11200``.
        api_key: an API key of any kind (personal, project, global).
        base_path: ``/public/api``, or ``/dip/publicapi`` as the official client has it.
        auth: ``basic`` or ``bearer``.
        verify: whether certificates are checked, or the path of a bundle to check them with.
        cert: client certificate: one file, or certificate and key.
        timeout: seconds to connect, and seconds between two bytes of an answer.
        answer_timeout: seconds that one whole answer may take.
        json_timeout: seconds that a GET of JSON may take with all its tries, where the call gives none.
        retries: how GETs are tried again; POSTs never are.
        proxy_user: DSS login to act as (``X-DKU-ProxyUser``; needs an admin key).
        extra_headers: sent with every request.
        no_check_certificate: as in Dataiku's client, the same as ``verify=False``: it holds whatever the
            environment says of certificates.
        client_certificate: as in Dataiku's client, another word for ``cert``.

    Raises:
        ValueError: for an address or a key that cannot be one.
    """

    def __init__(
        self,
        host: str,
        api_key: str,
        *,
        base_path: str = "/public/api",
        auth: Literal["basic", "bearer"] = "basic",
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        timeout: tuple[float, float] = (5.0, 30.0),
        answer_timeout: float = 300.0,
        json_timeout: float | None = None,
        retries: RetryPolicy | None = None,
        proxy_user: str | None = None,
        extra_headers: Mapping[str, str] | None = None,
        no_check_certificate: bool = False,
        client_certificate: str | tuple[str, str] | None = None,
    ) -> None:
        self._transport = Transport(
            host,
            api_key,
            base_path=base_path,
            auth=auth,
            verify=False if no_check_certificate else verify,
            cert=client_certificate or cert,
            timeout=timeout,
            answer_timeout=answer_timeout,
            retries=retries,
            extra_headers=extra_headers,
        )
        self._owner = True
        self._json_timeout = json_timeout
        self._headers = _proxy_header(proxy_user)
        self.proxy_user = proxy_user

    def __repr__(self) -> str:
        return f"DSSClient({self.host!r}, proxy_user={self.proxy_user!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; a client from `as_user` leaves them to the one it came from."""
        if self._owner:
            self._transport.close()

    @property
    def host(self) -> str:
        """Address of DSS, without a slash at the end."""
        return self._transport.host

    @property
    def dss_version(self) -> str:
        """``DSS-Version`` of the latest answer, such as ``15.2.0``; empty until there was one."""
        return self._transport.version

    @property
    def clock_offset(self) -> timedelta:
        """How far DSS's clock is ahead of this machine's, by its answers' ``Date``; zero within 2 s."""
        return self._transport.server_clock.offset

    @property
    def timeout(self) -> float:
        """Seconds that DSS may be silent within an answer."""
        return self._transport.timeout

    def as_user(self, login: str | None) -> "DSSClient":
        """Return a client that acts as a DSS user over the same connections; ``None``: as the key."""
        other = object.__new__(DSSClient)
        other._transport = self._transport
        other._owner = False
        other._json_timeout = self._json_timeout
        other._headers = _proxy_header(login)
        other.proxy_user = login
        return other

    # --- projects and jobs

    def get_project(self, project_key: str) -> DSSProject:
        """Return a handle on a project. Sends nothing."""
        return DSSProject(self, project_key)

    def list_projects(self) -> list[dict[str, Any]]:
        """List the projects that the caller may see."""
        return self.get_json("/projects/", list[dict[str, Any]])

    def list_project_keys(self) -> list[str]:
        """List the keys of the projects that the caller may see."""
        projects = self.get_json("/projects/", list[wire.Project])
        return [project.project_key for project in projects if project.project_key]

    @overload
    def list_running_jobs(
        self,
        as_type: Literal["listitems"] = "listitems",
        *,
        all_users: bool = True,
        within: float | None = None,
    ) -> DSSJobList: ...
    @overload
    def list_running_jobs(
        self, as_type: Literal["objects"], *, all_users: bool = True, within: float | None = None
    ) -> list[DSSJob]: ...
    def list_running_jobs(
        self, as_type: str = "listitems", *, all_users: bool = True, within: float | None = None
    ) -> DSSJobList | list[DSSJob]:
        """List the unfinished jobs of all projects (DSS 15.2 and later).

        Args:
            as_type: ``listitems`` or ``objects``.
            all_users: the jobs of everybody that the caller may see, or the caller's only.
            within: seconds that the call may take.

        Raises:
            DSSNotFound: this DSS has no such call.
        """
        items = self.job_list("/jobs/running/", query={"allUsers": all_users}, within=within)
        return as_listed(items, as_type)

    # --- the instance and its users

    def list_users(self) -> list[dict[str, Any]]:
        """List the users: by the call that needs no admin rights, else by the one that does."""
        return self._users(list[dict[str, Any]])

    def read_users(self) -> list[wire.User]:
        """List the users as typed structs; see `list_users`."""
        return self._users(list[wire.User])

    def _users(self, kind: type[T]) -> T:
        try:
            return self.get_json("/users", kind)
        except _NOT_FOR_THIS_KEY:
            return self.get_json("/admin/users/", kind)

    def get_auth_info(self) -> dict[str, Any]:
        """Say who the caller is: ``authIdentifier`` and ``groups``."""
        return self.get_json("/auth/info", dict[str, Any], query={"withSecrets": False})

    def read_auth_info(self) -> wire.AuthInfo:
        """Say who the caller is, as a typed struct."""
        return self.get_json("/auth/info", wire.AuthInfo, query={"withSecrets": False})

    def get_instance_info(self) -> dict[str, Any]:
        """Return ``nodeId``, ``nodeName``, ``nodeType`` and what else DSS says of itself."""
        return self.get_json("/instance-info", dict[str, Any])

    # --- for the handles

    def get_bytes(
        self,
        path: str,
        *,
        query: Query | None = None,
        within: float | None = None,
        most: int = MOST_BYTES,
    ) -> bytearray:
        """GET a path under the API's base and return the body; see `Transport.get`."""
        within = self._json_timeout if within is None else within
        return self._transport.get(path, query=query, headers=self._headers, within=within, most=most)

    def get_json(
        self, path: str, kind: type[T], *, query: Query | None = None, within: float | None = None
    ) -> T:
        """GET a path under the API's base and read its JSON as ``kind``."""
        decoder = msgspec.json.Decoder(kind, strict=False)
        body = self.get_bytes(path, query=query, within=within)
        return self.decoded(decoder, body, call=f"GET {path}")

    def post_json(self, path: str, body: object | None) -> Any:  # noqa: ANN401 - JSON
        """POST once and return the answer's JSON; ``None`` when the answer is empty.

        Raises:
            DSSError: with ``maybe_done`` when it is not known whether DSS has done it.
        """
        sent = None if body is None else msgspec.json.encode(body)
        answer = self._transport.post(path, sent, headers=self._headers)
        return self.decoded(_GENERIC, answer, call=f"POST {path}", safe=False) if answer.strip() else None

    def job_list(
        self,
        path: str,
        *,
        query: Query | None = None,
        project: str | None = None,
        within: float | None = None,
    ) -> DSSJobList:
        """GET a list of jobs. What of it can't be read as a job is left out."""
        body = self.get_bytes(path, query=query, within=within)
        return read_list(self, body, call=f"GET {path}", project=project)

    def read(
        self,
        path: str,
        consume: Callable[[requests.Response], T],
        *,
        query: Query | None = None,
        within: float | None = None,
    ) -> T:
        """GET, with ``consume`` reading the answer; see `Transport.read`."""
        return self._transport.read("GET", path, consume, query=query, headers=self._headers, within=within)

    def stream(self, path: str, *, query: Query | None = None) -> AbstractContextManager[requests.Response]:
        """GET once, with the open answer in a ``with``; see `Transport.stream`."""
        return self._transport.stream(path, query=query, headers=self._headers)

    def decoded(
        self, decoder: msgspec.json.Decoder[T], body: bytearray | msgspec.Raw, *, call: str, safe: bool = True
    ) -> T:
        """Decode a body. A field of another type than documented is left out, and an absurd number.

        Raises:
            DSSUnreadable: when it is not JSON, or the whole is not of the documented type.
        """
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
            pass
        if bytes(memoryview(body)[:64]).lstrip()[:1] == b"<":
            raise self.unreadable(call, "it is a web page", safe=safe)
        try:
            read: T = lenient.convert(lenient.loads(body), decoder.type)
        except lenient.Unreadable as error:
            raise self.unreadable(call, str(error), safe=safe) from None
        return read

    def unreadable(self, call: str, why: str, *, safe: bool = True) -> DSSUnreadable:
        """Return the error for an answer that is not what was asked for."""
        return self._transport.unreadable(call, why, safe=safe)


def _proxy_header(login: str | None) -> dict[str, str]:
    if login is None:
        return {}
    if not login.strip() or not login.isprintable():
        raise DSSInvalidRequest(f"{login!r} cannot be a DSS login")
    # Headers are Latin-1 on the wire: the bytes of the UTF-8 text travel as they are.
    return {"X-DKU-ProxyUser": login.encode().decode("latin-1")}
