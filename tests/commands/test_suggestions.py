"""Near misses."""

import pytest

from bot.commands.suggestions import did_you_mean, same

NAMES = ("scored", "scored_customers", "features", "orders", "orders_clean")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("scroed", "scored"),
        ("SCORED", "scored"),
        ("feature", "features"),
        ("ordres", "orders"),
        ("clean", "orders_clean"),
    ],
)
def test_slips_beginnings_and_parts_are_recognised(typed: str, first: str) -> None:
    """The most likely candidate comes first, in any case."""
    assert did_you_mean(typed, NAMES)[0] == first


def test_a_beginning_is_likelier_than_a_part() -> None:
    """People type the beginning of a name."""
    assert did_you_mean("sco", ("a_score_of_all", "scored_customers")) == (
        "scored_customers",
        "a_score_of_all",
    )


def test_what_looks_like_nothing_gives_nothing() -> None:
    """No suggestion is better than a wrong one."""
    assert did_you_mean("zzzzzz", NAMES) == ()
    assert did_you_mean("", NAMES) == ()
    assert did_you_mean("x", []) == ()


def test_the_limit_and_the_order_do_not_depend_on_the_order_of_the_candidates() -> None:
    """The same question has the same answer."""
    assert did_you_mean("orders", NAMES, limit=1) == ("orders",)
    assert did_you_mean("ord", NAMES) == did_you_mean("ord", reversed(NAMES)) == ("orders", "orders_clean")


def test_same_ignores_case_but_not_ambiguity() -> None:
    """An exact name wins; names that differ only in case aren't guessed between."""
    assert same("churn", ["CHURN", "SALES"]) == "CHURN"
    assert same("churn", ["CHURN", "churn"]) == "churn"
    assert same("Churn", ["CHURN", "churn"]) is None
    assert same("churn", ["CHURN", "CHURN"]) == "CHURN"
    assert same("churns", ["CHURN"]) is None
