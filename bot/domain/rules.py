"""The rules of a policy file: who may do what, where (docs/rules.md).

Deny wins, and what no rule allows is denied. Guardrails say what can be done from a channel at all: they
apply to everybody, and the rules can't widen them. DSS has the last word in any case. `bot.settings.rules`
reads the file; `bot.services.restricted_dss` applies the decision to every call.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache

import msgspec

from bot.domain.job_info import JobInfo
from bot.domain.policy import Capability

DIRECT = "direct"
"""Stands for direct messages with the bot and App Home, in place of a channel's ID."""
SHARED = "shared"
"""Stands for channels that are shared with another organization, in a guardrail."""
OTHERS = "others"
"""Stands for the channels that no guardrail names, in a guardrail."""
ANY = ("*",)
NOT_A_DATASET = ""
"""The name, for rules, of folders, models and the like: only a rule for all datasets covers them."""

_NEEDS = {
    Capability.VIEW: (Capability.VIEW,),
    Capability.LOG: (Capability.LOG, Capability.VIEW),
    Capability.BUILD: (Capability.BUILD, Capability.VIEW),
    Capability.BUILD_UPSTREAM: (Capability.BUILD_UPSTREAM, Capability.BUILD, Capability.VIEW),
    Capability.ABORT_OWN: (Capability.ABORT_OWN, Capability.VIEW),
    Capability.ABORT_ANY: (Capability.ABORT_ANY, Capability.ABORT_OWN, Capability.VIEW),
    Capability.APPROVE: (Capability.APPROVE, Capability.VIEW),
    Capability.FOLLOW: (Capability.FOLLOW, Capability.VIEW),
}
"""What each capability includes: whoever may build upstream may build, and whoever may build may look."""


class Effect(StrEnum):
    """What a rule does."""

    ALLOW = "allow"
    DENY = "deny"


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Which objects of DSS a rule or a guardrail is about: globs of ``*`` and ``?``.

    The case of ASCII letters doesn't matter.
    """

    instances: tuple[str, ...] = ANY
    projects: tuple[str, ...] = ANY
    datasets: tuple[str, ...] = ANY

    def covers(self, target: "Target") -> bool:
        """Return whether all of a target is meant."""
        return (
            _match(target.instance, self.instances)
            and (any_glob(self.projects) if target.project is None else _match(target.project, self.projects))
            and (any_glob(self.datasets) if target.dataset is None else _match(target.dataset, self.datasets))
        )

    def touches(self, target: "Target") -> bool:
        """Return whether something of a target is meant."""
        return (
            _match(target.instance, self.instances)
            and (target.project is None or _match(target.project, self.projects))
            and (target.dataset is None or _match(target.dataset, self.datasets))
        )


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One ``[[rules]]`` table."""

    line: int
    """Where it begins in the file; 1 is the first line."""
    effect: Effect
    capabilities: tuple[Capability, ...]
    """As they are written."""
    everyone: bool = False
    users: tuple[str, ...] = ()
    """Slack member IDs, and email addresses folded by `bot.domain.identity.fold`."""
    groups: tuple[str, ...] = ()
    """IDs of Slack user groups, and their handles without the ``@``."""
    channels: tuple[str, ...] = ()
    """Where it applies: IDs of channels, or `DIRECT`; anywhere if empty."""
    reach: Reach = Reach()

    def concerns(self, capability: Capability) -> bool:
        """Return whether a capability is allowed or denied by those that are written."""
        if self.effect is Effect.ALLOW:
            return any(capability in _NEEDS[one] for one in self.capabilities)
        return any(one in _NEEDS[capability] for one in self.capabilities)

    def about(self, asker: "Asker") -> bool:
        """Return whether somebody is a subject of the rule, where they are.

        Slack might not say who is in a group. Then nobody is allowed, and everybody denied.
        """
        groups = asker.groups if self.effect is Effect.ALLOW else asker.groups | asker.unread_groups
        who = self.everyone or not (self.users or self.groups)
        named = asker.email in self.users or not asker.ids.isdisjoint(self.users)
        return (who or named or not groups.isdisjoint(self.groups)) and (
            not self.channels or asker.channel in self.channels
        )


class Guardrail(msgspec.Struct, frozen=True, kw_only=True):
    """One ``[[guardrails]]`` table: something that can be done from the channels it names."""

    line: int
    channels: tuple[str, ...]
    """IDs of channels, `DIRECT`, `SHARED`, or `OTHERS`."""
    capabilities: tuple[Capability, ...]
    reach: Reach = Reach()

    def concerns(self, capability: Capability) -> bool:
        """Return whether a capability is among those that are written, or included in one."""
        return any(capability in _NEEDS[one] for one in self.capabilities)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in one policy file."""

    rules: tuple[Rule, ...]
    guardrails: tuple[Guardrail, ...] = ()

    def groups(self) -> tuple[str, ...]:
        """List the user groups that the rules name."""
        return tuple(dict.fromkeys(group for rule in self.rules for group in rule.groups))

    def about_shared_channels(self) -> bool:
        """Return whether it matters if a channel is shared."""
        return any(SHARED in guardrail.channels for guardrail in self.guardrails)


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and where."""

    ids: frozenset[str]
    """Slack member IDs."""
    email: str = ""
    """Folded; empty for people whose address says nothing about them."""
    groups: frozenset[str] = frozenset()
    """Those of the policy's user groups that they are in."""
    unread_groups: frozenset[str] = frozenset()
    """Those whose members Slack doesn't tell."""
    channel: str | None = None
    """ID of the channel, or `DIRECT`; ``None`` if it was asked nowhere in Slack."""
    shared: bool = False
    """Whether the channel is shared with another organization, or might be."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to do something with."""

    instance: str
    project: str | None = None
    """``None``: all of them, or any."""
    dataset: str | None = None
    """``None``: all of them, or any; `NOT_A_DATASET` for an output of another kind."""
    whole: bool = False
    """Whether everything meant must be allowed; otherwise it's enough that something of it might be."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Yes or no, and which line of the file says so."""

    allowed: bool
    line: int | None = None
    """``None`` when no rule says anything, so it's denied."""
    kind: str = "rule"
    """``rule`` or ``guardrail``."""

    @property
    def name(self) -> str:
        """For the audit: ``rules:12``, ``guardrail:30``, or ``rules`` when no rule says anything."""
        word = "rules" if self.kind == "rule" else self.kind
        return word if self.line is None else f"{word}:{self.line}"


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """What one person may do, from where they are."""

    policy: Policy
    asker: Asker

    def verdict(self, capability: Capability, target: Target) -> Verdict:
        """Decide one question."""
        return decide_by_rules(self.policy, self.asker, capability, target)

    def all_of(self, capability: Capability, targets: Iterable[Target]) -> Verdict:
        """Decide a question about several things, each of which must be allowed; at least one is needed.

        Returns:
            The first refusal, or the permission for the first one.
        """
        verdicts = [self.verdict(capability, target) for target in targets]
        return next((one for one in verdicts if not one.allowed), verdicts[0])

    def sees_project(self, instance: str, project: str) -> bool:
        """Return whether something in a project might be visible."""
        return self.verdict(Capability.VIEW, Target(instance=instance, project=project)).allowed

    def sees(self, job: JobInfo) -> bool:
        """Return whether a job is visible: all that it builds is."""
        return self.all_of(Capability.VIEW, targets_of(job)).allowed


def targets_of(job: JobInfo) -> list[Target]:
    """Return what a job is about: each of its outputs, or all of its project if they aren't known."""
    ref = job.ref
    if not job.outputs:
        return [Target(instance=ref.instance, project=ref.project, whole=True)]
    project = Target(instance=ref.instance, project=ref.project)
    return [project, *(target_of(ref.instance, one.project, one.id, one.kind) for one in job.outputs)]


def target_of(instance: str, project: str, name: str, kind: str) -> Target:
    """Return one output of a job as a target."""
    return Target(
        instance=instance, project=project, dataset=name if kind == "DATASET" else NOT_A_DATASET, whole=True
    )


def decide_by_rules(policy: Policy, asker: Asker, capability: Capability, target: Target) -> Verdict:
    """Decide a question: the guardrails first, then the denying rules, then the allowing ones."""
    for guardrails in _guardrails(policy.guardrails, asker):
        fitting = [one for one in guardrails if one.concerns(capability) and _fits(one.reach, target)]
        if not fitting:
            return Verdict(allowed=False, line=guardrails[0].line, kind="guardrail")
    about = [rule for rule in policy.rules if rule.concerns(capability) and rule.about(asker)]
    for rule in about:
        denies = rule.reach.touches(target) if target.whole else rule.reach.covers(target)
        if rule.effect is Effect.DENY and denies:
            return Verdict(allowed=False, line=rule.line)
    for rule in about:
        if rule.effect is Effect.ALLOW and _fits(rule.reach, target):
            return Verdict(allowed=True, line=rule.line)
    return Verdict(allowed=False)


def _fits(reach: Reach, target: Target) -> bool:
    return reach.covers(target) if target.whole else reach.touches(target)


def _guardrails(guardrails: Sequence[Guardrail], asker: Asker) -> Iterable[list[Guardrail]]:
    """Yield the sets of guardrails at a place: one guardrail of each set has to let a request through."""
    if asker.channel is None:
        return
    named = [one for one in guardrails if asker.channel in one.channels]
    if not named and asker.channel != DIRECT:
        named = [one for one in guardrails if OTHERS in one.channels]
    if named:
        yield named
    shared = [one for one in guardrails if asker.shared and SHARED in one.channels]
    if shared:
        yield shared


def any_glob(globs: Sequence[str]) -> bool:
    """Return whether one of the globs matches everything."""
    return any(not glob.strip("*") for glob in globs)


def _match(text: str, globs: Sequence[str]) -> bool:
    return any(_expression(glob).fullmatch(text) for glob in globs)


@cache
def _expression(glob: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    each = "".join(parts.get(sign) or re.escape(sign) for sign in re.sub(r"\*+", "*", glob))
    return re.compile(each, re.ASCII | re.IGNORECASE | re.DOTALL)
