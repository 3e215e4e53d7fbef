"""What the reply at the end of a thread says about the run and about earlier ones."""

from tests.scenario.world import Scenario, shown


def ended(scenario: Scenario, message: str | None = None, dataset: str = "FRAUD.alerts") -> str:
    """Build a dataset that fails with a message or succeeds; return what its last reply says."""
    if message is None:
        scenario.dss.world.plan_next(outcome="DONE", duration=5)
    else:
        scenario.dss.world.plan_next(outcome="FAILED", duration=5, message=message)
    before = {root.ts for root in scenario.roots()}
    scenario.type(f"/dss-build {dataset}")
    root = scenario.until(lambda: next((m for m in scenario.roots() if m.ts not in before), None))
    return shown(scenario.reply(root, "*Done" if message is None else "*Failed*"))


def test_an_error_is_compared_with_earlier_runs(scenario: Scenario) -> None:
    """Whether it's new, how often it occurred, and what happened after it, whatever numbers it contains."""
    assert "earlier run" not in ended(scenario, "Read timed out after 3001 ms")
    ended(scenario)
    again = ended(scenario, "Read timed out after 2950 ms")
    assert "Same error as in 1 of the last 2 runs that the bot followed." in again
    assert "the next run" not in again  # one success says nothing
    ended(scenario)
    often = ended(scenario, "Read timed out after 12 ms")
    assert "Same error as in 2 of the last 4 runs" in often
    assert "After this error, the next run succeeded 2 of 2 times, so it might pass by itself." in often
    other = ended(scenario, "Division by zero")
    assert "The first time: none of the 5 earlier runs that the bot followed had this error." in other


def test_a_known_kind_of_error_has_a_way_out(scenario: Scenario) -> None:
    """One sentence that says what to do."""
    assert "give the recipe or its container more" in ended(
        scenario, "java.lang.OutOfMemoryError: heap", "SALES.revenue"
    )


def test_what_was_written_is_said(scenario: Scenario) -> None:
    """Rows and bytes of all activities, as DSS counts them."""
    scenario.type("/dss-build CHURN.scored --mode modified")
    said = shown(scenario.reply(scenario.root("CHURN.scored"), "*Done"))
    assert "Written by " in said
    assert " rows, " in said


def test_the_duration_is_compared_with_the_usual_one(scenario: Scenario) -> None:
    """As soon as DSS lists two such jobs that succeeded."""
    for _ in range(3):
        scenario.type("/dss-build FRAUD.payments_clean")
        scenario.until(scenario.idle)
    said = shown(scenario.reply(scenario.roots()[-1], "*Done"))
    assert ", usually " in said
