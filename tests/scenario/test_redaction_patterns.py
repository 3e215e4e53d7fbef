"""Patterns of `[redaction]`: masked wherever people or the bot's log see what DSS says."""

import json

import pytest

from bot.views import action_ids
from tests.scenario.test_logs import failed, sent_files
from tests.scenario.world import Scenario, ref, shown

LICENSE = "acme_7kd93hf6s0"
"""No built-in rule knows it."""
BADGE = "badge 4711-zeta"
TRACE = f"""[2026/11/25-14:25:48.000] [main] [INFO] [x] license {LICENSE} found
[2026/11/25-14:25:48.500] [main] [ERROR] [x] refused {BADGE} for {LICENSE}
java.lang.IllegalStateException: license {LICENSE} of {BADGE} has expired
\tat com.acme.License.check(License.java:12)
[2026/11/25-14:25:49.000] [main] [ERROR] [x] Job finished, state FAILED
"""


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """Two patterns: one masks all that it matches, the other only its group."""
    return {
        "scopes": ("files:write",),
        "config": "[redaction]\npatterns = ['acme_[a-z0-9]{{6,40}}', 'badge ([0-9]{{4}}-[a-z]{{1,9}})']\n",
    }


def everything_posted(scenario: Scenario) -> str:
    """Return the arguments of all calls that Slack received."""
    return json.dumps([[call.method, call.args] for call in scenario.slack.calls], default=str)


def test_what_a_pattern_matches_reaches_nobody(scenario: Scenario) -> None:
    """In the log that somebody reads, in the file, and in an error of DSS."""
    job = failed(scenario)
    scenario.dss.faults.add("garbage", path=f"{job.id}/log", body=TRACE.encode())
    scenario.type(f"/dss-jobs log {ref(job)}")
    said = shown(scenario.told("Log of", "has expired"))
    assert "license [redacted]" in said
    assert "badge [redacted]" in said
    scenario.press(scenario.told("Log of"), action_ids.LOG_FILE)
    [file] = scenario.until(lambda: sent_files(scenario, "alice", job) or None)
    content = (file.content or b"").decode()
    assert "license [redacted] of badge [redacted] has expired" in content
    assert LICENSE not in content
    scenario.dss.faults.clear()
    message = f"license {LICENSE} doesn't cover this"
    scenario.dss.faults.add("status", method="POST", path="/jobs/$", status=400, message=message)
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.told("license [redacted]", "cover this")
    posted = everything_posted(scenario)
    assert LICENSE not in posted
    assert "4711-zeta" not in posted
