"""Rights that a person loses meanwhile: what the bot remembers is shown only with the rights of now."""

from collections.abc import Iterator

import pytest

from bot.sandbox.dss.jobs import Job
from bot.sandbox.slack import Message
from bot.views import action_ids
from tests.scenario.test_home import home
from tests.scenario.world import Scenario, ref, shown


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """Every test here is about the default access."""
    return {"access": "dss"}


def admit(scenario: Scenario) -> None:
    """Give bob the right to see and build PAYROLL, which lists that were read before don't have."""
    scenario.dss.world.grant("bob", "PAYROLL")
    scenario.later(minutes=2)


@pytest.fixture
def lost(scenario: Scenario) -> Iterator[tuple[Message, Job]]:
    """Bob follows a job of PAYROLL that ended, and may no longer see the project."""
    admit(scenario)
    scenario.slow("salary_bands", "PAYROLL")
    scenario.type("/dss-build PAYROLL.salary_bands", user="bob")
    root = scenario.root("Running", "PAYROLL.salary_bands")
    job = scenario.newest("PAYROLL")
    scenario.finish_job(job)
    scenario.reply(root, "*Done*")
    scenario.dss.world.revoke("bob", "PAYROLL")
    scenario.later(seconds=2)  # suggestions come from lists that are a second old at most
    yield root, job
    scenario.dss.world.revoke("bob", "PAYROLL")


def last(scenario: Scenario, text: str) -> str:
    """Let bob type a command, and return what its answer shows."""

    def answered() -> list[str]:
        texts = [shown(answer) for answer in scenario.answers("bob")]
        return [text for text in texts if not text.startswith("Asking DSS")]

    before = len(answered())
    scenario.type(text, user="bob")
    scenario.until(lambda: len(answered()) > before)
    return answered()[-1]


@pytest.mark.usefixtures("lost")
@pytest.mark.parametrize(
    "command",
    [
        "/dss-jobs",
        "/dss-jobs status",
        "/dss-jobs log",
        "/dss-jobs abort last",
        "/dss-jobs rebuild",
        "/dss-jobs * --by me",
        "/dss-jobs projects",
        "/dss-jobs projects pay",
        "/dss-jobs PAYROL",
        "/dss-build salary_bands",
        "/dss-build salary_band",
    ],
)
def test_no_list_shows_a_project_that_one_may_no_longer_see(scenario: Scenario, command: str) -> None:
    """Overview, own last job, a search, and suggestions: neither the project nor the dataset is named."""
    said = last(scenario, command)
    assert "PAYROLL" not in said
    if "salary_band" not in command:  # an answer can repeat what was typed
        assert "salary_bands" not in said


def test_each_of_them_did_show_it_before(scenario: Scenario) -> None:
    """The same questions name the job while bob may see it: the test above tests something."""
    admit(scenario)
    try:
        scenario.slow("salary_bands", "PAYROLL")
        scenario.type("/dss-build PAYROLL.salary_bands", user="bob")
        scenario.root("Running", "PAYROLL.salary_bands")
        for command in ("/dss-jobs", "/dss-jobs status", "/dss-jobs * --by me", "/dss-jobs projects"):
            assert "PAYROLL" in last(scenario, command)
        home(scenario, "bob", "PAYROLL.salary_bands")
    finally:
        scenario.dss.world.revoke("bob", "PAYROLL")


@pytest.mark.usefixtures("lost")
def test_home_shows_neither_own_nor_other_jobs_of_it(scenario: Scenario) -> None:
    """App Home keeps a person's builds for weeks, but not their rights."""
    assert "PAYROLL" not in shown(home(scenario, "bob", "Running"))


def test_an_own_job_that_one_may_see_is_the_last_one(scenario: Scenario) -> None:
    """A job of a project that one may no longer see doesn't hide the job before it."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean", user="bob")
    scenario.root("Running", "CHURN.customers_clean")
    admit(scenario)
    scenario.slow("salary_bands", "PAYROLL")
    scenario.type("/dss-build PAYROLL.salary_bands", user="bob")
    scenario.root("Running", "PAYROLL.salary_bands")
    scenario.dss.world.revoke("bob", "PAYROLL")
    said = last(scenario, "/dss-jobs status")
    assert "CHURN.customers_clean" in said
    assert "PAYROLL" not in said


def test_the_buttons_of_an_old_message_act_with_the_rights_of_now(
    scenario: Scenario, lost: tuple[Message, Job]
) -> None:
    """Log and Rebuild of the root message: refused by DSS, with nothing of the log and no start."""
    root, _ = lost
    before, told = len(scenario.starts()), len(scenario.answers("bob"))
    scenario.press(root, action_ids.JOB_LOG, user="bob")
    scenario.until(lambda: all("⏳" not in shown(view) for view in scenario.slack.views("bob")) or None)
    assert "Log of" not in shown(scenario.dialog(user="bob"))
    scenario.press(root, action_ids.JOB_REBUILD, user="bob")
    scenario.until(lambda: len(scenario.answers("bob")) > told)
    assert scenario.requested("GET", "/log") == []
    assert len(scenario.starts()) == before


@pytest.mark.usefixtures("lost")
def test_unfollow_with_a_bare_id_ends_nobody_elses_watch(scenario: Scenario) -> None:
    """Carol follows the job in this channel: bob, who could once see the project, is told nothing of it."""
    job = scenario.elsewhere("salary_bands", "PAYROLL", by="carol")
    scenario.type(f"/dss-jobs follow {ref(job)}", user="carol")
    scenario.until(lambda: len(scenario.bot.store.jobs.open_refs("default")) == 1)
    said = last(scenario, f"/dss-jobs unfollow {job.id}")
    assert "PAYROLL" not in said
    assert "Which project" in said
    assert len(scenario.bot.store.jobs.open_refs("default")) == 1
