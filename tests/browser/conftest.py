"""A browser, and the demo's world with its page: the same as `dss-bot demo`, only faster."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from bot.demo.playground import PROTECTED, open_playground
from bot.demo.world import World
from tests.browser.visitor import PATIENCE_MS, Visits

SPEED = 8.0
NONE_HERE = "there is no chromium here: install your system's package, such as `apt-get install chromium`"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The chromium of this machine; without one, the test is skipped, and says so."""
    path = chromium()
    if path is None:
        pytest.skip(NONE_HERE)
    with sync_playwright() as playwright, launched(playwright, path) as browser:
        yield browser


def chromium() -> str | None:
    """Return the path of this machine's chromium, as Debian and others call it."""
    return shutil.which("chromium")


@contextmanager
def launched(playwright: Playwright, path: str | None) -> Iterator[Browser]:
    """Start it; as root, chromium needs to be told that it has no sandbox."""
    if path is None:
        raise FileNotFoundError(NONE_HERE)
    expect.set_options(timeout=PATIENCE_MS)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    browser = playwright.chromium.launch(
        executable_path=path, args=["--no-sandbox"] if root else [], timeout=PATIENCE_MS
    )
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def visited(browser: Browser, speed: float = SPEED) -> Iterator[Visits]:
    """A world and its page."""
    with ExitStack() as stack:
        world = stack.enter_context(World(speed, protected=PROTECTED, deadline=PATIENCE_MS / 1000))
        visits = Visits(browser, world, stack.enter_context(open_playground(world, 0)))
        yield visits
        assert visits.close() == []


@pytest.fixture
def visits(browser: Browser) -> Iterator[Visits]:
    """A world of its own for this test."""
    with visited(browser) as visits:
        yield visits
        assert visits.world.slack.violations == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything that needs the browser has the marker, so that `make test` can do without."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
