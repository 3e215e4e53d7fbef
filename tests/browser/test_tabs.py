"""The other tabs, the tour, the keyboard, narrow screens, and colors."""

import re

from playwright.sync_api import expect

from tests.browser.visitor import NARROW, Visits


def test_a_colleagues_job_is_started_and_seen_in_dss(visits: Visits) -> None:
    """The controls start a job; its row goes from running to done; a planned failure comes true in Slack."""
    alice = visits.window(tab="dss", project="CHURN")
    expect(alice.get("flow")).to_be_visible()
    before = alice.get("job").count()
    alice.get("start-colleague").click()
    expect(alice.get("job")).to_have_count(before + 1)
    expect(alice.get("job").first).to_have_attribute("data-state", "DONE")
    alice.get("fail-next").click()
    expect(alice.get("fail-next")).to_contain_text("(1)")
    alice.get("tab-slack").click()
    alice.type("/dss-build CHURN.customers_clean")
    expect(alice.root("CHURN.customers_clean")).to_contain_text("Failed")


def test_offline_dss_is_said_in_slack(visits: Visits) -> None:
    """The switch takes DSS away; the bot says so to the person who asks."""
    alice = visits.window(tab="dss")
    alice.get("dss-offline").click()
    expect(alice.get("dss-offline")).to_have_attribute("aria-checked", "true")
    alice.get("tab-slack").click()
    alice.type("/dss-jobs CHURN")
    expect(alice.told("DSS")).to_be_visible()


def test_the_inspector_shows_traffic_and_a_messages_blocks(visits: Visits) -> None:
    """Filtered exchanges with their JSON, tokens masked; a block beside its JSON."""
    alice = visits.window()
    alice.type("/dss-jobs help")
    told = alice.told("/dss-jobs")
    told.hover()
    told.get_by_test_id("message-menu").click()
    alice.get("inspect").click()
    expect(alice.get("message-inspector")).to_contain_text('"type": "section"')
    alice.page.get_by_role("button", name="All traffic").click()
    alice.get("filter-slack").click()
    alice.get("exchange").filter(has_text="/dss-jobs").get_by_role("button").first.click()
    expect(alice.get("exchange-detail")).to_contain_text("Request")
    assert visits.world.slack.bot_token not in alice.get("exchange-detail").inner_text()


def test_the_tour_has_six_steps_and_can_be_left(visits: Visits) -> None:
    """It types for the visitor, and once left it stays away."""
    alice = visits.window(tour=True)
    tour = alice.get("tour")
    for step in range(1, 7):
        expect(tour).to_contain_text(f"{step} of 6")
        if step == 2:
            alice.get("tour-action").click()
            expect(alice.get("composer")).to_have_value(re.compile("^/dss-build CHURN.scored"))
        alice.get("tour-next").click()
    expect(tour).to_have_count(0)
    alice.page.reload()
    expect(alice.get("composer")).to_be_visible()
    expect(tour).to_have_count(0)
    alice.get("tour-start").click()
    alice.get("tour-skip").click()
    expect(tour).to_have_count(0)


def test_a_job_is_started_and_aborted_by_keyboard_alone(visits: Visits) -> None:
    """Tab reaches the composer and the buttons; the confirmation takes the focus and gives it back."""
    alice = visits.window()
    keys, page = alice.page.keyboard, alice.page

    def tab_to(testid: str, text: str = "") -> None:
        for _ in range(60):
            keys.press("Tab")
            focused = page.locator(f"[data-testid={testid}]:focus").filter(has_text=text)
            if focused.count():
                return
        raise AssertionError(f"Tab doesn't reach {testid} {text}")

    tab_to("composer")
    keys.type("/dss-build CHURN.scored_history")
    keys.press("Enter")
    root = alice.root("CHURN.scored_history")
    expect(root).to_contain_text("Running")
    tab_to("block-button", "Abort")
    keys.press("Enter")
    expect(alice.get("confirm-dialog")).to_be_visible()
    keys.press("Escape")
    expect(alice.get("confirm-dialog")).to_have_count(0)
    expect(page.locator("[data-testid=block-button]:focus")).to_have_text("Abort")
    keys.press("Enter")
    tab_to("confirm-yes")
    keys.press("Enter")
    expect(root).to_contain_text("Aborted")


def test_an_edit_keeps_the_focus(visits: Visits) -> None:
    """Somebody who is at a button of a message is still there when a colleague has aborted its job."""
    alice, bob = visits.window(), visits.window("bob", tab="dss", project="CHURN")
    alice.type("/dss-build CHURN.scored_history")
    root = alice.root("CHURN.scored_history")
    expect(root).to_contain_text("Running")
    alice.button("Log", root).focus()
    bob.button("Abort in DSS", bob.job("scored_history")).click()
    expect(root).to_contain_text("Aborted")
    expect(alice.page.locator("[data-testid=block-button]:focus")).to_have_text("Log")


def test_a_phone_shows_everything_without_scrolling_sideways(visits: Visits) -> None:
    """At 375 px: a build, its thread over the conversation, the menu, and the other tabs."""
    alice = visits.window(size=NARROW)
    alice.type("/dss-build CHURN.customers_clean")
    root = alice.root("CHURN.customers_clean")
    expect(root).to_contain_text("Done")
    expect(alice.thread(root)).to_be_visible()
    alice.get("thread-close").click()
    alice.get("menu").click()
    alice.get("channel-random").click()
    for tab in ("slack", "dss", "traffic"):
        alice.get(f"tab-{tab}").click()
        expect(alice.page.locator(f"main[data-tab={tab}]")).to_be_visible()
        wide = alice.page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= NARROW[0], tab


def test_colors_follow_the_system_or_the_button(visits: Visits) -> None:
    """Dark is dark; the button turns it, and a reload keeps that."""
    alice = visits.window(dark=True)

    def ground() -> str:
        return str(alice.page.evaluate("() => getComputedStyle(document.body).backgroundColor"))

    dark = ground()
    alice.get("theme").click()
    expect(alice.page.locator("html")).to_have_attribute("data-theme", "light")
    light = ground()
    assert (dark, light) == ("rgb(22, 25, 29)", "rgb(255, 255, 255)")
    alice.page.reload()
    expect(alice.page.locator("html")).to_have_attribute("data-theme", "light")
