"""Who is a guest, a stranger, a bot: every kind of ``users.info``."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.facts import Person
from bot.sandbox.slack import SlackSandbox
from bot.slack.outbox.people import FRESH, People, UnknownPerson, read_person
from tests.support.clocks import HandClock

HOME, OTHER, ENTERPRISE = "T1", "T2", "E1"


def user(**changes: Any) -> dict[str, Any]:
    """Return the ``user`` object of a full member."""
    member = {
        "id": "U1",
        "team_id": HOME,
        "name": "alice",
        "real_name": "Alice Martin",
        "tz": "Europe/Paris",
        "deleted": False,
        "is_bot": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "profile": {"display_name": "ali", "email": "alice@example.com"},
    }
    return member | changes


def read(said: dict[str, Any], team_id: str = HOME, enterprise: str | None = None) -> Person:
    """Read it in a bot that is at home in T1."""
    return read_person(said, team_id, home=HOME, enterprise=enterprise)


def test_a_full_member() -> None:
    """Everything that the bot wants to know of a person."""
    assert read(user()) == Person(
        user_id="U1", team_id=HOME, name="ali", email="alice@example.com", tz="Europe/Paris"
    )


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({}, set()),
        ({"is_restricted": True}, {"is_guest"}),
        ({"is_restricted": True, "is_ultra_restricted": True}, {"is_guest"}),
        ({"is_ultra_restricted": True}, {"is_guest"}),
        ({"is_stranger": True}, {"is_stranger"}),
        ({"team_id": OTHER}, {"is_stranger"}),
        ({"is_bot": True}, {"is_bot"}),
        ({"is_workflow_bot": True}, {"is_bot"}),
        ({"deleted": True}, {"is_deleted"}),
        (
            {"team_id": OTHER, "is_restricted": True, "deleted": True},
            {"is_stranger", "is_guest", "is_deleted"},
        ),
    ],
)
def test_what_somebody_is(changes: dict[str, Any], flags: set[str]) -> None:
    """Each flag from its own field, and no other."""
    person = read(user(**changes))
    assert {
        flag for flag in ("is_guest", "is_stranger", "is_bot", "is_deleted") if getattr(person, flag)
    } == flags


def test_a_press_from_another_team_is_a_strangers() -> None:
    """Also when ``users.info`` does not say it: the delivery names the team."""
    assert read(user(), team_id=OTHER).is_stranger
    assert read(user(team_id=None), team_id=OTHER).is_stranger
    assert not read(user(team_id=None)).is_stranger


@pytest.mark.parametrize(
    ("grid", "enterprise", "stranger"),
    [
        ({"enterprise_id": ENTERPRISE}, ENTERPRISE, False),
        ({"enterprise_id": "E2"}, ENTERPRISE, True),
        ({"enterprise_id": ENTERPRISE}, None, True),
        ({"enterprise_id": None}, None, True),
        ({}, None, True),
        (None, ENTERPRISE, True),
        ("E1", ENTERPRISE, True),
    ],
)
def test_workspaces_of_one_organisation_are_no_strangers(
    grid: object, enterprise: str | None, stranger: bool
) -> None:
    """On Enterprise Grid the organisation counts; ids that are both missing are not the same."""
    said = user(id="W1", team_id=OTHER, enterprise_user=grid)
    assert read(said, team_id=OTHER, enterprise=enterprise).is_stranger is stranger


def test_a_guest_of_the_organisation_is_a_guest() -> None:
    """The flag is the workspace's, wherever in the organisation somebody is."""
    said = user(team_id=OTHER, enterprise_user={"enterprise_id": ENTERPRISE}, is_restricted=True)
    person = read(said, enterprise=ENTERPRISE)
    assert (person.is_guest, person.is_stranger) == (True, False)


def test_slack_calls_somebody_a_stranger_whatever_the_organisation() -> None:
    """``is_stranger`` is Slack's own word."""
    said = user(is_stranger=True, enterprise_user={"enterprise_id": ENTERPRISE})
    assert read(said, enterprise=ENTERPRISE).is_stranger


@pytest.mark.parametrize("profile", [None, {}, "hidden", {"email": ""}, {"email": None, "display_name": ""}])
def test_a_missing_profile_is_no_email(profile: object) -> None:
    """Without ``users:read.email`` nobody has one; the name is the next best."""
    person = read(user(profile=profile))
    assert (person.email, person.name) == (None, "Alice Martin")


def test_almost_nothing_said() -> None:
    """Nobody is trusted more for being described less: the delivery's team still counts."""
    assert read({}) == Person(user_id="", team_id=HOME)
    assert read({}, team_id=OTHER).is_stranger


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    """A workspace."""
    with SlackSandbox() as started:
        yield started


@pytest.fixture
def people(slack: SlackSandbox, clock: HandClock) -> People:
    """People of that workspace."""
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    return People(client, team_id=slack.team_id, enterprise_id=None, clock=clock)


def test_people_of_a_workspace(slack: SlackSandbox, people: People) -> None:
    """The real client against the wire."""
    for name in ("alice", "guest", "stranger"):
        person = people.person(slack.user_id(name), slack.team_id)
        assert (person.is_guest, person.is_stranger) == (name == "guest", name == "stranger")
    assert people.person(slack.user_id("alice"), slack.team_id).email == "alice@example.com"


def test_somebody_is_asked_about_once_in_a_while(
    slack: SlackSandbox, people: People, clock: HandClock
) -> None:
    """Then anew, so that a new guest is soon known as one; a press from another team is never remembered."""
    alice = slack.user_id("alice")
    for _ in range(3):
        people.person(alice, slack.team_id)
    assert len(slack.calls) == 1
    clock.advance(FRESH.total_seconds())
    people.person(alice, slack.team_id)
    assert len(slack.calls) == 2
    assert people.person(alice, OTHER).is_stranger
    assert len(slack.calls) == 3


@pytest.mark.parametrize("kind", ["error:user_not_found", "500", "429"])
def test_somebody_slack_does_not_tell_about_is_unknown(
    slack: SlackSandbox, people: People, kind: str
) -> None:
    """Nothing may be allowed then; and it is not remembered."""
    slack.faults.add("users.info", kind=kind)
    with pytest.raises(UnknownPerson):
        people.person(slack.user_id("alice"), slack.team_id)
    assert people.person(slack.user_id("alice"), slack.team_id).name


def test_no_connection_is_unknown_too(people: People, slack: SlackSandbox) -> None:
    """The answer never came."""
    slack.faults.add("users.info", kind="lose_answer", times=5)
    with pytest.raises(UnknownPerson):
        people.person(slack.user_id("alice"), slack.team_id)
