"""Each view in a language that is none: each letter of ours is a wide one; what is left is untranslated."""

import re
from collections.abc import Iterator

import pytest

from tests.support.wide_language import wide_language
from tests.views.gallery import GALLERY
from tests.views.test_goldens import payload

_NO_TEXT = re.compile(r"```.*?```|`[^`]*`|<[^>]*>|https?://\S+|/dss-jobs disconnect|/dss-\w+", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]{2,}")
_SHOWN = {"text", "alt_text", "title", "subtitle", "hint", "label", "placeholder"}
NAMES = frozenset(
    {
        *("Alice", "Martin", "alice", "Bob", "bob", "CHURN", "Customer", "churn", "FRAUD", "SALES"),
        *(
            "NP",
            "orders",
            "daily",
            "sessions",
            "scored",
            "scoring",
            "prediction",
            "features",
            "joined",
            "report",
            "compute",
        ),
        *("data", "dataset", "nightly", "end", "of", "month", "staging", "finance", "lab", "old", "new"),
        *("python", "sync", "DSS", "Slack", "UTC", "API", "kaj", "lt", "gt"),
    }
)
"""Names from outside; and, in any language, the language's own "and"."""
SAMPLES = (
    "Error in Python process: KeyError: 'amount'",
    "Guests may not use this bot.",
    "DSS doesn't know that key. Copy it again.",
    "Several projects have a dataset orders.",
    "There is no option --stat.",
    "You can't read this log.",
    "CHURN has no dataset scord.",
    "SALES.orders is partitioned by day, and CHURN.scored is not partitioned: each needs its own command.",
    "Jobs of CHURN",
    "Jobs of 2 projects",
    "(failed, by alice)",
    "failed · since 2026-11-18",
)
"""What the gallery passes to views that show what somebody else has said, in their language."""
_OTHERS = re.compile(r"Done after \d+ min|Not .{1,60}notes.?|The job is [^.]*|&lt;!here&gt;")


@pytest.fixture(autouse=True)
def wide() -> Iterator[None]:
    """Speak the wide language."""
    with wide_language():
        yield


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_every_word_of_ours_can_be_translated(name: str) -> None:
    """What isn't wide would stay English in every language."""
    left = [
        (word, text)
        for text in texts_of(payload(GALLERY[name]()))
        for word in _WORD.findall(without_samples(text))
        if word not in NAMES
    ]
    assert left == []


def without_samples(text: str) -> str:
    """Return a text without commands, links, and what the gallery says in others' names."""
    for sample in SAMPLES:
        text = text.replace(sample, " ")
    return _NO_TEXT.sub(" ", _OTHERS.sub(" ", text))


def texts_of(value: object, key: str = "") -> Iterator[str]:
    """Yield what a person reads in a payload."""
    if isinstance(value, str) and key in _SHOWN:
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from texts_of(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one, key)
