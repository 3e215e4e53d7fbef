"""Users, who-am-I and other calls about the instance, as JSON (DSS-API.md §4)."""

from collections.abc import Mapping

from bot.sandbox.dss.auth import Caller
from bot.sandbox.dss.model import User
from bot.sandbox.dss.problems import not_found

Json = dict[str, object]


def auth_info(caller: Caller) -> Json:
    """Say who calls; a key that is nobody's has an id and no groups."""
    if caller.user is not None:
        return {
            "authIdentifier": caller.user.login,
            "groups": list(caller.user.groups),
            "authSource": "PERSONAL_API_KEY",
            "admin": caller.admin,
        }
    source = "GLOBAL_API_KEY" if caller.key.project is None else "PROJECT_API_KEY"
    identifier = f"api:{caller.key.label}"
    return {"authIdentifier": identifier, "groups": [], "authSource": source, "admin": caller.admin}


def users(caller: Caller) -> list[object]:
    """List the users; needs no admin, but more than a project key."""
    caller.need_instance()
    return [_user(user) for user in caller.world.users.values()]


def user(caller: Caller, login: str) -> Json:
    """Return one user."""
    caller.need_instance()
    return _user(_find(caller, login))


def admin_users(caller: Caller) -> list[object]:
    """List the users with what only administrators see."""
    caller.need_admin()
    return [_admin_user(user) for user in caller.world.users.values()]


def admin_user(caller: Caller, login: str) -> Json:
    """Return one user with what only administrators see."""
    caller.need_admin()
    return _admin_user(_find(caller, login))


def futures(caller: Caller, query: Mapping[str, str]) -> list[object]:
    """List long tasks: none, because flow builds are not among them (DSS-API.md §4)."""
    if query.get("allUsers", "false").lower() == "true":
        caller.need_admin()
    return []


def _find(caller: Caller, login: str) -> User:
    found = caller.world.users.get(login)
    if found is None:
        raise not_found(f"User not found: {login}")
    return found


def _user(user: User) -> Json:
    return {
        "login": user.login,
        "displayName": user.name,
        "email": user.email,
        "groups": list(user.groups),
        "enabled": user.enabled,
    }


def _admin_user(user: User) -> Json:
    profile = "DESIGNER" if user.admin or user.groups else "READER"
    return _user(user) | {"sourceType": "LOCAL", "userProfile": profile}
