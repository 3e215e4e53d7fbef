"""What ``dss-bot audit`` prints: entries as a table, as JSON lines or as CSV, and what verification found."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from bot.domain.audit import AuditEntry
from bot.domain.redaction import plain
from bot.store import Verification

Format = Literal["table", "jsonl", "csv"]

FIELDS = AuditEntry.__struct_fields__
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
"""With these a spreadsheet takes a cell for a formula, in their full-width forms too."""
_CONTROL = ("\t", "\r", "\n")


def lines(entries: Iterable[AuditEntry], form: Format) -> Iterator[str]:
    """Yield the lines of an export, one for each entry; CSV has a line of headings first."""
    ways: dict[Format, Callable[[Iterable[AuditEntry]], Iterator[str]]] = {
        "table": _table,
        "jsonl": _jsonl,
        "csv": _csv,
    }
    return ways[form](entries)


def found(verification: Verification) -> Iterator[str]:
    """Yield what the verification found, and what it compared the chain with."""
    one = verification
    yield f"{one.checked} entries follow each other, up to {one.head.position}"
    if one.pruned:
        yield f"{one.pruned} earlier ones were pruned (keep_days); the chain says so"
    if one.outside:
        yield f"{one.outside} entries are from before the chain: they can't be verified"
    yield f"Head: {one.head}"
    if one.anchored is False:
        yield (
            "BROKEN: no entry has the expected hash. The end was cut, the chain was written anew, or that "
            "entry was pruned"
        )
    elif one.anchored:
        yield "The expected hash is in the chain"
    if one.broken:
        yield f"BROKEN: {one.broken}"


def holds(verification: Verification) -> bool:
    """Return whether nothing is wrong with the chain."""
    return not verification.broken and verification.anchored is not False


def _jsonl(entries: Iterable[AuditEntry]) -> Iterator[str]:
    for entry in entries:
        yield msgspec.json.encode(entry).decode()


def _csv(entries: Iterable[AuditEntry]) -> Iterator[str]:
    yield _csv_line(FIELDS)
    for entry in entries:
        values = msgspec.to_builtins(entry)
        yield _csv_line(_cell(values[name]) for name in FIELDS)


def _csv_line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="").writerow(cells)
    return text.getvalue()


def _cell(value: object) -> str:
    """Return a cell that a spreadsheet shows and doesn't compute."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f"'{text}" if text.startswith(_CONTROL) or text.strip().startswith(_FORMULA) else text


def _table(entries: Iterable[AuditEntry]) -> Iterator[str]:
    for entry in entries:
        yield _row(entry)


def _row(entry: AuditEntry) -> str:
    who = f"{entry.user_id} ({entry.act_as})" if entry.act_as else entry.user_id
    where = "/".join(part for part in (entry.channel, entry.surface) if part)
    decided = "allowed" if entry.allowed else "refused"
    what = entry.outcome or (f"{decided} by {entry.rule}" if entry.rule else decided)
    on = entry.target
    if entry.project and entry.project not in on:
        on = f"{entry.project} {on}".rstrip()
    if entry.job and entry.job != entry.target:
        on = f"{on} → {entry.job}"
    at = f"{entry.at:%Y-%m-%d %H:%M:%S}" if entry.at else "?"
    position = "-" if entry.position is None else str(entry.position)
    cells = (position.rjust(6), at, who, where, entry.verb, _short(on), what, entry.reference[:8])
    said = entry.note if not entry.allowed or entry.outcome else ""
    return "  ".join(" ".join(plain(cell).split()) or "-" for cell in (*cells, _short(said)) if cell)


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"
