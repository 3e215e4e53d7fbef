"""Building from Slack, at the level that people feel."""

from tests.scenario.world import Scenario, shown


def test_a_build_is_followed_to_its_end(scenario: Scenario) -> None:
    """A command starts one job; its root message and its thread tell what happens; the asker is named once."""
    delivery = scenario.type("/dss-build CHURN.scored")
    assert "CHURN.scored" in str(delivery.ack_payload)
    root = scenario.root("CHURN.scored")
    end = scenario.reply(root, "Done")
    assert len(scenario.starts()) == 1
    assert "<@" in shown(end)
    final = scenario.root("Done")
    assert final.ts == root.ts
    assert len(scenario.roots()) == 1
    assert scenario.slack.violations == []
