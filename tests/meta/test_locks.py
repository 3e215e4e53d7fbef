"""The locks pin everything that pip will request, on each supported Python and platform."""

import tomllib
from importlib.metadata import PackageNotFoundError, distribution

import pytest

from tests.meta.locks import PYTHONS, pins, unpinned
from tests.meta.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["postgres"]]
DEV = [*RUN, *PROJECT["dependency-groups"]["dev"]]
BENCH = [*DEV, *(asked for asked in PROJECT["dependency-groups"]["bench"] if isinstance(asked, str))]


def lock(name: str) -> str:
    return (ROOT / "requirements" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "asked_for"),
    [
        ("run.txt", RUN),
        ("dev.txt", DEV),
        ("bench.txt", BENCH),
        ("build.txt", PROJECT["build-system"]["requires"]),
    ],
)
def test_all_is_pinned(name: str, asked_for: list[str]) -> None:
    """Each requirement that applies somewhere is pinned, with its extras."""
    assert unpinned(lock(name), asked_for) == set()


def test_most_of_what_is_pinned_can_be_asked() -> None:
    """The check above reads the metadata of installed distributions: nearly all that the tests' lock pins."""
    known = 0
    for pin in pins(lock("dev.txt")):
        try:
            distribution(pin.name)
        except PackageNotFoundError:
            continue
        known += 1
    assert known >= 0.9 * len(pins(lock("dev.txt")))


def test_a_missing_extra_is_found() -> None:
    """A lock without extras, which is what `uv pip compile` writes by default, is incomplete."""
    for pinned, bare in (("coverage[toml]==", "coverage=="), ("psycopg[binary]==", "psycopg==")):
        assert pinned in lock("dev.txt")
        assert any(bare.strip("=") in found for found in unpinned(lock("dev.txt").replace(pinned, bare), DEV))


def test_a_missing_pin_is_found() -> None:
    """The check finds another distribution's missing requirement, even if it applies on one platform only."""
    without = "\n".join(line for line in lock("dev.txt").splitlines() if not line.startswith("colorama=="))
    assert any("colorama" in found for found in unpinned(without))


def test_the_classifiers_name_supported_pythons() -> None:
    """No classifier names a Python that the locks aren't checked for."""
    claimed = [
        text.rsplit(" ", 1)[-1]
        for text in PROJECT["project"]["classifiers"]
        if text.startswith("Programming Language :: Python :: 3.")
    ]
    assert claimed
    assert set(claimed) <= set(PYTHONS)
