"""No serious or critical finding of axe, in light and dark, wide and narrow, on every tab."""

import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import visited
from tests.browser.visitor import NARROW, WIDE, Visits, Window
from tests.sandbox.page.gallery import gallery

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SERIOUS = {"serious", "critical"}


def findings(window: Window) -> list[str]:
    """What axe finds, each with its first place."""
    # Through the debugger, where the page's content security policy doesn't apply.
    window.page.evaluate(AXE + "; undefined")
    found: dict[str, Any] = window.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['impact']} {one['id']}: {node['html'][:160]} ({node.get('failureSummary')})"
        for one in found["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"][:1]
    ]


@pytest.fixture(scope="module")
def lived_in(browser: Browser) -> Iterator[Visits]:
    """A world in which something happened: a job that failed, with its thread, and a list."""
    with visited(browser) as visits:
        alice = visits.window()
        alice.type("/dss-build CHURN.scored_broken --mode modified")
        expect(alice.root("CHURN.scored_broken")).to_contain_text("Failed")
        expect(alice.root("CHURN.scored_broken").get_by_test_id("thread-link")).to_be_visible()
        alice.type("/dss-build CHURN.scored_history")
        expect(alice.root("CHURN.scored_history")).to_contain_text("Running")
        alice.type("/dss-jobs CHURN")
        expect(alice.told("CHURN")).to_be_visible()
        yield visits


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_everybody_can_use_every_tab(lived_in: Visits, size: tuple[int, int], dark: bool) -> None:
    """The conversation, a thread, a dialog, Home, DSS, traffic with an exchange, and the tour."""
    alice = lived_in.window(size=size, dark=dark)
    found = {"slack": findings(alice)}
    alice.thread(alice.root("CHURN.scored_broken"))
    found["thread"] = findings(alice)
    alice.get("thread-close").click()
    alice.button("Abort", alice.root("CHURN.scored_history")).click()
    found["question"] = findings(alice)
    alice.get("confirm-no").click()
    alice.get("shortcuts").click()
    found["menu"] = findings(alice)
    alice.page.keyboard.press("Escape")
    alice.type("/dss-build")
    expect(alice.get("modal")).to_be_visible()
    alice.get("modal-submit").hover()
    found["dialog"] = findings(alice)
    alice.get("modal-close").click()
    alice.open("app-home", narrow=size == NARROW)
    expect(alice.get("home")).to_contain_text("Recent jobs")
    found["home"] = findings(alice)
    alice.get("tab-dss").click()
    alice.get("job").first.get_by_role("button").first.click()
    found["dss"] = findings(alice)
    alice.get("tab-traffic").click()
    alice.get("exchange").first.get_by_role("button").first.click()
    expect(alice.get("exchange-detail")).to_contain_text(re.compile("Request|Answer"))
    found["traffic"] = findings(alice)
    alice.get("tab-slack").click()
    alice.open("data", narrow=size == NARROW)
    alice.root("CHURN.scored_history").get_by_test_id("message-menu").click()
    alice.get("inspect").click()
    expect(alice.get("message-inspector")).to_contain_text("CHURN.scored_history")
    found["message"] = findings(alice)
    alice.get("tour-start").click()
    found["tour"] = findings(alice)
    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_block_can_be_used_by_everybody(browser: Browser, dark: bool) -> None:
    """All blocks and elements, which the bot needs only in part."""
    with gallery() as (playground, _):
        context = browser.new_context(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        context.add_init_script("localStorage.setItem('tour', '\"left\"')")
        window = Window(context.new_page(), playground.url)
        window.show()
        window.type("/gallery")
        expect(window.root("Elements")).to_be_visible()
        found = findings(window)
        window.type("/gallery dialog")
        expect(window.get("modal")).to_be_visible()
        found += findings(window)
        context.close()
    assert found == []
