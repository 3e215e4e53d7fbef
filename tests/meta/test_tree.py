"""Rules for files that nobody has to remember."""

import re

import pytest

from tests.meta.tree import ROOT, texts

# Written so that this file doesn't match itself.
FORBIDDEN = {
    "a package registry": r"py[p]i\.org|python[h]osted\.org|registry\.n[p]mjs|deb\.de[b]ian\.org",
    "a path of a machine": r"(?<![\w.$}/-])/(?:work|tmp|root|home/\w+)/[\w.-]+",
}

MOST_LINES = 400


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    """No file says where packages come from or where somebody keeps the repository."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(FORBIDDEN[what], line)
    ]
    assert found == []


def test_modules_are_small() -> None:
    """No module is over 400 lines; one that comes close should be split."""
    sizes = {
        str(path.relative_to(ROOT)): len(text.splitlines())
        for path, text in texts()
        if path.suffix == ".py" and path.is_relative_to(ROOT / "bot")
    }
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES} == {}


@pytest.mark.parametrize("name", ["requirements/run.txt", "requirements/dev.txt", "requirements/build.txt"])
def test_every_pin_has_hashes(name: str) -> None:
    """Each requirement is pinned to one version and has at least one hash."""
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())
    assert len(entries) > 3
    for entry in entries:
        assert re.match(r"[\w.\[\]-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_what_runs_is_pinned_as_it_was_tested() -> None:
    """The versions in run.txt and build.txt are those in dev.txt."""
    pins = {
        name: dict(
            re.findall(
                r"^([\w.-]+(?:\[[\w,.-]+\])?)==(\S+)",
                (ROOT / "requirements" / name).read_text(),
                flags=re.MULTILINE,
            )
        )
        for name in ("run.txt", "dev.txt", "build.txt")
    }
    assert pins["run.txt"].items() <= pins["dev.txt"].items()
    assert pins["build.txt"].items() <= pins["dev.txt"].items()
