"""Permissions: who can do what."""

import msgspec
import pytest

from bot.domain import (
    AbortAll,
    AbortJob,
    Build,
    BuildMode,
    DssUser,
    FollowJob,
    JobName,
    ListJobs,
    Overview,
    Person,
    Place,
    ReadLog,
    Request,
    RequestedOutput,
    SendLog,
    ShowStatus,
    UnfollowJob,
)
from bot.domain.policy import (
    AccessEvidence,
    AccessMode,
    AccessRequest,
    Capability,
    Decision,
    access_request,
    decide,
)

ALICE = Person(user_id="U1", team_id="T1", name="Alice", email="Alice@Example.com")
LOGIN = DssUser(login="alice", email="alice@example.COM")
OTHER = DssUser(login="bob", email="bob@example.com")
ASK = AccessRequest(verb=Capability.BUILD, instance="main", project="CHURN", label="main")
JOB = JobName(job_id="j1")


def _decide(
    access: AccessMode = AccessMode.DSS,
    person: Person = ALICE,
    users: tuple[DssUser, ...] = (LOGIN, OTHER),
    can: bool | None = True,
) -> Decision:
    return decide(access, person, ASK, AccessEvidence(person=person, users=users, can_impersonate=can))


def _build(mode: BuildMode) -> Build:
    return Build(outputs=(RequestedOutput(project="CHURN", name="x"),), mode=mode)


@pytest.mark.parametrize(
    ("asked", "verb"),
    [
        (_build(BuildMode.ONLY), Capability.BUILD),
        *((_build(mode), Capability.BUILD_UPSTREAM) for mode in BuildMode if mode is not BuildMode.ONLY),
        (Overview(), Capability.VIEW),
        (ListJobs(project="CHURN"), Capability.VIEW),
        (ShowStatus(job=JOB), Capability.VIEW),
        (ReadLog(job=JOB), Capability.LOG),
        (SendLog(job=JOB), Capability.LOG),
        (AbortJob(job=JOB), Capability.ABORT_ANY),
        (AbortAll(project="CHURN"), Capability.ABORT_ANY),
        (FollowJob(job=JOB), Capability.FOLLOW),
        (UnfollowJob(job=JOB), Capability.FOLLOW),
    ],
)
def test_every_request_is_one_verb(asked: Request, verb: Capability) -> None:
    """The policy knows every possible request."""
    assert access_request(asked, "main", "CHURN") == AccessRequest(
        verb=verb, instance="main", project="CHURN"
    )


def test_the_own_job_needs_less() -> None:
    """It takes another right to abort what somebody else started."""
    assert access_request(AbortJob(job=JOB), "main", "CHURN", own=True).verb is Capability.ABORT_OWN


def test_a_request_says_where_it_was_made_and_what_it_builds() -> None:
    """Rules about channels and datasets need both."""
    place, outputs = Place(channel_id="C1"), (RequestedOutput(project="CHURN", name="x"),)
    ask = access_request(Build(outputs=outputs), "main", "CHURN", place=place, outputs=outputs)
    assert (ask.place, ask.outputs) == (place, outputs)


@pytest.mark.parametrize("access", AccessMode)
@pytest.mark.parametrize("flag", ["is_bot", "is_deleted", "is_guest", "is_stranger"])
def test_outsiders_are_refused_whatever_the_access(access: AccessMode, flag: str) -> None:
    """Bots, deactivated accounts, guests, and other organizations, even if DSS knows their email."""
    decision = _decide(access, msgspec.structs.replace(ALICE, **{flag: True}))
    assert not decision.allowed
    assert decision.act_as is None
    assert decision.rule == "person"
    assert "can't use this" in decision.reason


def test_open_allows_members_as_the_key() -> None:
    """No login is needed, and none is used."""
    decision = _decide(AccessMode.OPEN, users=(), can=None)
    assert decision.allowed
    assert decision.act_as is None
    assert decision.rule == "open"


def test_access_by_rules_is_access_as_the_person() -> None:
    """The rules narrow it further (`bot.domain.rule_decisions`)."""
    assert _decide(AccessMode.RULES) == _decide(AccessMode.DSS)
    assert not _decide(AccessMode.RULES, users=()).allowed


@pytest.mark.parametrize("can", [True, None])
def test_dss_acts_as_the_one_login_with_the_same_email(can: bool | None) -> None:
    """The case of the address doesn't matter; a key that hasn't been tried is tried."""
    reason = "Acts as the DSS login alice."
    assert _decide(can=can) == Decision(allowed=True, reason=reason, rule="dss", act_as="alice")


def test_a_disabled_second_login_does_not_make_it_ambiguous() -> None:
    """Exactly one enabled login counts."""
    second = DssUser(login="alice_old", email="alice@example.com", enabled=False)
    assert _decide(users=(second, LOGIN)).act_as == "alice"


@pytest.mark.parametrize(
    ("email", "users", "can", "reason"),
    [
        (None, (LOGIN,), True, "Slack doesn't tell the bot your email"),
        ("  ", (DssUser(login="x", email=""),), True, "Slack doesn't tell the bot your email"),
        ("Alice@Example.com", (OTHER,), True, "no login there has your email address"),
        (
            "Alice@Example.com",
            (DssUser(login="", email="alice@example.com"),),
            True,
            "no login there has your",
        ),
        (
            "Alice@Example.com",
            (LOGIN, DssUser(login="alice2", email="ALICE@example.com")),
            True,
            "several logins have your email address (alice, alice2)",
        ),
        (
            "Alice@Example.com",
            (msgspec.structs.replace(LOGIN, enabled=False),),
            True,
            "your login alice is disabled",
        ),
        ("Alice@Example.com", (LOGIN,), False, "global API key with admin rights"),
    ],
)
def test_each_refusal_says_precisely_why(
    email: str | None, users: tuple[DssUser, ...], can: bool | None, reason: str
) -> None:
    """The person or the administrator knows what to fix; the bot acts for nobody."""
    decision = _decide(person=msgspec.structs.replace(ALICE, email=email), users=users, can=can)
    assert not decision.allowed
    assert decision.act_as is None
    assert reason in decision.reason


@pytest.mark.parametrize("change", [{"user_id": "U2"}, {"team_id": "T2"}])
def test_the_standing_of_somebody_else_is_never_used(change: dict[str, str]) -> None:
    """A mix-up of people is an error, not a right."""
    other = msgspec.structs.replace(ALICE, **change)
    with pytest.raises(ValueError, match="evidence"):
        decide(AccessMode.OPEN, ALICE, ASK, AccessEvidence(person=other))
