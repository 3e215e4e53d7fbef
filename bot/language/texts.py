"""Texts in the language of whoever reads them."""

from collections.abc import Sequence
from datetime import datetime

from babel.dates import format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.language.catalogs import ENGLISH, catalog
from bot.language.reader import language


def t(text: str, /, **values: object) -> str:
    """Return a text in the reader's language, with values in its ``{places}``.

    Args:
        text: the English text, written out, so that ``make texts`` finds it.
        values: what goes into the places: mrkdwn in a mrkdwn text, escaped already.
    """
    translated = catalog(language()).gettext(text) if text else ""
    return translated.format_map(values) if values else translated


def tn(one: str, many: str, count: int, /, **values: object) -> str:
    """Return a text in the form for a number, which it can show as ``{number}``.

    Args:
        one: the English text for one.
        many: the English text for any other number.
        count: how many.
        values: as in `t`.
    """
    translated = catalog(language()).ngettext(one, many, count)
    return translated.format_map({"number": number(count), **values})


def mark(text: str) -> str:
    """Return an English text as it is: a constant, to be said later by ``t(CONSTANT)``."""
    return text


def number(value: int) -> str:
    """Format a whole number: ``10,400`` in English."""
    if 0 <= value < 1_000:  # the same in every language that we speak; Babel takes a tenth of a view's time
        return str(value)
    return format_decimal(value, locale=language())


def decimal(value: float, digits: int = 1) -> str:
    """Format a number with at most this many decimals: ``3.2``, ``3`` in English."""
    return format_decimal(value, format="#,##0." + "#" * digits, locale=language())


def date_and_time(local: datetime) -> str:
    """Format a day and a time on somebody's clock: ``Mon 23 Nov 2026 08:15`` in English."""
    return format_datetime(local.replace(tzinfo=None), "EEE dd MMM yyyy HH:mm", locale=language())


def either(choices: Sequence[str]) -> str:
    """Join choices as in a sentence: ``A, B or C``."""
    if language() == ENGLISH:  # as in `listed`
        return f"{', '.join(choices[:-1])} or {choices[-1]}" if len(choices) > 1 else "".join(choices)
    return format_list(list(choices), style="or", locale=language())


def listed(parts: Sequence[str]) -> str:
    """Join parts as in a sentence: ``A, B and C``."""
    if language() == ENGLISH:  # Babel's would have a comma before "and"
        return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)
    return format_list(list(parts), locale=language())
