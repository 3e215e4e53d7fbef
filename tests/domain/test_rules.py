"""Rules: deny wins, nothing is allowed by default, and guardrails hold for everybody."""

import re
from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import JobInfo, JobRef, Output
from bot.domain.policy import Capability
from bot.domain.rule_coverage import glob_covers, unreachable, unreachable_guardrails
from bot.domain.rules import (
    DIRECT,
    NOT_A_DATASET,
    OTHERS,
    SHARED,
    Asker,
    Effect,
    Guardrail,
    Policy,
    Reach,
    Rights,
    Rule,
    Target,
    decide_by_rules,
)

USERS, GROUPS, CHANNELS = ("U1", "U2", "a@b.c"), ("S1", "team"), ("C1", "C2", DIRECT)
NAMES = ("A", "AB", "B", "ab", "xyz")
GLOBS = ("*", "A", "A*", "?B", "*b*", "b", "x?z", "**")

capabilities = st.lists(st.sampled_from(Capability), min_size=1, max_size=3, unique=True).map(tuple)
globs = st.lists(st.sampled_from(GLOBS), min_size=1, max_size=2, unique=True).map(tuple)
reaches = st.builds(Reach, instances=globs, projects=globs, datasets=globs)


def some(words: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Return a strategy for some of the words, in their order."""
    return st.sets(st.sampled_from(words)).map(lambda chosen: tuple(one for one in words if one in chosen))


@st.composite
def rules_of(draw: st.DrawFn) -> Rule:
    """Return a rule about everyone, a channel, or some people."""
    users, groups, channels = draw(some(USERS)), draw(some(GROUPS)), draw(some(CHANNELS))
    return Rule(
        line=draw(st.integers(1, 10**6)),
        effect=draw(st.sampled_from(Effect)),
        capabilities=draw(capabilities),
        everyone=not (users or groups or channels),
        users=users,
        groups=groups,
        channels=channels,
        reach=draw(reaches),
    )


guardrails = st.builds(
    Guardrail,
    line=st.integers(1, 10**6),
    channels=some((*CHANNELS, SHARED, OTHERS)).filter(bool),
    capabilities=capabilities,
    reach=reaches,
)
policies = st.builds(
    Policy,
    rules=st.lists(rules_of(), max_size=5).map(tuple),
    guardrails=st.lists(guardrails, max_size=3).map(tuple),
)
askers = st.builds(
    Asker,
    ids=st.sets(st.sampled_from(("U1", "U2", "U3")), min_size=1).map(frozenset),
    email=st.sampled_from(("", "a@b.c", "d@e.f")),
    groups=some(GROUPS).map(frozenset),
    channel=st.sampled_from((*CHANNELS, "C3", None)),
    shared=st.booleans(),
)
exact = st.builds(
    Target,
    instance=st.sampled_from(NAMES),
    project=st.sampled_from(NAMES),
    dataset=st.sampled_from((*NAMES, NOT_A_DATASET)),
    whole=st.just(True),
)
vague = st.builds(
    Target,
    instance=st.sampled_from(NAMES),
    project=st.one_of(st.none(), st.sampled_from(NAMES)),
    whole=st.booleans(),
)

ORDER = {
    Capability.VIEW: set(Capability),
    Capability.BUILD: {Capability.BUILD, Capability.BUILD_UPSTREAM},
    Capability.ABORT_OWN: {Capability.ABORT_OWN, Capability.ABORT_ANY},
}
"""Which capabilities include one, besides itself."""


def named(glob: str, name: str) -> bool:
    """Match without the code under test."""
    each = ({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in glob)
    return bool(re.fullmatch("".join(each), name, re.IGNORECASE))


def reached(reach: Reach, target: Target) -> bool:
    """Return whether an exact target is in reach."""
    assert target.project is not None
    assert target.dataset is not None
    pairs = (
        (reach.instances, target.instance),
        (reach.projects, target.project),
        (reach.datasets, target.dataset),
    )
    return all(any(named(glob, name) for glob in globs) for globs, name in pairs)


def reference(policy: Policy, asker: Asker, wanted: Capability, target: Target) -> bool:
    """Decide naively, as docs/rules.md says it."""

    def includes(wide: Capability, narrow: Capability) -> bool:
        return wide in ORDER.get(narrow, {narrow})

    def concerned(rule: Rule) -> bool:
        who = (
            not (rule.users or rule.groups)
            or asker.email in rule.users
            or any(one in rule.users for one in asker.ids)
            or any(one in rule.groups for one in asker.groups)
        )
        here = not rule.channels or asker.channel in rule.channels
        return who and here and reached(rule.reach, target)

    if asker.channel is not None:
        own = [one for one in policy.guardrails if asker.channel in one.channels]
        others = [one for one in policy.guardrails if OTHERS in one.channels]
        shared = [one for one in policy.guardrails if SHARED in one.channels]
        for group in (own or (others if asker.channel != DIRECT else []), shared if asker.shared else []):
            lets = [
                one
                for one in group
                if any(includes(c, wanted) for c in one.capabilities) and reached(one.reach, target)
            ]
            if group and not lets:
                return False
    for rule in policy.rules:
        denied = any(includes(wanted, c) for c in rule.capabilities)
        if rule.effect is Effect.DENY and denied and concerned(rule):
            return False
    return any(
        rule.effect is Effect.ALLOW
        and any(includes(c, wanted) for c in rule.capabilities)
        and concerned(rule)
        for rule in policy.rules
    )


@given(policies, askers, st.sampled_from(Capability), exact)
def test_a_decision_is_what_a_naive_reading_says(
    policy: Policy, asker: Asker, wanted: Capability, target: Target
) -> None:
    """For any policy and any request."""
    assert decide_by_rules(policy, asker, wanted, target).allowed == reference(policy, asker, wanted, target)


@given(policies, rules_of(), askers, st.sampled_from(Capability), st.one_of(exact, vague), st.data())
def test_a_further_denial_never_allows_more(
    policy: Policy, rule: Rule, asker: Asker, wanted: Capability, target: Target, data: st.DataObject
) -> None:
    """Wherever it is written in the file."""
    denial = msgspec.structs.replace(rule, effect=Effect.DENY)
    place = data.draw(st.integers(0, len(policy.rules)))
    more = msgspec.structs.replace(policy, rules=(*policy.rules[:place], denial, *policy.rules[place:]))
    if decide_by_rules(more, asker, wanted, target).allowed:
        assert decide_by_rules(policy, asker, wanted, target).allowed


@given(policies, rules_of(), askers, st.sampled_from(Capability), exact)
def test_deny_wins(policy: Policy, rule: Rule, asker: Asker, wanted: Capability, target: Target) -> None:
    """Whoever a denial is about may not, whatever else is allowed."""
    denial = msgspec.structs.replace(rule, effect=Effect.DENY)
    alone = Policy(rules=(denial, EVERYTHING))
    if not decide_by_rules(alone, asker, wanted, target).allowed:
        both = msgspec.structs.replace(policy, rules=(*policy.rules, EVERYTHING, denial))
        assert not decide_by_rules(both, asker, wanted, target).allowed


@given(policies, askers, st.sampled_from(Capability), exact)
def test_a_vague_question_agrees_with_the_exact_ones(
    policy: Policy, asker: Asker, wanted: Capability, target: Target
) -> None:
    """What is allowed for the whole project is for each dataset; what is for one, might be in the project."""
    project = msgspec.structs.replace(target, dataset=None)
    part = msgspec.structs.replace(project, whole=False)
    anywhere = msgspec.structs.replace(part, project=None)
    one = decide_by_rules(policy, asker, wanted, target).allowed
    if decide_by_rules(policy, asker, wanted, project).allowed:
        assert one
    if one:
        assert decide_by_rules(policy, asker, wanted, part).allowed
        assert decide_by_rules(policy, asker, wanted, anywhere).allowed


EVERYTHING = Rule(line=1, effect=Effect.ALLOW, capabilities=tuple(Capability), everyone=True)


@given(st.lists(rules_of(), max_size=5), askers, st.sampled_from(Capability), exact)
def test_an_unreachable_rule_can_be_removed(
    rules: list[Rule], asker: Asker, wanted: Capability, target: Target
) -> None:
    """No decision changes, as far as what the rule names goes: an allowed build shows its project, too."""
    numbered = [msgspec.structs.replace(rule, line=line) for line, rule in enumerate(rules, 1)]
    gone = {rule.line for rule, _ in unreachable(numbered)}
    if not any(wanted in rule.capabilities for rule in numbered if rule.line in gone):
        return
    left = tuple(rule for rule in numbered if rule.line not in gone)
    with_them = decide_by_rules(Policy(rules=tuple(numbered)), asker, wanted, target).allowed
    assert decide_by_rules(Policy(rules=left), asker, wanted, target).allowed == with_them


@given(st.lists(guardrails, max_size=4), askers, st.sampled_from(Capability), exact)
def test_an_unreachable_guardrail_can_be_removed(
    found: list[Guardrail], asker: Asker, wanted: Capability, target: Target
) -> None:
    """No decision changes."""
    numbered = [msgspec.structs.replace(one, line=line) for line, one in enumerate(found, 1)]
    gone = {one.line for one, _ in unreachable_guardrails(numbered)}
    left = tuple(one for one in numbered if one.line not in gone)
    before, after = (Policy(rules=(EVERYTHING,), guardrails=each) for each in (tuple(numbered), left))
    assert (
        decide_by_rules(before, asker, wanted, target).allowed
        == decide_by_rules(after, asker, wanted, target).allowed
    )


@given(st.text("aA?*", max_size=6), st.text("aA?*", max_size=6), st.text("aAb", max_size=6))
def test_a_covering_glob_matches_at_least_as_much(wide: str, narrow: str, name: str) -> None:
    """It is never said wrongly."""
    if glob_covers(wide, narrow) and named(narrow, name):
        assert named(wide, name)


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        ("*", "A*", True),
        ("A*", "*", False),
        ("A*", "ab", True),
        ("?B", "AB", True),
        ("A?", "A*", False),
        ("*_x", "prod_*_x", True),
        ("a", "b", False),
    ],
)
def test_globs_that_cover_others(wide: str, narrow: str, *, covers: bool) -> None:
    """The case doesn't matter."""
    assert glob_covers(wide, narrow) is covers


def _rights(*rules: Rule) -> Rights:
    return Rights(policy=Policy(rules=rules), asker=Asker(ids=frozenset({"U1"})))


def _job(*outputs: Output) -> JobInfo:
    ref = JobRef(instance="main", project="CHURN", job_id="j")
    return JobInfo(ref=ref, state="DONE", finished=True, outputs=outputs)


def test_a_job_is_visible_if_everything_is_that_it_builds() -> None:
    """Its name and its messages name all of it. Folders and unknown outputs need a right to the whole."""
    sales = Reach(projects=("CHURN",), datasets=("sales_*",))
    rights = _rights(Rule(line=1, effect=Effect.ALLOW, capabilities=(Capability.VIEW,), reach=sales))
    mine, secret = Output(project="CHURN", id="sales_eu"), Output(project="CHURN", id="secret")
    folder = Output(kind="MANAGED_FOLDER", project="CHURN", id="sales_9")
    assert rights.sees(_job(mine))
    for outputs in [(mine, secret), (folder,), ()]:
        assert not rights.sees(_job(*outputs))
    assert rights.sees_project("main", "churn")
    assert not rights.sees_project("main", "PAYROLL")


def test_a_job_whose_outputs_are_unknown_might_build_what_is_denied() -> None:
    """One denied dataset is enough to hide it; the others stay visible."""
    secret = Reach(datasets=("secret",))
    rights = _rights(
        EVERYTHING,
        Rule(line=2, effect=Effect.DENY, capabilities=(Capability.VIEW,), everyone=True, reach=secret),
    )
    assert not rights.sees(_job())
    assert rights.sees(_job(Output(project="CHURN", id="scored")))
    assert rights.sees(_job(Output(kind="SAVED_MODEL", project="CHURN", id="m1")))


def test_a_group_that_slack_does_not_tell_allows_nobody_and_denies_everybody() -> None:
    """Whatever Slack fails to say must not give anybody a right."""
    unread = Asker(ids=frozenset({"U1"}), unread_groups=frozenset({"team"}))
    target = Target(instance="main", project="CHURN", dataset="x", whole=True)
    for effect in Effect:
        rule = Rule(line=2, effect=effect, capabilities=(Capability.VIEW,), groups=("team",))
        rules = (rule,) if effect is Effect.ALLOW else (EVERYTHING, rule)
        assert not decide_by_rules(Policy(rules=rules), unread, Capability.VIEW, target).allowed


@pytest.mark.parametrize(("wanted", "allowed"), list(product(Capability, Capability)))
def test_what_includes_what(wanted: Capability, allowed: Capability) -> None:
    """Building upstream includes building, and everything includes looking; denials go the other way."""
    target = Target(instance="main", project="CHURN", dataset="x", whole=True)
    asker = Asker(ids=frozenset({"U1"}))
    allow = Policy(rules=(Rule(line=1, effect=Effect.ALLOW, capabilities=(allowed,), everyone=True),))
    deny = Rule(line=2, effect=Effect.DENY, capabilities=(wanted,), everyone=True)
    both = Policy(rules=(EVERYTHING, deny))
    included = allowed in ORDER.get(wanted, {wanted})
    assert decide_by_rules(allow, asker, wanted, target).allowed is included
    assert decide_by_rules(both, asker, allowed, target).allowed is not included
