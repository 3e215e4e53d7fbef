"""Callers and their rights (DSS-API.md §3.1 to §3.3)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.dss.model import Key, Project, Rights, User
from bot.sandbox.dss.problems import UNAUTHORIZED, Problem, bad_key, invisible
from bot.sandbox.dss.world import World

ALL_RIGHTS = Rights()


@dataclass(frozen=True, slots=True)
class Caller:
    """The identity behind a call."""

    world: World
    key: Key
    user: User | None
    """``None`` for a key that belongs to nobody."""

    @property
    def name(self) -> str:
        """Return the initiator name that jobs show."""
        return self.user.login if self.user else f"API ({self.key.label})"

    @property
    def admin(self) -> bool:
        """Return whether the caller has all rights."""
        return self.user.admin if self.user else self.key.admin

    def rights(self, project: str) -> Rights | None:
        """Return the caller's rights in a project, or ``None`` if the caller can't see it."""
        if self.user is None and self.key.project is not None:
            return ALL_RIGHTS if self.key.project == project else None
        if self.admin:
            return ALL_RIGHTS
        found = (self.user.rights if self.user else self.key.rights).get(project)
        return found if found is not None and found.read else None

    def project(self, key: str) -> Project:
        """Return a project that the caller can see.

        Raises:
            Problem: the project doesn't exist, or the caller can't see it.
        """
        if self.rights(key) is None or key not in self.world.projects:
            raise invisible()
        return self.world.projects[key]

    def runnable(self, key: str) -> Project:
        """Return a project in which the caller can start and abort jobs.

        Raises:
            Problem: the project isn't visible, or the caller lacks the right.
        """
        project = self.project(key)
        rights = self.rights(key)
        if rights is None or not rights.run:
            self.refuse(f"Action forbidden, you do not have the right to run jobs in project {key}")
        return project

    def refuse(self, message: str) -> None:
        """Raise the error for a missing privilege."""
        raise Problem(self.world.refusal_status, UNAUTHORIZED, message)

    def need_admin(self) -> None:
        """Require an administrator."""
        if not self.admin:
            self.refuse("Action forbidden, you are not admin")

    def need_instance(self) -> None:
        """Reject project keys, which are valid only inside their project."""
        if self.key.project is not None:
            self.refuse("Action forbidden for a project API key")


def authenticate(world: World, headers: Mapping[str, str]) -> Caller:
    """Identify the caller.

    Raises:
        Problem: the key is unknown, the user is disabled, or the impersonation isn't allowed.
    """
    key = world.keys.get(_secret(headers.get("Authorization", "")))
    if key is None:
        raise bad_key()
    owner = _enabled(world, key.login) if key.login is not None else None
    caller = Caller(world, key, owner)
    login = headers.get("X-DKU-ProxyUser")
    if not login:
        return caller
    if not caller.admin:
        raise Problem(403, UNAUTHORIZED, "Action forbidden, you are not allowed to use X-DKU-ProxyUser")
    return Caller(world, key, _enabled(world, login))


def _enabled(world: World, login: str) -> User:
    user = world.users.get(login)
    if user is None:
        raise Problem(401, UNAUTHORIZED, f"User does not exist: {login}")
    if not user.enabled:
        raise Problem(401, UNAUTHORIZED, f"User is disabled: {login}")
    return user


def _secret(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return name or password
