"""Whose key a key is, and which keys nobody may connect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import DssUser, Person, WhoAmI
from bot.domain.errors import Refusal
from bot.domain.identity import IdentityMap
from bot.domain.personal_keys import LONGEST_KEY, KeyCheck, is_own_key, wrong_with_key

ALICE = DssUser(login="alice", display_name="Alice", email="Alice@Example.com")
BOB = DssUser(login="bob", display_name="Bob", email="bob@example.com")
SILENT = DssUser(login="silent", display_name="Silent", email="")
USERS = (ALICE, BOB, SILENT)


def check(login: str, **changes: object) -> KeyCheck:
    """Return a check of Alice with a key of some login."""
    person = Person(user_id="U1", team_id="T1", ids=("U1",), email="alice@example.com")
    known: dict[str, object] = {
        "person": person,
        "who": WhoAmI(identifier=login, admin=False, personal=True),
        "bot": "api:dss-bot",
        "users": USERS,
        "identity": IdentityMap(),
        "instance": "prod",
    }
    return KeyCheck(**{**known, **changes})  # type: ignore[arg-type]


def test_the_key_of_the_login_with_the_same_address() -> None:
    """No confirmation is needed."""
    assert is_own_key(check("alice"))


def test_the_settings_say_who_somebody_is() -> None:
    """`[people]` is stronger than the address, here too."""
    identity = IdentityMap(people={"": {"U1": "bob"}})
    assert is_own_key(check("bob", identity=identity))
    with pytest.raises(Refusal, match="your DSS login is bob"):
        is_own_key(check("alice", identity=identity))


def test_one_of_several_logins_with_the_address() -> None:
    """The key says which of them it is."""
    twin = DssUser(login="alice.ext", display_name="Alice", email="alice@example.com")
    assert is_own_key(check("alice.ext", users=(*USERS, twin)))


def test_what_nothing_shows_has_to_be_confirmed() -> None:
    """The users can't be listed, or the login has no address."""
    assert not is_own_key(check("alice", users=None))
    nobody = Person(user_id="U2", team_id="T1", ids=("U2",), email="zoe@example.com")
    assert not is_own_key(check("silent", person=nobody))


@pytest.mark.parametrize(
    ("login", "changes", "said"),
    [
        ("bob", {}, "belongs to bob, but your DSS login is alice"),
        ("silent", {}, "belongs to silent, but your DSS login is alice"),
        ("", {}, "doesn't say who"),
        ("alice", {"bot": "alice"}, "which the bot itself uses"),
        ("api:nightly", {}, "isn't a personal API key"),
        ("alice", {"who": WhoAmI(identifier="alice", personal=False)}, "isn't a personal API key"),
        ("alice", {"who": WhoAmI(identifier="alice", admin=True)}, "admin rights"),
        (
            "bob",
            {"person": Person(user_id="U2", team_id="T1", email="zoe@example.com")},
            "another email address",
        ),
        ("bob", {"person": Person(user_id="U2", team_id="T1")}, "another email address"),
    ],
)
def test_refused(login: str, changes: dict[str, object], said: str) -> None:
    """With the reason, and what to do."""
    with pytest.raises(Refusal, match=said):
        is_own_key(check(login, **changes))


@pytest.mark.parametrize("text", ["", " ", "a b", "a\n", "schlüssel", "\u200bkey", "k" * (LONGEST_KEY + 1)])
def test_what_cannot_be_a_key(text: str) -> None:
    """DSS isn't even asked, and the text doesn't come back."""
    wrong = wrong_with_key(text)
    assert wrong
    assert len(text.strip()) < 2 or text not in wrong


@given(
    st.text(
        st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), min_size=1, max_size=LONGEST_KEY
    )
)
def test_what_can_be_a_key(text: str) -> None:
    """Everything that can be sent as one."""
    assert wrong_with_key(text) is None
