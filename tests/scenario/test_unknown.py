"""What this version doesn't know: acknowledged, answered if somebody is waiting, and nothing else."""

from typing import Any

import pytest

from tests.scenario.world import Scenario

BUTTON = {
    "type": "button",
    "action_id": "of_another_version",
    "block_id": "b",
    "value": "x",
    "action_ts": "1.1",
}


def test_a_button_that_this_version_does_not_have(scenario: Scenario) -> None:
    """Its message is from another version: the person is told so."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("CHURN.customers_clean")
    alice = scenario.slack.as_user("alice")
    payload = alice.payloads.message_action(alice.id, root, dict(BUTTON), {}, attachment=None)
    scenario._acknowledged(alice._send(alice._delivery("interactive", payload, "press")))
    scenario.told("older message")
    assert len(scenario.starts()) == 1


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("events_api", {"type": "event_callback", "event": {"type": "team_join", "user": {"id": "U1"}}}),
        ("events_api", {"type": "event_callback", "event": {"type": "a_new_event", "user": "U1"}}),
        ("interactive", {"type": "view_closed", "view": {"callback_id": "old", "type": "modal"}}),
        ("interactive", {"type": "block_suggestion", "action_id": "old", "block_id": "b", "value": "x"}),
        ("interactive", {"type": "shortcut", "callback_id": "old"}),
    ],
)
def test_what_nothing_listens_to_is_acknowledged(
    scenario: Scenario, kind: str, payload: dict[str, Any]
) -> None:
    """Otherwise Slack would send it again or show the person a warning."""
    alice = scenario.slack.as_user("alice")
    base = alice.payloads._base(str(payload["type"]), alice.id)
    scenario._acknowledged(alice._send(alice._delivery(kind, base | payload, str(payload["type"]))))
    assert scenario.answers() == []
