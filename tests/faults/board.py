"""What the story and the bot's process share (a clock, the phase, a few switches), in one mapped file."""

import mmap
import struct
import time
from datetime import UTC, datetime
from pathlib import Path

_FORMAT = struct.Struct("=dqqq")
_AHEAD, _PHASE, _DISK, _FIRED = range(4)

WELL, FULL, READ_ONLY = range(3)
"""The states of the disk."""


class Board:
    """The shared words. Only one process writes each of them, and each is read atomically."""

    def __init__(self, path: Path) -> None:
        """Open the board; create an empty one if there is none."""
        if not path.exists():
            path.write_bytes(_FORMAT.pack(0.0, 0, WELL, 0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _FORMAT.size)

    def close(self) -> None:
        """Unmap the file."""
        self._map.close()

    def now(self) -> datetime:
        """Return the story's time: real time plus the time that the story has let pass."""
        return datetime.fromtimestamp(time.time() + float(self._get(_AHEAD)), UTC)

    def let_pass(self, seconds: float) -> None:
        """Let time pass for the bot: its clock, its leases, and its pauses."""
        self._set(_AHEAD, float(self._get(_AHEAD)) + seconds)

    @property
    def phase(self) -> int:
        """The current phase of the story."""
        return int(self._get(_PHASE))

    @phase.setter
    def phase(self, number: int) -> None:
        self._set(_PHASE, number)

    @property
    def disk(self) -> int:
        """`WELL`, `FULL` or `READ_ONLY`."""
        return int(self._get(_DISK))

    @disk.setter
    def disk(self, state: int) -> None:
        self._set(_DISK, state)

    @property
    def fired(self) -> bool:
        """Whether this run's fault has happened; it happens once."""
        return bool(self._get(_FIRED))

    def fire(self) -> None:
        """Record that the fault happens now."""
        self._set(_FIRED, 1)

    def _get(self, word: int) -> float | int:
        value: float | int = struct.unpack_from("=d" if word == _AHEAD else "=q", self._map, word * 8)[0]
        return value

    def _set(self, word: int, value: float) -> None:
        struct.pack_into("=d" if word == _AHEAD else "=q", self._map, word * 8, value)
