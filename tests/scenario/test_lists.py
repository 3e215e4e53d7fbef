"""What runs, what ran, and how one job stands."""

from collections.abc import Callable

from bot.sandbox.dss.model import User
from bot.slack.views import ids
from tests.scenario.world import Scenario, has_button, ref, shown


def test_the_overview_shows_what_runs_and_what_is_mine(scenario: Scenario) -> None:
    """Without anything: running jobs of everybody, and below what I asked for that is not among them."""
    scenario.elsewhere("scored_history")
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("Running", "CHURN.customers_clean")
    scenario.type("/dss-jobs")
    answer = scenario.told("Running now", "Your recent jobs")
    running, mine = shown(answer).split("Your recent jobs", 1)
    assert "CHURN.scored_history" in running
    assert "CHURN.customers_clean" in running
    assert "CHURN.customers_clean" not in mine
    assert "CHURN.scored_history" not in mine
    scenario.finish_job(scenario.newest())
    scenario.root("Done", "CHURN.customers_clean")
    scenario.type("/dss-jobs")
    running, mine = shown(scenario.told("1 job running")).split("Your recent jobs", 1)
    assert "CHURN.customers_clean" not in running
    assert mine.count("CHURN.customers_clean") == 1


def test_what_is_only_followed_is_not_called_mine(scenario: Scenario) -> None:
    """Somebody else's job that I followed, in two channels, is theirs."""
    job = scenario.elsewhere("scored_history", by="bob")
    scenario.type(f"/dss-jobs follow {ref(job)}", user="carol")
    root = scenario.root("CHURN.scored_history")
    scenario.finish_job(job)
    scenario.reply(root, "*Done*")
    scenario.type("/dss-jobs", user="carol")
    assert "CHURN.scored_history" not in shown(scenario.told("Your recent jobs", user="carol"))


def test_the_overview_of_somebody_without_jobs(scenario: Scenario) -> None:
    """Nothing of mine: says how to start."""
    scenario.type("/dss-jobs", user="carol")
    assert "/dss-build PROJECT.dataset" in shown(scenario.told("Your recent jobs", user="carol"))


def test_a_list_of_a_project(scenario: Scenario) -> None:
    """A page of the newest jobs, with Log and Rebuild for each, in any case of the key."""
    scenario.type("/dss-jobs etudes")
    answer = scenario.told("Jobs of ETUDES")
    assert has_button(answer, ids.JOB_LOG)
    assert has_button(answer, ids.JOB_REBUILD)
    assert has_button(answer, ids.OPEN_DSS)


def test_paging_replaces_the_message(scenario: Scenario) -> None:
    """Next and Previous turn the page in place; no message piles up."""
    scenario.dss.world.add_history("PAYROLL", 20)
    scenario.type("/dss-jobs PAYROLL")
    first = scenario.told("Jobs of PAYROLL", "page 1")
    scenario.press(first, ids.LIST_PAGE)
    second = scenario.told("Jobs of PAYROLL", "page 2")
    assert second.ts == first.ts
    assert shown(second) != shown(first)
    scenario.press(second, "list_page:0")
    again = scenario.told("page 1")
    assert again.ts == first.ts
    assert shown(again) == shown(first)
    assert len(scenario.answers()) == 1


def test_filters_go_with_the_page(scenario: Scenario) -> None:
    """The next page has the same filters as the first."""
    scenario.dss.world.add_history("PAYROLL", 60)
    scenario.type("/dss-jobs PAYROLL --state done")
    first = scenario.told("state done", "page 1")
    scenario.press(first, ids.LIST_PAGE)
    second = scenario.told("state done", "page 2")
    for page in (first, second):
        assert "*Failed*" not in shown(page)
        assert "*Aborted*" not in shown(page)


def test_failed_jobs_with_their_cause(scenario: Scenario) -> None:
    """`--state failed` lists only those, and says why each failed."""
    scenario.type("/dss-jobs CHURN --state failed")
    answer = shown(scenario.told("Jobs of CHURN", "state failed"))
    assert "*Failed*" in answer
    assert "*Done*" not in answer
    assert "Cause" in answer or "Error" in answer


def test_running_done_and_aborted(scenario: Scenario) -> None:
    """The other states."""
    scenario.elsewhere("alerts", "FRAUD")
    for state, word in (("running", "*Running*"), ("done", "*Done"), ("aborted", "*Aborted*")):
        scenario.type(f"/dss-jobs FRAUD --state {state}")
        answer = shown(scenario.told(f"state {state}"))
        assert word in answer
        others = {"*Running*", "*Done", "*Aborted*", "*Failed*"} - {word}
        assert not any(other in answer for other in others)


def test_since_in_every_way(scenario: Scenario) -> None:
    """A date with slashes as in the documentation, a word, and an age."""
    for since in ("2015/09/24", "yesterday", "7d", "2h"):
        scenario.type(f"/dss-jobs SALES --since {since}")
        scenario.told("SALES", f"since {since} · from ")
    scenario.type("/dss-jobs SALES --since 05/06/2026 --by bob")
    scenario.told("can be two days", '/dss-jobs SALES --since "2026/06/05" --by bob')


def test_since_the_future_finds_nothing_and_says_so(scenario: Scenario) -> None:
    """An empty list says what was looked for, and how to look wider."""
    scenario.type("/dss-jobs SALES --since 1m")
    answer = scenario.told("nothing found", "since 1m")
    assert "Without filters: `/dss-jobs SALES`" in shown(answer)


def test_by_a_login_and_by_me(scenario: Scenario) -> None:
    """`--by` finds what somebody started; "me" also what I asked the bot for with its own key."""
    scenario.elsewhere("alerts", "FRAUD", by="bob")
    scenario.slow("payments_clean", "FRAUD")
    scenario.type("/dss-build FRAUD.payments_clean")
    scenario.root("FRAUD.payments_clean")
    scenario.type("/dss-jobs FRAUD --by bob")
    assert "FRAUD.alerts" in shown(scenario.told("by bob"))
    scenario.type("/dss-jobs FRAUD --by bobb")
    scenario.told("bobb started none", "`bob`", "/dss-jobs FRAUD --by bob")
    scenario.type("/dss-jobs FRAUD --by me")
    mine = shown(scenario.told("by me"))
    assert "FRAUD.payments_clean" in mine
    assert "by `bob`" not in mine


def test_by_me_passes_over_a_disabled_namesake(make_scenario: Callable[..., Scenario]) -> None:
    """A login is found as access by DSS finds it: enabled ones only, whatever stands around the e-mail."""
    scenario = make_scenario()
    scenario.dss.world.add_user(
        User(login="alice.old", name="Alice", email="alice@example.com", enabled=False)
    )
    scenario.dss.world.users["alice"].email = " Alice@example.com "
    scenario.elsewhere("customers_clean", by="alice")
    scenario.type("/dss-jobs CHURN --by me --state running")
    assert "CHURN.customers_clean" in shown(scenario.told("by me"))


def test_dataset_and_limit(scenario: Scenario) -> None:
    """`--dataset` and `--limit` cut the list."""
    scenario.type("/dss-jobs CHURN --dataset scored --limit 1")
    answer = shown(scenario.told("building scored", "at most 1"))
    assert "1 job" in answer


def test_pages_end_at_the_limit(scenario: Scenario) -> None:
    """`--limit 9` has a second page of one job, and no third."""
    scenario.dss.world.add_history("PAYROLL", 30)
    scenario.type("/dss-jobs PAYROLL --limit 9")
    first = scenario.told("page 1")
    scenario.press(first, ids.LIST_PAGE)
    second = scenario.told("page 2")
    assert "1 job, page 2" in second.text
    assert not any("Next" in str(block) for block in second.blocks)


def test_status_in_every_way_of_naming(scenario: Scenario) -> None:
    """By PROJECT/ID, by a DSS link, and by such a thing alone."""
    job = scenario.elsewhere("customers_clean")
    link = f"{scenario.dss.url}/projects/CHURN/jobs/{job.id}/"
    for text in (f"status {ref(job)}", f"status {link}", link, ref(job)):
        before = len(scenario.answers())
        scenario.type(f"/dss-jobs {text}")
        scenario.until(lambda seen=before: len(scenario.answers()) > seen)  # type: ignore[misc]
        answer = scenario.answers()[-1]
        assert "CHURN.customers_clean" in shown(answer), text
        assert has_button(answer, ids.JOB_ABORT)


def test_status_of_a_job_by_its_id_while_it_runs(scenario: Scenario) -> None:
    """An id alone is enough for a job that runs, on a DSS that lists running jobs."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs status {job.id}")
    scenario.told("Running", "CHURN.customers_clean")


def test_an_id_alone_of_an_unknown_job(scenario: Scenario) -> None:
    """The person is asked for the project, with an example."""
    scenario.type("/dss-jobs status Build_x__NP__2026-11-23T08-15-02.417")
    answer = scenario.told("Which project")
    assert "PROJECT/Build_x__NP__2026-11-23T08-15-02.417" in shown(answer)


def test_status_shows_progress_by_activity(scenario: Scenario) -> None:
    """What runs now is named, with the counters."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs status {ref(job)}")
    scenario.told("0 of 1 activity done", "compute_customers_clean")


def test_abort_from_a_list(scenario: Scenario) -> None:
    """The buttons of a list are about the right job."""
    scenario.elsewhere("payments_clean", "FRAUD")
    scenario.elsewhere("alerts", "FRAUD")
    scenario.type("/dss-jobs FRAUD --state running")
    answer = scenario.told("state running")
    abort = next(b for block in answer.blocks for b in block.get("elements", ()) if "payments" in str(b))
    scenario.press(answer, abort["action_id"])
    scenario.told("request to abort `FRAUD.payments_clean`")
    assert len(scenario.requested("POST", "/abort")) == 1


def test_a_link_button_is_acknowledged_and_does_nothing(scenario: Scenario) -> None:
    """Slack tells the bot that a link was opened: that is not an error, and no answer is needed."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs status {ref(job)}")
    status = scenario.told("Running", "CHURN.customers_clean")
    scenario.press(status, ids.OPEN_DSS)
    assert len(scenario.answers()) == 1
