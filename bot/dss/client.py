"""The client of one DSS instance, with the same names as Dataiku's own client."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, overload

from bot.domain.errors import DSSBadKey, DSSError, DSSNotFound, DSSNotVisible, DSSRefused, DSSUnreadable
from bot.domain.redaction import redact
from bot.dss import wire
from bot.dss.calls import ApiCalls
from bot.dss.job import DSSJob, DSSJobList, as_listed, fetch_jobs
from bot.dss.project import DSSProject
from bot.dss.retries import RetryPolicy
from bot.dss.transport import Transport

T = TypeVar("T")

_NOT_FOR_THIS_KEY = (DSSNotFound, DSSNotVisible, DSSRefused, DSSUnreadable)


class DSSClient(ApiCalls):
    """The jobs API of a DSS instance.

    Safe to share between threads (see `bot.dss.transport`). Close it, or use it in a ``with`` statement.

    Args:
        host: address of DSS, such as ``https://dss.example.com:11200``.
        api_key: an API key of any kind (personal, project, global).
        base_path: ``/public/api``, or ``/dip/publicapi`` as in the official client.
        auth: ``basic`` or ``bearer``.
        verify: whether to check certificates, or the path of a bundle to check them with.
        cert: client certificate: one file, or certificate and key.
        timeout: seconds to connect, and seconds between two bytes of an answer.
        answer_timeout: seconds that one whole answer may take.
        json_timeout: seconds that a GET of JSON may take, retries included, if the call doesn't set its own.
        retries: how to retry GETs; POSTs are never retried.
        proxy_user: DSS login to act as (``X-DKU-ProxyUser``; needs an admin key).
        extra_headers: headers to send with every request.
        no_check_certificate: as in Dataiku's client, the same as ``verify=False``. It applies whatever
            certificate settings are in the environment.
        client_certificate: as in Dataiku's client, an alias of ``cert``.
        redact: masks the secrets in what DSS says, such as the text of an error.

    Raises:
        ValueError: the address or the key can't be valid.
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
        redact: Callable[[str], str] = redact,
    ) -> None:
        transport = Transport(
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
            redact=redact,
        )
        super().__init__(transport, json_timeout=json_timeout, proxy_user=proxy_user)
        self._owner = True

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

    def as_user(self, login: str | None) -> "DSSClient":
        """Return a client that acts as a DSS user over the same connections; ``None``: as the key."""
        return self._sharing(self._transport, login)

    def with_key(self, api_key: str, refused: Callable[[DSSBadKey], DSSError]) -> "DSSClient":
        """Return a client that sends another key over the same connections; see `Transport.with_key`.

        Raises:
            ValueError: it can't be a key.
        """
        return self._sharing(self._transport.with_key(api_key, refused), None)

    def _sharing(self, transport: Transport, login: str | None) -> "DSSClient":
        other = object.__new__(DSSClient)
        ApiCalls.__init__(other, transport, json_timeout=self._json_timeout, proxy_user=login)
        other._owner = False
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
            all_users: whether to list all jobs that the caller may see, or only the caller's own.
            within: seconds that the call may take.

        Raises:
            DSSNotFound: this DSS doesn't have the call.
        """
        items = fetch_jobs(self, "/jobs/running/", query={"allUsers": all_users}, within=within)
        return as_listed(items, as_type)

    # --- the instance and its users

    def list_users(self) -> list[dict[str, Any]]:
        """List the users: first with the call that needs no admin rights, or else with the one that does."""
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
        """Return who the caller is: ``authIdentifier`` and ``groups``."""
        return self.get_json("/auth/info", dict[str, Any], query={"withSecrets": False})

    def read_auth_info(self) -> wire.AuthInfo:
        """Return who the caller is, as a typed struct."""
        return self.get_json("/auth/info", wire.AuthInfo, query={"withSecrets": False})

    def get_instance_info(self) -> dict[str, Any]:
        """Return ``nodeId``, ``nodeName``, ``nodeType`` and whatever else DSS says about itself."""
        return self.get_json("/instance-info", dict[str, Any])
