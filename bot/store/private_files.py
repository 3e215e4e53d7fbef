"""The SQLite file is for its owner alone: it holds what people asked for, and Slack's addresses for answers.

SQLite gives ``-wal`` and ``-shm`` the mode of the file itself (https://www.sqlite.org/src/file/src/os_unix.c,
``findCreateFileMode``).
"""

import os
import stat
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import structlog
from sqlalchemy import URL

log = structlog.get_logger(__name__)

_SIBLINGS = ("", "-wal", "-shm", "-journal")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def sqlite_path(url: URL) -> Path | None:
    """Return the path of a SQLite database's file; ``None`` for another database, or one in memory."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    if url.database.startswith("file:"):  # a SQLite URI: the query can follow
        return Path(unquote(url.database.removeprefix("file:").partition("?")[0])).absolute()
    return Path(url.database).absolute()


def open_to_others(file: Path) -> list[Path]:
    """Return the file and its siblings, as far as they exist and others may read or write them."""
    siblings = [file.with_name(file.name + ending) for ending in _SIBLINGS]
    return [one for one in siblings if one.exists() and one.stat().st_mode & _OTHERS]


def make_private(file: Path) -> None:
    """Create a file with the mode 0600 and its folders with 0700, or take others' rights to it away.

    Folders that exist stay as they are: others might have files there.
    """
    for folder in reversed([one for one in file.parents if not one.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileExistsError):
        # Only if it's new: closing any descriptor of a file drops all locks of this process on it, and other
        # processes then corrupt the database (https://www.sqlite.org/howtocorrupt.html, 2.2).
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    for one in open_to_others(file):
        try:
            before = stat.S_IMODE(one.stat().st_mode)
            one.chmod(before & ~_OTHERS)
        except PermissionError:
            log.warning("database.open_to_others", file=str(one), fix=f"chmod 600 {one}")
        except FileNotFoundError:
            continue  # another process has just closed the database
        else:
            log.warning("database.made_private", file=str(one), mode_was=f"{before:04o}")
