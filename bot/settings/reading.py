"""From the environment and a TOML file to settings, with all problems at once. Pure: no I/O of its own."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from bot.settings.instances import FROM_ENVIRONMENT, read_instances
from bot.settings.problems import Environment, Problems, ReadFile, Table, check_url, list_words, near_miss
from bot.settings.records import (
    Access,
    FollowingSettings,
    HealthSettings,
    Instance,
    LogFormat,
    LogLevel,
    LogSettings,
    Secret,
    Settings,
    SlackSettings,
    StoreSettings,
)
from bot.settings.variables import NAMES

_DATABASES = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
}
"""Scheme of ``DATABASE_URL`` → the SQLAlchemy dialect and driver that the bot has."""

_MISSPELT = 90.0
"""Likeness at which an unknown ``DSS_BOT_…`` variable is a typing error. High, because Kubernetes sets
variables such as ``DSS_BOT_SERVICE_HOST`` for a service of that name."""


def read_settings(env: Mapping[str, str], read_file: ReadFile, data_dir: Path) -> Settings:
    """Read the settings.

    Args:
        env: the environment.
        read_file: returns the text of a file; asked only for files that the environment or the TOML file
            names.
        data_dir: where the SQLite file goes when ``DATABASE_URL`` is not set.

    Raises:
        SettingsError: with all problems at once.
    """
    problems = Problems()
    values = Environment(env, read_file, problems)
    file = _read_toml(values, read_file, problems)
    instances = read_instances(values, file.table("instances"), problems)
    settings = Settings(
        slack=_read_slack(values, problems),
        instances=instances,
        default_instance=_read_default_instance(file.table("defaults"), instances, problems),
        access=_read_access(values, problems),
        following=_read_following(file.table("following")),
        store=_read_store(values, file.table("store"), problems, data_dir),
        health=HealthSettings(
            host=values.text("DSS_BOT_HTTP_HOST", "127.0.0.1"),
            port=values.whole("DSS_BOT_HTTP_PORT", 8081, 0, 65_535),
        ),
        log=LogSettings(
            format=values.choice("DSS_BOT_LOG_FORMAT", get_args(LogFormat), "auto"),
            level=values.choice("DSS_BOT_LOG_LEVEL", get_args(LogLevel), "info"),
        ),
    )
    file.finish()
    _check_ports(settings, problems)
    _check_names(env, problems)
    problems.raise_any()
    return settings


def read_database_url(env: Mapping[str, str], read_file: ReadFile, data_dir: Path) -> Secret:
    """Read what says where the database is: nothing of Slack and DSS, and not the TOML file.

    Args:
        env: the environment.
        read_file: returns the text of the file that ``DATABASE_URL_FILE`` names.
        data_dir: where the SQLite file goes when ``DATABASE_URL`` is not set.

    Raises:
        SettingsError: with all problems at once.
    """
    problems = Problems()
    values = Environment(env, read_file, problems)
    url = _read_database_url(values, problems, data_dir)
    problems.raise_any()
    return url


def _read_toml(values: Environment, read_file: ReadFile, problems: Problems) -> Table:
    path = values.text("DSS_BOT_CONFIG")
    content: dict[str, object] = {}
    if path:
        try:
            content = tomllib.loads(read_file(path))
        except (OSError, UnicodeDecodeError) as exc:
            reason = getattr(exc, "strerror", None) or "not UTF-8"
            problems.add("DSS_BOT_CONFIG", f"{path} can't be read ({reason})", "Name a readable TOML file")
        except tomllib.TOMLDecodeError as exc:
            problems.add("DSS_BOT_CONFIG", f"{path} is not TOML: {exc}", "Correct that place of the file")
    return Table("", content, problems)


def _read_slack(values: Environment, problems: Problems) -> SlackSettings:
    bot, app = values.secret("SLACK_BOT_TOKEN"), values.secret("SLACK_APP_TOKEN")
    signing = values.secret("SLACK_SIGNING_SECRET")
    if not bot:
        right = "Copy the Bot User OAuth Token, xoxb-…, from OAuth & Permissions of the Slack app"
        problems.add("SLACK_BOT_TOKEN", "is not set", right)
    elif not bot.startswith("xoxb-"):
        problems.add("SLACK_BOT_TOKEN", "is not a bot token", "A bot token starts with xoxb-")
    if app and not app.startswith("xapp-"):
        right = "One starts with xapp-, from Basic Information of the Slack app, scope connections:write"
        problems.add("SLACK_APP_TOKEN", "is not an app-level token", right)
    if not app and not signing:
        right = "Set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode"
        problems.add("SLACK_APP_TOKEN, SLACK_SIGNING_SECRET", "neither is set", right)
    url = values.text("SLACK_API_URL", "https://slack.com/api/")
    return SlackSettings(
        bot_token=Secret(bot),
        app_token=Secret(app) if app else None,
        signing_secret=Secret(signing) if signing else None,
        port=values.whole("PORT", 3000, 1, 65_535),
        api_url=check_url(problems, "SLACK_API_URL", url, "https://slack.com/api/") + "/",
    )


def _read_access(values: Environment, problems: Problems) -> Access:
    if values.text("DSS_BOT_ACCESS").lower() == "rules":
        problems.add("DSS_BOT_ACCESS", "rules are not available yet in this version", "Give dss or open")
        return "dss"
    known: tuple[Access, ...] = ("dss", "open")
    return values.choice("DSS_BOT_ACCESS", known, "dss")


def _read_default_instance(table: Table, instances: tuple[Instance, ...], problems: Problems) -> str:
    names = [instance.name for instance in instances]
    chosen = table.text("instance")
    table.finish()
    if chosen and chosen not in names:
        near = near_miss(chosen, names)
        hint = f" (did you mean {near}?)" if near else ""
        problems.add(table.label("instance"), f"{chosen!r} is not there{hint}", f"Give {list_words(names)}")
    if not chosen and FROM_ENVIRONMENT not in names and len(names) > 1:
        right = f"Name the one for commands without --on: {list_words(names)}"
        problems.add(table.label("instance"), "is not set, and there are several instances", right)
    return chosen or (FROM_ENVIRONMENT if FROM_ENVIRONMENT in names else names[0])


def _read_following(table: Table) -> FollowingSettings:
    following = FollowingSettings(
        tick_seconds=table.number("tick_seconds", 2.0, high=3600),
        limit_days=table.whole("limit_days", 7, 1, 365),
        requests_per_second=table.number("requests_per_second", 5.0, high=1000),
    )
    table.finish()
    return following


def _read_store(values: Environment, table: Table, problems: Problems, data_dir: Path) -> StoreSettings:
    store = StoreSettings(
        database_url=_read_database_url(values, problems, data_dir),
        keep_days=table.whole("keep_days", 30, 1, 3650),
    )
    table.finish()
    return store


def _read_database_url(values: Environment, problems: Problems, data_dir: Path) -> Secret:
    url = values.secret("DATABASE_URL") or f"sqlite:///{data_dir / 'dss-bot.sqlite3'}"
    scheme, separator, rest = url.partition("://")
    known = _DATABASES.get(scheme)
    right = "Give sqlite:///path/of/a/file or postgresql+psycopg://user:password@host/database"
    if not separator or known is None:
        problems.add("DATABASE_URL", f"{scheme.partition(':')[0]!r} is not a database the bot knows", right)
    elif known != "sqlite" and (wrong := _wrong_with_address(url)):
        problems.add("DATABASE_URL", wrong, right)
    elif known == "sqlite" and rest.partition("?")[0] in {"", "/", "/:memory:"}:
        problems.add("DATABASE_URL", "is a database in memory, which a restart forgets", right)
    return Secret(f"{known}://{rest}")


def _wrong_with_address(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "has a port that is no number, or a host that is none"
    if parts.netloc.count("@") > 1:
        # Whoever connects would take the end of the password for the host, and print it.
        return "has an @ in its password, which has to be written as %40"
    # A query may name the host instead: ``?host=/run/postgresql`` is how a Unix socket is given.
    if not (parts.hostname or "host=" in parts.query) or len(parts.path) < 2:
        return "has no host or no database in it"
    return None


def _check_ports(settings: Settings, problems: Problems) -> None:
    slack = settings.slack
    if not slack.socket_mode and slack.signing_secret and settings.health.port == slack.port:
        problems.add(
            "DSS_BOT_HTTP_PORT", f"{slack.port} is also PORT", "Give each a port of its own, or 0 here"
        )


def _check_names(env: Mapping[str, str], problems: Problems) -> None:
    for name in sorted(env):
        if name.startswith("DSS_BOT_") and name not in NAMES:
            near = near_miss(name, NAMES, _MISSPELT)
            if near and env[name].strip():
                problems.add(name, "is not a setting", f"Did you mean {near}")
