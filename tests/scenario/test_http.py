"""The same bot over HTTP: signed requests instead of a socket."""

import pytest
import requests

from bot.slack.views import ids
from tests.scenario.world import Scenario, has_button


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """HTTP mode for all the tests here."""
    return {"delivery": "http"}


def test_a_build_over_http(scenario: Scenario) -> None:
    """A command and a button, as signed requests."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.press(root, ids.JOB_ABORT)
    scenario.reply(root, "*Aborted*")
    assert has_button(scenario.root("Aborted"), ids.JOB_REBUILD)


@pytest.mark.parametrize("signature", ["v0=" + "0" * 64, "", None])
def test_a_wrong_signature_is_refused(scenario: Scenario, signature: str | None) -> None:
    """Nothing is done for somebody who is not Slack."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": "1"}
    if signature is not None:
        headers["X-Slack-Signature"] = signature
    body = {"command": "/dss-build", "text": "CHURN.scored", "user_id": "U1", "channel_id": "C1"}
    with requests.post(
        f"http://127.0.0.1:{scenario.http_port}/slack/events", data=body, headers=headers, timeout=5
    ) as answer:
        assert answer.status_code == 401
    assert scenario.starts() == []
