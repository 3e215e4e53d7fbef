"""Users, who-am-I, and other calls about the instance, as JSON (DSS-API.md §4)."""

from collections.abc import Mapping

from bot.sandbox.dss.auth import Caller
from bot.sandbox.dss.model import User
from bot.sandbox.dss.problems import not_found

Json = dict[str, object]


def auth_info(caller: Caller) -> Json:
    """Identify the caller; a key that belongs to nobody has an id and no groups."""
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
    """List the users; any key but a project key can do this."""
    caller.need_instance()
    return [_user(user) for user in caller.world.users.values()]


def user(caller: Caller, login: str) -> Json:
    """Return one user."""
    caller.need_instance()
    return _user(_find(caller, login))


def admin_users(caller: Caller) -> list[object]:
    """List the users with the fields that only administrators see."""
    caller.need_admin()
    return [_admin_user(user) for user in caller.world.users.values()]


def admin_user(caller: Caller, login: str) -> Json:
    """Return one user with the fields that only administrators see."""
    caller.need_admin()
    return _admin_user(_find(caller, login))


def permissions(caller: Caller, key: str) -> Json:
    """Return what each user may do in a project; only for its administrators."""
    project = caller.project(key)
    if not (caller.admin or (caller.user is not None and caller.user.login == project.owner)):
        caller.refuse(f"Action forbidden, you are not administrator of project {key}")
    granted = [(user.login, user.rights[key]) for user in caller.world.users.values() if key in user.rights]
    return {
        "owner": project.owner,
        "permissions": [
            {
                "user": login,
                "admin": False,
                "readProjectContent": rights.read,
                "writeProjectContent": rights.run,
                "runScenarios": rights.run,
            }
            for login, rights in granted
        ],
        "additionalDashboardUsers": {"users": []},
    }


def futures(caller: Caller, query: Mapping[str, str]) -> list[object]:
    """List long tasks: always empty, because flow builds don't count (DSS-API.md §4)."""
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
