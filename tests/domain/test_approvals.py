"""Which builds need an approval, what a hash covers, and who can't decide."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import BuildMode, DecideApproval, Output, ProjectGrant, ProjectPermissions, WhoAmI
from bot.domain.approvals import (
    UNKNOWN,
    ApprovalRules,
    ApprovalState,
    WorkingHours,
    count_partitions,
    definition_key,
    fingerprint,
    is_request_message,
    why_needed,
    why_not,
)
from bot.domain.stored_records import BuildPlan
from tests.views.approvals_gallery import APPROVAL

MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PLAN = BuildPlan(
    instance="prod",
    project="CHURN",
    outputs=(
        Output(project="CHURN", id="scored"),
        Output(project="SALES", id="orders", partition="2026-11-20"),
    ),
    mode=BuildMode.ONLY,
    act_as="alice",
)


def plan(**changes: Any) -> BuildPlan:
    return msgspec.structs.replace(PLAN, **changes)


def test_by_default_nothing_needs_an_approval() -> None:
    """Not even everything upstream, at night."""
    late = MONDAY_NOON + timedelta(hours=11)
    assert why_needed(ApprovalRules(), plan(mode=BuildMode.ALL), late) == ()


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (ApprovalRules(projects=("churn",)), "CHURN is a protected project."),
        (ApprovalRules(projects=("SAL*",)), "SALES is a protected project."),
        (ApprovalRules(projects=("CHUR",)), None),
        (ApprovalRules(instances=("prod",)), "prod is a production instance."),
        (ApprovalRules(instances=("test",)), None),
        (
            ApprovalRules(modes=(BuildMode.ONLY,)),
            "Even a build of only these outputs needs an approval here.",
        ),
        (ApprovalRules(modes=(BuildMode.ALL, BuildMode.MISSING)), None),
        (ApprovalRules(partitions=0), "It builds 1 partition, more than 0."),
        (ApprovalRules(partitions=1), None),
        (ApprovalRules(hours=WorkingHours()), None),
        (
            ApprovalRules(hours=WorkingHours(zone="Asia/Tokyo")),
            "It was asked for outside working hours (Mon, Tue, Wed, Thu, Fri 08:00 to 18:00, Asia/Tokyo).",
        ),
    ],
)
def test_each_rule_has_its_reason(rules: ApprovalRules, why: str | None) -> None:
    """A build needs an approval exactly when a rule says so."""
    assert [str(reason) for reason in why_needed(rules, PLAN, MONDAY_NOON)] == ([why] if why else [])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (None, 0),
        ("NP", 0),
        ("2026-11-01", 1),
        ("2026-11-01/2026-11-30", 30),
        ("2026-11/2027-02", 4),
        ("2020/2026", 7),
        ("2026-11-01-22/2026-11-02-01", 4),
        ("2026-11-01,2026-11-03", 2),
        ("2026-11-01/2026-11-03|FR/IT/DE", 9),
        ("FR", 1),
        ("CURRENT_DAY", 1),
        ("PREVIOUS_MONTH/CURRENT_DAY", UNKNOWN),
        ("2026-11-30/2026-11-01", UNKNOWN),
        ("2026-11/2026-11-30", UNKNOWN),
        ("2026-99-99/2026-99-99", 1),
    ],
)
def test_partitions_are_counted(text: str | None, count: int) -> None:
    """What can't be counted is more than any number."""
    assert count_partitions(text) == count


@given(st.text(alphabet="0123456789-/,|ABC_", max_size=500))
def test_any_partition_is_counted(text: str) -> None:
    """Never an error, and never less than one."""
    assert 0 <= count_partitions(text) <= UNKNOWN
    assert (count_partitions(text) == 0) == (text == "")


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2026-11-23T07:00:00+01:00", False),
        ("2026-11-23T08:00:00+01:00", True),
        ("2026-11-23T17:59:59+01:00", True),
        ("2026-11-23T18:00:00+01:00", False),
        ("2026-11-22T12:00:00+01:00", False),
        ("2026-11-22T23:30:00-11:00", True),  # Monday morning, 11:30 there
        ("2026-07-06T07:30:00+02:00", False),  # summer time counts
    ],
)
def test_working_hours_are_those_of_the_place(moment: str, inside: bool) -> None:
    """Whatever time zone the machine has."""
    hours = WorkingHours(zone="Europe/Paris")
    assert hours.include(datetime.fromisoformat(moment)) is inside


def test_midnight_ends_the_day() -> None:
    """`00:00` as an end is the end of the day, not its beginning."""
    hours = WorkingHours(begin=time(20), end=time(0))
    assert hours.include(MONDAY_NOON.replace(hour=23, minute=59))
    assert not hours.include(MONDAY_NOON)


CHANGES: list[dict[str, Any]] = [
    {"instance": "other"},
    {"project": "SALES"},
    {"mode": BuildMode.ALL},
    {"act_as": "bob"},
    {"act_as": None},
    {"outputs": PLAN.outputs[:1]},
    {"outputs": (msgspec.structs.replace(PLAN.outputs[0], id="other"), PLAN.outputs[1])},
    {"outputs": (msgspec.structs.replace(PLAN.outputs[0], kind="MANAGED_FOLDER"), PLAN.outputs[1])},
    {"outputs": (PLAN.outputs[0], msgspec.structs.replace(PLAN.outputs[1], partition="2026-11-21"))},
    {"outputs": (PLAN.outputs[0], msgspec.structs.replace(PLAN.outputs[1], project="CHURN"))},
]


@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_the_hash_covers_everything_that_would_run(changes: dict[str, Any]) -> None:
    """Any other build has another hash."""
    assert fingerprint(plan(**changes), "U1", "T1") != fingerprint(PLAN, "U1", "T1")


def test_the_hash_covers_who_asks_and_not_what_changes_by_itself() -> None:
    """How long it usually takes, and which jobs there were, is not part of it; nor is the order."""
    same = plan(usual_seconds=9.0, known_ids=("a",), outputs=PLAN.outputs[::-1])
    assert fingerprint(same, "U1", "T1") == fingerprint(PLAN, "U1", "T1")
    assert len({fingerprint(PLAN, user, team) for user in ("U1", "U2") for team in ("T1", "T2")}) == 4
    assert definition_key(plan(act_as="bob")) == definition_key(PLAN)


def asked(verdict: Any = "approve", **changes: Any) -> DecideApproval:
    values = {"approval": APPROVAL.id, "fingerprint": APPROVAL.fingerprint, "verdict": verdict}
    return DecideApproval(**(values | changes))


def refused(
    request: DecideApproval, user: str, *, state: ApprovalState = ApprovalState.PENDING, **more: Any
) -> bool:
    found = msgspec.structs.replace(APPROVAL, state=state)
    options: dict[str, Any] = {"same_login": False, "now": APPROVAL.created_at} | more
    return why_not(found, request, user, **options) is not None


@pytest.mark.parametrize("state", [one for one in ApprovalState if one is not ApprovalState.PENDING])
@pytest.mark.parametrize("verdict", ["approve", "decline", "cancel"])
@pytest.mark.parametrize("user", ["U0ALICE", "U0BOB"])
def test_what_is_over_stays_so(state: ApprovalState, verdict: str, user: str) -> None:
    """Whoever presses whatever."""
    assert refused(asked(verdict), user, state=state)


@pytest.mark.parametrize("verdict", ["approve", "decline"])
def test_a_second_person_decides(verdict: str) -> None:
    """Not the requester, not their other account, not with another hash, not too late."""
    assert not refused(asked(verdict), "U0BOB")
    assert refused(asked(verdict), "U0ALICE")
    assert refused(asked(verdict), "U0BOB", same_login=True)
    assert refused(asked(verdict, fingerprint="0" * 64), "U0BOB")
    assert refused(asked(verdict), "U0BOB", now=APPROVAL.expires_at)


def test_only_the_requester_cancels() -> None:
    """From the account that they asked with."""
    assert not refused(asked("cancel"), "U0ALICE")
    assert refused(asked("cancel"), "U0BOB")
    assert refused(asked("cancel"), "U0BOB", same_login=True)


def test_only_the_request_itself_is_a_request_message() -> None:
    """The messages about its outcome aren't."""
    assert is_request_message(APPROVAL.message_id)
    assert not is_request_message(APPROVAL.outcome_id)
    assert not is_request_message("a1b2")


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (WhoAmI(identifier="alice"), True),
        (WhoAmI(identifier="root", admin=True), True),
        (WhoAmI(identifier="bob"), True),
        (WhoAmI(identifier="carol"), False),
        (WhoAmI(identifier="dan", groups=("data",)), True),
        (WhoAmI(identifier="eve", groups=("readers",)), False),
        (WhoAmI(identifier="data"), False),
        (WhoAmI(identifier=""), False),
    ],
)
def test_the_right_to_build_in_a_project(who: WhoAmI, may: bool) -> None:
    """The owner, an administrator, and whoever may write the content, alone or through a group."""
    permissions = ProjectPermissions(
        owner="alice",
        grants=(
            ProjectGrant(user="bob", write=True),
            ProjectGrant(user="carol"),
            ProjectGrant(group="data", write=True),
            ProjectGrant(group="readers"),
        ),
    )
    assert permissions.let_build(who) is may
