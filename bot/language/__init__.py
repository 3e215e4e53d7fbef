"""In which language is it said?

Every text that people read in Slack goes through `t` or `tn`, with the English text as its key. All English
texts are in ``texts.pot``, which is made from the code; each other language has one file with all of its
texts, such as ``fr.po`` (gettext's format; Babel reads it, and knows each language's plurals and numbers).

What only one person sees is in the language of that person's Slack; what a channel sees is in the one that
the setting ``[slack] language`` names. Imports none of our other packages; everything may import it.

Example of a change: to add Spanish, run ``make texts LANGUAGE=es`` and translate ``es.po``.
"""

from bot.language.catalogs import ENGLISH, languages, load, nearest
from bot.language.reader import (
    channels_read,
    everyone_reads,
    in_same_language,
    language,
    next_reader,
    person_reads,
)
from bot.language.texts import date_and_time, decimal, either, listed, mark, number, t, tn

__all__ = [
    "ENGLISH",
    "channels_read",
    "date_and_time",
    "decimal",
    "either",
    "everyone_reads",
    "in_same_language",
    "language",
    "languages",
    "listed",
    "load",
    "mark",
    "nearest",
    "next_reader",
    "number",
    "person_reads",
    "t",
    "tn",
]
