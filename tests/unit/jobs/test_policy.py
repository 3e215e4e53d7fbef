"""Who may do what."""

import msgspec
import pytest

from bot.facts import (
    AbortAll,
    AbortJob,
    Build,
    DssUser,
    FollowJob,
    JobName,
    ListJobs,
    Overview,
    Person,
    ReadLog,
    ShowStatus,
    UnfollowJob,
    WantedOutput,
    Wish,
)
from bot.jobs.policy import Access, Ask, Decision, Standing, Verb, ask_of, decide

ALICE = Person(user_id="U1", team_id="T1", name="Alice", email="Alice@Example.com")
LOGIN = DssUser(login="alice", email="alice@example.COM")
OTHER = DssUser(login="bob", email="bob@example.com")
ASK = Ask(verb=Verb.BUILD, instance="main", project="CHURN", label="main")
JOB = JobName(job_id="j1")


def _decide(
    access: Access = Access.DSS,
    person: Person = ALICE,
    users: tuple[DssUser, ...] = (LOGIN, OTHER),
    can: bool | None = True,
) -> Decision:
    return decide(access, person, ASK, Standing(person=person, users=users, can_impersonate=can))


@pytest.mark.parametrize(
    ("wish", "verb"),
    [
        (Build(outputs=(WantedOutput(project="CHURN", name="x"),)), Verb.BUILD),
        (Overview(), Verb.VIEW),
        (ListJobs(project="CHURN"), Verb.VIEW),
        (ShowStatus(job=JOB), Verb.VIEW),
        (ReadLog(job=JOB), Verb.LOG),
        (AbortJob(job=JOB), Verb.ABORT),
        (AbortAll(project="CHURN"), Verb.ABORT_ALL),
        (FollowJob(job=JOB), Verb.FOLLOW),
        (UnfollowJob(job=JOB), Verb.FOLLOW),
    ],
)
def test_every_wish_is_one_verb(wish: Wish, verb: Verb) -> None:
    """Nothing can be asked for that the policy does not know."""
    assert ask_of(wish, "main", "CHURN") == Ask(verb=verb, instance="main", project="CHURN")


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize("flag", ["is_bot", "is_deleted", "is_guest", "is_stranger"])
def test_outsiders_are_refused_whatever_the_access(access: Access, flag: str) -> None:
    """Bots, deactivated accounts, guests and other organisations, also when DSS knows their e-mail."""
    decision = _decide(access, msgspec.structs.replace(ALICE, **{flag: True}))
    assert not decision.allowed
    assert decision.act_as is None
    assert decision.reason.startswith("Sorry")


def test_open_allows_members_as_the_key() -> None:
    """No login is needed, and none is used."""
    decision = _decide(Access.OPEN, users=(), can=None)
    assert decision.allowed
    assert decision.act_as is None


def test_rules_allow_nothing_yet() -> None:
    """Until they exist, nobody is let in by mistake."""
    assert not _decide(Access.RULES).allowed


@pytest.mark.parametrize("can", [True, None])
def test_dss_acts_as_the_one_login_with_the_same_email(can: bool | None) -> None:
    """Case of the address does not matter; a key nobody tried yet is tried."""
    assert _decide(can=can) == Decision(allowed=True, reason="Acts as the DSS login alice.", act_as="alice")


def test_a_disabled_second_login_does_not_make_it_ambiguous() -> None:
    """Exactly one enabled login is what counts."""
    second = DssUser(login="alice_old", email="alice@example.com", enabled=False)
    assert _decide(users=(second, LOGIN)).act_as == "alice"


@pytest.mark.parametrize(
    ("email", "users", "can", "reason"),
    [
        (None, (LOGIN,), True, "Slack does not tell your e-mail"),
        ("  ", (DssUser(login="x", email=""),), True, "Slack does not tell your e-mail"),
        ("Alice@Example.com", (OTHER,), True, "Nobody in DSS (main) has your e-mail address"),
        ("Alice@Example.com", (DssUser(login="", email="alice@example.com"),), True, "Nobody in DSS (main)"),
        (
            "Alice@Example.com",
            (LOGIN, DssUser(login="alice2", email="ALICE@example.com")),
            True,
            "Several logins in DSS (main) have your e-mail address (alice, alice2)",
        ),
        (
            "Alice@Example.com",
            (msgspec.structs.replace(LOGIN, enabled=False),),
            True,
            "Your login alice in DSS (main) is disabled",
        ),
        ("Alice@Example.com", (LOGIN,), False, "global API key with admin rights"),
    ],
)
def test_each_refusal_says_precisely_why(
    email: str | None, users: tuple[DssUser, ...], can: bool | None, reason: str
) -> None:
    """The person, or the administrator, knows what to put right; nobody is acted for."""
    decision = _decide(person=msgspec.structs.replace(ALICE, email=email), users=users, can=can)
    assert not decision.allowed
    assert decision.act_as is None
    assert reason in decision.reason


@pytest.mark.parametrize("change", [{"user_id": "U2"}, {"team_id": "T2"}])
def test_the_standing_of_somebody_else_is_never_used(change: dict[str, str]) -> None:
    """A mix-up of people is an error, not a right."""
    other = msgspec.structs.replace(ALICE, **change)
    with pytest.raises(ValueError, match="standing"):
        decide(Access.OPEN, ALICE, ASK, Standing(person=other))
