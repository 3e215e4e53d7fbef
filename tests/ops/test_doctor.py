"""The doctor, against stand-ins for Slack and DSS: it finds what is wrong and says what to do."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.domain.features import SCOPE_OF
from bot.http.server import HttpServer
from bot.ops import doctor
from bot.ops.findings import Finding
from bot.sandbox.dss import DssSandbox
from bot.sandbox.slack import SlackSandbox
from bot.settings import NAMES, Secret, Settings, read_settings
from tests.support.databases import sqlite_with_tables
from tests.support.raw_server import RawServer

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
    """A configuration without mistakes."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DKU_DSS_URL": dss.url,
        "DKU_API_KEY": dss.admin_key,
        "DATABASE_URL": sqlite_with_tables(tmp_path),
    }


@pytest.fixture
def settings(env: dict[str, str]) -> Settings:
    return read_settings(env, str, Path())


def found(findings: list[Finding], level: str) -> list[str]:
    return [f"{finding.subject}: {finding.detail}" for finding in findings if finding.level == level]


def test_a_good_configuration_is_all_ok(settings: Settings, slack: SlackSandbox, dss: DssSandbox) -> None:
    """Everything is checked and fine; nothing was posted, started, or changed."""
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
        "personal keys",
        "DATABASE_URL",
    ]
    assert {call.method for call in dss.requests} == {"GET"}
    assert slack.messages("#data") == []


def change_slack(settings: Settings, **changes: Any) -> Settings:
    return replace(settings, slack=replace(settings.slack, **changes))


def change_dss(settings: Settings, **changes: Any) -> Settings:
    return replace(settings, instances=(replace(settings.instances[0], **changes),))


def change_database(settings: Settings, name: str) -> Settings:
    """Set another file in the directory of the working one."""
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
    """One mistake gives exactly one finding to fix, with its setting first."""
    findings = doctor.examine(spoil(settings))
    [problem] = found(findings, "fix")
    assert problem.startswith(said)
    assert len(findings) >= 4


@pytest.mark.parametrize("name", ["absent.sqlite3", "absent/absent.sqlite3", "empty.sqlite3"])
def test_a_database_that_the_bot_makes_itself_is_nothing_to_put_right(settings: Settings, name: str) -> None:
    """Before the first start, there are no tables. In SQLite, `run` creates them; the doctor only looks."""
    changed = change_database(settings, name)
    file = Path(changed.store.database_url.reveal().removeprefix("sqlite:///"))
    if name.startswith("empty"):
        file.touch(mode=0o600)
    before = sorted(file.parent.parent.rglob("*"))
    findings = doctor.examine(changed)
    assert found(findings, "fix") == []
    assert found(findings, "ok")[-1] == (
        f"DATABASE_URL: gets the tables of this version when the bot starts (sqlite:///{file})"
    )
    assert sorted(file.parent.parent.rglob("*")) == before
    assert not file.exists() or file.stat().st_size == 0


BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("url", "proxy", "said"),
    [
        ("http://dss.invalid:11200", "", "DNS: the name dss.invalid can't be resolved ("),
        ("http://127.0.0.1:1", "", "connection refused: nothing listens at 127.0.0.1 port 1. "),
        ("https://127.0.0.1:{port}", "", "TLS: 127.0.0.1 port {port} doesn't speak TLS. "),
        (
            "http://dss.invalid:11200",
            "http://me:hunter2@127.0.0.1:1",
            "proxy: the proxy http://127.0.0.1:1 refuses the connection. ",
        ),
        ("http://dss.invalid:11200", "http://127.0.0.1:{port}", "proxy: a gateway answered 502 to GET "),
    ],
)
def test_why_dss_cannot_be_reached_is_told_apart(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str, proxy: str, said: str
) -> None:
    """DNS, a closed port, TLS and a proxy need different people to act: each has its word."""
    for name in ("HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with RawServer(BAD_GATEWAY) as other:
        monkeypatch.setenv("http_proxy", proxy.format(port=other.port))
        findings = doctor.examine(change_dss(settings, url=url.format(port=other.port)))
    [problem] = found(findings, "fix")
    assert problem.startswith(f"DSS default: {said.format(port=other.port)}")
    assert "hunter2" not in problem


def test_a_bundle_without_certificates_is_named(settings: Settings, tmp_path: Path) -> None:
    """The file on this machine is what is wrong, and not the server."""
    bundle = tmp_path / "empty.pem"
    bundle.write_text("nothing")
    with RawServer(b"") as other:
        broken = change_dss(settings, url=f"https://127.0.0.1:{other.port}", verify=str(bundle))
        [problem] = found(doctor.examine(broken), "fix")
    assert problem.startswith("DSS default: TLS: a certificate file on this machine can't be used (")
    assert str(bundle) in problem


def test_settings_of_this_machine_are_no_reason_to_run_the_doctor_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is named, without the advice that people in Slack get."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/company.pem")
    [problem] = found(doctor.examine(change_dss(settings, url="https://127.0.0.1:1")), "fix")
    assert "REQUESTS_CA_BUNDLE=/nowhere/company.pem can't be read" in problem
    assert "dss-bot doctor" not in problem


def test_a_bundle_that_is_not_there_is_found(settings: Settings) -> None:
    """It is a finding like any other, and the checks go on."""
    findings = doctor.examine(change_dss(settings, verify="/nowhere/company.pem"))
    assert found(findings, "fix") == ["DSS default: there's no certificate bundle at /nowhere/company.pem"]
    assert findings[-1].subject == "DATABASE_URL"


@pytest.mark.parametrize(
    ("api_url", "said"),
    [
        ("http://slack.invalid/api/", "does not answer: DNS: the name slack.invalid can't be resolved ("),
        ("http://127.0.0.1:{port}/api/", "answers with status 502, not as Slack does."),
    ],
)
def test_why_slack_cannot_be_reached_is_told_apart(settings: Settings, api_url: str, said: str) -> None:
    """A page of something in between is no wrong token."""
    with RawServer(BAD_GATEWAY) as other:
        url = api_url.format(port=other.port)
        [problem] = found(doctor.examine(change_slack(settings, api_url=url)), "fix")
    assert problem.startswith(f"SLACK_API_URL: {url} {said}")


def test_a_finding_is_one_line_whatever_is_in_it() -> None:
    """Names come from Slack and DSS: an escape sequence must not reach the terminal."""
    assert str(Finding(level="ok", subject="a", detail="b\x1b[2J\nc")) == "ok    a: b?[2J?c"


def test_a_key_that_may_not_impersonate_is_found(settings: Settings, dss: DssSandbox) -> None:
    """With access `dss`, a person's key isn't enough, and the finding has the fix; with `open`, it is."""
    personal = change_dss(settings, api_key=Secret(dss.key_of("alice")))
    [problem] = found(doctor.examine(personal), "fix")
    assert "DSS_BOT_ACCESS=open" in problem
    assert found(doctor.examine(replace(personal, access="open")), "fix") == []


def test_a_gateway_that_drops_the_header_is_found(settings: Settings) -> None:
    """A proxy that drops X-DKU-ProxyUser would let everybody act as the key: that must be fixed."""

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
    """Before 14.0.2, a huge log can freeze DSS: the bot works, but the administrator should know."""
    with DssSandbox(version="13.5.1") as old:
        old_settings = change_dss(settings, url=old.url, api_key=Secret(old.admin_key))
        [warning] = found(doctor.examine(old_settings), "warn")
    assert "13.5.1" in warning


@pytest.mark.parametrize("seconds", [-400, 400])
def test_a_wrong_clock_is_found(settings: Settings, seconds: int) -> None:
    """A clock that is minutes off, in either direction, is reported with the difference."""
    off = datetime.now(UTC) + timedelta(seconds=seconds)
    [problem] = found(doctor.examine(settings, clock=lambda: off), "fix")
    assert problem.startswith("clock: differs from Slack's by ")


def test_what_is_off_is_said_with_the_way_to_turn_it_on() -> None:
    """Each optional part of the manifest, unless its scope was granted; nothing has to be fixed."""
    required = "commands,chat:write,users:read,users:read.email"
    off = found(list(doctor._scopes(f"{required},files:write")), "ok")
    assert [line.split(":")[0] for line in off[1:]] == ["app_mentions", "files", "im", "usergroups"]
    assert all("dss-bot manifest --with" in line for line in off[1:])
    assert len(found(list(doctor._scopes(",".join((required, *SCOPE_OF.values())))), "ok")) == 1


@pytest.mark.parametrize(
    ("granted", "level", "said"),
    [
        (
            "commands,chat:write,users:read,users:read.email",
            "ok",
            "optional ones not: app_mentions:read, chat:write.public",
        ),
        ("commands, chat:write", "fix", "users:read, users:read.email missing"),
        (
            "commands,chat:write,users:read,users:read.email,pins:read",
            "warn",
            "pins:read granted, but not used",
        ),
        ("", "warn", "does not say"),
    ],
)
def test_scopes_are_compared_with_the_manifest(granted: str, level: str, said: str) -> None:
    """A missing scope must be fixed; a missing optional one is fine; an extra one is a warning."""
    assert any(said in line for line in found(list(doctor._scopes(granted)), level))


@pytest.mark.parametrize(("token", "code"), [("", 0), ("xapp-wrong", 1)])
def test_the_exit_code_says_whether_something_must_be_fixed(
    env: dict[str, str], token: str, code: int
) -> None:
    """A script can use `dss-bot doctor`; each finding is one line, without secrets."""
    env = {**dict.fromkeys(NAMES, ""), **env, **({"SLACK_APP_TOKEN": token} if token else {})}
    result = CliRunner(env=env).invoke(main, ["doctor"])
    assert result.exit_code == code
    assert all(line.split()[0] in {"ok", "warn", "fix"} for line in result.stdout.splitlines())
    for name in ("SLACK_BOT_TOKEN", "DKU_API_KEY"):
        assert env[name] not in result.output
