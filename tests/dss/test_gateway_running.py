"""Running jobs on an instance with thousands of them: unchanged items aren't decoded again."""

from bot.domain import JobInfo
from bot.dss.gateway import DssGateway
from tests.dss.conftest import Serve
from tests.dss.stub import Say

NEW = {"DSS-Version": "15.2.0"}


def item(job_id: str, state: str = "RUNNING", warnings: int = 0) -> dict[str, object]:
    """Return an item of the running list."""
    return {"jobId": job_id, "projectKey": "P", "state": state, "warningsCount": warnings}


def test_an_unchanged_item_is_not_read_again(serve: Serve) -> None:
    """The second answer returns the same facts objects; a change in any field creates new ones."""
    dss = _gateway(serve, Say([item("a"), item("b")], headers=NEW), Say([item("b", warnings=1), item("a")]))
    before, after = _by_id(dss), _by_id(dss)
    assert after["a"] is before["a"]
    assert after["b"].warnings == 1


def test_a_job_that_came_back_is_read_anew(serve: Serve) -> None:
    """Only the last list is remembered."""
    both, one = Say([item("a"), item("b")], headers=NEW), Say([item("a")])
    dss = _gateway(serve, both, one, both)
    before, between, after = _by_id(dss), _by_id(dss), _by_id(dss)
    assert list(between) == ["a"]
    assert after["b"] == before["b"]
    assert after["b"] is not before["b"]


def test_somebody_elses_view_does_not_make_the_key_read_everything_again(serve: Serve) -> None:
    """A person who sees one job of two doesn't change what is remembered for the key."""
    both, one = Say([item("a"), item("b")], headers=NEW), Say([item("a")])
    dss = _gateway(serve, both, one, both)
    before = _by_id(dss)
    assert list(_by_id(dss.as_login("alice"))) == ["a"]
    assert _by_id(dss)["b"] is before["b"]


def _by_id(dss: DssGateway) -> dict[str, JobInfo]:
    running = dss.running_jobs()
    assert running is not None
    return {facts.ref.job_id: facts for facts in running}


def _gateway(serve: Serve, *says: Say) -> DssGateway:
    _, client = serve(*says)
    return DssGateway(client, instance="eu")
