"""Guests, strangers, bots: every kind of ``users.info``."""

import json
from collections.abc import Collection, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.domain import Person
from bot.sandbox.slack import SlackSandbox
from bot.slack.users import FRESH, SlackUsers, UnknownUser, read_person
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
    """Read it for a bot whose workspace is T1."""
    return read_person(said, team_id, home=HOME, enterprise=enterprise)


def test_a_full_member() -> None:
    """Everything that the bot needs to know about a person."""
    assert read(user()) == Person(
        user_id="U1", team_id=HOME, name="ali", ids=("U1",), email="alice@example.com", tz="Europe/Paris"
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
    """Each flag comes from its own field and no other."""
    person = read(user(**changes))
    assert {
        flag for flag in ("is_guest", "is_stranger", "is_bot", "is_deleted") if getattr(person, flag)
    } == flags


def test_a_press_from_another_team_is_a_strangers() -> None:
    """Even if ``users.info`` doesn't say so: the delivery names the team."""
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
    """On Enterprise Grid, the organization counts; two missing ids don't match."""
    said = user(id="W1", team_id=OTHER, enterprise_user=grid)
    assert read(said, team_id=OTHER, enterprise=enterprise).is_stranger is stranger


@pytest.mark.parametrize(
    ("said", "team_id", "ids"),
    [
        (user(), HOME, ("U1",)),
        (user(team_id=OTHER), OTHER, ("U1",)),
        (user(team_id=OTHER), HOME, ("U1",)),
        (user(enterprise_user={"id": "W1", "enterprise_id": ENTERPRISE}), OTHER, ("U1", "W1")),
        (user(), OTHER, ()),
        (user(team_id="T3"), OTHER, ()),
    ],
)
def test_the_ids_that_settings_can_name(said: dict[str, Any], team_id: str, ids: tuple[str, ...]) -> None:
    """None if Slack's record isn't of the team that the delivery names: the ID is somebody else's there."""
    assert read(said, team_id, ENTERPRISE).ids == ids


def test_a_guest_of_the_organisation_is_a_guest() -> None:
    """The flag is the workspace's, wherever in the organization the person is."""
    said = user(team_id=OTHER, enterprise_user={"enterprise_id": ENTERPRISE}, is_restricted=True)
    person = read(said, enterprise=ENTERPRISE)
    assert (person.is_guest, person.is_stranger) == (True, False)


def test_slack_calls_somebody_a_stranger_whatever_the_organisation() -> None:
    """``is_stranger`` is Slack's own term."""
    said = user(is_stranger=True, enterprise_user={"enterprise_id": ENTERPRISE})
    assert read(said, enterprise=ENTERPRISE).is_stranger


@pytest.mark.parametrize("profile", [None, {}, "hidden", {"email": ""}, {"email": None, "display_name": ""}])
def test_a_missing_profile_is_no_email(profile: object) -> None:
    """Without ``users:read.email``, nobody has an email; the name is the next best."""
    person = read(user(profile=profile))
    assert (person.email, person.name) == (None, "Alice Martin")


def test_almost_nothing_said() -> None:
    """A shorter description brings no more trust: the delivery's team still counts."""
    assert read({}) == Person(user_id="", team_id=HOME)
    assert read({}, team_id=OTHER).is_stranger


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    """A workspace."""
    with SlackSandbox() as started:
        yield started


@pytest.fixture
def people(slack: SlackSandbox, clock: HandClock) -> SlackUsers:
    """People in that workspace."""
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    return SlackUsers(client, team_id=slack.team_id, enterprise_id=None, clock=clock)


def test_people_of_a_workspace(slack: SlackSandbox, people: SlackUsers) -> None:
    """The real client against the wire protocol."""
    for name in ("alice", "guest", "stranger"):
        person = people.person(slack.user_id(name), slack.team_id)
        assert (person.is_guest, person.is_stranger) == (name == "guest", name == "stranger")
    assert people.person(slack.user_id("alice"), slack.team_id).email == "alice@example.com"


def test_somebody_is_asked_about_once_in_a_while(
    slack: SlackSandbox, people: SlackUsers, clock: HandClock
) -> None:
    """The answer expires, so that a new guest is soon known; a press from another team is never cached."""
    alice = slack.user_id("alice")
    for _ in range(3):
        people.person(alice, slack.team_id)
    assert len(slack.calls) == 1
    clock.advance(FRESH.total_seconds())
    people.person(alice, slack.team_id)
    assert len(slack.calls) == 2
    assert people.person(alice, OTHER).is_stranger
    assert len(slack.calls) == 3


def test_an_answer_of_the_future_is_asked_for_again(
    slack: SlackSandbox, people: SlackUsers, clock: HandClock
) -> None:
    """The clock was set back: otherwise, a new guest would count as a member for two hours."""
    alice = slack.user_id("alice")
    people.person(alice, slack.team_id)
    clock.advance(-7_200)
    people.person(alice, slack.team_id)
    people.person(alice, slack.team_id)
    assert len(slack.calls) == 2


@pytest.mark.parametrize("kind", ["error:user_not_found", "500", "429"])
def test_somebody_slack_does_not_tell_about_is_unknown(
    slack: SlackSandbox, people: SlackUsers, kind: str
) -> None:
    """Such a person isn't allowed anything, and the result isn't cached."""
    slack.faults.add("users.info", kind=kind)
    with pytest.raises(UnknownUser):
        people.person(slack.user_id("alice"), slack.team_id)
    assert people.person(slack.user_id("alice"), slack.team_id).name


def test_no_connection_is_unknown_too(people: SlackUsers, slack: SlackSandbox) -> None:
    """The answer never arrived."""
    slack.faults.add("users.info", kind="lose_answer", times=5)
    with pytest.raises(UnknownUser):
        people.person(slack.user_id("alice"), slack.team_id)


def answer_with(slack: SlackSandbox, said: dict[str, Any], times: int = 1) -> None:
    """Let ``users.info`` answer with this ``user`` object."""
    slack.faults.add("users.info", kind="body:" + json.dumps({"ok": True, "user": said}), times=times)


@pytest.mark.parametrize("said", ["another", None, 7, "", "missing"])
def test_somebody_elses_record_gives_nobody_their_rights(
    slack: SlackSandbox, people: SlackUsers, said: object
) -> None:
    """A proxy with a cache answers bob's question with alice's record: nobody acts as alice."""
    bob = slack.user_id("bob")
    answer_with(slack, user(id=said) if said != "missing" else {"profile": {"email": "alice@example.com"}})
    with pytest.raises(UnknownUser) as caught:
        people.person(bob, slack.team_id)
    assert caught.value.passing
    assert people.person(bob, slack.team_id).email == "bob@example.com"


def test_on_enterprise_grid_somebody_has_two_ids(slack: SlackSandbox, people: SlackUsers) -> None:
    """The organization's id counts too."""
    answer_with(slack, user(id="U1", enterprise_user={"id": "W1"}))
    assert people.person("W1", slack.team_id).email == "alice@example.com"


@pytest.mark.parametrize("broken", ["\ud83d", "\0"])
def test_texts_that_no_database_takes_are_repaired(broken: str) -> None:
    """Clients cut a name in the middle of an emoji. A repaired address could be somebody else's."""
    said = user(id=f"U1{broken}", tz=f"UTC{broken}")
    said["profile"] = {"display_name": f"Alice {broken}", "email": f"alice{broken}@example.com"}
    person = read(said)
    assert person.name in {"Alice ?", "Alice "}
    assert person.email is None
    for text in (person.name, person.user_id, person.tz):
        assert "\0" not in text
        assert text.encode()


def test_a_changed_account_is_asked_about_again(slack: SlackSandbox, people: SlackUsers) -> None:
    """Only that one; an event without a user changes nothing."""
    for name in ("alice", "bob"):
        people.person(slack.user_id(name), slack.team_id)
    people.forget(user(id=slack.user_id("alice")))
    people.forget({})
    for name in ("alice", "bob"):
        people.person(slack.user_id(name), slack.team_id)
    assert len(slack.calls) == 3


def test_a_change_under_either_id_counts(slack: SlackSandbox, people: SlackUsers) -> None:
    """On Enterprise Grid, an event can name somebody by another ID than the one that they were known by."""
    for changed in (user(id="U1"), user(id="W1"), user(id="U9", enterprise_user={"id": "W1"})):
        said = user(id="U1", enterprise_user={"id": "W1"})
        answer_with(slack, said)
        people.person("W1", slack.team_id)
        calls = len(slack.calls)
        people.forget(changed)
        answer_with(slack, said)
        people.person("W1", slack.team_id)
        assert len(slack.calls) == calls + 1
        people.forget(said)


def test_an_answer_from_before_the_change_is_not_kept(slack: SlackSandbox, people: SlackUsers) -> None:
    """The event can overtake the answer: it serves once, and the next request asks again."""
    alice = slack.user_id("alice")

    def change(moment: str, _method: str, _args: object) -> None:
        if moment == "after":
            people.forget(user(id=alice))

    slack.on_request(change)
    people.person(alice, slack.team_id)
    people.person(alice, slack.team_id)
    assert len(slack.calls) == 2
    assert not people._asking


class Changes:
    """What replicas tell each other, without a database."""

    def __init__(self) -> None:
        self.versions: dict[str, int] = {}

    def version(self, user_id: str) -> int | None:
        """Return an account's version."""
        return self.versions.get(user_id)

    def note(self, user_id: str) -> int:
        """Note that somebody asks."""
        return self.versions.setdefault(user_id, 0)

    def changed(self, user_ids: Collection[str]) -> None:
        """Count a change."""
        for user_id in set(user_ids) & set(self.versions):
            self.versions[user_id] += 1


@pytest.fixture
def replicas(slack: SlackSandbox, clock: HandClock) -> tuple[SlackUsers, SlackUsers]:
    """Two replicas of the bot."""
    client, changes = WebClient(token=slack.bot_token, base_url=slack.api_url), Changes()
    first, second = (
        SlackUsers(client, team_id=slack.team_id, enterprise_id=None, clock=clock, changes=changes)
        for _ in range(2)
    )
    return first, second


def test_a_change_that_another_replica_heard_of_counts(
    slack: SlackSandbox, replicas: tuple[SlackUsers, SlackUsers]
) -> None:
    """Slack tells one of them; each asks again once, and only about who changed."""
    first, second = replicas
    for name in ("alice", "bob"):
        for one in replicas:
            one.person(slack.user_id(name), slack.team_id)
    calls = len(slack.calls)
    first.forget(user(id=slack.user_id("alice")))
    for _ in range(2):
        for name in ("alice", "bob"):
            for one in (second, first):
                one.person(slack.user_id(name), slack.team_id)
    assert len(slack.calls) == calls + 2


def test_a_change_elsewhere_overtakes_an_answer(
    slack: SlackSandbox, replicas: tuple[SlackUsers, SlackUsers]
) -> None:
    """Another replica hears of it while Slack answers: the answer serves once."""
    first, second = replicas
    alice = slack.user_id("alice")

    def change(moment: str, _method: str, _args: object) -> None:
        if moment == "after":
            first.forget(user(id=alice))

    slack.on_request(change)
    second.person(alice, slack.team_id)
    second.person(alice, slack.team_id)
    assert len(slack.calls) == 2
