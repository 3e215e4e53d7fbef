"""What is offered while somebody types."""

from hypothesis import given
from hypothesis import strategies as st

from bot.commands.ranking import index_of, ranked

PROJECTS = index_of(
    [
        ("CHURN", "Customer churn (CHURN)", "CHURN"),
        ("SALES", "Sales (SALES)", "SALES"),
        ("PAYROLL", "Payroll (PAYROLL)", "PAYROLL"),
        ("RESALE", "Second hand (RESALE)", "RESALE"),
    ]
)


def found(typed: str, used: tuple[str, ...] = (), limit: int = 100) -> list[str]:
    """Return the values, best first."""
    return [PROJECTS.values[position] for position in ranked(PROJECTS, typed, used, limit)]


def test_nothing_typed_offers_what_is_used_then_everything_by_name() -> None:
    """The latest first."""
    assert found("") == ["CHURN", "PAYROLL", "SALES", "RESALE"]
    assert found("", ("RESALE", "SALES", "GONE")) == ["RESALE", "SALES", "CHURN", "PAYROLL"]
    assert found("", ("RESALE",), limit=2) == ["RESALE", "CHURN"]


def test_a_beginning_comes_before_a_part() -> None:
    """Unless the person uses the other one."""
    assert found("sale") == ["SALES", "RESALE"]
    assert found("SALE", ("RESALE",)) == ["RESALE", "SALES"]
    assert found("churn cust") == ["CHURN"]


def test_the_very_name_comes_first() -> None:
    """Even if the person uses another one that contains it; a project's key is a name, too."""
    outputs = index_of([(name, name, name) for name in ("scored", "scored_broken", "rescored")])
    assert [outputs.values[at] for at in ranked(outputs, "Scored", ("scored_broken",), 9)] == [
        "scored",
        "scored_broken",
        "rescored",
    ]
    assert found("sales", ("RESALE",))[0] == "SALES"
    more = index_of([("A", "Churn (A)", "A"), ("CHURN", "Customers (CHURN)", "CHURN")])
    assert [more.values[at] for at in ranked(more, "churn", ("A",), 9)] == ["CHURN", "A"]


def test_a_slip_is_forgiven() -> None:
    """Similar names are offered when none contains the text; two letters are too few for that."""
    assert found("payrol")[0] == "PAYROLL"
    assert found("pyaroll")[0] == "PAYROLL"
    assert found("zq") == []


@given(
    st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20)), max_size=30),
    st.text(max_size=200),
    st.integers(1, 10),
)
def test_it_returns_positions_each_once(names: list[tuple[str, str, str]], typed: str, limit: int) -> None:
    """Never more than asked for, whatever is typed."""
    index = index_of(names)
    best = ranked(index, typed, [], limit)
    assert len(best) <= limit
    assert len(set(best)) == len(best)
    assert all(0 <= position < len(names) for position in best)
