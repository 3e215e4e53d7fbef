"""The whole story, as people at the page play it."""

from playwright.sync_api import expect

from tests.browser.visitor import Visits

SLOW = "CHURN.scored_history"


def test_a_command_is_completed_and_its_job_followed_to_the_end(visits: Visits) -> None:
    """Half a name and Tab; the message is edited as the job goes on, its thread ends with a mention."""
    alice = visits.window()
    alice.get("composer").press_sequentially("/dss-b")
    expect(alice.get("completions")).to_contain_text("/dss-build")
    alice.page.keyboard.press("Tab")
    alice.page.keyboard.type("CHURN.sco")
    expect(alice.get("completions")).to_contain_text("CHURN.scored")
    alice.get("composer").fill("/dss-build CHURN.scored --mode modified")
    alice.page.keyboard.press("Enter")
    root = alice.root("CHURN.scored", "requested by")
    expect(root).to_contain_text("Running")
    expect(root).to_contain_text("Done")
    expect(root).to_contain_text("(edited)")
    thread = alice.thread(root)
    expect(thread).to_contain_text("@alice")
    expect(thread).to_contain_text("Done with 1 warning after")


def test_a_command_without_a_name_opens_the_dialog(visits: Visits) -> None:
    """Project and output are found by parts of their names; a missing one is said at its field."""
    alice = visits.window()
    alice.type("/dss-build")
    modal = alice.get("modal")
    alice.choose_project("chu", "CHURN")
    alice.get("modal-submit").click()
    expect(modal.get_by_role("alert")).not_to_have_count(0)
    alice.choose("What to build", "customers_cl", "customers_clean")
    alice.get("modal-submit").click()
    expect(modal).to_have_count(0)
    expect(alice.root("CHURN.customers_clean")).to_contain_text("Done")


def test_shortcuts_open_the_dialog_and_say_what_a_job_does(visits: Visits) -> None:
    """The lightning bolt has the global one, the menu of a message its own; both work by keyboard."""
    alice = visits.window()
    alice.get("shortcuts").press("Enter")
    expect(alice.get("shortcut")).to_be_focused()
    alice.page.keyboard.press("Enter")
    expect(alice.get("modal")).to_contain_text("What to build")
    alice.get("modal-close").click()
    alice.type("/dss-build CHURN.customers_clean")
    root = alice.root("CHURN.customers_clean")
    expect(root).to_contain_text("Done")
    root.hover()
    root.get_by_test_id("message-menu").click()
    root.get_by_role("menuitem", name="About this job").click()
    expect(alice.told("CHURN.customers_clean", "took")).to_be_visible()


def test_an_abort_asks_first(visits: Visits) -> None:
    """No leaves the job alone; yes aborts it, and the thread says who did it."""
    alice = visits.window()
    alice.type(f"/dss-build {SLOW}")
    root = alice.root(SLOW)
    expect(root).to_contain_text("Running")
    alice.button("Abort", root).click()
    expect(alice.get("confirm-dialog")).to_be_visible()
    alice.get("confirm-no").click()
    expect(alice.get("confirm-dialog")).to_have_count(0)
    alice.button("Abort", root).click()
    alice.get("confirm-yes").click()
    expect(root).to_contain_text("Aborted")
    expect(alice.thread(root)).to_contain_text("Aborted")
    alice.get("tab-dss").click()
    expect(alice.job("scored_history")).to_have_attribute("data-state", "ABORTED")


def test_a_failing_build_shows_its_cause_and_its_log(visits: Visits) -> None:
    """The cause is in the message, the traceback in the thread, the log for the person who asks."""
    alice = visits.window()
    alice.type("/dss-build CHURN.scored_broken --mode modified")
    root = alice.root("CHURN.scored_broken", "Failed")
    expect(root).to_contain_text("KeyError: 'amount'")
    expect(alice.thread(root)).to_contain_text("Traceback")
    alice.get("thread-close").click()
    alice.button("Log", root).click()
    expect(alice.get("modal")).to_contain_text("KeyError")
    expect(alice.get("modal")).to_contain_text("Search this log")


def test_home_shows_the_jobs_and_acts_on_them(visits: Visits) -> None:
    """A running job is listed there, and its Abort asks first; opened again, Home is up to date."""
    alice = visits.window()
    alice.type(f"/dss-build {SLOW}")
    root = alice.root(SLOW)
    expect(root).to_contain_text("Running")
    alice.get("channel-app-home").click()
    home = alice.get("home")
    expect(home).to_contain_text(SLOW)
    alice.button("Abort", home).click()
    alice.get("confirm-yes").click()
    expect(home).to_contain_text("DSS accepted the request to abort")
    alice.open("data")
    expect(root).to_contain_text("Aborted")
    alice.get("channel-app-home").click()
    expect(home).to_contain_text("Aborted")


def test_a_guest_is_refused_and_a_stranger_sees_only_their_channel(visits: Visits) -> None:
    """The refusal says why and only to the guest; no job starts."""
    guest = visits.window("guest")
    before = len(visits.world.dss.world.jobs.of_project("CHURN"))
    guest.type("/dss-build CHURN.scored")
    expect(guest.told("Guests of the workspace can't use this bot")).to_be_visible()
    guest.become("stranger")
    expect(guest.get("channel-partners")).to_be_visible()
    expect(guest.get("channel-data")).to_have_count(0)
    assert len(visits.world.dss.world.jobs.of_project("CHURN")) == before


def test_carol_approves_a_build_in_sales(visits: Visits) -> None:
    """Two windows: alice asks, carol presses Approve, both see the job that alice's rights run."""
    alice, carol = visits.window(), visits.window("carol")
    alice.type("/dss-build SALES.daily_orders --partition 2026-01-01")
    expect(alice.root("Approval needed", "SALES.daily_orders")).to_be_visible()
    carol.button("Approve", carol.root("Approval needed")).click()
    if carol.get("confirm-dialog").count():
        carol.get("confirm-yes").click()
    expect(alice.root("requested by alice", "SALES.daily_orders")).to_contain_text("Done")
    expect(carol.root("requested by alice", "SALES.daily_orders")).to_contain_text("Done")


def test_two_people_press_rebuild_at_once(visits: Visits) -> None:
    """One job starts, and both see the same one."""
    alice, bob = visits.window(), visits.window("bob")
    alice.type("/dss-build CHURN.customers_clean")
    expect(alice.root("CHURN.customers_clean")).to_contain_text("Done")
    jobs = visits.world.dss.world.jobs
    before = len(jobs.of_project("CHURN"))
    buttons = [one.button("Rebuild", one.root("CHURN.customers_clean", "Done")) for one in (alice, bob)]
    for button in buttons:
        expect(button).to_be_visible()
    for button in buttons:
        button.dispatch_event("click")
    for one in (alice, bob):
        roots = one.get("messages").locator("[data-ephemeral=false]").filter(has_text="requested by")
        expect(roots).to_have_count(2)
        expect(roots.last).to_contain_text("Done")
    assert len(jobs.of_project("CHURN")) == before + 1


def test_a_reload_in_the_middle_loses_nothing(visits: Visits) -> None:
    """The thread is open again, a half-typed line is back, and the message goes on changing."""
    alice = visits.window()
    alice.type("/dss-build CHURN.scored --mode modified")
    root = alice.root("CHURN.scored", "requested by")
    expect(root).to_contain_text("Running")
    alice.thread(root)
    alice.get("composer").fill("/dss-jobs CHU")
    alice.page.reload()
    expect(alice.get("thread")).to_be_visible()
    expect(alice.get("composer")).to_have_value("/dss-jobs CHU")
    expect(root).to_contain_text("Done")
    expect(alice.get("thread")).to_contain_text("Done")
