"""What the locks in `requirements/` leave unpinned, according to the metadata of the pinned distributions."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "aarch64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
)

Environment = Mapping[str, str]


def environments() -> Iterator[dict[str, str]]:
    """Yield the environment markers of each supported Python on each platform, for CPython."""
    for python, platform in itertools.product(PYTHONS, PLATFORMS):
        yield {
            **{name: str(value) for name, value in default_environment().items()},
            **platform,
            "python_version": python,
            "python_full_version": f"{python}.99",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }


def pins(lock: str) -> list[Requirement]:
    """Read the requirements of a lock, without their hashes."""
    return [
        Requirement(re.split(r"\s*\\$", line)[0])
        for line in lock.splitlines()
        if re.match(r"[A-Za-z0-9]", line)
    ]


def unpinned(lock: str, asked_for: Iterable[str] = ()) -> set[str]:
    """Return the requirements of the lock's own distributions, and of `asked_for`, that the lock doesn't pin.

    Only a pin with the same extra pins a requirement with an extra: with `--require-hashes`, pip before 23.3
    (Python 3.11 includes such a version) refuses the bare pin once the index has a newer release.
    Distributions that aren't installed here (those for another platform) can't be checked.
    """
    found = set()
    for environment in environments():
        active = [pin for pin in pins(lock) if applies(pin, environment)]
        extras = {canonicalize_name(pin.name): set(pin.extras) for pin in active}
        pinned = {canonicalize_name(pin.name): pin for pin in active}
        wanted = [("the project", Requirement(text), {""}) for text in asked_for]
        wanted += [(pin.name, asked, set(pin.extras)) for pin in active for asked in requirements(pin.name)]
        for asker, asked, with_extras in wanted:
            if not applies(asked, environment, with_extras):
                continue
            name = canonicalize_name(asked.name)
            satisfied = (
                name in pinned
                and asked.extras <= extras[name]
                and asked.specifier.contains(next(iter(pinned[name].specifier)).version, prereleases=True)
            )
            if not satisfied:
                found.add(f"{asker} asks for {asked}")
    return found


def requirements(name: str) -> list[Requirement]:
    """Return an installed distribution's requirements; none if it isn't installed."""
    try:
        return [Requirement(text) for text in distribution(name).requires or ()]
    except PackageNotFoundError:
        return []


def applies(requirement: Requirement, environment: Environment, extras: Iterable[str] = ()) -> bool:
    """Return whether a requirement applies in an environment with these extras."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({**environment, "extra": e}) for e in {"", *extras})
