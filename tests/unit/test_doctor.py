"""The doctor, against stand-ins for Slack and DSS: it finds what is wrong, and says what to do."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from bot import doctor
from bot.cli import main
from bot.http_server import HttpServer
from bot.sandbox.dss import DssSandbox
from bot.sandbox.slack import SlackSandbox
from bot.settings import NAMES, Secret, Settings, read_settings
from bot.store import Database, migrate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox(scopes=doctor.OPTIONAL_SCOPES) as sandbox:
        yield sandbox


@pytest.fixture
def dss() -> Iterator[DssSandbox]:
    with DssSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def env(slack: SlackSandbox, dss: DssSandbox, tmp_path: Path) -> dict[str, str]:
    """A configuration with nothing wrong."""
    database = Database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    migrate(database)
    database.close()
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DKU_DSS_URL": dss.url,
        "DKU_API_KEY": dss.admin_key,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.sqlite3'}",
    }


@pytest.fixture
def settings(env: dict[str, str]) -> Settings:
    return read_settings(env, str, Path())


def found(findings: list[doctor.Finding], level: str) -> list[str]:
    return [f"{finding.subject}: {finding.detail}" for finding in findings if finding.level == level]


def test_a_good_configuration_is_all_ok(settings: Settings, slack: SlackSandbox, dss: DssSandbox) -> None:
    """Everything is looked at and well; nothing was posted, started or changed."""
    findings = doctor.examine(settings)
    assert found(findings, "fix") == []
    assert found(findings, "warn") == []
    assert [finding.subject for finding in findings] == [
        "SLACK_BOT_TOKEN",
        "Slack scopes",
        "clock",
        "SLACK_APP_TOKEN",
        "DSS default",
        "DSS default",
        "DATABASE_URL",
    ]
    assert {call.method for call in dss.requests} == {"GET"}
    assert slack.messages("#data") == []


def change_slack(settings: Settings, **changes: Any) -> Settings:
    return replace(settings, slack=replace(settings.slack, **changes))


def change_dss(settings: Settings, **changes: Any) -> Settings:
    return replace(settings, instances=(replace(settings.instances[0], **changes),))


def change_database(settings: Settings, name: str) -> Settings:
    """Name another file, in the directory of the one that is well."""
    path = Path(settings.store.database_url.reveal().removeprefix("sqlite:///"))
    (path.parent / "file.txt").write_text("in the way")
    with contextlib.closing(sqlite3.connect(path.parent / "newer.sqlite3")) as newer:
        newer.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        newer.execute("INSERT INTO alembic_version VALUES ('from-2099')")
        newer.commit()
    return replace(
        settings, store=replace(settings.store, database_url=Secret(f"sqlite:///{path.parent / name}"))
    )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda s: change_slack(s, bot_token=Secret("xoxb-wrong")),
            "SLACK_BOT_TOKEN: Slack says invalid_auth",
        ),
        (lambda s: change_slack(s, app_token=Secret("xapp-wrong")), "SLACK_APP_TOKEN: Slack says "),
        (
            lambda s: change_slack(s, api_url="http://127.0.0.1:1/api/"),
            "SLACK_API_URL: http://127.0.0.1:1/api/",
        ),
        (lambda s: change_dss(s, api_key=Secret("wrong")), "DSS default: "),
        (lambda s: change_dss(s, url="http://127.0.0.1:1", connect_timeout=1.0), "DSS default: "),
        (lambda s: change_database(s, "newer.sqlite3"), "DATABASE_URL: The database is at schema from-2099"),
        (lambda s: change_database(s, "file.txt/no.sqlite3"), "DATABASE_URL: can't be opened"),
    ],
)
def test_each_thing_that_is_wrong_is_found(
    settings: Settings, spoil: Callable[[Settings], Settings], said: str
) -> None:
    """One thing wrong gives exactly one finding to fix, with its setting in front."""
    findings = doctor.examine(spoil(settings))
    [problem] = found(findings, "fix")
    assert problem.startswith(said)
    assert len(findings) >= 4


def test_a_database_that_the_bot_makes_itself_is_nothing_to_put_right(settings: Settings) -> None:
    """Before the first start there are no tables. `run` makes them in SQLite: the doctor asks nobody to."""
    findings = doctor.examine(change_database(settings, "empty.sqlite3"))
    assert found(findings, "fix") == []
    assert "DATABASE_URL: gets the tables of this version when the bot starts" in found(findings, "ok")


def test_a_key_that_may_not_impersonate_is_found(settings: Settings, dss: DssSandbox) -> None:
    """With access `dss` a person's key is not enough, and the way out is said; with `open` it is."""
    personal = change_dss(settings, api_key=Secret(dss.key_of("alice")))
    [problem] = found(doctor.examine(personal), "fix")
    assert "DSS_BOT_ACCESS=open" in problem
    assert found(doctor.examine(replace(personal, access="open")), "fix") == []


def test_a_gateway_that_drops_the_header_is_found(settings: Settings) -> None:
    """A proxy that swallows X-DKU-ProxyUser would let everybody act as the key: that is to fix, not fine."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "application/json"), ("DSS-Version", "15.2.0")])
        users = environ["PATH_INFO"].startswith("/public/api/users")
        return [b'[{"login": "alice", "enabled": true}]' if users else b'{"authIdentifier": "the-key"}']

    gateway = HttpServer(answer, host="127.0.0.1", port=0, name="gateway")
    gateway.start()
    try:
        findings = doctor.examine(change_dss(settings, url=f"http://127.0.0.1:{gateway.port}"))
    finally:
        gateway.stop()
    [problem] = found(findings, "fix")
    assert "the key stays the-key where it should act as alice" in problem


def test_an_old_dss_is_a_warning(settings: Settings) -> None:
    """Before 14.0.2 a massive log may freeze DSS: the bot works, but this should be known."""
    with DssSandbox(version="13.5.1") as old:
        old_settings = change_dss(settings, url=old.url, api_key=Secret(old.admin_key))
        [warning] = found(doctor.examine(old_settings), "warn")
    assert "13.5.1" in warning


@pytest.mark.parametrize("seconds", [-400, 400])
def test_a_wrong_clock_is_found(settings: Settings, seconds: int) -> None:
    """A clock that is minutes off, in either direction, is said with how far."""
    off = datetime.now(UTC) + timedelta(seconds=seconds)
    [problem] = found(doctor.examine(settings, clock=lambda: off), "fix")
    assert problem.startswith("clock: differs from Slack's by ")


@pytest.mark.parametrize(
    ("granted", "level", "said"),
    [
        ("commands,chat:write,users:read,users:read.email", "ok", "optional ones not: chat:write.public"),
        ("commands, chat:write", "fix", "users:read, users:read.email missing"),
        (
            "commands,chat:write,users:read,users:read.email,files:read",
            "warn",
            "files:read granted, but not used",
        ),
        ("", "warn", "does not say"),
    ],
)
def test_scopes_are_compared_with_the_manifest(granted: str, level: str, said: str) -> None:
    """A missing scope is to fix; a missing optional one is fine; one too many is a warning."""
    assert any(said in line for line in found(list(doctor._scopes(granted)), level))


@pytest.mark.parametrize(("token", "code"), [("", 0), ("xapp-wrong", 1)])
def test_the_exit_code_says_whether_something_must_be_fixed(
    env: dict[str, str], token: str, code: int
) -> None:
    """`dss-bot doctor` can be used in a script; each finding is one line, and no secret is in it."""
    env = {**dict.fromkeys(NAMES, ""), **env, **({"SLACK_APP_TOKEN": token} if token else {})}
    result = CliRunner(env=env).invoke(main, ["doctor"])
    assert result.exit_code == code
    assert all(line.split()[0] in {"ok", "warn", "fix"} for line in result.stdout.splitlines())
    for name in ("SLACK_BOT_TOKEN", "DKU_API_KEY"):
        assert env[name] not in result.output
