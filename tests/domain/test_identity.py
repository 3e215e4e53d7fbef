"""Which DSS login is a Slack user's: the steps, their order, and what never matches."""

import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import DssUser, Person
from bot.domain.identity import Found, IdentityMap, NotFound, Step, find_login, fold, outsider

ANNA = Person(user_id="U1", team_id="T1", ids=("U1",), email="anna@example.com")
ALIASES = {"example.com": "corp.example.com"}


def user(login: str, email: str = "", *, enabled: bool = True) -> DssUser:
    return DssUser(login=login, email=email, enabled=enabled)


def found(
    *users: DssUser,
    person: Person = ANNA,
    people: dict[str, dict[str, str]] | None = None,
    aliases: dict[str, str] | None = None,
) -> tuple[str, Step] | str:
    """Return the login and the step that found it, or the reason why there is none."""
    identity = IdentityMap(people=people or {}, domains=aliases or {})
    result = find_login(person, users, identity, "prod")
    return result.reason if isinstance(result, NotFound) else (result.login, result.step)


def test_the_steps_come_in_their_order() -> None:
    """Without the step that decided, the next one decides."""
    users = [user("by_id"), user("by_email"), user("same", "anna@example.com")]
    people = {"": {"U1": "by_id", "anna@example.com": "by_email"}}
    assert found(*users, people=people) == ("by_id", Step.MAPPED_ID)
    del people[""]["U1"]
    assert found(*users, people=people) == ("by_email", Step.MAPPED_EMAIL)
    assert found(*users) == ("same", Step.EMAIL)


def test_an_instance_s_own_table_goes_before_the_one_for_all() -> None:
    """Even its email address before a member ID there; the table of another instance doesn't count."""
    users = [user("here"), user("everywhere"), user("there")]
    people = {"prod": {"anna@example.com": "here"}, "": {"U1": "everywhere"}, "lab": {"U1": "there"}}
    assert found(*users, people=people) == ("here", Step.MAPPED_EMAIL)
    del people["prod"]
    assert found(*users, people=people) == ("everywhere", Step.MAPPED_ID)
    del people[""]
    assert "no login there has your email address" in str(found(*users, people=people))


@pytest.mark.parametrize("slack", ["anna@example.com", "ANNA@Example.Com", "anna+slack@example.com"])
@pytest.mark.parametrize("dss", ["anna@corp.example.com", "Anna@CORP.example.com"])
def test_a_domain_alias_works_both_ways(slack: str, dss: str) -> None:
    """Whichever of the two domains Slack has."""
    for one, other in ((slack, dss), (dss, slack)):
        result = found(user("anna", other), person=msgspec.structs.replace(ANNA, email=one), aliases=ALIASES)
        assert result[0] == "anna"
        assert result[1] in {Step.ALIAS, Step.TAG}


def test_two_logins_on_two_aliases_are_refused() -> None:
    """Both are hers, and nobody says which: the answer names both, and who can decide."""
    said = found(user("a", "anna@example.com"), user("b", "anna@corp.example.com"), aliases=ALIASES)
    assert "several logins have your email address (a, b)" in said
    assert "bot's administrator has to name yours under [people]" in said


@pytest.mark.parametrize(
    ("slack", "expected"),
    [
        ("anna@example.com", ("anna", Step.EMAIL)),
        ("anna+admin@example.com", ("anna_admin", Step.EMAIL)),
        ("anna+phone@example.com", "several logins have your email address (anna, anna_admin)"),
    ],
)
def test_a_tag_counts_where_it_tells_two_logins_apart(slack: str, expected: object) -> None:
    """Otherwise, it is ignored: the address with another tag is the same person's."""
    users = (user("anna", "anna@example.com"), user("anna_admin", "anna+admin@example.com"))
    result = found(*users, person=msgspec.structs.replace(ANNA, email=slack))
    assert result == expected if isinstance(expected, tuple) else str(expected) in result


def test_a_disabled_login_is_not_replaced_by_one_with_another_tag() -> None:
    """An administrator disabled her login: she doesn't get her other one instead."""
    users = (user("anna", "anna@example.com", enabled=False), user("anna_admin", "anna+admin@example.com"))
    assert "your login anna is disabled" in found(*users)
    assert found(users[1]) == ("anna_admin", Step.TAG)


@pytest.mark.parametrize(
    ("slack", "dss"),
    [
        ("boß@example.com", "boss@example.com"),
        ("boss@example.com", "boß@example.com"),
        ("\N{KELVIN SIGN}im@example.com", "kim@example.com"),
        ("tim@example.com", "tİm@example.com"),
        ("anna@\N{FULLWIDTH LATIN SMALL LETTER E}xample.com", "anna@example.com"),
        ("ÉLODIE@example.com", "élodie@example.com"),
        ("anna@example.com", "anna@example.com.evil.org"),
        ("anna@example.com", "anna@evil.org@example.com"),
        ("anna", "anna@example.com"),
        ("@example.com", "anna@example.com"),
        ("+x@example.com", "+y@example.com"),
        ("anna+x", "anna+y"),
    ],
)
def test_addresses_of_two_people_never_match(slack: str, dss: str) -> None:
    """What Unicode calls the same letter is another mailbox."""
    person = msgspec.structs.replace(ANNA, email=slack)
    assert "no login there" in found(user("other", dss), person=person, aliases=ALIASES)


@given(st.emails(), st.emails())
def test_only_ascii_letters_are_folded(one: str, other: str) -> None:
    """Two addresses match only if they are the same once A-Z are small and tags are gone."""
    person = msgspec.structs.replace(ANNA, email=one)
    assert found(user("x", one), person=person) == ("x", Step.EMAIL)
    same_local = one.lower().split("@")[0].split("+")[0] == other.lower().split("@")[0].split("+")[0]
    same_domain = one.lower().rpartition("@")[2] == other.lower().rpartition("@")[2]
    assert (found(user("x", other), person=person)[0] == "x") <= (same_local and same_domain)


@given(st.text())
def test_folding_changes_ascii_letters_only(text: str) -> None:
    """Every other character stays as it is, and folding twice changes nothing."""
    folded = fold(text)
    assert fold(folded) == folded
    assert [c for c in folded if not c.isascii()] == [c for c in text if not c.isascii()]
    assert not set(folded) & set(string.ascii_uppercase)


@pytest.mark.parametrize(
    ("users", "reason"),
    [
        ((), "name anna as your login, and there is no such login"),
        ((user("Anna"),), "name anna as your login, and there is no such login"),
        ((user("anna", enabled=False), user("x", "anna@example.com")), "your login anna is disabled"),
    ],
)
def test_a_mapped_login_must_be_usable(users: tuple[DssUser, ...], reason: str) -> None:
    """The map is never passed over in favor of the email address."""
    assert reason in found(*users, people={"": {"U1": "anna"}})


def test_without_the_list_of_users_the_map_alone_decides() -> None:
    """DSS refuses the call itself if there is no such login."""
    identity = IdentityMap(people={"": {"U1": "anna"}})
    assert find_login(ANNA, None, identity, "prod") == Found(login="anna", step=Step.MAPPED_ID, key="U1")
    assert isinstance(find_login(ANNA, None, IdentityMap(), "prod"), NotFound)


def test_somebody_without_an_address_can_be_named() -> None:
    """By member ID; otherwise the answer says who can change that."""
    silent = msgspec.structs.replace(ANNA, email=None)
    assert found(user("anna"), person=silent, people={"": {"U1": "anna"}}) == ("anna", Step.MAPPED_ID)
    assert "name your login under [people]" in found(user("anna"), person=silent)


@pytest.mark.parametrize("flag", ["is_guest", "is_stranger"])
@pytest.mark.parametrize(("key", "named"), [("U1", True), ("W1", True), ("anna@example.com", False)])
def test_guests_and_strangers_are_named_by_member_id_only(flag: str, key: str, named: bool) -> None:
    """Their organization could give anybody the address."""
    person = msgspec.structs.replace(ANNA, ids=("U1", "W1"), **{flag: True})
    identity = IdentityMap(people={"prod": {key: "anna"}})
    assert identity.is_named(person, "prod") is named
    assert not identity.is_named(person, "lab")
    assert (outsider(person, named=identity.is_named(person, "prod")) is None) is named


def test_a_guest_s_address_does_not_hide_their_member_id() -> None:
    """It names nobody, not even to go before an ID in the table for all instances."""
    guest = msgspec.structs.replace(ANNA, is_guest=True)
    people = {"prod": {"anna@example.com": "admin"}, "": {"U1": "anna"}}
    assert IdentityMap(people=people).is_named(guest, "prod")
    assert found(user("admin"), user("anna"), person=guest, people=people) == ("anna", Step.MAPPED_ID)


@pytest.mark.parametrize("flag", ["is_bot", "is_deleted"])
def test_bots_and_deactivated_accounts_cannot_be_named(flag: str) -> None:
    """Whatever the settings say."""
    assert outsider(msgspec.structs.replace(ANNA, **{flag: True}), named=True) is not None


def test_a_record_of_another_team_names_nobody() -> None:
    """The delivery and Slack's record disagree about whose the ID is, so it counts for neither."""
    unsure = msgspec.structs.replace(ANNA, ids=())
    assert IdentityMap(people={"": {"U1": "anna"}}).mapped(unsure, "prod") is None
