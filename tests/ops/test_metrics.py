"""What Prometheus reads."""

from prometheus_client import generate_latest

from bot.ops.metrics import GAUGES, Metrics


def test_each_check_of_readiness_is_a_metric() -> None:
    """People can be alerted to a problem with DSS or Slack, even though the bot itself is fine."""
    standing = {"slack_token": True, "dss_default": False}
    metrics = Metrics(lambda: dict.fromkeys(GAUGES, 2.0), lambda: standing)
    said = generate_latest(metrics.registry).decode()
    assert 'dss_bot_check_ok{check="slack_token"} 1.0' in said
    assert 'dss_bot_check_ok{check="dss_default"} 0.0' in said
    assert "dss_bot_outbox_due 2.0" in said
    standing["dss_default"] = True
    assert 'dss_bot_check_ok{check="dss_default"} 1.0' in generate_latest(metrics.registry).decode()
