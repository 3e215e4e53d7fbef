"""``dss-bot policy explain``: which rule of the policy file decides a question."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http.client import HTTPException

import msgspec
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.domain.identity import fold
from bot.domain.policy import Capability
from bot.domain.rule_decisions import refusal_by_rules
from bot.domain.rules import DIRECT, Asker, Policy, Rights, Target, Verdict
from bot.services.loaded_rules import asker_of
from bot.settings import Settings
from bot.slack.shared_channels import SharedChannels
from bot.slack.user_groups import UserGroups
from bot.slack.users import read_person


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for whom."""

    user: str
    """Member ID or email address."""
    channel: str
    """ID of a channel, or ``direct``."""
    capability: Capability
    instance: str
    project: str
    dataset: str | None = None

    @property
    def what(self) -> str:
        """The project or the dataset, as people know it."""
        return self.project if self.dataset is None else f"{self.project}.{self.dataset}"


class CannotExplain(Exception):
    """The question can't be answered; the text says why."""


def asker_from_slack(question: Question, policy: Policy, client: WebClient) -> Asker:
    """Return who asks and where, as Slack tells it.

    Raises:
        CannotExplain: Slack doesn't say who it is.
    """
    try:
        home = client.auth_test()
        answer = (
            client.users_lookupByEmail(email=question.user)
            if "@" in question.user
            else client.users_info(user=question.user)
        )
    except (SlackClientError, OSError, HTTPException) as error:
        raise CannotExplain(
            f"Slack doesn't say who {question.user} is ({str(error)[:200]}). With --offline, only the "
            "rules that name this user or everyone count."
        ) from error
    user = answer.get("user")
    team, grid = str(home.get("team_id")), home.get("enterprise_id")
    person = read_person(user if isinstance(user, Mapping) else {}, team, home=team, enterprise=grid)
    groups, channels = UserGroups(client, _now), SharedChannels(client, _now)
    return asker_of(person, question.channel, policy, groups, channels)


def _now() -> datetime:
    return datetime.now(UTC)


def asker_offline(question: Question, policy: Policy) -> Asker:
    """Return who asks and where without asking Slack: who is in a group isn't known."""
    email = fold(question.user) if "@" in question.user else ""
    return Asker(
        ids=frozenset() if email else frozenset({question.user}),
        email=email,
        unread_groups=frozenset(policy.groups()),
        channel=question.channel,
    )


def explain(
    question: Question, policy: Policy, asker: Asker, settings: Settings
) -> tuple[Verdict, list[str]]:
    """Decide a question, and say in lines which rule decided."""
    rights = Rights(policy=policy, asker=asker)
    target = Target(
        instance=question.instance, project=question.project, dataset=question.dataset, whole=True
    )
    verdict = rights.verdict(question.capability, target)
    return verdict, list(_lines(question, verdict, asker, settings))


def _lines(question: Question, verdict: Verdict, asker: Asker, settings: Settings) -> Sequence[str]:
    place = "direct messages" if question.channel == DIRECT else question.channel
    asked = f"{question.user} / {question.capability} / {question.what} on {question.instance} / from {place}"
    file = settings.rules.path if settings.rules else "the policy file"
    said = [f"{'Allowed' if verdict.allowed else 'Denied'}: {asked}"]
    if verdict.line is None:
        said.append(f"{file}: no rule allows it.")
    else:
        word = "lets through no such thing" if verdict.kind == "guardrail" else "decides"
        said.append(f"{file} line {verdict.line}: this {verdict.kind} {word}.")
    if asker.unread_groups:
        said.append(
            f"Not known: who is in {', '.join(sorted(asker.unread_groups))}. These groups get no right, and "
            "what is denied to them is denied to everybody."
        )
    if verdict.allowed:
        whose = (
            "the bot's API key"
            if settings.access == "open"
            else "their own login (dss-bot doctor --user says which)"
        )
        said.append(f"DSS has the last word: {whose} needs the right there, too.")
    else:
        reason = refusal_by_rules(
            question.capability, question.what, verdict, settings.contact, asker.channel
        )
        said.append(f'If they can see it, the bot answers: "{reason}"')
    return said
