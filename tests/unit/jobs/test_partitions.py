"""Partition identifiers (DSS-API.md §2.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.jobs.partitions import check_partition, read_partition


@pytest.mark.parametrize(
    "text",
    [
        "NP",
        "FR",
        "2026",
        "2026-11",
        "2026-11-23",
        "2026-11-23-08",
        "2026-11-23|FR",
        "2026-11-01/2026-11-23",
        "FR/IT",
        "FR,EN",
        "2026-11-01/2026-11-14|FR,2026-11-01/2026-11-30|EN",
        "CURRENT_DAY",
        "PREVIOUS_YEAR|FR",
    ],
)
def test_every_documented_form_is_kept_as_it_is(text: str) -> None:
    """What DSS documents is accepted unchanged."""
    assert read_partition(text) == text


def test_spelling_is_put_right() -> None:
    """Case of keywords and spaces around separators are no reason to refuse."""
    assert read_partition("current_day | FR , previous_month|IT") == "CURRENT_DAY|FR,PREVIOUS_MONTH|IT"
    assert read_partition(" np ") == "NP"


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("2026/11/23", "2026-11-23"),
        ("2026/1/5", "2026-01-05"),
        ("2026-1-5", "2026-01-05"),
        ("2026-13-01", "2026-11-23"),
        ("2026-02-30", "2026-11-23"),
        ("2026-11-23-24", "2026-11-23"),
        ("2026-11-23/2026-11-01", "2026-11-01/2026-11-23"),
        ("2026-11/2026-11-23", "2026-11-01/2026-11-23"),
        ("CURRENT_DAI", "CURRENT_DAY"),
        ("LAST_WEEK", "CURRENT_DAY"),
        ("", "2026-11-23"),
        ("FR,", "2026-11-23"),
        ("|FR", "2026-11-23"),
        ("FR//IT", "2026-11-23"),
        ("<b>", "2026-11-23"),
        ("../x", "2026-11-23"),
        ("x" * 501, "2026-11-23"),
    ],
)
def test_malformed_partitions_are_refused_with_one_that_is_right(text: str, example: str) -> None:
    """The example can itself be read."""
    with pytest.raises(Refusal) as refused:
        read_partition(text)
    assert refused.value.example == example
    assert read_partition(example) == example


@pytest.mark.parametrize("none", [None, "", "NP", "np"])
def test_no_partition_fits_only_a_dataset_without_dimensions(none: str | None) -> None:
    """Missing is right for one and wrong for the other."""
    check_partition(none, ())
    with pytest.raises(Refusal, match="day and country") as refused:
        check_partition(none, ("day", "country"))
    assert refused.value.example == "2026-11-23|VALUE"


def test_a_partition_for_an_unpartitioned_dataset_is_refused() -> None:
    """It would fail in DSS a minute later."""
    with pytest.raises(Refusal, match="not partitioned"):
        check_partition("2026-11-23", ())


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-23|FR|x", "2026-11-23|FR,2026-11-23"])
def test_the_number_of_dimensions_must_fit(text: str) -> None:
    """Each of several partitions has one part for each dimension."""
    with pytest.raises(Refusal, match="2 parts"):
        check_partition(text, ("day", "country"))


def test_what_fits_is_allowed() -> None:
    """Ranges, lists and keywords fit a dataset with that many dimensions."""
    check_partition("2026-11-01/2026-11-23|FR,CURRENT_DAY|EN", ("day", "country"))
    check_partition("FR,EN", ("country",))
    with pytest.raises(Refusal):
        check_partition("2026-1-1", ("day",))


@given(st.text(max_size=30) | st.text("0123456789-/|,_ CURENTDAY", max_size=30))
def test_any_text_is_read_or_refused_and_reading_twice_changes_nothing(text: str) -> None:
    """Nothing but a refusal is raised."""
    try:
        once = read_partition(text)
    except Refusal:
        return
    assert read_partition(once) == once
