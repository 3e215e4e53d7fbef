"""``dss-bot doctor --user``: each step from a Slack user to a DSS login, and which one decided."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.domain.identity import IdentityMap
from bot.http.server import HttpServer
from bot.ops.user_trace import slack_user, trace
from bot.sandbox.dss import DssSandbox
from bot.sandbox.slack import SlackSandbox
from bot.settings import NAMES, Secret, Settings, read_settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox() as sandbox:
        sandbox.add_user("dave")
        sandbox.add_user("erin")
        sandbox.add_user("alicia", "alice@old.example.com")
        sandbox.add_user("nobody")
        sandbox.add_user("gone", deleted=True)
        yield sandbox


@pytest.fixture(scope="module")
def dss() -> Iterator[DssSandbox]:
    with DssSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def env(slack: SlackSandbox, dss: DssSandbox, tmp_path: Path) -> dict[str, str]:
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


def with_dss(settings: Settings, **changes: object) -> Settings:
    return replace(settings, instances=(replace(settings.instances[0], **changes),))  # type: ignore[arg-type]


def lines(settings: Settings, who: str) -> list[str]:
    return [str(finding) for finding in trace(settings, who)]


def test_the_whole_way_of_somebody_who_may_act(settings: Settings, slack: SlackSandbox) -> None:
    """Five steps and the login; the member ID leads the same way as the address."""
    alice = slack.user_id("alice")
    steps = lines(settings, "Alice@example.com")
    assert steps == [
        f"ok    step 1, the Slack account: Alice@example.com is alice ({alice})",
        "ok    step 2, full member of the workspace, or named in [people]: yes",
        "ok    step 3, the email address in Slack: alice@example.com",
        (
            "ok    DSS default, step 4, the DSS login: alice (of 8 users), by the email address: "
            "alice@example.com"
        ),
        "ok    DSS default, step 5, may the key act as that login: yes: tried",
        (
            "ok    DSS default: alice acts as alice: every step passed, and step 4 decided, by the email "
            "address. What alice may do in a project is up to DSS"
        ),
    ]
    assert lines(settings, alice)[1:] == steps[1:]


@pytest.mark.parametrize(
    ("name", "found", "decided"),
    [
        ("guest", "or named in [people]: no. [people] would have to name {id}", "step 2 decided"),
        ("stranger", "or named in [people]: no. [people] would have to name {id}", "step 2 decided"),
        ("gone", "step 2, full member of the workspace, or named in [people]: no", "step 2 decided"),
        ("nobody", "none of 8 users has it", "step 4 decided"),
        ("alicia", "none of 8 users has it. Is it alice (alice@example.com)?", "step 4 decided"),
        ("dave", "only dave, disabled", "step 4 decided"),
        ("erin", "several have it: erin, erin.external", "step 4 decided"),
    ],
)
def test_the_step_that_refuses_is_named(
    settings: Settings, slack: SlackSandbox, name: str, found: str, decided: str
) -> None:
    """It is followed by the sentence that the bot answers this person with."""
    *_, step, end = lines(settings, slack.user_id(name))
    assert step.startswith("fix ")
    assert step.endswith(found.format(id=slack.user_id(name)))
    assert end.startswith("fix ")
    assert f"refused: {decided}. The bot answers this person: " in end


@pytest.mark.parametrize("who", ["noone@example.com", "gone@example.com", "U0NOBODY"])
def test_somebody_whom_slack_does_not_know(settings: Settings, who: str) -> None:
    """The way ends at its first step, with what to check."""
    [step] = lines(settings, who)
    assert step.startswith("fix   step 1, the Slack account: ")
    assert who in step


def test_a_token_without_the_scope_for_addresses(env: dict[str, str], dss: DssSandbox) -> None:
    """An address can't be looked up, and an ID leads to no address: the scope is named in both."""
    with SlackSandbox() as strict:
        strict.drop_scope("users:read.email")
        settings = read_settings(
            {**env, "SLACK_API_URL": strict.api_url, "SLACK_BOT_TOKEN": strict.bot_token}, str, Path()
        )
        [looked_up] = lines(settings, "alice@example.com")
        *_, email, end = lines(settings, strict.user_id("alice"))
    assert "lacks users:read or users:read.email" in looked_up
    assert email.startswith("fix   step 3, the email address in Slack: none. ")
    assert "step 3 decided" in end


def test_a_key_that_may_not_act_as_people(settings: Settings, dss: DssSandbox) -> None:
    """DSS's own answer is shown, and the last step decided."""
    personal = with_dss(settings, api_key=Secret(dss.key_of("bob")))
    *_, step, end = lines(personal, "alice@example.com")
    assert step.startswith("fix   DSS default, step 5, may the key act as that login: no: ")
    assert "step 5 decided" in end


def test_a_gateway_that_drops_the_header(settings: Settings) -> None:
    """Everybody would act as the key: that is no passed step."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        users = environ["PATH_INFO"].startswith("/public/api/users")
        return [
            b'[{"login": "alice", "email": "alice@example.com"}]'
            if users
            else b'{"authIdentifier": "the-key"}'
        ]

    gateway = HttpServer(answer, host="127.0.0.1", port=0, name="gateway")
    gateway.start()
    try:
        dropped = with_dss(settings, url=f"http://127.0.0.1:{gateway.port}")
        *_, step, end = lines(dropped, "alice@example.com")
    finally:
        gateway.stop()
    assert "the call stays that of the-key" in step
    assert "step 5 decided" in end


def test_a_dss_that_does_not_answer(settings: Settings) -> None:
    """The step is the one that could not be gone."""
    *_, step = lines(with_dss(settings, url="http://127.0.0.1:1"), "alice@example.com")
    assert step.startswith("fix   DSS default, step 4, the DSS login: connection refused: ")


def test_open_access_needs_no_login(settings: Settings, dss: DssSandbox) -> None:
    """Every full member acts with the key; DSS isn't even asked, and a guest is refused all the same."""
    asked = len(dss.requests)
    *_, end = lines(replace(settings, access="open"), "nobody@example.com")
    assert end.startswith("ok    the bot: nobody acts with the bot's key (DSS_BOT_ACCESS=open)")
    assert lines(replace(settings, access="open"), "guest@example.com")[-1].startswith("fix ")
    assert len(dss.requests) == asked


@pytest.mark.parametrize(
    ("name", "people", "aliases", "login"),
    [
        ("alice", {"": {"{id}": "bob"}}, {}, "bob (of 8 users), by the member ID in [people]: {id}"),
        ("guest", {"default": {"{id}": "bob"}}, {}, "bob (of 8 users), by the member ID in [people]: {id}"),
        (
            "erin",
            {"": {"erin@example.com": "erin"}},
            {},
            "erin (of 8 users), by the email address in [people]: erin@example.com",
        ),
        (
            "alicia",
            {},
            dict.fromkeys(("example.com", "old.example.com"), "example.com"),
            "alice (of 8 users), by a domain alias of the email address: alice@example.com",
        ),
        (
            "tagged",
            {},
            {},
            "alice (of 8 users), by the email address without its +tag: alice@example.com",
        ),
    ],
)
def test_the_step_that_finds_the_login_is_named(
    settings: Settings,
    slack: SlackSandbox,
    name: str,
    people: dict[str, dict[str, str]],
    aliases: dict[str, str],
    login: str,
) -> None:
    """Both where the login is found and at the end."""
    slack.add_user("tagged", "alice+slack@example.com")
    who = slack.user_id(name)
    known = {where: {key.format(id=who): to for key, to in table.items()} for where, table in people.items()}
    said = lines(replace(settings, identity=IdentityMap(people=known, domains=aliases)), who)
    assert f"ok    DSS default, step 4, the DSS login: {login.format(id=who)}" in said
    step = login.partition(", ")[2].rpartition(":")[0]
    assert f"every step passed, and step 4 decided, {step}. What" in said[-1]


@pytest.mark.parametrize(
    ("login", "found"),
    [
        ("Alice", "There is no such login. Is it alice?"),
        ("nobody", "There is no such login"),
        ("dave", "That login is disabled"),
    ],
)
def test_a_login_in_the_settings_that_cannot_be_used(
    settings: Settings, slack: SlackSandbox, login: str, found: str
) -> None:
    """The email address isn't tried instead."""
    alice = slack.user_id("alice")
    *_, step, end = lines(replace(settings, identity=IdentityMap(people={"": {alice: login}})), alice)
    assert step.endswith(f"step 4, the DSS login: {login}, by the member ID in [people]: {alice}. {found}")
    assert "step 4 decided" in end


def test_somebody_who_is_named_needs_no_address(settings: Settings, dss: DssSandbox) -> None:
    """Nor does the key need to list the users; whether it may act as somebody is another question."""
    with SlackSandbox() as strict:
        strict.drop_scope("users:read.email")
        alice = strict.user_id("alice")
        slack = replace(settings.slack, api_url=strict.api_url, bot_token=Secret(strict.bot_token))
        named = replace(settings, slack=slack, identity=IdentityMap(people={"": {alice: "alice"}}))
        assert "step 3, the email address in Slack: none, and none is needed" in lines(named, alice)[2]
        assert "alice acts as alice" in lines(named, alice)[-1]
        said = lines(with_dss(named, api_key=Secret(dss.project_key("CHURN"))), alice)
    assert "step 4, the DSS login: alice (the key may not list the users), by the member ID" in said[3]
    assert "step 5 decided" in said[-1]


def test_a_guest_is_named_for_one_instance_only(settings: Settings, slack: SlackSandbox) -> None:
    """On the other one, the second step still refuses; with access open, DSS isn't asked."""
    guest = slack.user_id("guest")
    lab = replace(settings.instances[0], name="lab")
    two = replace(settings, instances=(*settings.instances, lab))
    named = replace(two, identity=IdentityMap(people={"lab": {guest: "bob"}}))
    for one in (named, replace(named, access="open")):
        said = lines(one, guest)
        assert said[1] == f"ok    step 2, full member of the workspace, or named in [people]: named: {guest}"
        assert [line for line in said if line.startswith("fix   DSS default: refused: step 2 decided")]
        assert said[-1].startswith("ok    DSS lab: guest acts ")


def test_each_instance_has_its_own_end(settings: Settings, dss: DssSandbox) -> None:
    """The person may be known to one DSS and not to another, and the answer names which."""
    first = settings.instances[0]
    lab = replace(first, name="lab", url="http://127.0.0.1:1")
    said = lines(replace(settings, instances=(first, lab)), "alice@example.com")
    assert [line for line in said if line.startswith("ok    DSS default: alice acts as alice")], said
    assert said[-1].startswith("fix   DSS lab, step 4, ")


def test_nothing_is_changed(settings: Settings, slack: SlackSandbox, dss: DssSandbox) -> None:
    """The way is only read: GETs to DSS, no message, no database."""
    before = len(dss.requests)
    lines(settings, "alice@example.com")
    assert {call.method for call in dss.requests[before:]} == {"GET"}
    assert slack.messages("#data") == []
    assert not Path(settings.store.database_url.reveal().removeprefix("sqlite:///")).exists()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (" alice@example.com ", "alice@example.com"),
        ("U0ALICE", "U0ALICE"),
        ("u0alice", "U0ALICE"),
        ("<@W0ALICE|alice>", "W0ALICE"),
        ("alice", None),
        ("@alice", None),
        ("", None),
    ],
)
def test_who_is_read_as_slack_has_it(text: str, read: str | None) -> None:
    """An address, a member ID as Slack copies it, or a pasted mention; a bare name is nobody."""
    assert slack_user(text) == read


@pytest.mark.parametrize(("who", "code"), [("alice@example.com", 0), ("guest@example.com", 1), ("@alice", 2)])
def test_the_exit_code_says_whether_the_person_may_act(env: dict[str, str], who: str, code: int) -> None:
    """A script can use it; what is no user is the caller's mistake."""
    result = CliRunner(env={**dict.fromkeys(NAMES, ""), **env}).invoke(main, ["doctor", "--user", who])
    assert result.exit_code == code
    if code == 2:
        assert "neither an email address nor a member ID" in result.stderr
