"""Read the settings from the environment and a TOML file; report all problems at once. No I/O of its own."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from bot.domain.redaction.custom import UnusablePattern, compiled
from bot.domain.request_limits import RequestLimits
from bot.language import ENGLISH, languages, mark
from bot.settings.approvals import read_approvals
from bot.settings.encryption_keys import read_encryption_keys
from bot.settings.instances import FROM_ENVIRONMENT, read_instances
from bot.settings.models import (
    Access,
    DatabaseAddress,
    FollowingSettings,
    HealthSettings,
    InstanceSettings,
    LogFormat,
    LogLevel,
    LogSettings,
    RedactionSettings,
    RulesSettings,
    Secret,
    Settings,
    SettingsError,
    SlackSettings,
    StoreSettings,
)
from bot.settings.people import read_identity
from bot.settings.problems import Environment, Problems, ReadFile, Table, check_url, list_words, near_miss
from bot.settings.rules import read_rules
from bot.settings.variables import NAMES
from bot.settings.visibility import read_visibility

_DATABASES = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
}
"""Scheme of ``DATABASE_URL`` → the SQLAlchemy dialect and driver that the bot uses."""

_MISSPELT = 90.0
"""Similarity at which an unknown ``DSS_BOT_…`` variable counts as a typo. It's high because Kubernetes sets
variables such as ``DSS_BOT_SERVICE_HOST`` for a service of that name."""


def read_settings(env: Mapping[str, str], read_file: ReadFile, data_dir: Path) -> Settings:
    """Read the settings.

    Args:
        env: the environment.
        read_file: returns the text of a file; called only for files that the environment or the TOML file
            names.
        data_dir: where the SQLite file goes if ``DATABASE_URL`` isn't set.

    Raises:
        SettingsError: with all problems at once.
    """
    problems = Problems()
    values = Environment(env, read_file, problems)
    file = _read_toml(values, read_file, problems)
    instances = read_instances(values, file.table("instances"), problems)
    access_table = file.table("access")
    access = values.choice("DSS_BOT_ACCESS", get_args(Access), "dss")
    rules = _read_rules(values, access, access_table, instances, read_file, problems)
    settings = Settings(
        slack=_read_slack(values, file.table("slack"), problems),
        instances=instances,
        default_instance=_read_default_instance(file.table("defaults"), instances, problems),
        identity=read_identity(
            file.table("people"),
            file.table("identity"),
            tuple(instance.name for instance in instances),
            problems,
        ),
        access=access,
        contact=access_table.text("contact", mark("the bot's administrator")),
        rules=rules,
        following=_read_following(file.table("following")),
        approvals=read_approvals(file.table("approvals"), problems, [one.name for one in instances]),
        limits=_read_limits(file.table("limits")),
        visibility=read_visibility(file.table("visibility"), problems),
        redaction=_read_redaction(file.table("redaction"), problems),
        store=_read_store(values, file.table("store"), problems, data_dir),
        health=HealthSettings(
            host=values.text("DSS_BOT_HTTP_HOST", "127.0.0.1"),
            port=values.whole("DSS_BOT_HTTP_PORT", 8081, 0, 65_535),
        ),
        log=LogSettings(
            format=values.choice("DSS_BOT_LOG_FORMAT", get_args(LogFormat), "auto"),
            level=values.choice("DSS_BOT_LOG_LEVEL", get_args(LogLevel), "info"),
        ),
        encryption_keys=read_encryption_keys(values, problems),
    )
    access_table.finish()
    file.finish()
    _check_ports(settings, problems)
    _check_names(env, problems)
    problems.raise_any()
    return settings


def read_database_address(env: Mapping[str, str], read_file: ReadFile, data_dir: Path) -> DatabaseAddress:
    """Read only the database address: no settings for Slack or DSS, and not the TOML file.

    Args:
        env: the environment.
        read_file: returns the text of the file that ``DATABASE_URL_FILE`` names.
        data_dir: where the SQLite file goes if ``DATABASE_URL`` isn't set.

    Raises:
        SettingsError: with all problems at once.
    """
    problems = Problems()
    values = Environment(env, read_file, problems)
    address = _read_database_address(values, problems, data_dir)
    problems.raise_any()
    return address


def read_only_encryption_keys(env: Mapping[str, str], read_file: ReadFile) -> tuple[Secret, ...]:
    """Read only the encryption keys, for a command that needs nothing of Slack and DSS.

    Raises:
        SettingsError: with all problems at once; not having any key is one.
    """
    problems = Problems()
    keys = read_encryption_keys(Environment(env, read_file, problems), problems)
    if not keys and not problems.sentences:
        problems.add("DSS_BOT_ENCRYPTION_KEYS", "is not set", "Print a key with `dss-bot keys generate`")
    problems.raise_any()
    return keys


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
            problems.add("DSS_BOT_CONFIG", f"{path} is not TOML: {exc}", "Fix that part of the file")
    return Table("", content, problems)


def _read_slack(values: Environment, table: Table, problems: Problems) -> SlackSettings:
    bot, app = values.secret("SLACK_BOT_TOKEN"), values.secret("SLACK_APP_TOKEN")
    signing = values.secret("SLACK_SIGNING_SECRET")
    if not bot:
        right = "Copy the Bot User OAuth Token, xoxb-…, from the Slack app's OAuth & Permissions page"
        problems.add("SLACK_BOT_TOKEN", "is not set", right)
    elif not bot.startswith("xoxb-"):
        problems.add("SLACK_BOT_TOKEN", "is not a bot token", "A bot token starts with xoxb-")
    if app and not app.startswith("xapp-"):
        right = "It starts with xapp-, from the Slack app's Basic Information page, scope connections:write"
        problems.add("SLACK_APP_TOKEN", "is not an app-level token", right)
    if not app and not signing:
        right = "Set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode"
        problems.add("SLACK_APP_TOKEN, SLACK_SIGNING_SECRET", "neither is set", right)
    url = values.text("SLACK_API_URL", "https://slack.com/api/")
    new_blocks = table.flag("new_blocks", default=True)
    timelines = table.flag("timelines", default=True)
    home_minutes = table.whole("home_minutes", 5, 0, 60)
    language = table.choice("language", languages(), ENGLISH)
    table.finish()
    return SlackSettings(
        bot_token=Secret(bot),
        app_token=Secret(app) if app else None,
        signing_secret=Secret(signing) if signing else None,
        port=values.whole("PORT", 3000, 1, 65_535),
        api_url=check_url(problems, "SLACK_API_URL", url, "https://slack.com/api/") + "/",
        new_blocks=new_blocks,
        timelines=timelines,
        home_minutes=home_minutes,
        language=language,
    )


def _read_rules(
    values: Environment,
    access: Access,
    table: Table,
    instances: tuple[InstanceSettings, ...],
    read_file: ReadFile,
    problems: Problems,
) -> RulesSettings | None:
    """Read the policy file, whose path counts from the folder of the configuration."""
    given, names = table.text("rules_file"), tuple(instance.name for instance in instances)
    if not given:
        if access == "rules":
            right = "Give the path of a policy file (docs/rules.md), or set DSS_BOT_ACCESS to dss or open"
            problems.add(table.label("rules_file"), "is not set, but DSS_BOT_ACCESS is rules", right)
        return None
    path = str(Path(values.text("DSS_BOT_CONFIG")).parent / Path(given).expanduser())
    try:
        policy = read_rules(read_file(path), given, names)
    except (OSError, UnicodeDecodeError) as exc:
        reason = getattr(exc, "strerror", None) or "not UTF-8"
        problems.add(
            table.label("rules_file"), f"{path} can't be read ({reason})", "Name a readable TOML file"
        )
        return None
    except SettingsError as wrong:
        problems.extend(wrong.problems)
        return None
    return RulesSettings(path=path, policy=policy, instances=names)


def _read_default_instance(table: Table, instances: tuple[InstanceSettings, ...], problems: Problems) -> str:
    names = [instance.name for instance in instances]
    chosen = table.text("instance")
    table.finish()
    if chosen and chosen not in names:
        near = near_miss(chosen, names)
        hint = f" (did you mean {near}?)" if near else ""
        problems.add(table.label("instance"), f"{chosen!r} is not known{hint}", f"Give {list_words(names)}")
    if not chosen and FROM_ENVIRONMENT not in names and len(names) > 1:
        right = f"Give the one to use for commands without --on: {list_words(names)}"
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


def _read_limits(table: Table) -> RequestLimits:
    usual = RequestLimits()
    limits = RequestLimits(
        **{name: table.whole(name, getattr(usual, name), 0, 10_000) for name in usual.__struct_fields__}
    )
    table.finish()
    return limits


def _read_redaction(table: Table, problems: Problems) -> RedactionSettings:
    patterns = []
    for number, text in enumerate(table.texts("patterns"), 1):
        try:
            patterns.append(compiled(text))
        except UnusablePattern as error:
            problems.add(f"{table.label('patterns')}, number {number}", str(error), error.right)
    table.finish()
    return RedactionSettings(patterns=tuple(patterns))


def _read_store(values: Environment, table: Table, problems: Problems, data_dir: Path) -> StoreSettings:
    store = StoreSettings(
        database_url=_read_database_address(values, problems, data_dir).url,
        keep_days=table.whole("keep_days", 30, 1, 3650),
    )
    table.finish()
    return store


def _read_database_address(values: Environment, problems: Problems, data_dir: Path) -> DatabaseAddress:
    given = values.secret("DATABASE_URL")
    url = given or f"sqlite:///{data_dir / 'dss-bot.sqlite3'}"
    scheme, separator, rest = url.partition("://")
    known = _DATABASES.get(scheme)
    right = "Give sqlite:///path/to/file or postgresql+psycopg://user:password@host/database"
    if not separator or known is None:
        problems.add("DATABASE_URL", f"{scheme.partition(':')[0]!r} is not a database the bot knows", right)
    elif known != "sqlite" and (wrong := _wrong_with_address(url)):
        problems.add("DATABASE_URL", wrong, right)
    elif known == "sqlite" and rest.partition("?")[0] in {"", "/", "/:memory:"}:
        problems.add("DATABASE_URL", "is an in-memory database, which a restart would lose", right)
    return DatabaseAddress(url=Secret(f"{known}://{rest}"), is_default=not given)


def _wrong_with_address(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "has a port that is not a number, or an invalid host"
    if parts.netloc.count("@") > 1:
        # The driver would take the end of the password for the host, and print it.
        return "has an @ in its password, which must be written as %40"
    # A query can name the host instead: ``?host=/run/postgresql`` means a Unix socket.
    if not (parts.hostname or "host=" in parts.query) or len(parts.path) < 2:
        return "has no host or no database in it"
    return None


def _check_ports(settings: Settings, problems: Problems) -> None:
    slack = settings.slack
    if not slack.socket_mode and slack.signing_secret and settings.health.port == slack.port:
        problems.add("DSS_BOT_HTTP_PORT", f"{slack.port} is also PORT", "Use two different ports, or 0 here")


def _check_names(env: Mapping[str, str], problems: Problems) -> None:
    for name in sorted(env):
        if name.startswith("DSS_BOT_") and name not in NAMES:
            near = near_miss(name, NAMES, _MISSPELT)
            if near and env[name].strip():
                problems.add(name, "is not a setting", f"Did you mean {near}")
