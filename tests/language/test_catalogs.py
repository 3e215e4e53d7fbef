"""The languages' files against the code: ``make texts`` brings them up to date."""

import re
from collections import Counter
from io import BytesIO
from itertools import chain
from string import Formatter

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po

from bot.language import ENGLISH, catalogs, languages, person_reads, t, tn
from bot.language.catalogs import compiled
from tests.language import update
from tests.language.update import HERE

OTHERS = tuple(one for one in languages() if one != ENGLISH)
_MARKS = re.compile(r"`[^`]*`|\*|<[^>]*>|https?://\S+")
"""What has to be in a translation as it is: commands, bold, links."""
_COMMAND = re.compile(r"`[^`]*`|&\w+;")


def entries(language: str) -> list[Message]:
    """Return the texts of a file, without its header."""
    with (HERE / f"{language}.po").open("rb") as file:
        return [one for one in read_po(file, locale=language) if one.id]


def test_french_is_spoken() -> None:
    """A file that isn't found would be a language that nobody tests."""
    assert "fr" in OTHERS


def test_all_english_texts_are_in_one_file() -> None:
    """Whoever edits or translates texts finds all of them there."""
    assert (HERE / "texts.pot").read_text(encoding="utf-8") == update.template()


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_text_and_no_other(language: str) -> None:
    """Nobody gets half an answer in each of two languages."""
    assert (HERE / f"{language}.po").read_text(encoding="utf-8") == update.updated(language)
    assert [one.id for one in entries(language) if not all(_forms(one))] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_and_marks_of_its_text(language: str) -> None:
    """A value that is missing, or a command that was translated, would be a wrong answer."""
    wrong = [
        (one.id, form)
        for one in entries(language)
        for form in _forms(one)
        if _kept(form) not in [_kept(english) for english in _english(one)]
    ]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_begins_and_ends_like_its_text(language: str) -> None:
    """A text can be a part of a sentence: then its spaces and its end belong to the sentence."""
    wrong = [
        (one.id, form)
        for one in entries(language)
        for form, english in zip(_forms(one), chain(_english(one), [_english(one)[-1]] * 9), strict=False)
        if _edges(form) != _edges(english)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", languages())
def test_every_text_can_be_said(language: str) -> None:
    """With its values, and for each number: a mistake in a place would be an error instead of an answer."""
    with person_reads(language):
        for text in update.texts_in_code():
            if isinstance(text, str):
                values = dict.fromkeys(_kept(text)[0], "X")
                assert "{" not in t(text, **values)
            else:
                values = {name: "X" for form in text for name in _kept(form)[0] if name != "number"}
                assert all("{" not in tn(*text, count, **values) for count in (0, 1, 2, 1_000_000))


def test_a_new_language_begins_with_each_of_its_forms_for_a_number() -> None:
    """Spanish has three; one that stays empty is found, and English is said until then."""
    assert "es" not in languages()
    begun = read_po(BytesIO(update.updated("es").encode()), locale="es")
    counted = [one for one in begun if isinstance(one.id, tuple)]
    assert {len(_forms(one)) for one in counted} == {begun.num_plurals} == {3}
    for one in counted:
        one.string = ("una", "un millón de ellas", "")
    assert not any(all(_forms(one)) for one in counted)
    catalogs.add("es", compiled(begun))
    with person_reads("es"):
        assert t("Failed") == "Failed"
        said = [tn("{number} row", "{number} rows", count) for count in (0, 1, 2, 1_000_000)]
    assert said == ["0 rows", "una", "2 rows", "un millón de ellas"]


def test_french_is_set_as_french_is() -> None:
    """Apostrophes, and the spaces before the signs that have one, which no line break may follow."""
    wrong = [
        form
        for one in entries("fr")
        for form in _forms(one)
        if re.search(r"'|\w [:;!?»]|« |\w[;!?](?:\s|$)", _COMMAND.sub("", form))
    ]
    assert wrong == []


def _forms(entry: Message) -> list[str]:
    return [entry.string] if isinstance(entry.string, str) else [str(one) for one in entry.string or ("",)]


def _english(entry: Message) -> list[str]:
    return [entry.id] if isinstance(entry.id, str) else [str(one) for one in entry.id]


def _kept(text: str) -> tuple[set[str], Counter[str]]:
    """Return the places and the marks of a text."""
    places = {name for _, name, _, _ in Formatter().parse(text) if name}
    return places, Counter(_MARKS.findall(text))


def _edges(text: str) -> tuple[str, str, str]:
    """Return the white space around a text, and its last sign."""
    last = text.rstrip()[-1:]
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :], last if last in ".?:…" else ""
