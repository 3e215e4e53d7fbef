"""The client of one DSS instance, under the names of Dataiku's own client."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, overload

import msgspec
import requests

from bot.dss import wire
from bot.dss.jobs import DSSJob, DSSJobListItem, as_listed, read_list
from bot.dss.project import DSSProject
from bot.dss.retries import RetryPolicy
from bot.dss.transport import Query, Transport
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
        retries: how GETs are tried again; POSTs never are.
        proxy_user: DSS login to act as (``X-DKU-ProxyUser``; needs an admin key).
        extra_headers: sent with every request.

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
        retries: RetryPolicy | None = None,
        proxy_user: str | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> None:
        self._transport = Transport(
            host,
            api_key,
            base_path=base_path,
            auth=auth,
            verify=verify,
            cert=cert,
            timeout=timeout,
            answer_timeout=answer_timeout,
            retries=retries,
            extra_headers=extra_headers,
        )
        self._owner = True
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

    def as_user(self, login: str | None) -> "DSSClient":
        """Return a client that acts as a DSS user over the same connections; ``None``: as the key."""
        other = object.__new__(DSSClient)
        other._transport = self._transport
        other._owner = False
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
        self, as_type: Literal["listitems"] = "listitems", *, all_users: bool = True
    ) -> list[DSSJobListItem]: ...
    @overload
    def list_running_jobs(self, as_type: Literal["objects"], *, all_users: bool = True) -> list[DSSJob]: ...
    def list_running_jobs(
        self, as_type: str = "listitems", *, all_users: bool = True
    ) -> list[DSSJobListItem] | list[DSSJob]:
        """List the unfinished jobs of all projects (DSS 15.2 and later).

        Args:
            as_type: ``listitems`` or ``objects``.
            all_users: the jobs of everybody that the caller may see, or the caller's only.

        Raises:
            DSSNotFound: this DSS has no such call.
        """
        items = self.job_list("/jobs/running/", query={"allUsers": all_users})
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

    def get_bytes(self, path: str, *, query: Query | None = None) -> bytearray:
        """GET a path under the API's base and return the body."""
        return self._transport.get(path, query=query, headers=self._headers)

    def get_json(self, path: str, kind: type[T], *, query: Query | None = None) -> T:
        """GET a path under the API's base and read its JSON as ``kind``."""
        decoder = msgspec.json.Decoder(kind, strict=False)
        return self.decoded(decoder, self.get_bytes(path, query=query), call=f"GET {path}")

    def post_json(self, path: str, body: object | None) -> Any:  # noqa: ANN401 - JSON
        """POST once and return the answer's JSON; ``None`` when the answer is empty.

        Raises:
            DSSError: with ``maybe_done`` when it is not known whether DSS has done it.
        """
        sent = None if body is None else msgspec.json.encode(body)
        answer = self._transport.post(path, sent, headers=self._headers)
        return self.decoded(_GENERIC, answer, call=f"POST {path}", safe=False) if answer.strip() else None

    def job_list(
        self, path: str, *, query: Query | None = None, project: str | None = None
    ) -> list[DSSJobListItem]:
        """GET a list of jobs."""
        return read_list(self, self.get_bytes(path, query=query), call=f"GET {path}", project=project)

    def read(self, path: str, consume: Callable[[requests.Response], T], *, query: Query | None = None) -> T:
        """GET, with ``consume`` reading the answer; see `Transport.read`."""
        return self._transport.read("GET", path, consume, query=query, headers=self._headers)

    def stream(self, path: str, *, query: Query | None = None) -> AbstractContextManager[requests.Response]:
        """GET once, with the open answer in a ``with``; see `Transport.stream`."""
        return self._transport.stream(path, query=query, headers=self._headers)

    def chunks(self, response: requests.Response) -> Iterator[bytes]:
        """Give an answer's body piece by piece, within the time for one answer."""
        return self._transport.chunks(response)

    def decoded(
        self, decoder: msgspec.json.Decoder[T], body: bytearray | msgspec.Raw, *, call: str, safe: bool = True
    ) -> T:
        """Decode a body.

        Raises:
            DSSUnreadable: when it is not JSON, or not of the documented types.
        """
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            why = "it is a web page" if bytes(memoryview(body)[:64]).lstrip()[:1] == b"<" else str(error)
            raise self.unreadable(call, why, safe=safe) from None

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
