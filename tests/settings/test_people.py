"""``[people]`` and ``[identity]``: what they say, and that each mistake is named with what would be right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.identity import EVERYWHERE, IdentityMap
from tests.settings.test_settings import problems, read, with_toml

INSTANCES = """
[instances.prod]
url = "https://prod"
api_key = "k"
[instances.lab]
url = "https://lab"
api_key = "k"
[defaults]
instance = "prod"
"""


def identity(text: str) -> IdentityMap:
    return read(*with_toml(INSTANCES + text)).identity


def test_people_are_named_by_id_and_by_address() -> None:
    """Addresses are folded, member IDs are in capital letters, and an instance can have its own table."""
    said = identity("""
        [people]
        "u0123" = "anna"
        "Carl@Example.com" = " carl.external "
        "BOß@example.com" = "boss"
        [people.prod]
        "W0123" = "anna_prod"
    """)
    assert said.people == {
        EVERYWHERE: {"U0123": "anna", "carl@example.com": "carl.external", "boß@example.com": "boss"},
        "prod": {"W0123": "anna_prod"},
    }


def test_nothing_is_said_by_default() -> None:
    """Neither table is needed."""
    assert identity("") == IdentityMap(people={}, domains={})


def test_aliases_are_chained() -> None:
    """Three domains of one organization, in whatever order they are written."""
    domains = identity("""
        [identity.aliases]
        "A.example" = "b.example"
        "c.example" = "d.example"
        "b.example" = "C.example"
    """).domains
    assert set(domains) == {"a.example", "b.example", "c.example", "d.example"}
    assert len(set(domains.values())) == 1


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ('[people]\n"alice" = "x"', "[people] alice", "neither a Slack member ID nor an email address"),
        ('[people]\n"@alice" = "x"', "[people] @alice", "with the member ID from the Slack profile"),
        ('[people]\n"C0123" = "x"', "[people] C0123", "neither a Slack member ID"),
        ('[people]\n"a b@example.com" = "x"', "[people] a b@example.com", "neither"),
        ('[people]\n"a@b@example.com" = "x"', "[people] a@b@example.com", "neither"),
        ('[people]\n"U0123" = ""', "[people] U0123", "has no login"),
        ('[people]\n"U0123" = "  "', "[people] U0123", 'Write "U0123" = "the DSS login"'),
        ('[people]\n"U0123" = 7', "[people] U0123", "has no login"),
        ('[people]\n"a@b.c" = "x"\n"A@B.c" = "y"', "[people] A@B.c", "is the same as a@b.c"),
        ('[people]\n"U0123" = "x"\n"u0123" = "x"', "[people] u0123", "is the same as U0123"),
        ('[people.prd]\n"U0123" = "x"', "[people.prd]", "did you mean prod?"),
        ('[people.prd]\n"U0123" = "x"', "[people.prd]", "Give default, prod or lab"),
        ('[people.lab]\n"bob" = "x"', "[people.lab] bob", "neither a Slack member ID"),
        ("[identity]\naliasses = {}", "[identity] aliasses", "Did you mean aliases"),
        ('[identity]\naliases = "a.b"', "[identity] aliases", "is not a table"),
        ('[identity.aliases]\n"@a.b" = "c.d"', "[identity.aliases] @a.b", "'@a.b' is not a domain"),
        ('[identity.aliases]\n"a.b" = "x@c.d"', "[identity.aliases] a.b", "is not a domain"),
        ('[identity.aliases]\n"a.b" = "com"', "[identity.aliases] a.b", "'com' is not a domain"),
        ('[identity.aliases]\n"a.b" = ["c.d"]', "[identity.aliases] a.b", "is not a domain"),
        ('[identity.aliases]\n"a.b" = "A.b"', "[identity.aliases] a.b", "is an alias of itself"),
        ('[identity.aliases]\n"a.b" = "c.d"\n"A.B" = "e.f"', "[identity.aliases] A.B", "the same as a.b"),
        ('[poeple]\n"U0123" = "x"', "[poeple]", "Did you mean people"),
    ],
)
def test_a_mistake_is_named_with_what_would_be_right(text: str, name: str, said: str) -> None:
    """One sentence for each."""
    [problem] = problems(*with_toml(INSTANCES + text))
    assert problem.startswith(f"{name}: ")
    assert said in problem


def test_all_mistakes_come_at_once() -> None:
    """In both tables, and with those of the other settings."""
    text = '[people]\n"bob" = "x"\n"U1" = ""\n[people.lab]\n"U0123" = ""\n[identity.aliases]\n"a.b" = 1'
    assert len(problems(*with_toml(INSTANCES + text, PORT="x"))) == 5


@given(
    st.dictionaries(st.from_regex(r"[a-z]\.[a-z]", fullmatch=True), st.sampled_from(["a.a", "b.b", "c.c"]))
)
def test_the_aliases_are_an_equivalence(aliases: dict[str, str]) -> None:
    """Both ends of each alias stand for the same domain, and what stands for others stands for itself."""
    kept = {one: other for one, other in aliases.items() if one != other}
    lines = "".join(f'"{one}" = "{other}"\n' for one, other in kept.items())
    domains = identity(f"[identity.aliases]\n{lines}").domains
    for one, other in kept.items():
        assert domains[one] == domains[other]
    assert all(domains[standing] == standing for standing in domains.values())
