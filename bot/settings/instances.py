"""Read the DSS instances: one from the environment, any number from the TOML file."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.settings.models import InstanceSettings, Secret
from bot.settings.problems import Environment, Problems, Table, check_url

FROM_ENVIRONMENT = "default"
"""Name of the instance that ``DKU_DSS_URL`` and ``DKU_API_KEY`` describe."""

_EXAMPLE = "https://dss.example.com:11200"


def read_instances(env: Environment, table: Table, problems: Problems) -> tuple[InstanceSettings, ...]:
    """Read all instances.

    ``DKU_DSS_URL`` and ``DKU_API_KEY`` define the instance ``default``. Its other settings can be in
    ``[instances.default]``, and the environment overrides the file.
    """
    url, key = env.text("DKU_DSS_URL"), env.secret("DKU_API_KEY")
    names = table.names()
    if (url or key or not names) and FROM_ENVIRONMENT not in names:
        names = (FROM_ENVIRONMENT, *names)
    found = []
    for name in names:
        if name.startswith("-") or any(c.isspace() for c in name) or not name:
            problems.add(
                f"[instances.{name}]", "has a name that can't be typed", "Use letters, digits and dashes"
            )
        given = _Given(name, url, key) if name == FROM_ENVIRONMENT else _Given(name)
        found.append(_read_instance(env, table.table(name), problems, given))
    return tuple(found)


@dataclass(frozen=True)
class _Given:
    """What the environment says about an instance."""

    name: str
    url: str = ""
    key: str = ""


def _read_instance(env: Environment, table: Table, problems: Problems, given: _Given) -> InstanceSettings:
    url = _read_url(table, problems, given)
    key = _read_key(env, table, problems, given)
    ui_url = table.text("ui_url")
    instance = InstanceSettings(
        name=given.name,
        url=url,
        api_key=Secret(key),
        ui_url=check_url(problems, table.label("ui_url"), ui_url, _EXAMPLE) if ui_url else url,
        base_path=_read_base_path(table, problems),
        auth=table.auth("auth"),
        verify=_read_verify(table, problems),
        client_cert=table.path_or_pair("client_cert"),
        connect_timeout=table.number("connect_timeout", 5.0, high=600),
        read_timeout=table.number("read_timeout", 30.0, high=3600),
    )
    table.finish()
    return instance


def _from_environment_alone(table: Table, given: _Given) -> bool:
    return given.name == FROM_ENVIRONMENT and not table.names()


def _read_url(table: Table, problems: Problems, given: _Given) -> str:
    in_file = table.text("url")
    url = given.url or in_file
    name = "DKU_DSS_URL" if given.url or _from_environment_alone(table, given) else table.label("url")
    if url:
        return check_url(problems, name, url, _EXAMPLE)
    problems.add(name, "is not set", f"Give the address of DSS, such as {_EXAMPLE}")
    return ""


def _read_key(env: Environment, table: Table, problems: Problems, given: _Given) -> str:
    plain, variable, path = table.text("api_key"), table.text("api_key_env"), table.text("api_key_file")
    ways = [way for way in (plain, variable, path) if way]
    right = "Give exactly one of api_key_env (a variable's name), api_key_file (a path) or api_key"
    if given.key:
        return given.key
    if _from_environment_alone(table, given):
        right = "Give a DSS API key, or DKU_API_KEY_FILE with the path of a file that contains it"
        problems.add("DKU_API_KEY", "is not set", right)
    elif len(ways) != 1:
        wrong = "is given in more than one way" if ways else "is not set"
        problems.add(table.label("api_key"), wrong, right)
    elif variable and not env.text(variable):
        name = table.label("api_key_env")
        problems.add(name, f"the variable {variable} is not set", f"Set {variable} to the key")
    elif path:
        return env.file(table.label("api_key_file"), path)
    return plain or (env.text(variable) if variable else "")


def _read_base_path(table: Table, problems: Problems) -> str:
    value = table.text("base_path", "/public/api")
    if not value.startswith("/") or urlsplit(value).path != value:
        right = "Give /public/api, or /dip/publicapi if only that one is reachable"
        problems.add(table.label("base_path"), f"{value!r} is not a path", right)
    return value.rstrip("/")


def _read_verify(table: Table, problems: Problems) -> bool | str:
    verify, ca_file = table.flag("verify", default=True), table.text("ca_file")
    if ca_file and not verify:
        problems.add(table.label("verify"), "is false, but ca_file is given", "Keep only one of the two")
    return ca_file or verify
