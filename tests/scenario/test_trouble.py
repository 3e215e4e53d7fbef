"""DSS is down, slow, or answers nonsense: an answer in time, nothing lost, nothing started twice."""

import pytest

from bot.sandbox.dss.model import Key
from tests.scenario.world import LONG, Scenario, ref, shown

START = {"method": "POST", "path": r"^/projects/[A-Z]+/jobs/?$"}


def test_a_wrong_key_is_named_as_the_trouble(scenario: Scenario) -> None:
    """A revoked key is the administrator's problem: the answer says so, and nothing starts."""
    key = scenario.dss.admin_key
    scenario.dss.world.revoke_key(key)
    try:
        scenario.type("/dss-build CHURN.scored")
        scenario.told("no longer accepts the bot's API key")
        scenario.type("/dss-jobs")
        scenario.until(lambda: sum("API key" in shown(m) for m in scenario.answers()) == 2)
    finally:
        scenario.dss.world.add_key(Key(secret=key, label="dss-bot", admin=True))
    assert scenario.starts() == []


def test_dss_refuses_connections(scenario: Scenario) -> None:
    """DSS is away: acknowledged at once, reported after some tries, and working again once DSS is back."""
    scenario.dss.stop()
    try:
        scenario.type("/dss-build CHURN.customers_clean")
        scenario.told("DSS isn't answering")
    finally:
        scenario.dss.start()
    assert scenario.starts() == []
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("CHURN.customers_clean")
    assert len(scenario.starts()) == 1


def test_a_gateway_answers_html(scenario: Scenario) -> None:
    """502 with HTML is "down or restarting", and no HTML is shown."""
    scenario.dss.faults.down("html502")
    scenario.type("/dss-jobs SALES")
    answer = scenario.told("down or restarting")
    assert "html" not in shown(answer).lower()


def test_a_slow_dss_does_not_delay_the_acknowledgement(scenario: Scenario) -> None:
    """DSS takes longer than Slack's three seconds: acknowledged before that, answered afterwards."""
    slow = scenario.dss.faults.add("latency", path="/jobs/", seconds=LONG)
    scenario.type("/dss-jobs ETUDES")
    assert not any("Jobs of ETUDES" in shown(m) for m in scenario.answers())
    scenario.until(lambda: slow.hits)
    scenario.dss.faults.clear()
    scenario.told("Jobs of ETUDES")


def test_other_people_are_served_while_dss_is_slow_for_one_project(scenario: Scenario) -> None:
    """A slow request doesn't delay somebody else's answer."""
    slow = scenario.dss.faults.add("latency", path="/projects/ETUDES/jobs/", times=1, seconds=LONG)
    scenario.type("/dss-jobs ETUDES")
    scenario.until(lambda: slow.hits)
    scenario.type("/dss-jobs FRAUD", user="bob")
    scenario.told("Jobs of FRAUD", user="bob")
    assert not any("Jobs of ETUDES" in shown(m) for m in scenario.answers())
    scenario.dss.faults.remove(slow)
    scenario.told("Jobs of ETUDES")


@pytest.mark.parametrize(
    "body", [b'{"baseStatus": {"state": "RUN', b"[]", b"null", b'"text"', b"\xff\xfe", b"[1, 2]"]
)
def test_garbage_is_told(scenario: Scenario, body: bytes) -> None:
    """A response that isn't a job status: the answer says what might be wrong."""
    job = scenario.elsewhere("customers_clean")
    scenario.dss.faults.add("garbage", path=f"/jobs/{job.id}", body=body)
    scenario.type(f"/dss-jobs status {ref(job)}")
    scenario.told("answers in a way the bot doesn't know")


def test_an_internal_error_of_dss_is_told(scenario: Scenario) -> None:
    """A 500 for a query: DSS's words and where to look; no stack trace."""
    scenario.dss.faults.add(
        "status", path="/projects/SALES/jobs/", status=500, message="boom <!channel>\n\tat java.lang.X"
    )
    scenario.type("/dss-jobs SALES")
    answer = scenario.told("internal error", "boom &lt;!channel&gt;")
    assert "java.lang.X" not in shown(answer)


def test_an_abort_that_dss_refuses(scenario: Scenario) -> None:
    """The person is told; the job's thread doesn't claim that an abort was requested."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.dss.faults.add("status", path="/abort", status=403, message="not you")
    scenario.type(f"/dss-jobs abort {ref(scenario.newest())}")
    scenario.told("not you", "can give you the right")
    assert not any("asked to abort" in shown(m) for m in scenario.now(root).replies)


def test_a_start_whose_answer_is_lost_is_adopted(scenario: Scenario) -> None:
    """The job exists: the bot finds it, follows it, and doesn't start it again."""
    scenario.dss.faults.add("lose_answer", times=1, **START)  # type: ignore[arg-type]
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("Running", "CHURN.customers_clean", "requested by alice")
    assert len(scenario.starts()) == 1
    assert len(scenario.roots()) == 1


def test_a_start_that_never_arrived_is_unknown_and_not_repeated(scenario: Scenario) -> None:
    """Nothing is found: the answer says so, and nothing is started a second time."""
    scenario.dss.faults.add("reset", times=1, **START)  # type: ignore[arg-type]
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.until(lambda: len(scenario.starts()) == 1)
    before = len(scenario.requested("GET", "/projects/CHURN/jobs"))
    scenario.until(lambda: len(scenario.requested("GET", "/projects/CHURN/jobs")) > before)
    scenario.later(minutes=1)
    scenario.told("isn't clear whether the job", "Nothing was started twice")
    assert len(scenario.starts()) == 1
    assert scenario.roots() == []


def test_a_start_that_is_answered_with_an_older_job_is_looked_into(scenario: Scenario) -> None:
    """A cache's answer: the older job is not followed as if it were the new one."""
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("Done", "CHURN.customers_clean")
    known = f'{{"id":"{scenario.newest().id}"}}'.encode()
    scenario.dss.faults.add("garbage", times=1, body=known, **START)  # type: ignore[arg-type]
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.until(lambda: len(scenario.starts()) == 2)
    scenario.later(minutes=1)
    scenario.told("isn't clear whether the job")
    assert len(scenario.starts()) == 2
    assert len(scenario.roots()) == 1


def test_an_internal_error_at_the_start_is_looked_into(scenario: Scenario) -> None:
    """After a 500, the job might exist: the bot searches for it and tells the person the result."""
    scenario.dss.faults.add("status", status=500, times=1, **START)  # type: ignore[arg-type]
    scenario.type("/dss-build CHURN.transactions_clean")
    scenario.until(lambda: len(scenario.starts()) == 1)
    scenario.later(minutes=1)
    scenario.told("isn't clear whether the job")
    assert len(scenario.starts()) == 1


def test_a_start_that_dss_refuses_is_told_in_its_words(scenario: Scenario) -> None:
    """A 400 is final: DSS's reason, nothing to follow, and the same request is possible again at once."""
    scenario.dss.faults.add("status", status=400, message="No engine for this recipe", times=1, **START)  # type: ignore[arg-type]
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.told("No engine for this recipe")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("CHURN.customers_clean")
    assert len(scenario.starts()) == 2


def test_the_log_cannot_be_read_for_the_excerpt(scenario: Scenario) -> None:
    """If DSS doesn't provide the log, the failure is reported without it."""
    scenario.dss.faults.add("status", path="/log", status=500)
    scenario.type("/dss-build CHURN.features_broken")
    root = scenario.root("Failed", "CHURN.features_broken")
    assert "Traceback" not in shown(scenario.reply(root, "*Failed*", "KeyError"))


def test_an_outage_is_told_once_and_its_end_too(scenario: Scenario) -> None:
    """DSS is away for long: the thread says since when, and when it is back; then the job continues."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    outage = scenario.dss.faults.add("status", status=503, path="/jobs/running")
    scenario.until(lambda: outage.hits)
    scenario.later(minutes=2)
    scenario.reply(root, "DSS hasn't answered since")
    scenario.dss.faults.clear()
    scenario.reply(root, "DSS is answering again")
    assert sum("hasn't answered" in shown(m) for m in scenario.now(root).replies) == 1
