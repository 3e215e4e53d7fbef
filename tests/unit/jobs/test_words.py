"""Cutting the text of a command into words."""

import pytest

from bot.jobs.words import UnclosedQuote, clean, option_name, quote, short, split


def test_a_link_with_a_label_of_its_own_keeps_its_target_only_when_it_is_one_of_dss() -> None:
    """An automatic link means its label; a link into a DSS project means its target."""
    assert clean("<http://a.b|A.b>") == "A.b"
    assert clean("<mailto:a@b.c|a@b.c>") == "a@b.c"
    assert clean("<https://d.e/projects/K/jobs/J/|look here>") == "https://d.e/projects/K/jobs/J/"
    assert clean("<https://d.e>") == "https://d.e"


def test_mentions_and_typed_angle_brackets_stay() -> None:
    """What is no link is left as it is; entities are undone once, not twice."""
    assert clean("<@U1|bob> <!channel>") == "<@U1|bob> <!channel>"
    assert clean("&lt;http://a.b|x&gt;") == "<http://a.b|x>"
    assert clean("&amp;lt;") == "&lt;"


def test_spaces_hyphens_and_invisible_characters() -> None:
    """Every kind of space is a space, and what nobody can see is gone."""
    assert clean("\u2003a\u00a0b\tc\n") == "a b c"
    assert clean("a\u200bb\u202e\u00ad\ufeff\x07c\ud800") == "abc"
    assert clean("2026\u201111\u221223") == "2026-11-23"


@pytest.mark.parametrize("text", ['"abc', "CHURN.'x", "\u201cx", "`"])
def test_a_quote_without_an_end_is_told(text: str) -> None:
    """It is never guessed where a quote ends."""
    with pytest.raises(UnclosedQuote):
        split(text)


def test_only_unquoted_words_are_options() -> None:
    """Quotes make an option a word."""
    assert option_name(split("--State=a.b")[0]) == ("state", "a.b")
    assert option_name(split('--state="a b"')[0]) == ("state", "a b")
    assert option_name(split('"--state"')[0]) is None
    assert option_name(split("-5")[0]) is None


@pytest.mark.parametrize("text", ["a.b", "a b", 'a"b', "a\\", "--x", "'", "", "a,", "\u201ca\u201d"])
def test_a_quoted_text_is_one_word_with_that_text(text: str) -> None:
    """`quote` and `split` are each other's inverse."""
    words = split(quote(text))
    assert [word.text for word in words] == [text]
    assert option_name(words[0]) is None


def test_short_keeps_its_length() -> None:
    """What was typed is shown up to a limit."""
    assert short("x" * 60) == "x" * 60
    assert short("x" * 61) == "x" * 59 + "…"
