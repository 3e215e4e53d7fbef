"""A language that is none: each letter of ours is a wide one, so what stays plain is no text of ours."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from gettext import NullTranslations

from bot.commands.options import BUILD_OPTIONS, JOBS_OPTIONS
from bot.commands.rendering import SUBCOMMANDS
from bot.domain import MODE_WORDS, OUTPUT_KINDS
from bot.language import catalogs, person_reads

WIDE = "eo"
"""A language that Babel knows and the bot doesn't speak."""
_LETTERS = {chr(code): chr(code + 0xFEE0) for code in (*range(65, 91), *range(97, 123))}
_AS_IT_IS = re.compile(r"(`[^`]*`|<[^>]*>|\{[^}]*\})")
"""Commands, links, mentions, dates, and places for values."""
_NO_TEXT = re.compile(r"```.*?```|`[^`]*`|<[^>]*>|https?://\S+|/dss-\w+", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]{2,}")
GRAMMAR = frozenset(
    {
        *(name for options in (BUILD_OPTIONS, JOBS_OPTIONS) for name in options),
        *(*SUBCOMMANDS, *MODE_WORDS, *OUTPUT_KINDS, "failed", "running", "done", "aborted", "dry", "run"),
        *("rename", "delete", "save", "list", "yesterday", "monday", "am", "utc", "yyyy", "mm", "dd", "hh"),
        *("project", "value", "dataset", "build", "jobs", "help", "current", "previous", "channel"),
    }
)
"""Words of the grammar, which is the same in every language."""


class Wide(NullTranslations):
    """Translates by making each letter wide."""

    def gettext(self, message: str) -> str:
        """Return the wide text, with commands and places as they are."""
        parts = _AS_IT_IS.split(message)
        return "".join(
            part if number % 2 else "".join(_LETTERS.get(one, one) for one in part)
            for number, part in enumerate(parts)
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the wide form of the English one."""
        return self.gettext(msgid1 if n == 1 else msgid2)


@contextmanager
def wide_language() -> Iterator[None]:
    """Say everything in the wide language."""
    catalogs.add(WIDE, Wide())
    with person_reads(WIDE):
        yield


def plain_words(said: str, data: Iterable[str] = ()) -> list[str]:
    """Return the words of a text that aren't wide, and neither of the grammar nor of the data.

    Args:
        said: the text.
        data: texts from outside, such as what was typed.
    """
    outside = "\n".join(data).casefold()
    words = (word.casefold() for word in _WORD.findall(_NO_TEXT.sub(" ", said)))
    return [word for word in words if word not in GRAMMAR and word not in outside]
