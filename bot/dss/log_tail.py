"""Keep the end of a long text in bounded memory, and find the last error line in it."""

import re
from collections import deque

from bot.domain import LogTail

_NEW_LINE = b"\n"
_ERROR_LINE = re.compile(
    r"^\[\d{4}/\d\d/\d\d-[\d:.]+\] (?:\[[^\]]*\] )*?\[ERROR\] \[[^\]]*\]\s*(.*)$", re.MULTILINE
)


class TailRing:
    """Keeps the last ``max_bytes`` of the bytes fed to it, plus at most one chunk."""

    def __init__(self, max_bytes: int) -> None:
        if max_bytes < 0:
            raise ValueError("max_bytes must not be negative")
        self._max = max_bytes
        self._chunks: deque[bytes] = deque()
        self._held = 0
        self.total = 0

    def feed(self, chunk: bytes) -> None:
        """Add the next bytes of the text."""
        self.total += len(chunk)
        self._held += len(chunk)
        self._chunks.append(chunk)
        while self._chunks and self._held - len(self._chunks[0]) > self._max:
            self._held -= len(self._chunks.popleft())

    def tail(self) -> LogTail:
        """Return the end of the text, starting with a whole line if possible."""
        kept = b"".join(self._chunks)
        cut = len(kept) - self._max
        truncated = self.total > self._max
        if cut > 0:
            before, kept = kept[:cut], kept[cut:]
            kept = _from_line_start(kept, after=before[-1:])
        return LogTail(text=kept.decode("utf-8", "replace"), total_bytes=self.total, truncated=truncated)


def _from_line_start(kept: bytes, *, after: bytes) -> bytes:
    """Drop the incomplete first line or, in a text without line breaks, the incomplete first character."""
    if after == _NEW_LINE:
        return kept
    end = kept.find(_NEW_LINE)
    if 0 <= end < len(kept) - 1:
        return kept[end + 1 :]
    torn = next((i for i, byte in enumerate(kept[:4]) if byte & 0xC0 != 0x80), 0)
    return kept[torn:]


def last_error_line(text: str) -> str | None:
    """Return the message of the last ``[ERROR]`` line of a job's log (DSS-API.md §1.7), or ``None``."""
    found = _ERROR_LINE.findall(text)
    return found[-1].strip() or None if found else None
