"""Brings the files of texts up to date with the code: ``make texts``; ``LANGUAGE=es`` begins a new one."""

import sys
from io import BytesIO
from pathlib import Path

from babel.core import Locale
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

import bot
import bot.language
from bot.language import ENGLISH, languages

HERE = Path(bot.language.__file__).parent
KEYWORDS = {"t": None, "tn": (1, 2), "mark": None}
"""The functions whose first arguments are texts."""
_WIDTH = 110
_HEADER = """\
# The {name} texts of dss-bot. `make texts` keeps the file in step with the code.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {forms}\\n"

"""


def texts_in_code() -> dict[str | tuple[str, str], str]:
    """Return every text that the code passes to `t`, `tn` or `mark`, and its file."""
    found = extract_from_dir(Path(bot.__file__).parent, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {(text[0], text[1]) if isinstance(text, tuple) else str(text): file for file, _, text, *_ in found}


def template() -> str:
    """Return the file of all English texts."""
    return _written(_catalog(), header="")


def updated(language: str) -> str:
    """Return a language's file with a place for every text of the code and nothing else."""
    path = HERE / f"{language}.po"
    if not path.exists():
        name, plural = Locale.parse(language).english_name or language, get_plural(language)
        forms = f"nplurals={plural.num_plurals}; plural={plural.plural_expr};"
        return _written(_catalog(forms), header=_HEADER.format(name=name, code=language, forms=forms))
    with path.open("rb") as file:
        before = read_po(file, locale=language)
    catalog = _catalog(before.plural_forms)
    for text in catalog:
        if text.id and (known := before.get(text.id)) is not None and not known.fuzzy:
            text.string = known.string
    # The header stays: which forms a language has for a number is the translator's choice.
    return _written(catalog, header=path.read_text(encoding="utf-8").split("\n\n", 1)[0] + "\n\n")


def _catalog(plural_forms: str = "") -> Catalog:
    catalog = Catalog()
    if plural_forms:
        catalog.mime_headers = [("Plural-Forms", plural_forms)]
    for text in texts_in_code():
        catalog.add(text)
    return catalog


def _written(catalog: Catalog, *, header: str) -> str:
    file = BytesIO()
    write_po(file, catalog, width=_WIDTH, omit_header=True, sort_output=True)
    return header + file.getvalue().decode()


def main(new: str = "") -> None:
    """Write all files."""
    (HERE / "texts.pot").write_text(template(), encoding="utf-8")
    for language in {*languages(), new} - {ENGLISH, ""}:
        (HERE / f"{language}.po").write_text(updated(language), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
