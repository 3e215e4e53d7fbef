"""What goes wrong, and what visitors do that nobody planned."""

import re

from playwright.sync_api import expect

from tests.browser.visitor import NARROW, Visits

HOSTILE = "<!channel> <img src=x onerror=alert(1)> <https://evil.example|click> @alice"


def test_hostile_text_stays_text(visits: Visits) -> None:
    """Markup in messages, commands, names of DSS, and errors is shown as it is, and nothing runs."""
    alice = visits.window()
    dialogs: list[str] = []
    alice.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    alice.type(HOSTILE)
    expect(alice.message("evil.example")).to_contain_text(HOSTILE)
    alice.type("/dss-build CHURN.<img src=x onerror=alert(1)>")
    expect(alice.told("CHURN has no dataset")).to_contain_text("<img")
    alice.type("/dss-build HOSTILE.hostile_failure")
    root = alice.root("hostile_failure")
    expect(root).to_contain_text("<!channel> ``` & <https://evil.example|click>")
    alice.show(tab="dss", project="HOSTILE")
    expect(alice.page.get_by_role("heading", name="<!everyone> ``` & <script>")).to_be_visible()
    expect(alice.page.locator("img[onerror], a[href*=evil], main script")).to_have_count(0)
    assert dialogs == []


def test_the_longest_names_fit_a_phone(visits: Visits) -> None:
    """A name of 200 letters, a message of 39,000, and an error of 10,000 make nothing scroll sideways."""
    alice = visits.window(size=NARROW)
    alice.type("x" * 39_000)
    alice.type("/dss-build HOSTILE." + "x" * 200)
    expect(alice.root("x" * 100, "requested by")).to_contain_text("Done")
    alice.type("/dss-build HOSTILE.hostile_failure")
    expect(alice.root("hostile_failure")).to_contain_text("Failed")
    sideways = "() => [...document.querySelectorAll('html, main, .messages')].map((one) => one.scrollWidth)"
    assert max(alice.page.evaluate(sideways)) <= NARROW[0]


def test_an_address_that_leads_nowhere_shows_the_workspace(visits: Visits) -> None:
    """An unknown person, tab, channel, and thread: the page says so or shows what there is."""
    alice = visits.window()
    alice.show(**{"as": "nobody", "tab": "nowhere", "channel": "C0", "thread": "1.2", "project": "NONE"})
    expect(alice.get("composer")).to_be_visible()
    expect(alice.get("tab-slack")).to_have_attribute("aria-selected", "true")
    expect(alice.get("thread")).to_contain_text("This thread isn't here")


def test_two_windows_of_one_person_agree(visits: Visits) -> None:
    """A dialog that one window opens is in the other too, and is closed there when this one closes it."""
    one, other = visits.window(), visits.window()
    one.type("/dss-build")
    expect(one.get("modal")).to_be_visible()
    expect(other.get("modal")).to_be_visible()
    other.get("modal-close").click()
    expect(one.get("modal")).to_have_count(0)
    one.type("/dss-jobs help")
    expect(other.told("/dss-jobs")).to_be_visible()


def test_a_dialog_survives_a_reload(visits: Visits) -> None:
    """It is open again with what was chosen and typed, and can be sent."""
    alice = visits.window()
    alice.type("/dss-build")
    alice.choose_project("chu", "CHURN")
    alice.choose("What to build", "customers_cl", "customers_clean")
    alice.page.reload()
    modal = alice.get("modal")
    expect(modal).to_contain_text("customers_clean")
    expect(modal.get_by_label("Project")).to_have_value("Customer churn (CHURN)")
    alice.get("modal-submit").click()
    expect(alice.root("CHURN.customers_clean")).to_contain_text("Done")


def test_a_job_is_followed_through_an_outage_of_dss(visits: Visits) -> None:
    """While DSS is away, a new build is refused in words; then the running one is told to its end."""
    alice = visits.window()
    alice.type("/dss-build CHURN.scored --mode modified")
    root = alice.root("CHURN.scored", "requested by")
    expect(root).to_contain_text("Running")
    alice.get("tab-dss").click()
    alice.get("dss-offline").click()
    expect(alice.get("dss-offline")).to_have_attribute("aria-checked", "true")
    alice.get("tab-slack").click()
    alice.type("/dss-build CHURN.customers_clean")
    expect(alice.told(re.compile("DSS (doesn't|isn't|can't|did|is)"))).to_be_visible()
    alice.get("tab-dss").click()
    alice.get("dss-offline").click()
    alice.get("tab-slack").click()
    expect(root).to_contain_text("Done")


def test_slack_answers_429_and_drops_the_socket(visits: Visits) -> None:
    """Messages come later, and the bot is back after its socket was dropped."""
    alice = visits.window(tab="dss")
    alice.get("slack-429").click()
    expect(alice.get("slack-429")).to_contain_text("Stop answering 429")
    alice.get("tab-slack").click()
    alice.type("/dss-build CHURN.customers_clean")
    alice.get("tab-traffic").click()
    alice.get("filter-refused").click()
    expect(alice.get("exchange").filter(has_text="too many calls").first).to_be_visible()
    alice.get("tab-dss").click()
    alice.get("slack-429").click()
    alice.get("tab-slack").click()
    expect(alice.root("CHURN.customers_clean")).to_contain_text("Done")
    alice.get("tab-dss").click()
    alice.get("drop-socket").click()
    expect(alice.get("drop-socket")).to_contain_text("(1 open)")
    alice.get("tab-slack").click()
    alice.type("/dss-jobs help")
    expect(alice.told("/dss-jobs")).to_be_visible()


def test_a_demo_that_ended_is_said_and_keeps_what_was_typed(visits: Visits) -> None:
    """The page says that the demo is gone, and the line that couldn't be sent is still there."""
    alice = visits.window()
    visits.playground.stop()
    expect(alice.get("banner")).to_be_visible()
    alice.type("/dss-jobs CHURN")
    expect(alice.get("note")).to_contain_text("doesn't answer")
    expect(alice.get("composer")).to_have_value("/dss-jobs CHURN")
    alice.errors.clear()


def test_the_dialog_by_keyboard_alone(visits: Visits) -> None:
    """Enter opens and chooses, Tab goes on, Enter on Build sends it; the composer has the focus again."""
    alice = visits.window()
    keys = alice.page.keyboard
    alice.get("composer").focus()
    keys.type("/dss-build")
    keys.press("Enter")
    modal = alice.get("modal")
    expect(modal.get_by_label("Project")).to_be_focused()
    outputs = modal.get_by_test_id("input").filter(has_text="What to build")
    before = str(outputs.get_attribute("data-block-id"))
    keys.type("chu")
    expect(modal.get_by_role("option", name=re.compile("CHURN"))).to_be_visible()
    keys.press("Enter")
    expect(outputs).not_to_have_attribute("data-block-id", before)
    keys.press("Tab")
    expect(modal.get_by_label("What to build")).to_be_focused()
    keys.type("customers_cl")
    expect(modal.get_by_role("option", name=re.compile("customers_clean"))).to_be_visible()
    keys.press("Enter")
    expect(modal.get_by_label("What to build")).to_be_focused()
    for _ in range(20):
        keys.press("Tab")
        if alice.page.locator("[data-testid=modal-submit]:focus").count():
            break
    keys.press("Enter")
    expect(alice.root("CHURN.customers_clean")).to_contain_text("Done")
    expect(alice.get("composer")).to_be_focused()
