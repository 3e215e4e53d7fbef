"""Each view in each language is a message that Slack takes, and not longer than it can be."""

import pytest

from bot.language import ENGLISH, languages, person_reads
from tests.language.test_everything_is_translated import texts_of
from tests.views.blockkit import problems_of_blocks, problems_of_dialog, problems_of_message
from tests.views.gallery import GALLERY
from tests.views.test_goldens import payload

OTHERS = [one for one in languages() if one != ENGLISH]


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", sorted(GALLERY))
def test_slack_takes_every_view(name: str, language: str) -> None:
    """French is a fifth longer than English: labels and titles still fit."""
    with person_reads(language):
        shown = payload(GALLERY[name]())
    if "text" in shown:
        assert problems_of_message(shown["text"], shown["blocks"]) == []
    elif shown["type"] == "modal":
        assert problems_of_dialog(shown) == []
    else:
        assert problems_of_blocks(shown["blocks"], 100) == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", sorted(GALLERY))
def test_the_structure_of_a_view_is_the_same_in_every_language(name: str, language: str) -> None:
    """Only words differ: the same blocks, buttons and values."""
    english = payload(GALLERY[name]())
    with person_reads(language):
        assert _structure(payload(GALLERY[name]())) == _structure(english)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", sorted(GALLERY))
def test_nothing_is_cut_that_is_whole_in_english(name: str, language: str) -> None:
    """A button or a paragraph that lost its end would be said in half."""
    english = [text.count("…") for text in texts_of(payload(GALLERY[name]()))]
    with person_reads(language):
        shown = list(texts_of(payload(GALLERY[name]())))
    assert [text for text, cuts in zip(shown, english, strict=True) if text.count("…") > cuts] == []


def _structure(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: _structure(one) for key, one in value.items() if key not in {"text", "alt_text", "value"}
        }
    if isinstance(value, list):
        return [_structure(one) for one in value]
    return value if isinstance(value, bool | int) else type(value)
