"""A connection that others could read is named at each start, and by the doctor."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.app.connections import warn_of_weak_connections
from bot.ops.doctor import _encryption
from bot.settings import Settings
from tests.app.test_connections import settings


def with_dss(url: str, verify: bool | str) -> Settings:
    known = settings()
    return replace(known, instances=(replace(known.instances[0], url=url, verify=verify),))


@pytest.mark.parametrize(
    ("url", "verify", "said"),
    [
        ("https://dss.example.com", False, "the certificate isn't checked"),
        ("http://dss.example.com:11200", True, "there is no TLS"),
        ("http://10.0.0.7", False, "there is no TLS"),
        ("http://127.0.0.1.example.com", True, "there is no TLS"),
        ("https://dss.example.com", True, None),
        ("https://dss.example.com", "/etc/ssl/company.pem", None),
        ("http://127.0.0.1:11200", True, None),
        ("http://localhost:11200", False, None),
        ("http://[::1]:11200", True, None),
    ],
)
def test_a_weak_connection_to_dss(url: str, verify: bool | str, said: str | None) -> None:
    """One loud line with what to do, and one finding."""
    given = with_dss(url, verify)
    with capture_logs() as logged:
        warn_of_weak_connections(given)
    findings = list(_encryption(given))
    assert len(logged) == len(findings) == (said is not None)
    if said is not None:
        assert (logged[0]["event"], logged[0]["log_level"]) == ("tls.off", "warning")
        assert said in logged[0]["why"]
        assert logged[0]["setting"] == "DSS default"
        assert str(findings[0]).startswith("warn  DSS default: ")
        assert said in str(findings[0])


def test_a_weak_connection_to_slack() -> None:
    """A proxy of one's own, without TLS."""
    [finding] = _encryption(settings(SLACK_API_URL="http://slack-proxy.example.com/api/"))
    assert str(finding).startswith("warn  SLACK_API_URL: slack-proxy.example.com: there is no TLS")
    assert "give an https address" in str(finding)
