"""Describe the machine: cores, memory, versions; nothing that identifies it."""

import os
import platform
import sqlite3
from importlib.metadata import version

import psutil


def words() -> str:
    """Describe the machine."""
    memory = psutil.virtual_memory().total / 2**30
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("dataiku-api-client", "msgspec", "sqlalchemy")
    )
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}"
    )


def load() -> str:
    """Return how busy the machine is: other processes might be using it."""
    one, five, _ = os.getloadavg()
    return f"load {one:.1f} (1 min), {five:.1f} (5 min) on {os.cpu_count()} cores"
