"""Commands whose meaning is clear without options, and what a guess may do: nothing by itself."""

import pytest

from bot.views import action_ids
from tests.scenario.world import Scenario, has_button, ref, shown


def test_a_name_that_one_project_has_is_built(scenario: Scenario) -> None:
    """The project need not be typed."""
    scenario.type("/dss-build scored")
    scenario.root("CHURN.scored")
    assert len(scenario.starts()) == 1


def test_a_name_that_is_only_similar_starts_nothing(scenario: Scenario) -> None:
    """The person presses the button of what they meant."""
    scenario.type("/dss-build scord")
    answer = scenario.told("No project you can see has `scord`", "CHURN.scored")
    assert scenario.starts() == []
    scenario.press(answer, action_ids.JOB_REBUILD)
    scenario.root("CHURN.scored")
    assert len(scenario.starts()) == 1


def test_a_name_that_nothing_resembles_is_refused_with_a_way_to_find_names(scenario: Scenario) -> None:
    """The way works when it is typed."""
    scenario.type("/dss-build zzzzzzzz")
    scenario.told("No project that you can see has an output zzzzzzzz", "/dss-jobs projects")
    scenario.type("/dss-jobs projects")
    scenario.told("CHURN", "SALES", "/dss-jobs datasets PROJECT")
    scenario.type("/dss-jobs datasets churn score")
    scenario.told("scored")


def test_a_dry_run_starts_nothing_and_can_be_started(scenario: Scenario) -> None:
    """It says what would be built, and Start does it."""
    scenario.type("/dss-build CHURN.scored --dry-run")
    answer = scenario.told("Dry run: nothing was started", "CHURN.scored")
    assert scenario.starts() == []
    scenario.press(answer, action_ids.BUILD_CONFIRM_ALL)
    scenario.root("CHURN.scored")
    assert len(scenario.starts()) == 1


def test_failed_jobs_of_all_projects(scenario: Scenario) -> None:
    """A state alone means every project, and the answer says what was searched."""
    scenario.type("/dss-build CHURN.features_broken")
    scenario.root("Failed")
    for text in ("failed today", "--state failed --since yesterday", "CH*,SALES failed"):
        scenario.type(f"/dss-jobs {text}")
        scenario.told("Jobs of ", " projects", "features_broken", "among the newest 100 jobs of each")


def test_questions_are_answered_with_lists(scenario: Scenario) -> None:
    """And a time that was written as a limit, with what works."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("Running")
    for text in (
        "what is running",
        "which jobs are running in CHURN",
        "who is building CHURN.customers_clean",
    ):
        before = len(scenario.answers())
        scenario.type(f"/dss-jobs {text}")
        scenario.until(lambda seen=before: len(scenario.answers()) > seen)  # type: ignore[misc]
        answer = shown(scenario.answers()[-1])
        assert "Jobs of " in answer
        assert "CHURN.customers_clean" in answer
    scenario.type("/dss-jobs CHURN --limit 3 days ago")
    scenario.told("“3 days ago”", '`/dss-jobs CHURN --since "3 days ago"`')


def test_a_pattern_that_nothing_matches(scenario: Scenario) -> None:
    """The refusal shows how to find projects."""
    scenario.type("/dss-jobs NOPE* failed")
    scenario.told("No project that you can see matches", "/dss-jobs projects")


def test_my_last_job_is_meant_without_a_name(scenario: Scenario) -> None:
    """With one job in the channel, it is that one."""
    scenario.type("/dss-jobs log")
    scenario.told("You have no job in this channel")
    scenario.type("/dss-build CHURN.features_broken")
    scenario.root("Failed")
    scenario.type("/dss-jobs why")
    scenario.told("KeyError: 'amount'")
    scenario.type("/dss-jobs last")
    scenario.told("Failed", "features_broken")


def test_several_jobs_of_mine_are_offered(scenario: Scenario) -> None:
    """Each has its buttons, and nothing is chosen for the person."""
    scenario.type("/dss-build CHURN.features_broken")
    scenario.root("Failed")
    scenario.type("/dss-build CHURN.scored")
    scenario.root("Done")
    scenario.type("/dss-jobs rebuild")
    answer = scenario.told("Which of your jobs here?", "features_broken", "scored")
    assert has_button(answer, action_ids.JOB_REBUILD)
    assert len(scenario.starts()) == 2


def test_a_misspelled_subcommand(scenario: Scenario) -> None:
    """Help comes at once, and so does a list of names; what opens a dialog is a suggestion."""
    scenario.type("/dss-jobs hlep")
    scenario.told("Jobs in DSS", "/dss-jobs status JOB")
    scenario.type("/dss-jobs projets")
    scenario.told("You can see", "CHURN")
    scenario.type("/dss-jobs conect")
    scenario.told("There is no project conect", "/dss-jobs connect")


def test_a_pasted_dataset_lists_its_jobs(scenario: Scenario) -> None:
    """`PROJECT.dataset` does the same."""
    scenario.type("/dss-build CHURN.scored")
    scenario.root("Done")
    scenario.type("/dss-jobs CHURN.scored")
    scenario.told("Jobs of CHURN", "building scored")


def test_by_takes_a_mention_a_name_and_an_email(scenario: Scenario) -> None:
    """Whom people know in Slack, and whom DSS knows, are the same person."""
    scenario.type("/dss-build CHURN.scored", user="bob")
    scenario.root("Done")
    user = scenario.slack.user_id("bob")
    for by in (f"<@{user}|bob>", "bob@example.com", '"Bob Brown"', "bob", "me"):
        scenario.type(f"/dss-jobs CHURN --by {by}", user="bob")
        scenario.told("Jobs of CHURN", "scored", user="bob")


def test_lists_name_who_asked_and_link_to_the_thread(scenario: Scenario) -> None:
    """Not the key's name, by which DSS knows the job."""
    scenario.type("/dss-build CHURN.scored")
    root = scenario.root("Done")
    link = f"/p{root.ts.replace('.', '')}|thread>"
    scenario.type("/dss-jobs CHURN --limit 3")
    assert "requested by alice" in shown(scenario.told("Jobs of CHURN", link))
    scenario.type("/dss-jobs last")
    scenario.told("Done", link)


def test_what_is_being_built_links_to_its_thread(scenario: Scenario) -> None:
    """The second person finds the first one's thread."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running")
    scenario.type("/dss-build CHURN.customers_clean", user="bob")
    answer = scenario.told("being built right now", f"/p{root.ts.replace('.', '')}|thread>", user="bob")
    assert "requested by alice" in shown(answer)
    scenario.type("/dss-jobs abort --all CHURN", user="bob")
    scenario.told("1 unfinished job in", "requested by alice", user="bob")


@pytest.mark.parametrize("typed", ["lats", "lsat", "last"])
def test_one_slip_in_a_subcommand_that_only_reads_is_done(scenario: Scenario, typed: str) -> None:
    """Nothing can go wrong: also for one that could abort or rebuild, which shows the job and its buttons."""
    scenario.type("/dss-build CHURN.scored")
    scenario.root("Done")
    scenario.type(f"/dss-jobs {typed}")
    scenario.told("Done", "requested by alice", "CHURN.scored")
    scenario.type("/dss-jobs rebiuld")
    scenario.until(lambda: len(scenario.answers()) > 1)
    assert has_button(scenario.answers()[-1], action_ids.JOB_REBUILD)
    assert len(scenario.starts()) == 1


def test_a_subcommand_of_the_other_command_is_pointed_to(scenario: Scenario) -> None:
    """`/dss-build hlep` is help, and `/dss-build last` leads to /dss-jobs."""
    scenario.type("/dss-build hlep")
    scenario.told("Build in DSS")
    scenario.type("/dss-build last")
    scenario.told("No project that you can see has an output last", "`/dss-jobs last`")


def test_a_dataset_with_a_slash_lists_its_jobs(scenario: Scenario) -> None:
    """`CHURN/scored` is no job; where a job is needed, the answer says where its jobs are."""
    scenario.type("/dss-build CHURN.scored")
    scenario.root("Done")
    scenario.type("/dss-jobs churn/Scored")
    scenario.told("Jobs of CHURN", "building scored", "requested by alice")
    for typed in ("log CHURN.scored", "why scored", "abort churn.scored"):
        before = len(scenario.answers())
        scenario.type(f"/dss-jobs {typed}")
        scenario.until(lambda seen=before: len(scenario.answers()) > seen)  # type: ignore[misc]
        said = scenario.answers()[-1].text
        assert "`" in said
        assert "is a dataset, not a job" in said
        assert "/dss-jobs CHURN --dataset scored" in said


def test_links_say_what_they_lead_to(scenario: Scenario) -> None:
    """A folder needs no --type, and a project's link is its list of jobs."""
    scenario.type(f"/dss-build {scenario.dss.url}/projects/CHURN/managedfolder/O2ue6CX3/view/")
    scenario.root("CHURN.Customer exports")
    for page in ("", "jobs/", "flow/?zoneId=default"):
        scenario.type(f"/dss-jobs {scenario.dss.url}/projects/CHURN/{page}")
        scenario.told("*Jobs of CHURN*", "CHURN.Customer exports")
    scenario.type(f"/dss-jobs datasets {scenario.dss.url}/projects/CHURN/")
    scenario.told("datasets of `CHURN`")


def test_why_is_about_failed_jobs(scenario: Scenario) -> None:
    """With one failed job among several, it is that one."""
    scenario.type("/dss-build CHURN.features_broken")
    scenario.root("Failed")
    scenario.type("/dss-build CHURN.scored")
    scenario.root("Done", "CHURN.scored")
    scenario.type("/dss-jobs why")
    scenario.told("Log of `CHURN.features_broken`", "KeyError: 'amount'")


def test_sentences_are_read(scenario: Scenario) -> None:
    """Whose jobs, since when, and words that say nothing."""
    scenario.type("/dss-build CHURN.features_broken")
    root = scenario.root("Failed")
    texts = (
        "CHURN since yesterday",
        "what failed in churn today",
        "failed by alice",
        "show me failed jobs",
        "mine",
    )
    for text in (*texts, "failed since 1h", "last failed", "all failed", "/dss-jobs churn failed"):
        before = len(scenario.answers())
        scenario.type(f"/dss-jobs {text}")
        scenario.until(lambda seen=before: len(scenario.answers()) > seen)  # type: ignore[misc]
        assert root.ts.replace(".", "") in shown(scenario.answers()[-1]), text


def test_an_ended_job_that_cannot_be_followed_says_who_asked(scenario: Scenario) -> None:
    """Not the key's name, by which DSS knows the job; and it links to its thread."""
    scenario.type("/dss-build CHURN.scored")
    root = scenario.root("Done")
    scenario.type(f"/dss-jobs follow {ref(scenario.newest())}")
    said = shown(scenario.told("nothing left to follow"))
    assert "requested by alice" in said
    assert "API (" not in said
    assert root.ts.replace(".", "") in said


def test_a_name_that_is_too_long_is_refused(scenario: Scenario) -> None:
    """It isn't stored, and it isn't passed over in silence."""
    scenario.type("/dss-build " + "x" * 2_000)
    scenario.told("at most 1,000 characters")


@pytest.mark.parametrize(
    ("typed", "said", "right"),
    [
        (
            "/dss-build features scored --dry-run",
            "no project features",
            "CHURN.features CHURN.scored --dry-run",
        ),
        ("/dss-jobs CHURN since blah", "“blah” isn't a date", "/dss-jobs CHURN --since yesterday"),
        ("/dss-jobs CHURN --state failed,aborted", "once for each", "/dss-jobs CHURN --state failed"),
        ("/dss-jobs CHURN --since half past nine", "“half past nine” isn't", "CHURN --since yesterday"),
        ("/dss-jobs CHURN scored failed", "PROJECT.dataset", "CHURN --state failed --dataset scored"),
        ("/dss-build the CHURN.scored", "isn't clear", "/dss-build CHURN.scored"),
        ("/dss-jobs follow blah CHURN/Build_x_2026-11-23T08-15-02.417", "one job", "/dss-jobs CHURN"),
    ],
)
def test_what_is_suggested_has_the_words_that_say_something(
    scenario: Scenario, typed: str, said: str, right: str
) -> None:
    """No word that isn't a project is made one, and nothing starts."""
    scenario.type(typed)
    assert right in shown(scenario.told(said))
    assert scenario.starts() == []
