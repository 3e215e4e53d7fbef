"""The repository's files, for the tests that read them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def modules() -> list[str]:
    """Return the names of the product's modules, whether committed or not."""
    names = []
    for path in sorted((ROOT / "bot").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def texts() -> Iterator[tuple[Path, str]]:
    """Yield the repository's text files: those that git tracks or would add."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: git knows which files are part of it")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        try:
            yield path, path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
