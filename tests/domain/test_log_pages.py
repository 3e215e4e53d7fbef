"""Pages of a log: every line once, whatever is written and searched."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.log_pages import PAGE_LINES, LogLines, page_of
from bot.domain.redaction import HIDDEN

rows = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=130)
texts = rows.map("\n".join)


def every_page(text: str, search: str) -> list[LogLines]:
    """Return all pages, the oldest first."""
    first = page_of(text, search, 0)
    return [page_of(text, search, number) for number in range(first.pages)][::-1]


@given(texts, st.sampled_from(["", "a", "E", "row 1", "ß"]))
def test_the_pages_together_are_every_line_once_and_in_order(text: str, search: str) -> None:
    """Every page but the oldest is full; all say how many lines there are in all."""
    pages = every_page(text, search)
    lines = [line for page in pages for line in page.lines]
    assert all(page.found == len(lines) for page in pages)
    assert all(len(page.lines) == PAGE_LINES for page in pages[1:])
    assert all(0 < len(page.lines) <= PAGE_LINES for page in pages[:1])
    everything = [line for page in every_page(text, "") for line in page.lines]
    wanted = search.strip().casefold()
    assert lines == [line for line in everything if wanted in line.casefold()]


@given(texts, st.text(max_size=20), st.integers())
def test_a_page_that_is_not_there_is_the_nearest_one(text: str, search: str, page: int) -> None:
    """A number that somebody made up, or of a log that is shorter now, shows lines if there are any."""
    read = page_of(text, search, page)
    assert 0 <= read.page < max(1, read.pages)
    assert bool(read.lines) == bool(read.found)


@given(st.text(st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=127), min_size=12, max_size=30))
def test_no_part_of_a_secret_is_found(secret: str) -> None:
    """What is searched is what can be shown."""
    log = f"[2026/11/25-14:25:48.000] [main] [INFO] [x] connecting password={secret} ok\n"
    assert page_of(log, f"={secret[:6]}", 0).found == 0
    [line] = page_of(log, "password", 0).lines
    assert HIDDEN in line
    assert secret not in line
