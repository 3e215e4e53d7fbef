"""Escaping and cutting, in isolation."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.views.escape import clean, code, cut, escape, fences, label, prose, sentence


@given(st.text(alphabet="&<>ab;", max_size=60), st.integers(6, 40))
def test_a_cut_is_never_inside_an_entity(text: str, limit: int) -> None:
    """Unescaping the rest gives a beginning of the original text."""
    shown = escape(text, limit)
    assert len(shown) <= limit
    assert not re.search(r"&(?!amp;|lt;|gt;)", shown)
    assert text.startswith(html.unescape(shown.removesuffix("…")))


@given(st.text(max_size=200))
def test_a_code_span_ends_where_we_end_it(text: str) -> None:
    """There are two backticks, text between them, and no line break."""
    shown = code(text)
    assert shown.count("`") == 2
    assert len(shown) > 2
    assert "\n" not in shown


@given(st.text(alphabet="`\nab<&", max_size=400), st.integers(20, 60), st.integers(1, 4))
def test_fences_keep_the_newest_lines_within_their_size(text: str, limit: int, count: int) -> None:
    """Each block is a complete fence, their number is limited, and together they are the end of the text."""
    shown, whole = fences(text, limit, count)
    assert 1 <= len(shown) <= count
    assert all(len(chunk) <= limit and chunk.count("```") == 2 for chunk in shown)
    lines = [line for chunk in shown for line in chunk[4:-4].split("\n")]
    everything = [line for chunk in fences(text, limit, 1_000)[0] for line in chunk[4:-4].split("\n")]
    assert lines == everything[len(everything) - len(lines) :]
    assert whole == (len(lines) == len(everything))


def test_prose_formats_nothing_and_keeps_names_readable() -> None:
    """Markup is replaced with lookalikes; an underscore within a name stays."""
    assert prose("a_b_c is *bold*") == "a_b_c is \u2217bold\u2217"
    assert prose("_x_ ~y~ `z`") == "\u02cdx\u02cd \u223cy\u223c \u02cbz\u02cb"
    assert prose(":smile: at 14:03") == ":\u2060smile: at 14:03"
    assert prose("> quoted").startswith("\u2060&gt;")
    assert prose("a\n\n b") == "a b"


def test_clean_drops_what_disturbs_the_text_around_it() -> None:
    """Control and direction-changing characters are removed; line breaks of any kind become ``\\n``."""
    assert clean("a\u202eb\x00c\x1b[31m\r\nd\re\ud800") == "abc[31m\nd\ne"


def test_a_label_has_no_angle_brackets_and_is_never_empty() -> None:
    """Plain text accepts no markup, and no reader can mistake it for markup."""
    assert label("<!channel>", 75) == "\u2039!channel\u203a"
    assert label("\n", 75) == "?"
    assert cut("abcdef", 4) == "abc…"


def test_a_space_that_keeps_a_sign_on_its_line_stays() -> None:
    """French has them before a colon and within quotes; several at once would be an empty name."""
    said = "«\u00a0scored\u00a0» est un dossier\u00a0: ajoutez --type\u202f!"
    assert prose(said) == sentence(said) == said
    assert sentence("le job _x_\u00a0: parti") == "le job `_x_`\u00a0: parti"
    assert code("\u00a0\u00a0") == "`?`"
    assert prose("a\u00a0 \u202fb\u00a0\u00a0\u00a0c") == "a b c"
