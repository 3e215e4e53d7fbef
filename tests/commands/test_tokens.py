"""Splitting the text of a command into words."""

import pytest

from bot.commands.tokens import UnclosedQuote, clean, option_name, quote, short, split, unquote, unwrap


def test_a_link_with_a_label_of_its_own_keeps_its_target_only_when_it_is_one_of_dss() -> None:
    """An automatic link stands for its label; a link into a DSS project stands for its target."""
    assert clean("<http://a.b|A.b>") == "A.b"
    assert clean("<mailto:a@b.c|a@b.c>") == "a@b.c"
    assert clean("<https://d.e/projects/K/jobs/J/|look here>") == "https://d.e/projects/K/jobs/J/"
    assert clean("<https://d.e>") == "https://d.e"


def test_mentions_and_typed_angle_brackets_stay() -> None:
    """What isn't a link stays as it is; entities are decoded once, not twice."""
    assert clean("<@U1|bob> <!channel>") == "<@U1|bob> <!channel>"
    assert clean("&lt;http://a.b|x&gt;") == "<http://a.b|x>"
    assert clean("&amp;lt;") == "&lt;"


def test_spaces_hyphens_and_invisible_characters() -> None:
    """Every kind of space is a space, and invisible characters are removed."""
    assert clean("\u2003a\u00a0b\tc\n") == "a b c"
    assert clean("a\u200bb\u202e\u00ad\ufeff\x07c\ud800") == "abc"
    assert clean("2026\u201111\u221223") == "2026-11-23"


@pytest.mark.parametrize("text", ['"abc', "CHURN.'x", "\u201cx", "`"])
def test_a_quote_without_an_end_is_told(text: str) -> None:
    """The end of a quote is never guessed."""
    with pytest.raises(UnclosedQuote):
        split(text)


def test_only_unquoted_words_are_options() -> None:
    """Quotes turn an option into a word."""
    assert option_name(split("--State=a.b")[0]) == ("state", "a.b")
    assert option_name(split('--state="a b"')[0]) == ("state", "a b")
    assert option_name(split('"--state"')[0]) is None
    assert option_name(split("-5")[0]) is None


@pytest.mark.parametrize("text", ["a.b", "a b", 'a"b', "a\\", "--x", "'", "", "a,", "\u201ca\u201d"])
def test_a_quoted_text_is_one_word_with_that_text(text: str) -> None:
    """`quote` and `split` are inverses."""
    words = split(quote(text))
    assert [word.text for word in words] == [text]
    assert option_name(words[0]) is None


def test_short_keeps_its_length() -> None:
    """Typed text is shown up to a limit."""
    assert short("x" * 60) == "x" * 60
    assert short("x" * 61) == "x" * 59 + "…"


@pytest.mark.parametrize(
    "text",
    [
        "*x.y*",
        "_x.y_",
        "~x.y~",
        "*_x.y_*",
        "`x.y`",
        "```x.y```",
        "*`x.y`*",
        '_"x.y"_',
        "\u201cx.y\u201d",
        "*x.y*,",
    ],
)
def test_marks_around_a_word_are_removed(text: str) -> None:
    """Bold, italic, struck, code, quoted, or several of these."""
    assert [word.text for word in split(f"a {text} b")] == ["a", "x.y", "b"]


@pytest.mark.parametrize(
    "text", ["daily_x", "_x", "x_", "__x__", "**", "*a", "a*b*", "2*3", "~/x", "*a*b*", "___"]
)
def test_marks_that_are_part_of_a_name_stay(text: str) -> None:
    """Only a pair around the whole word is a mark."""
    assert [word.text for word in split(text)] == [text]


@pytest.mark.parametrize("text", ["_x_", "*x*", "~x~", "```x```", "*_x_*", "_"])
def test_quotes_keep_what_would_be_a_mark(text: str) -> None:
    """A name can look like italic text, and a suggestion of it can be typed."""
    assert [word.text for word in split(f'"{text}"')] == [text]
    assert [word.text for word in split(quote(text))] == [text]


def test_a_word_keeps_its_first_dot_without_its_marks() -> None:
    """The dot ends the project."""
    (word,) = split("*CHURN.scored*")
    assert word.text[word.dot] == "."
    assert option_name(split("--state=*failed*")[0]) == ("state", "failed")


@pytest.mark.parametrize("text", ["```{}```", "*{}*", "_{}_", "~{}~", "*_{}_*", "``` {} ```", " *{}* "])
def test_marks_around_a_whole_command_are_removed(text: str) -> None:
    """Once for each pair."""
    assert unwrap(text.format("CHURN.a b_c --mode all")) == "CHURN.a b_c --mode all"


@pytest.mark.parametrize("text", ["*a* *b*", "_a_ _b_", "~a~ b ~c~", "```a``` ```b```", "a", "", "*", "__"])
def test_marks_of_single_words_are_not_those_of_the_command(text: str) -> None:
    """They are removed word by word."""
    assert unwrap(text) == text


def test_quotes_around_a_whole_command() -> None:
    """They are around several words that aren't one name with spaces."""
    assert unquote('"CHURN scored"') == "CHURN scored"
    assert unquote("`CHURN.scored --mode all`") == "CHURN.scored --mode all"
    assert unquote("\u201cCHURN.scored \u2014mode all\u201d") == "CHURN.scored \u2014mode all"
    assert unquote('"CHURN.my folder"') is None
    assert unquote('"a b"."c d"') is None
    assert unquote('"CHURN"') is None


def test_dashes_of_a_pasted_date_are_hyphens() -> None:
    """In a partition or a job's id; a dash in a name stays."""
    assert clean("--partition 2026\u201311\u201323") == "--partition 2026-11-23"
    assert clean("B__NP__2026\u201311\u201323T08\u201315\u201302.417") == "B__NP__2026-11-23T08-15-02.417"
    assert clean("Report 2020\u20132021") == "Report 2020\u20132021"
