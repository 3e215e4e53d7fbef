"""A person at the playground's page. Whatever is waited for is an event of the page, never a time."""

import re
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bot.demo.world import World
from bot.sandbox.page import Playground

PATIENCE_MS = 60_000
"""How long a machine may take for one step; what decides is that it comes at all."""
WIDE, NARROW = (1280, 900), (375, 740)
Pattern = re.Pattern[str]


class Window:
    """One window of the page, and what a person does there."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda one: self.errors.append(one.text) if one.type == "error" else None)

    def show(self, **place: str) -> None:
        """Go to a place of the page, such as ``tab="dss"``."""
        self.page.goto(f"{self.url}#{urlencode(place)}")

    def get(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def button(self, name: str | Pattern, inside: Locator | None = None) -> Locator:
        """The newest button of that name."""
        return (inside or self.page).get_by_role("button", name=name).last

    def open(self, channel: str, *, narrow: bool = False) -> None:
        """Open a conversation; on a narrow screen, the channels are behind the menu."""
        if narrow:
            self.get("menu").click()
        self.get(f"channel-{channel}").click()

    def become(self, person: str) -> None:
        self.get("person").select_option(person)

    def type(self, text: str) -> None:
        """Send what is typed to the open conversation."""
        self.get("composer").fill(text)
        self.get("send").click()

    def message(
        self, *words: str | Pattern, inside: str = "messages", ephemeral: bool | None = None
    ) -> Locator:
        """The newest message with all these words; it may be still to come."""
        which = "" if ephemeral is None else f"[data-ephemeral={str(ephemeral).lower()}]"
        found = self.get(inside).locator(f"[data-testid=message]{which}")
        for word in words:
            found = found.filter(has_text=word)
        return found.last

    def root(self, *words: str | Pattern) -> Locator:
        """A message that all see, by words that don't change as its job goes on."""
        return self.message(*words, ephemeral=False)

    def told(self, *words: str | Pattern) -> Locator:
        """The newest answer that only this person sees."""
        return self.message(*words, ephemeral=True)

    def job(self, words: str) -> Locator:
        """The newest job of DSS with these words."""
        return self.get("job").filter(has_text=words).first

    def choose(self, label: str, typed: str, option: str | Pattern) -> None:
        """Type into a field of the dialog that has suggestions, and take the first one with these words."""
        modal = self.get("modal")
        modal.get_by_label(label).fill(typed)
        modal.get_by_role("option").filter(has_text=option).first.click()

    def choose_project(self, typed: str, key: str) -> None:
        """Choose the build dialog's project, and wait for the fields that depend on it."""
        outputs = self.get("modal").get_by_test_id("input").filter(has_text="What to build")
        before = str(outputs.get_attribute("data-block-id"))
        self.choose("Project", typed, key)
        expect(outputs).not_to_have_attribute("data-block-id", before)

    def thread(self, root: Locator) -> Locator:
        """Open the thread of a message."""
        root.get_by_test_id("thread-link").click()
        return self.get("thread")


class Visits:
    """Opens windows on a playground; each has a browser profile of its own."""

    def __init__(self, browser: Browser, world: World, playground: Playground) -> None:
        self.browser, self.world, self.playground = browser, world, playground
        self._contexts: list[BrowserContext] = []
        self._windows: list[Window] = []

    def window(
        self,
        person: str = "alice",
        *,
        size: tuple[int, int] = WIDE,
        dark: bool = False,
        tour: bool = False,
        sharpness: float = 1,
        **place: str,
    ) -> Window:
        """Open a window; the tour was left before unless ``tour``."""
        options: dict[str, Any] = {
            "viewport": {"width": size[0], "height": size[1]},
            "device_scale_factor": sharpness,
            "color_scheme": "dark" if dark else "light",
            "locale": "en-US",
            "timezone_id": "UTC",
            "reduced_motion": "reduce",
        }
        context = self.browser.new_context(**options)
        self._contexts.append(context)
        if not tour:
            context.add_init_script("localStorage.setItem('tour', '\"left\"')")
        window = Window(context.new_page(), self.playground.url)
        self._windows.append(window)
        window.show(**{"as": person, **place})
        expect(window.get("person")).to_have_value(person)
        return window

    def close(self) -> list[str]:
        """Close all windows; returns the errors of their scripts."""
        for context in self._contexts:
            context.close()
        return [error for window in self._windows for error in window.errors]
