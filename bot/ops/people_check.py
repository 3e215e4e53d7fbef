"""The check of ``[people]``: whether DSS has the logins that the settings name."""

from collections.abc import Iterator, Mapping

from bot.domain.identity import EVERYWHERE, IdentityMap, fold
from bot.dss import DSSError
from bot.ops.dss_checks import dss_client
from bot.ops.findings import OK, WARN, Finding
from bot.settings import InstanceSettings


def check_people(instance: InstanceSettings, identity: IdentityMap) -> Iterator[Finding]:
    """Check the logins that ``[people]`` names for an instance; silent if DSS doesn't list its users."""
    named = named_logins(identity, instance.name)
    if not named:
        return
    try:
        with dss_client(instance) as client:
            users = {user.login: user.enabled is not False for user in client.read_users() if user.login}
    except (DSSError, ValueError):
        return  # the other checks say why
    wrong = dict(_unusable(named, users))
    for key, why in wrong.items():
        yield Finding(level=WARN, subject=f"[people] {key}", detail=f"DSS {instance.name}: {why}")
    if not wrong:
        detail = f"DSS {instance.name} has each of the {len(named)} logins"
        yield Finding(level=OK, subject="[people]", detail=detail)


def named_logins(identity: IdentityMap, instance: str) -> dict[str, str]:
    """Return member ID or address → login, as it counts for one instance."""
    return {**identity.people.get(EVERYWHERE, {}), **identity.people.get(instance, {})}


def _unusable(named: Mapping[str, str], users: Mapping[str, bool]) -> Iterator[tuple[str, str]]:
    for key, login in named.items():
        if login not in users:
            near = [known for known in users if fold(known) == fold(login)]
            yield key, f"there is no login {login}{f'. Is it {near[0]}?' if near else ''}"
        elif not users[login]:
            yield key, f"the login {login} is disabled"
