"""The documented snippets with Dataiku's own client and ours, each on a sandbox: no silent difference.

The test compares the requests (method, path, query, JSON body, key, content type) and the results.
`DIFFERENCES` has each difference with its reason. A difference that isn't in the table fails, and so does one
that is in the table but doesn't occur. Paths are compared without the base and the trailing slash, which make
no difference to DSS.
"""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import dataikuapi
import dataikuapi.dss.job
import pytest
from requests import RequestException
from requests.adapters import HTTPAdapter

import bot.dss
from bot.dss import DSSClient, DSSError, JobFailed, RetryPolicy
from bot.sandbox.dss import DssSandbox, ManualClock, Recorded
from tests.contract.dss.snippets import PAIRS, SNIPPETS, Bench, Snippet

VERSIONS = {"running_jobs_before_15_2": "15.1.0"}
"""Snippets for other DSS versions."""

SECONDS = 30.0

EVERYWHERE = {
    "base": "the documented /public/api, not the alias of the official client: a gateway may allow one",
    "content type": "DSS asks for application/json on every POST; the official client does not say it",
}
"""Differences that every snippet can have."""

DIFFERENCES: dict[str, dict[str, str]] = {
    "wait_for_a_failed_job": {"error": "ours names the job and why it failed"},
    "saved_models": {"requests": "the official client says foreign=False, which is what DSS assumes"},
    "datasets": {"requests": "the official client says foreign=False, which is what DSS assumes"},
    "projects": {"requests": "the official client says includeLocation=False, which is what DSS assumes"},
    "running_jobs_before_15_2": {
        "requests": "ours falls back to the list of all jobs",
        "outcome": "ours answers, the official client raises",
    },
    "a_restart_in_between": {
        "requests": "a GET is safe to send again while DSS restarts",
        "outcome": "ours answers, the official client raises",
    },
    "an_outage": {
        "requests": "a GET is safe to send again while DSS restarts",
        "error": "ours says what happened, not the gateway's HTML",
    },
    "a_lost_answer_to_a_start": {"error": "ours is typed, and says that the job may exist"},
    "half_an_answer": {"error": "ours is typed; the official client lets the JSON library's error out"},
    "names_that_try_to_be_more": {
        "requests": "ours encodes every segment; the official client asks for another address",
        "outcome": "ours answers, the official client raises",
    },
    "an_id_that_climbs": {
        "requests": "ours refuses it without a request; the official client leaves the project",
        "outcome": "the official client gets an answer of another project",
    },
}


@dataclass
class Ran:
    """The effects of a snippet."""

    returned: object
    raised: str | None
    wire: list[tuple[object, ...]]
    bases: set[str]
    content_types: set[str | None]


class Impatient(HTTPAdapter):
    """The official client waits forever: make that fail here instead of hanging."""

    def send(self, *args: Any, **options: Any) -> Any:
        return super().send(*args, **{**options, "timeout": SECONDS})


def official(url: str, key: str) -> Any:
    client = dataikuapi.DSSClient(url, key)
    client._session.mount("http://", Impatient())
    return client


def ours(url: str, key: str) -> DSSClient:
    return DSSClient(url, key, retries=RetryPolicy(sleep=lambda _: None), timeout=(SECONDS, SECONDS))


Make = Callable[[str, str], Any]


@contextmanager
def bench(make: Make, kind: ModuleType, version: str) -> Iterator[Bench]:
    clock = ManualClock()
    made: list[Any] = []

    with DssSandbox(clock=clock, version=version) as dss:

        def another(key: str) -> Any:
            made.append(make(dss.url, key))
            return made[-1]

        try:
            yield Bench(client=another(dss.admin_key), kind=kind, dss=dss, clock=clock, make=another)
        finally:
            for client in made:
                client.close() if isinstance(client, DSSClient) else client._session.close()


def run(name: str, make: Make, kind: ModuleType) -> Ran:
    return observe(SNIPPETS[name], make, kind, VERSIONS.get(name, "15.2.0"))


def observe(snippet: Snippet, make: Make, kind: ModuleType, version: str = "15.2.0") -> Ran:
    returned, raised = None, None
    with bench(make, kind, version) as at:
        try:
            returned = snippet(at)
        except DSSError as error:
            raised = f"{error.error_type}: {error}" if error.error_type else repr(error)
        except JobFailed as error:
            raised = repr(error)
        except (dataikuapi.utils.DataikuException, RequestException, ValueError) as error:
            raised = str(error)
        requests = list(at.dss.requests)
    return Ran(
        returned=returned,
        raised=raised,
        wire=[
            (got.method, got.path.rstrip("/"), got.query, got.body, got.proxy_user, caller(at.dss, got))
            for got in requests
        ],
        bases={got.base for got in requests},
        content_types={got.headers.get("Content-Type") for got in requests if got.method == "POST"},
    )


def caller(dss: DssSandbox, got: Recorded) -> tuple[str, str, str | None]:
    """Return whose key it was and how it was sent, because keys differ between two sandboxes."""
    way, _, sent = got.headers["Authorization"].partition(" ")
    secret, _, password = base64.b64decode(sent).decode().partition(":")
    key = dss.world.keys.get(secret)
    return way, (key.login or key.label) if key else "unknown", password


def differences(one: Ran, other: Ran) -> set[str]:
    """Return every aspect in which two runs differ."""
    found = set()
    if one.wire != other.wire:
        found.add("requests")
    if one.bases != other.bases:
        found.add("base")
    if one.content_types != other.content_types:
        found.add("content type")
    if (one.raised is None) != (other.raised is None):
        found.add("outcome")
    elif one.raised != other.raised:
        found.add("error")
    elif one.returned != other.returned:
        found.add("outcome")
    return found


@pytest.mark.parametrize("name", sorted(SNIPPETS))
def test_both_clients_do_the_same(name: str) -> None:
    """The same requests and the same answer or error, except for declared differences with a reason."""
    theirs = run(name, official, dataikuapi.dss.job)
    mine = run(name, ours, bot.dss)
    found = differences(theirs, mine)
    declared = set(DIFFERENCES.get(name, {}))
    assert found - set(EVERYWHERE) == declared, f"\nofficial: {theirs}\nours:     {mine}"


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_what_has_another_name_does_the_same(name: str) -> None:
    """Outside of jobs, our client is smaller: another name, the same call, the same answer."""
    one, other = PAIRS[name]
    theirs = observe(one, official, dataikuapi.dss.job)
    mine = observe(other, ours, bot.dss)
    found = differences(theirs, mine)
    assert found - set(EVERYWHERE) == set(DIFFERENCES.get(name, {})), (
        f"\nofficial: {theirs}\nours:     {mine}"
    )


def test_the_differences_of_every_call_are_real() -> None:
    """The base is the documented one, and every POST has a content type."""
    mine = run("start_the_old_shape_and_poll", ours, bot.dss)
    assert mine.bases == {"/public/api"}
    assert mine.content_types == {"application/json"}
    theirs = run("start_the_old_shape_and_poll", official, dataikuapi.dss.job)
    assert theirs.bases == {"/dip/publicapi"}
    assert theirs.content_types == {None}


def test_no_difference_is_declared_for_what_is_not_run() -> None:
    """The table has no leftovers."""
    assert set(DIFFERENCES) | set(VERSIONS) <= set(SNIPPETS) | set(PAIRS)


def test_what_is_compared_is_seen() -> None:
    """A difference in any compared aspect of a run is detected."""
    same = Ran(returned=1, raised=None, wire=[("GET",)], bases={"/a"}, content_types={None})
    assert differences(same, same) == set()
    other = Ran(returned=2, raised=None, wire=[("POST",)], bases={"/b"}, content_types={"x"})
    assert differences(same, other) == {"requests", "base", "content type", "outcome"}
    raised = Ran(returned=None, raised="x", wire=[("GET",)], bases={"/a"}, content_types={None})
    assert differences(same, raised) == {"outcome"}
    again = Ran(returned=None, raised="y", wire=[("GET",)], bases={"/a"}, content_types={None})
    assert differences(raised, again) == {"error"}
