"""Running jobs, past jobs, and the status of one job."""

from collections import Counter
from collections.abc import Callable

from bot.sandbox.dss.model import User
from bot.views import action_ids
from tests.scenario.rest import is_answering
from tests.scenario.world import LONG, Scenario, has_button, ref, shown


def test_the_overview_shows_what_runs_and_what_is_mine(scenario: Scenario) -> None:
    """Without arguments: everybody's running jobs, then my other jobs."""
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
    """Somebody else's job that I followed, in two channels, is still theirs."""
    job = scenario.elsewhere("scored_history", by="bob")
    scenario.type(f"/dss-jobs follow {ref(job)}", user="carol")
    root = scenario.root("CHURN.scored_history")
    scenario.finish_job(job)
    scenario.reply(root, "*Done*")
    scenario.type("/dss-jobs", user="carol")
    assert "CHURN.scored_history" not in shown(scenario.told("Your recent jobs", user="carol"))


def test_the_overview_of_somebody_without_jobs(scenario: Scenario) -> None:
    """I have no jobs: the overview says how to start one."""
    scenario.type("/dss-jobs", user="carol")
    assert "/dss-build PROJECT.dataset" in shown(scenario.told("Your recent jobs", user="carol"))


def test_a_list_of_a_project(scenario: Scenario) -> None:
    """A page of the newest jobs, each with Log and Rebuild; the project key can be in any case."""
    scenario.type("/dss-jobs etudes")
    answer = scenario.told("Jobs of ETUDES")
    assert has_button(answer, action_ids.JOB_LOG)
    assert has_button(answer, action_ids.JOB_REBUILD)
    assert has_button(answer, action_ids.OPEN_DSS)


def test_paging_replaces_the_message(scenario: Scenario) -> None:
    """Next and Previous replace the page in place, without new messages."""
    scenario.dss.world.add_history("PAYROLL", 20)
    scenario.type("/dss-jobs PAYROLL")
    first = scenario.told("Jobs of PAYROLL", "page 1")
    scenario.press(first, action_ids.LIST_PAGE)
    second = scenario.told("Jobs of PAYROLL", "page 2")
    assert second.ts == first.ts
    assert shown(second) != shown(first)
    scenario.press(second, "list_page:0")
    again = scenario.told("page 1")
    assert again.ts == first.ts
    assert shown(again) == shown(first)
    assert len(scenario.answers()) == 1


def test_filters_go_with_the_page(scenario: Scenario) -> None:
    """The next page keeps the filters of the first."""
    scenario.dss.world.add_history("PAYROLL", 60)
    scenario.type("/dss-jobs PAYROLL --state done")
    first = scenario.told("state done", "page 1")
    scenario.press(first, action_ids.LIST_PAGE)
    second = scenario.told("state done", "page 2")
    for page in (first, second):
        assert "*Failed*" not in shown(page)
        assert "*Aborted*" not in shown(page)


def test_failed_jobs_with_their_cause(scenario: Scenario) -> None:
    """`--state failed` lists only failed jobs and says why each failed."""
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
    scenario.told("could be two days", '/dss-jobs SALES --since "2026/06/05" --by bob')


def test_since_the_future_finds_nothing_and_says_so(scenario: Scenario) -> None:
    """An empty list says what was searched for and how to search more widely."""
    scenario.type("/dss-jobs SALES --since 1m")
    answer = scenario.told("nothing found", "since 1m")
    assert "Without filters: `/dss-jobs SALES`" in shown(answer)


def test_by_a_login_and_by_me(scenario: Scenario) -> None:
    """`--by` finds what somebody started; "me" also finds what the bot started for me with its own key."""
    scenario.elsewhere("alerts", "FRAUD", by="bob")
    scenario.slow("payments_clean", "FRAUD")
    scenario.type("/dss-build FRAUD.payments_clean")
    scenario.root("FRAUD.payments_clean")
    scenario.type("/dss-jobs FRAUD --by bob")
    assert "FRAUD.alerts" in shown(scenario.told("by bob"))
    scenario.type("/dss-jobs FRAUD --by bobb")
    scenario.told("bobb didn't start any", "`bob`", "/dss-jobs FRAUD --by bob")
    scenario.type("/dss-jobs FRAUD --by me")
    mine = shown(scenario.told("by me"))
    assert "FRAUD.payments_clean" in mine
    assert "by `bob`" not in mine


def test_by_me_passes_over_a_disabled_namesake(make_scenario: Callable[..., Scenario]) -> None:
    """A login is found as access by DSS finds it: only enabled ones, whatever surrounds the email."""
    scenario = make_scenario()
    scenario.dss.world.add_user(
        User(login="alice.old", name="Alice", email="alice@example.com", enabled=False)
    )
    scenario.dss.world.users["alice"].email = " Alice@example.com "
    scenario.elsewhere("customers_clean", by="alice")
    scenario.type("/dss-jobs CHURN --by me --state running")
    assert "CHURN.customers_clean" in shown(scenario.told("by me"))


def test_dataset_and_limit(scenario: Scenario) -> None:
    """`--dataset` and `--limit` restrict the list."""
    scenario.type("/dss-jobs CHURN --dataset scored --limit 1")
    answer = shown(scenario.told("building scored", "at most 1"))
    assert "1 job" in answer


def test_pages_end_at_the_limit(scenario: Scenario) -> None:
    """`--limit 9` has a second page of one job, and no third."""
    scenario.dss.world.add_history("PAYROLL", 30)
    scenario.type("/dss-jobs PAYROLL --limit 9")
    first = scenario.told("page 1")
    scenario.press(first, action_ids.LIST_PAGE)
    second = scenario.told("page 2")
    assert "1 job, page 2" in second.text
    assert not any("Next" in str(block) for block in second.blocks)


def test_status_in_every_way_of_naming(scenario: Scenario) -> None:
    """By PROJECT/ID, by a DSS link, and by a link or a PROJECT/ID alone."""
    job = scenario.elsewhere("customers_clean")
    link = f"{scenario.dss.url}/projects/CHURN/jobs/{job.id}/"
    for text in (f"status {ref(job)}", f"status {link}", link, ref(job)):
        before = len(scenario.answers())
        scenario.type(f"/dss-jobs {text}")
        scenario.until(lambda seen=before: len(scenario.answers()) > seen)  # type: ignore[misc]
        answer = scenario.answers()[-1]
        assert "CHURN.customers_clean" in shown(answer), text
        assert has_button(answer, action_ids.JOB_ABORT)


def test_status_of_a_job_by_its_id_while_it_runs(scenario: Scenario) -> None:
    """An id alone is enough for a running job on a DSS that lists running jobs."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs status {job.id}")
    scenario.told("Running", "CHURN.customers_clean")


def test_an_id_alone_of_an_unknown_job(scenario: Scenario) -> None:
    """The answer asks for the project and shows an example."""
    scenario.type("/dss-jobs status Build_x__NP__2026-11-23T08-15-02.417")
    answer = scenario.told("Which project")
    assert "PROJECT/Build_x__NP__2026-11-23T08-15-02.417" in shown(answer)


def test_status_shows_progress_by_activity(scenario: Scenario) -> None:
    """It names what is running now, with the counts."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs status {ref(job)}")
    scenario.told("0 of 1 activity done", "compute_customers_clean")


def test_abort_from_a_list(scenario: Scenario) -> None:
    """A list's buttons act on the right job."""
    scenario.elsewhere("payments_clean", "FRAUD")
    scenario.elsewhere("alerts", "FRAUD")
    scenario.type("/dss-jobs FRAUD --state running")
    answer = scenario.told("state running")
    abort = next(b for block in answer.blocks for b in block.get("elements", ()) if "payments" in str(b))
    scenario.press(answer, abort["action_id"])
    scenario.told("request to abort `FRAUD.payments_clean`")
    assert len(scenario.requested("POST", "/abort")) == 1


def test_a_link_button_is_acknowledged_and_does_nothing(scenario: Scenario) -> None:
    """Slack notifies the bot of an opened link: this isn't an error and needs no answer."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs status {ref(job)}")
    status = scenario.told("Running", "CHURN.customers_clean")
    scenario.press(status, action_ids.OPEN_DSS)
    assert len(scenario.answers()) == 1


def test_filters_are_chosen_in_the_message(scenario: Scenario) -> None:
    """Each choice changes one filter, keeps the others, and replaces the message."""
    scenario.dss.world.add_history("PAYROLL", 60)
    scenario.type("/dss-jobs PAYROLL --dataset salary_bands")
    answer = scenario.told("Jobs of PAYROLL", "building salary_bands", "page 1")
    scenario.press(answer, action_ids.LIST_PAGE)
    scenario.select(scenario.told("page 2"), action_ids.numbered(action_ids.LIST_FILTER, 0), "state=failed")
    failed = scenario.told("state failed", "building salary_bands")
    assert "page 2" not in shown(failed)
    assert "*Done*" not in shown(failed)
    scenario.select(failed, action_ids.numbered(action_ids.LIST_FILTER, 2), "by=me")
    scenario.select(
        scenario.told("by me", "state failed", "building salary_bands"),
        action_ids.numbered(action_ids.LIST_FILTER, 0),
        "state=",
    )
    scenario.until(lambda: "state failed" not in shown(scenario.answers()[0]))
    scenario.select(
        scenario.told("by me", "building salary_bands"), action_ids.numbered(action_ids.LIST_FILTER, 2), "by="
    )
    scenario.until(lambda: "by me" not in shown(scenario.answers()[0]))
    scenario.select(scenario.answers()[0], action_ids.numbered(action_ids.LIST_FILTER, 1), "since=7d")
    scenario.told("since 7d", "building salary_bands")
    assert len(scenario.answers()) == 1


def test_an_empty_list_keeps_its_filters(scenario: Scenario) -> None:
    """One can choose others there."""
    scenario.type("/dss-jobs ETUDES --state aborted --since 1h")
    nothing = scenario.told("nothing found", "state aborted")
    scenario.select(nothing, action_ids.numbered(action_ids.LIST_FILTER, 0), "state=")
    scenario.until(lambda: "state aborted" not in shown(scenario.answers()[0]))
    scenario.select(scenario.told("since 1h"), action_ids.numbered(action_ids.LIST_FILTER, 1), "since=")
    scenario.until(lambda: has_button(scenario.answers()[0], action_ids.JOB_LOG))


def test_two_filters_are_chosen_before_the_list_has_changed(scenario: Scenario) -> None:
    """Both apply, though the message that the second one comes from doesn't know the first; no late answer
    to the first one replaces that to both."""
    scenario.type("/dss-jobs ETUDES --state aborted --since 1h")
    nothing = scenario.told("nothing found", "state aborted")
    slow = scenario.dss.faults.add("latency", path="/projects/ETUDES/jobs/", times=1, seconds=LONG)
    scenario.select(nothing, action_ids.numbered(action_ids.LIST_FILTER, 0), "state=failed")
    scenario.until(lambda: slow.hits)
    scenario.select(nothing, action_ids.numbered(action_ids.LIST_FILTER, 1), "since=7d")
    scenario.told("state failed", "since 7d")
    scenario.dss.faults.remove(slow)
    scenario.until(lambda: not is_answering(scenario.bot))
    scenario.told("state failed", "since 7d")


def test_the_head_counts_jobs_by_state(make_scenario: Callable[..., Scenario]) -> None:
    """Whatever state the list is about."""
    scenario = make_scenario()
    world = scenario.dss.world
    world.add_history("PAYROLL", 20)
    scenario.elsewhere("salary_bands", "PAYROLL")
    states = Counter(job.head(world.now()).state for job in world.jobs.of_project("PAYROLL"))
    scenario.type("/dss-jobs PAYROLL")
    answer = shown(scenario.told("Jobs of PAYROLL", "1 running"))
    assert f"{states['DONE']} done" in answer
    scenario.type("/dss-jobs PAYROLL --state running")
    scenario.told("state running", "1 running", f"{states['DONE']} done")


def test_abort_what_is_selected(scenario: Scenario) -> None:
    """Jobs of two projects: the question names them, those that ended meanwhile are counted, others go on."""
    first, second = scenario.elsewhere("alerts", "FRAUD"), scenario.elsewhere("salary_bands", "PAYROLL")
    third, other = scenario.elsewhere("scored_history"), scenario.elsewhere("customers_clean")
    scenario.type("/dss-jobs * --state running")
    answer = scenario.told("state running", "Abort several")
    scenario.press(answer, action_ids.LIST_ABORT)
    scenario.told("Select the jobs to abort in the list first")
    scenario.select(answer, action_ids.LIST_CHOOSE, [ref(first), ref(second), ref(third)])
    assert scenario.requested("POST", "/abort") == []
    scenario.finish_job(third)
    scenario.until(lambda: third.head(scenario.dss.world.now()).state == "DONE")
    scenario.press(answer, action_ids.LIST_ABORT)
    question = scenario.told("Abort these 2 jobs?", "FRAUD.alerts", "PAYROLL.salary_bands", "1 of the jobs")
    assert "customers_clean" not in shown(question)
    assert scenario.requested("POST", "/abort") == []
    scenario.press(question, action_ids.ABORT_ALL_CONFIRM)
    scenario.told("request to abort 2 jobs")
    asked = "\n".join(scenario.requested("POST", "/abort"))
    assert first.id in asked
    assert second.id in asked
    assert other.id not in asked


def test_what_was_selected_is_asked_about_with_the_rights_of_now(
    make_scenario: Callable[..., Scenario],
) -> None:
    """A project that one may no longer see isn't named, and its job isn't aborted."""
    scenario = make_scenario(access="dss")
    world = scenario.dss.world
    for project in ("CHURN", "PAYROLL"):
        world.grant("bob", project)
    kept, lost = scenario.elsewhere("scored_history"), scenario.elsewhere("salary_bands", "PAYROLL")
    scenario.type("/dss-jobs CHURN,PAYROLL --state running", user="bob")
    answer = scenario.told("state running", "Abort several", user="bob")
    scenario.select(answer, action_ids.LIST_CHOOSE, [ref(kept), ref(lost)], user="bob")
    world.revoke("bob", "PAYROLL")
    scenario.press(answer, action_ids.LIST_ABORT, user="bob")
    question = scenario.told("Abort this job?", "You can't abort 1 of the jobs", user="bob")
    assert "PAYROLL" not in shown(question)
    scenario.press(question, action_ids.ABORT_ALL_CONFIRM, user="bob")
    scenario.told("request to abort 1 job", user="bob")
    assert not any("PAYROLL" in path for path in scenario.requested("POST", "/abort"))
