"""The texts of each language, from one file each."""

from functools import cache
from gettext import NullTranslations
from importlib import resources
from io import BytesIO

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

ENGLISH = "en"
"""The language of the texts in the code."""
_SUFFIX = ".po"
_ADDED: dict[str, NullTranslations] = {}


def add(language: str, texts: NullTranslations) -> None:
    """Add a language that has no file, such as a test's, which shows what can't be translated.

    Args:
        language: a code that Babel knows, for its numbers.
        texts: its texts.
    """
    _ADDED[language] = texts
    catalog.cache_clear()


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that the bot speaks: English, and each one that has a file here."""
    files = (one.name for one in resources.files(__package__).iterdir())
    return (ENGLISH, *sorted(name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX)))


@cache
def catalog(language: str) -> NullTranslations:
    """Return the texts of a language."""
    if language in _ADDED:
        return _ADDED[language]
    if language == ENGLISH:
        return NullTranslations()
    with resources.files(__package__).joinpath(language + _SUFFIX).open("rb") as file:
        return compiled(read_po(file, locale=language))


def compiled(texts: Catalog) -> NullTranslations:
    """Return the texts of a file in the form in which they are looked up; English stays for empty ones."""
    file = BytesIO()
    write_mo(file, texts)
    file.seek(0)
    return Translations(file)


def load() -> None:
    """Read all languages now, so that nobody waits for it later."""
    for one in languages():
        catalog(one)


def nearest(locale: str) -> str | None:
    """Return the language for a locale such as ``fr-CA``, or ``None`` if the bot doesn't speak it.

    Source of the form: the field ``locale`` of ``users.info`` with ``include_locale``, an IETF language code
    (https://docs.slack.dev/reference/methods/users.info/).
    """
    return negotiate_locale([locale.replace("_", "-")], languages(), sep="-")
