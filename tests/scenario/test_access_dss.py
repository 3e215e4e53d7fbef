"""Access `dss`, the default: the bot acts as the person, and DSS decides."""

from collections.abc import Callable

import pytest

from bot.views import action_ids
from tests.scenario.world import Scenario, has_button, ref, shown


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """Every test here is about the default access."""
    return {"access": "dss"}


def callers(scenario: Scenario, method: str, end: str) -> set[str | None]:
    """The users that DSS was called as since the test began."""
    return {
        call.proxy_user
        for call in scenario.dss.requests[scenario._requests :]
        if call.method == method and call.path.rstrip("/").endswith(end)
    }


def test_every_call_is_made_as_the_person(scenario: Scenario) -> None:
    """Start, abort, list, status, and log requests carry the login of the person who asks."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    job = scenario.newest()
    assert job.initiator == "alice"
    assert callers(scenario, "POST", "/jobs") == {"alice"}
    scenario.press(root, action_ids.JOB_LOG, user="bob")
    scenario.dialog("Log of", user="bob")
    assert callers(scenario, "GET", "/log") == {"bob"}
    scenario.type("/dss-jobs CHURN --by me")
    assert "CHURN.customers_clean" in shown(scenario.told("by me"))
    scenario.press(root, action_ids.JOB_ABORT, user="bob")
    scenario.reply(root, "*Aborted*")
    assert callers(scenario, "POST", "/abort") == {"bob"}


def test_the_e_mail_is_compared_without_case(scenario: Scenario) -> None:
    """DSS has Bob@Example.com, and Slack has bob@example.com."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean", user="bob")
    scenario.root("CHURN.customers_clean")
    assert scenario.newest().initiator == "bob"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("zoe", "no login there has your email address zoe@example.com"),
        ("erin", "several logins have your email address (erin, erin.external)"),
        ("dave", "your login dave is disabled"),
    ],
)
@pytest.mark.parametrize("command", ["/dss-build CHURN.customers_clean", "/dss-jobs CHURN"])
def test_people_without_one_login_are_refused(
    scenario: Scenario, name: str, reason: str, command: str
) -> None:
    """No login, two logins, or a disabled one: the answer gives the reason and what to do; nothing starts."""
    if name not in {user.name for user in scenario.slack._world.users.values()}:
        scenario.slack.add_user(name)
    scenario.type(command, user=name)
    scenario.told(reason, user=name)
    assert scenario.starts() == []
    assert scenario.requested("GET", "/jobs") == []


def test_without_an_e_mail_nobody_is_let_in(scenario: Scenario) -> None:
    """Slack doesn't give the address: the bot refuses and gives that reason."""
    scenario.slack.add_user("quiet", "alice@example.com")
    scenario.slack.drop_scope("users:read.email")
    try:
        scenario.type("/dss-build CHURN.customers_clean", user="quiet")
        scenario.told("Slack doesn't tell the bot your email address", user="quiet")
    finally:
        scenario.slack.add_scope("users:read.email")
    assert scenario.starts() == []


def test_a_restricted_project_is_invisible_to_others(scenario: Scenario) -> None:
    """A person who can't see a project doesn't learn that it exists; one who can see it can work in it."""
    scenario.type("/dss-build PAYROLL.salary_bands", user="bob")
    scenario.told("no project PAYROLL", "that you can see", user="bob")
    scenario.type("/dss-jobs PAYROL", user="bob")
    assert "Did you mean" not in shown(scenario.told("no project PAYROL in", user="bob"))
    assert scenario.starts() == []
    scenario.slow("salary_bands", "PAYROLL")
    scenario.type("/dss-build PAYROLL.salary_bands", user="carol")
    scenario.root("PAYROLL.salary_bands")
    scenario.type("/dss-jobs", user="bob")
    assert "PAYROLL" not in shown(scenario.told("Running now", user="bob"))
    scenario.type(f"/dss-jobs status {ref(scenario.newest('PAYROLL'))}", user="bob")
    assert "salary_bands" not in shown(scenario.told("no project PAYROLL in DSS", user="bob"))


def test_reading_is_not_building(scenario: Scenario) -> None:
    """DSS refuses the start: the answer has DSS's words and names the missing right."""
    scenario.type("/dss-build FRAUD.alerts", user="bob")
    scenario.told("can give you the right", user="bob")
    assert scenario.roots() == []
    scenario.type("/dss-jobs FRAUD", user="bob")
    scenario.told("Jobs of FRAUD", user="bob")


def test_refused_with_401_as_some_dss_do(scenario: Scenario) -> None:
    """The same when DSS answers a missing right with 401: there is an answer, and nothing starts."""
    scenario.dss.world.refusal_status = 401
    try:
        scenario.type("/dss-build FRAUD.alerts", user="bob")
        scenario.told("DSS said", user="bob")
    finally:
        scenario.dss.world.refusal_status = 403
    assert scenario.roots() == []


def test_a_button_pressed_by_somebody_without_the_right(scenario: Scenario) -> None:
    """Carol can read CHURN but not abort there: she is refused, the job goes on, the thread says nothing."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.press(root, action_ids.JOB_ABORT, user="carol")
    scenario.told("can give you the right", user="carol")
    assert not any("asked to abort" in shown(m) for m in scenario.now(root).replies)
    assert scenario.newest().life.stop_at is None


def test_abort_all_of_somebody_without_the_right(scenario: Scenario) -> None:
    """The confirmation appears, DSS refuses the aborts, and the answer names each job."""
    job = scenario.elsewhere("customers_clean", by="alice")
    scenario.type("/dss-jobs abort --all CHURN", user="carol")
    question = scenario.told("1 unfinished job", user="carol")
    assert has_button(question, action_ids.ABORT_ALL_CONFIRM)
    scenario.press(question, action_ids.ABORT_ALL_CONFIRM, user="carol")
    answer = shown(scenario.told("request failed", user="carol"))
    assert job.id in answer
    assert "accepted the request" not in answer


def test_a_personal_key_cannot_impersonate(make_scenario: Callable[..., Scenario]) -> None:
    """The answer says exactly that and what the administrator must do; nothing starts."""
    scenario = make_scenario(access="dss", api_key=lambda dss: dss.key_of("alice"))
    for command in ("/dss-build CHURN.customers_clean", "/dss-jobs"):
        scenario.type(command, user="bob")
    scenario.until(lambda: sum("may not act as you" in shown(m) for m in scenario.answers("bob")) == 2)
    scenario.told("global API key with admin rights", user="bob")
    assert scenario.starts() == []


def test_a_project_key_cannot_list_the_users(make_scenario: Callable[..., Scenario]) -> None:
    """The answer gives the reason, and nothing starts."""
    scenario = make_scenario(access="dss", api_key=lambda dss: dss.project_key("CHURN"))
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.told("isn't allowed to list the users")
    assert scenario.starts() == []


def answers_about(scenario: Scenario, job_id: str) -> list[str]:
    """Return what bob was told about a job."""
    return [text for text in map(shown, scenario.answers("bob")) if job_id in text]


def test_a_bare_id_shows_and_ends_nothing_that_one_may_not_see(scenario: Scenario) -> None:
    """Bob can't see PAYROLL: for him, there is no such job, and carol's thread continues."""
    scenario.slow("salary_bands", "PAYROLL")
    scenario.type("/dss-build PAYROLL.salary_bands", user="carol")
    root = scenario.root("Running", "PAYROLL")
    job = scenario.newest("PAYROLL")
    commands = ("unfollow", "status", "log", "abort", "follow")
    for command in commands:
        scenario.type(f"/dss-jobs {command} {job.id}", user="bob")
    # Answers that name the job: one from the test before this one can still arrive.
    scenario.until(lambda: len(answers_about(scenario, job.id)) >= len(commands))
    said = "\n".join(answers_about(scenario, job.id))
    assert "PAYROLL" not in said
    assert "salary_bands.kept" not in said
    assert len(scenario.bot.store.jobs.open_refs("default")) == 1
    before = len(scenario.answers("bob"))
    scenario.type(f"/dss-jobs unfollow PAYROLL/{job.id}", user="bob")
    scenario.until(lambda: len(scenario.answers("bob")) > before)
    assert len(scenario.bot.store.jobs.open_refs("default")) == 1
    scenario.finish_job(job)
    scenario.reply(root, "*Done*")
