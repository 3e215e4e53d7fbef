"""Partition identifiers (DSS-API.md §2.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.partitions import fit_partition, read_partition, spelled
from bot.domain import Dimension
from bot.domain.errors import Refusal

DAY, HOUR = Dimension(name="day", period="DAY"), Dimension(name="hour", period="HOUR")
MONTH, YEAR = Dimension(name="period", period="MONTH"), Dimension(name="year", period="YEAR")
COUNTRY, UNKNOWN = Dimension(name="country", period=""), Dimension(name="day")


@pytest.mark.parametrize(
    ("text", "dimensions"),
    [
        ("FR", (COUNTRY,)),
        ("2026", (YEAR,)),
        ("2026-11", (MONTH,)),
        ("2026-11-23", (DAY,)),
        ("2026-11-23-08", (HOUR,)),
        ("2026-11-23|FR", (DAY, COUNTRY)),
        ("2026-11-01/2026-11-23", (DAY,)),
        ("FR/IT", (COUNTRY,)),
        ("FR,EN", (COUNTRY,)),
        ("2026-11-01/2026-11-14|FR,2026-11-01/2026-11-30|EN", (DAY, COUNTRY)),
        ("CURRENT_DAY", (DAY,)),
        ("PREVIOUS_YEAR|FR", (YEAR, COUNTRY)),
    ],
)
def test_every_documented_form_is_kept_as_it_is(text: str, dimensions: tuple[Dimension, ...]) -> None:
    """What DSS documents is accepted unchanged, also where DSS doesn't say the kinds of the dimensions."""
    assert fit_partition(read_partition(text), dimensions) == text
    assert fit_partition(text, tuple(Dimension(name=one.name) for one in dimensions)) == text


@pytest.mark.parametrize(
    "text",
    [
        "-1",
        "R&D",
        "Île-de-France",
        "new york",
        "東京",
        "a+b",
        "(none)",
        "50%",
        "2026-13-45",
        "LAST_WEEK",
        "x:y",
        "np2",
    ],
)
def test_a_dimension_of_values_takes_any_text(text: str) -> None:
    """Its values are those of a column."""
    assert fit_partition(read_partition(text), (COUNTRY,)) == text
    assert fit_partition(f"2026-11-23|{text}", (DAY, COUNTRY)) == f"2026-11-23|{text}"


def test_spelling_is_put_right() -> None:
    """The case of keywords, spaces around separators, and the dashes of a date are no reason to refuse."""
    asked = read_partition("current_day | FR , 2026\u201311\u201323|IT")
    assert fit_partition(asked, (DAY, COUNTRY)) == "CURRENT_DAY|FR,2026-11-23|IT"
    assert read_partition(" np ") == "NP"
    assert spelled("current_day|FR") == "CURRENT_DAY|FR"
    assert fit_partition("current_day", (COUNTRY,)) == "current_day"


@pytest.mark.parametrize(
    ("text", "dimension", "example"),
    [
        ("2026/11/23", DAY, "2026-11-23"),
        ("2026/1/5", UNKNOWN, "2026-01-05"),
        ("2026-1-5", DAY, "2026-01-05"),
        ("2026-13-01", DAY, "2026-11-23"),
        ("2026-02-30", UNKNOWN, "2026-11-23"),
        ("2026-11-23-24", HOUR, "2026-11-23-08"),
        ("2026-11-23", MONTH, "2026-11"),
        ("2026-11", DAY, "2026-11-23"),
        ("FR", DAY, "2026-11-23"),
        ("26", YEAR, "2026"),
        ("2026-11-23/2026-11-01", DAY, "2026-11-01/2026-11-23"),
        ("2026-11/2026-11-23", DAY, "2026-11-23"),
        ("2026-11-01/2026-11-02/2026-11-03", DAY, "2026-11-23"),
        ("CURRENT_DAI", DAY, "2026-11-23"),
        ("LAST_WEEK", DAY, "2026-11-23"),
    ],
)
def test_what_is_no_time_is_refused_for_a_time(text: str, dimension: Dimension, example: str) -> None:
    """The example is of the dimension's grain."""
    with pytest.raises(Refusal) as refused:
        fit_partition(text, (dimension,))
    assert refused.value.example == example
    assert fit_partition(example, (dimension,)) == example


@pytest.mark.parametrize("text", ["", "FR,", "|FR", "FR//IT", "a\u0000b", "x" * 501])
def test_what_no_dataset_has_is_refused_at_once(text: str) -> None:
    """Before DSS is asked."""
    with pytest.raises(Refusal) as refused:
        read_partition(text)
    assert refused.value.example == "2026-11-23"


def test_the_datasets_own_list_decides() -> None:
    """What it has is a partition, whatever it looks like; the list is read only when the form is unusual."""
    existing = ("2026-W47", "2026-W48")
    assert fit_partition("2026-W47", (DAY,), lambda: existing) == "2026-W47"
    assert fit_partition("2026-W47,2026-W48", (DAY,), lambda: existing) == "2026-W47,2026-W48"
    with pytest.raises(Refusal):
        fit_partition("2026-W47,2026-W49", (DAY,), lambda: existing)

    def never() -> tuple[str, ...]:
        raise AssertionError

    assert fit_partition("2026-11-23", (DAY,), never) == "2026-11-23"


@pytest.mark.parametrize(
    ("text", "dimensions", "existing", "example"),
    [
        (None, (DAY,), ("2026-11-21", "2026-11-22"), "2026-11-22"),
        (None, (COUNTRY,), ("R&D",), "R&D"),
        (None, (COUNTRY,), (), "VALUE"),
        (None, (DAY, COUNTRY), ("2026-11-22|FR", "x"), "2026-11-22|FR"),
        ("2026-11-2", (DAY,), ("2026-10-21", "2026-11-21", "2026-12-01"), "2026-11-02"),
        ("2026-11-45", (DAY,), ("2026-10-21", "2026-11-25", "2026-12-01"), "2026-11-25"),
        ("FR", (DAY, COUNTRY), ("2026-11-22|FR",), "2026-11-22|FR"),
        (None, (DAY,), ("NP",), "2026-11-23"),
    ],
)
def test_the_example_is_a_partition_that_the_dataset_has(
    text: str | None, dimensions: tuple[Dimension, ...], existing: tuple[str, ...], example: str
) -> None:
    """The likeliest, or the newest; only without any it is made up, of the right kind."""
    with pytest.raises(Refusal) as refused:
        fit_partition(text, dimensions, lambda: existing)
    assert refused.value.example == example


@pytest.mark.parametrize("none", [None, "", "NP", "np"])
def test_no_partition_fits_only_a_dataset_without_dimensions(none: str | None) -> None:
    """A missing partition is right for one and wrong for the other."""
    assert fit_partition(none, ()) is None
    with pytest.raises(Refusal, match="day and country") as refused:
        fit_partition(none, (UNKNOWN, Dimension(name="country")))
    assert refused.value.example == "2026-11-23|VALUE"


def test_a_partition_for_an_unpartitioned_dataset_is_refused() -> None:
    """It would fail in DSS a minute later."""
    with pytest.raises(Refusal, match="not partitioned"):
        fit_partition("2026-11-23", ())


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-23|FR|x", "2026-11-23|FR,2026-11-23"])
def test_the_number_of_dimensions_must_fit(text: str) -> None:
    """Each of several partitions has one part per dimension."""
    with pytest.raises(Refusal, match="2 parts"):
        fit_partition(text, (DAY, COUNTRY))


@given(st.text(max_size=30) | st.text("0123456789-/|,_ CURENTDAY", max_size=30))
def test_any_text_is_read_or_refused_and_reading_twice_changes_nothing(text: str) -> None:
    """The only error is a refusal, and its example is accepted."""
    try:
        once = read_partition(text)
    except Refusal:
        return
    assert read_partition(once) == once
    for dimensions in ((DAY,), (COUNTRY,), (UNKNOWN,), (MONTH, COUNTRY)):
        fitted = _fitted_or_example(once, dimensions)
        assert fit_partition(fitted, dimensions) == fitted


def _fitted_or_example(text: str, dimensions: tuple[Dimension, ...]) -> str | None:
    try:
        return fit_partition(text, dimensions)
    except Refusal as refused:
        return refused.example
