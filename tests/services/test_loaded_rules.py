"""Whom the rules mean: what Slack says about a person and a place."""

from typing import cast

import pytest
from slack_sdk.errors import SlackApiError

from bot.domain import HomeTab, Person, Place
from bot.domain.policy import Capability
from bot.domain.rules import DIRECT, Effect, Guardrail, Policy, Rule
from bot.services.loaded_rules import asker_of, channel_of
from bot.slack.shared_channels import SharedChannels
from bot.slack.user_groups import UserGroups
from tests.support.clocks import HandClock

ANNA = Person(user_id="U1", team_id="T1", ids=("U1", "W1"), email="Anna@Example.com")
RULE = Rule(line=1, effect=Effect.ALLOW, capabilities=(Capability.VIEW,), groups=("S1", "team"))
SHARED = Guardrail(line=9, channels=("shared",), capabilities=(Capability.VIEW,))
POLICY = Policy(rules=(RULE,), guardrails=(SHARED,))


class Slack:
    """Answers with what it was given, and counts."""

    def __init__(self, **answers: object) -> None:
        self.answers = answers
        self.calls: list[str] = []

    def __getattr__(self, method: str) -> object:
        def call(**_args: object) -> object:
            self.calls.append(method)
            answer = self.answers.get(method)
            if answer is None:
                raise SlackApiError("no", {"error": "missing_scope"})  # type: ignore[no-untyped-call]
            return answer

        return call


def parts(slack: Slack, clock: HandClock) -> tuple[UserGroups, SharedChannels]:
    """Return both, in front of the same Slack."""
    client = cast("object", slack)
    return UserGroups(client, clock), SharedChannels(client, clock)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "channel"),
    [
        (None, None),
        (Place(channel_id="C1"), "C1"),
        (Place(channel_id="G1"), "G1"),
        (Place(channel_id="D1"), DIRECT),
        (Place(channel_id="U1", home=HomeTab(team_id="T1")), DIRECT),
        (Place(channel_id="U1"), DIRECT),
    ],
)
def test_where_something_was_asked(place: Place | None, channel: str | None) -> None:
    """App Home counts as direct messages."""
    assert channel_of(place) == channel


def test_who_asks(clock: HandClock) -> None:
    """All IDs on Enterprise Grid, the address, and the groups."""
    groups = {"usergroups": [{"id": "S2", "handle": "team"}, "nonsense"]}
    slack = Slack(usergroups_users_list={"users": ["W1"]}, usergroups_list=groups)
    asker = asker_of(ANNA, "C1", Policy(rules=(RULE,)), *parts(slack, clock))
    assert asker.ids == {"U1", "W1"}
    assert asker.email == "anna@example.com"
    assert asker.groups == {"S1", "team"}
    assert not asker.shared
    assert "conversations_info" not in slack.calls


@pytest.mark.parametrize("flag", ["is_guest", "is_stranger"])
def test_addresses_of_outsiders_say_nothing(flag: str, clock: HandClock) -> None:
    """Other organizations decide on them."""
    spoofed = Person(user_id="U2", team_id="T2", email="anna@example.com", **{flag: True})  # type: ignore[arg-type]
    assert asker_of(spoofed, "C1", Policy(rules=()), *parts(Slack(), clock)).email == ""


def test_what_slack_does_not_tell_counts_against_the_person(clock: HandClock) -> None:
    """Unknown groups, a handle that no group has, a channel that might be shared."""
    asker = asker_of(ANNA, "C1", POLICY, *parts(Slack(), clock))
    assert asker.groups == frozenset()
    assert asker.unread_groups == {"S1", "team"}
    assert asker.shared
    renamed = Slack(usergroups_users_list={"users": []}, usergroups_list={"usergroups": []})
    assert asker_of(ANNA, "C1", POLICY, *parts(renamed, clock)).unread_groups == {"team"}


@pytest.mark.parametrize("disabled", [{"date_delete": 1_700_000_000}])
def test_a_disabled_group_is_none(disabled: dict[str, object], clock: HandClock) -> None:
    """Its members have no rights by it."""
    groups = {"usergroups": [{"id": "S2", "handle": "team", **disabled}]}
    slack = Slack(usergroups_users_list={"users": ["U1"]}, usergroups_list=groups)
    policy = Policy(
        rules=(Rule(line=1, effect=Effect.ALLOW, capabilities=(Capability.VIEW,), groups=("team",)),)
    )
    assert asker_of(ANNA, "C1", policy, *parts(slack, clock)).groups == frozenset()


def test_answers_serve_for_a_few_minutes(clock: HandClock) -> None:
    """Also that there is none; and not at all when the clock was set back."""
    slack = Slack(
        usergroups_users_list={"users": ["U1"]}, conversations_info={"channel": {"is_ext_shared": False}}
    )
    groups, channels = parts(slack, clock)
    for seconds, calls in [(0, 1), (100, 1), (300, 2), (-7_200, 3)]:
        clock.advance(seconds)
        assert groups.members("S1") == frozenset({"U1"})
        assert not channels.is_shared("C1")
        assert slack.calls.count("usergroups_users_list") == calls
        assert slack.calls.count("conversations_info") == calls
