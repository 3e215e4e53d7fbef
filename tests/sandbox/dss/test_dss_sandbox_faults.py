"""Each deliberate fault has exactly its specified effect, and the server survives it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from bot.sandbox.dss import Answered, DssSandbox, ManualClock

SCORED = {"outputs": [{"id": "scored"}]}


def test_a_status_fault_has_dss_json_and_ends_after_its_times(sandbox: DssSandbox, get: Any) -> None:
    """It affects only the matching calls, and only the given number of times."""
    fault = sandbox.faults.add(
        "status", method="GET", path="/jobs/$", status=503, message="NotReady", times=2
    )
    answers = [get("/projects/CHURN/jobs/") for _ in range(3)]
    assert [one.status_code for one in answers] == [503, 503, 200]
    assert answers[0].json()["message"] == "NotReady"
    assert fault.hits == 2


def test_other_calls_are_left_alone(sandbox: DssSandbox, get: Any) -> None:
    """Other methods and paths still work; removing the rule ends the fault."""
    fault = sandbox.faults.add("html502", method="POST", path="/jobs/$")
    assert get("/projects/CHURN/jobs/").status_code == get("/projects/").status_code == 200
    assert get("/projects/CHURN/jobs/", "POST", json=SCORED).status_code == 502
    sandbox.faults.remove(fault)
    assert get("/projects/CHURN/jobs/", "POST", json=SCORED).status_code == 200


def test_an_outage_is_html_for_every_call_until_it_ends(sandbox: DssSandbox, get: Any) -> None:
    """nginx's answer while the back end restarts."""
    sandbox.faults.down()
    answer = get("/projects/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert "Bad Gateway" in answer.text
    assert "DSS-Version" not in answer.headers
    sandbox.faults.up()
    assert get("/projects/").ok


def test_a_reset_gives_no_answer_and_no_effect(sandbox: DssSandbox, get: Any) -> None:
    """The job was not started."""
    before = len(get("/projects/CHURN/jobs/").json())
    sandbox.faults.add("reset", method="POST", times=1)
    with pytest.raises(requests.ConnectionError):
        get("/projects/CHURN/jobs/", "POST", json=SCORED)
    assert len(get("/projects/CHURN/jobs/").json()) == before


def test_a_lost_answer_had_its_effect(sandbox: DssSandbox, get: Any) -> None:
    """The client sees a cut connection, but the job exists."""
    before = len(get("/projects/CHURN/jobs/").json())
    sandbox.faults.add("lose_answer", method="POST", times=1)
    with pytest.raises(requests.ConnectionError):
        get("/projects/CHURN/jobs/", "POST", json=SCORED)
    assert len(get("/projects/CHURN/jobs/").json()) == before + 1


def test_garbage_is_200_with_half_an_answer(sandbox: DssSandbox, get: Any) -> None:
    """It claims to be JSON but isn't."""
    sandbox.faults.add("garbage", times=1)
    answer = get("/projects/")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Unterminated"):
        answer.json()


def test_latency_makes_a_client_with_a_timeout_give_up(sandbox: DssSandbox) -> None:
    """The answer comes after the client's timeout; stopping doesn't wait for it either."""
    sandbox.faults.add("latency", seconds=600)
    with pytest.raises(requests.Timeout):
        requests.get(sandbox.url + "/public/api/projects/", timeout=0.2)
    before = time.monotonic()
    sandbox.stop()
    assert time.monotonic() - before < 60


@pytest.mark.parametrize("all_of_them", [False, True])
def test_latency_ends_when_its_rule_is_removed(sandbox: DssSandbox, get: Any, *, all_of_them: bool) -> None:
    """Calls that it delays are served then, rather than after all of its seconds."""
    slow = sandbox.faults.add("latency", seconds=600)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(get, "/projects/")
        while not slow.hits:
            time.sleep(0.01)
        assert not answer.done()
        if all_of_them:
            sandbox.faults.clear()
        else:
            sandbox.faults.remove(slow)
        assert answer.result(60).ok


def test_latency_and_another_fault_add_up(sandbox: DssSandbox, get: Any) -> None:
    """A slow failure is still a failure; clear ends both."""
    slow = sandbox.faults.add("latency", seconds=0.01)
    sandbox.faults.add("html502")
    assert get("/projects/").status_code == 502
    assert slow.hits == 1
    sandbox.faults.clear()
    assert get("/projects/").ok


def test_stop_leaves_no_thread_and_start_takes_the_same_port() -> None:
    """After a restart, DSS keeps its address and its world."""
    before = set(threading.enumerate())
    sandbox = DssSandbox(clock=ManualClock()).start()
    url, key = sandbox.url, sandbox.admin_key
    job = sandbox.world.start("CHURN", SCORED)
    sandbox.stop()
    assert set(threading.enumerate()) <= before
    with pytest.raises(requests.ConnectionError):
        requests.get(url + "/public/api/projects/", timeout=60)
    with sandbox:
        assert sandbox.url == url
        answer = requests.get(f"{url}/public/api/projects/CHURN/jobs/{job.id}/", auth=(key, ""), timeout=60)
        assert answer.ok
    sandbox.stop()


def test_unknown_paths_answer_like_a_gateway(get: Any) -> None:
    """404 HTML, below the base and elsewhere, also for a method that the path doesn't support."""
    for answer in (get("/nope"), get("/projects/", base=""), get("/projects/", "DELETE")):
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html")


def test_both_bases_and_the_version_headers(get: Any) -> None:
    """The documented base and the one that the official client uses answer alike."""
    answers = [get("/projects/", base=base) for base in ("/public/api", "/dip/publicapi")]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["DSS-Version"] == answers[0].headers["DSS-API-Version"] == "15.2.0"
    assert answers[0].headers["Content-Type"] == "application/json;charset=utf-8"


def test_calls_are_recorded_as_they_arrived(sandbox: DssSandbox, get: Any) -> None:
    """Method, paths, query, body, and headers, to compare two clients."""
    get("/projects/CHURN/jobs/?a=b%20c", "POST", json=SCORED, headers={"X-Mine": "1"})
    call = sandbox.requests[-1]
    assert (call.method, call.base, call.path) == ("POST", "/public/api", "/projects/CHURN/jobs/")
    assert call.raw_path == "/public/api/projects/CHURN/jobs/?a=b%20c"
    assert (call.query, call.body, call.headers["X-Mine"]) == ({"a": "b c"}, SCORED, "1")


def test_answers_can_be_watched(sandbox: DssSandbox, get: Any) -> None:
    """A watcher is told the status and the body of every answer; a cut connection has neither."""
    seen: list[Answered] = []
    sandbox.on_answer(seen.append)
    get("/projects/CHURN")
    get("/projects/NOWHERE")
    sandbox.faults.add("reset", times=1)
    with pytest.raises(requests.ConnectionError):
        get("/projects/CHURN")
    assert [one.status for one in seen] == [200, 401, None]
    assert b"Customer churn" in (seen[0].body or b"")
    assert seen[2].body is None
    assert [one.call.path for one in seen] == ["/projects/CHURN", "/projects/NOWHERE", "/projects/CHURN"]
