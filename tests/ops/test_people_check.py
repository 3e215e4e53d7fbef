"""``dss-bot doctor`` and ``[people]``: each login that DSS doesn't have, or has disabled, is named."""

from dataclasses import replace

from bot.domain.identity import IdentityMap
from bot.ops.people_check import check_people
from bot.sandbox.dss import DssSandbox
from tests.app.test_connections import settings

PEOPLE = {
    "": {"U0000001": "alice", "U0000002": "Bob", "dave@example.com": "dave", "U0000003": "nobody"},
    "default": {"U0000003": "carol"},
    "lab": {"U0000004": "nobody"},
}


def test_logins_that_cannot_be_used() -> None:
    """One line for each, with the key as it is in the file; an instance's own table goes before the other."""
    with DssSandbox() as dss:
        [instance] = settings(DKU_DSS_URL=dss.url, DKU_API_KEY=dss.admin_key).instances
        said = [str(one) for one in check_people(instance, IdentityMap(people=PEOPLE))]
        right = [str(one) for one in check_people(instance, IdentityMap(people={"": {"U1": "alice"}}))]
        blind = replace(instance, url="http://127.0.0.1:1")
        assert list(check_people(blind, IdentityMap(people=PEOPLE))) == []
        assert list(check_people(instance, IdentityMap())) == []
    assert said == [
        "warn  [people] U0000002: DSS default: there is no login Bob. Is it bob?",
        "warn  [people] dave@example.com: DSS default: the login dave is disabled",
    ]
    assert right == ["ok    [people]: DSS default has each of the 1 logins"]
