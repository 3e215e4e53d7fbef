"""Only this page's own visitors get in: the token, the Host, the Origin."""

from urllib.parse import urlsplit

import pytest

from bot.sandbox.page import Playground, guard
from tests.sandbox.page.conftest import Visitor

COMMAND = {"channel": "data", "text": "/dss-jobs"}


def test_the_token_is_needed_for_everything(visitor: Visitor) -> None:
    """Without it, or with another one, nothing is there: no file, no state, no stream, no control."""
    other = "/" + "x" * (len(visitor.path) - 2) + "/"
    for path in ("", "app.js", "state", "events", "files/F1"):
        for start in ("/", other):
            answer = visitor.request("GET", start + path, raw=True)
            assert (answer.status, answer.body[:9]) == (404, b"Not found")
    assert visitor.request("POST", f"{other}people/alice/command", COMMAND, raw=True).status == 404


def test_tokens_differ_and_cannot_be_guessed(page: Playground) -> None:
    """192 random bits."""
    assert len(urlsplit(page.url).path.strip("/")) == 32


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example:80"}, 403),
        ({"Host": "127.0.0.1"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_another_site_cannot_drive_it(visitor: Visitor, headers: dict[str, str], status: int) -> None:
    """DNS rebinding, another origin's requests, and forms are refused even with the right token."""
    answer = visitor.request("POST", "people/alice/command", COMMAND, headers=headers)
    assert answer.status == status
    assert visitor.get("state")["traffic"] == []


def test_the_browser_itself_gets_in(visitor: Visitor) -> None:
    """The page's own origin by either name, and a link that somebody clicked."""
    port = visitor.address.partition(":")[2]
    own = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}", "Sec-Fetch-Site": "same-origin"}
    assert visitor.request("GET", "state", headers=own).status == 200
    clicked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert visitor.request("GET", "", headers=clicked).status == 200
    assert visitor.request("GET", visitor.path.rstrip("/"), raw=True).status == 308


@pytest.mark.parametrize("path", ["", "app.js", "state", "nowhere", "vendor/htm-preact.js"])
def test_every_answer_is_locked_down(visitor: Visitor, path: str) -> None:
    """No other origin may read, frame, or inject anything."""
    headers = visitor.request("GET", path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert {name: headers[name] for name in guard.HEADERS} == guard.HEADERS
    assert "Access-Control-Allow-Origin" not in headers


def test_only_files_of_the_page_are_served(visitor: Visitor) -> None:
    """A path cannot lead out of the folder."""
    for path in ("../server.py", "%2e%2e/server.py", "vendor/../../server.py", "css"):
        assert visitor.request("GET", path).status == 404
