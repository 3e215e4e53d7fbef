"""Why a call got no answer, from real failures of the libraries that the bot calls with."""

import ssl
import urllib.request
from collections.abc import Callable

import pytest
import requests
import urllib3.exceptions

from bot.http.proxies import VARIABLES
from bot.http.reachability import Obstacle, Unreachable, explain, gateway_note, hint
from tests.support.raw_server import RawServer

REFUSE_407 = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def with_requests(url: str) -> None:
    requests.get(url, timeout=60)


def with_urllib(url: str) -> None:
    urllib.request.build_opener().open(url, timeout=60)


@pytest.fixture(params=[with_requests, with_urllib])
def call(request: pytest.FixtureRequest) -> Callable[[str], Unreachable | None]:
    """Call an address, and explain what was raised."""

    def called(url: str) -> Unreachable | None:
        with pytest.raises(OSError) as caught:  # noqa: PT011 - the kind is what is tested
            request.param(url)
        return explain(caught.value, url, server="DSS", trust="Trust it.")

    return called


Call = Callable[[str], Unreachable | None]


def test_a_name_that_does_not_resolve(call: Call) -> None:
    """The name is shown, and DNS as what doesn't know it."""
    why = call("https://dss.invalid:11200/x")
    assert why is not None
    assert why.obstacle is Obstacle.DNS
    assert "the name dss.invalid can't be resolved" in why.detail


def test_a_port_where_nothing_listens(call: Call) -> None:
    """Host and port are shown: one of them is wrong, or DSS isn't running."""
    why = call("https://127.0.0.1:1/x")
    assert why is not None
    assert why.obstacle is Obstacle.REFUSED
    assert "nothing listens at 127.0.0.1 port 1. " in why.detail


def test_https_to_a_server_without_tls(call: Call) -> None:
    """The address has the wrong scheme: the advice is the right one."""
    with RawServer(b"HTTP/1.1 400 Bad Request\r\n\r\n") as plain:
        why = call(f"https://127.0.0.1:{plain.port}/")
    assert why is not None
    assert why.obstacle is Obstacle.TLS
    assert "begin with http:// instead of https://" in why.detail


def test_a_connection_that_is_closed_at_once(call: Call) -> None:
    """With http://, the other side may want https://."""
    with RawServer(b"") as closing:
        why = call(f"http://127.0.0.1:{closing.port}/")
    assert why is not None
    assert why.obstacle is Obstacle.BROKEN
    assert "Does it want https://" in why.detail


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("http://u:hunter2@127.0.0.1:1", "the proxy http://127.0.0.1:1 refuses the connection"),
        ("http://proxy.invalid:3128", "the name of the proxy http://proxy.invalid:3128 can't be resolved"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_cannot_be_reached(
    call: Call, monkeypatch: pytest.MonkeyPatch, proxy: str, said: str, scheme: str
) -> None:
    """The proxy is what is named, without its password, and not the server behind it."""
    monkeypatch.setenv(f"{scheme}_proxy", proxy)
    why = call(f"{scheme}://dss.invalid/")
    assert why is not None
    assert why.obstacle is Obstacle.PROXY
    assert why.detail.startswith(said)
    assert "name dss.invalid in NO_PROXY" in why.detail
    assert "hunter2" not in why.detail


def test_a_proxy_that_wants_a_password(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy's own words say why it doesn't let the call through."""
    with RawServer(REFUSE_407) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        why = call("https://dss.invalid/")
    assert why is not None
    assert why.obstacle is Obstacle.PROXY
    assert "doesn't let the call through (407 Proxy Authentication Required)" in why.detail


def untrusted(code: int, message: str) -> requests.exceptions.SSLError:
    """Return what `requests` raises for a certificate that OpenSSL rejects."""
    reason = ssl.SSLCertVerificationError(1, f"certificate verify failed: {message}")
    reason.verify_code, reason.verify_message = code, message
    inner = urllib3.exceptions.MaxRetryError(
        urllib3.HTTPSConnectionPool("dss.example"), "/", urllib3.exceptions.SSLError(reason)
    )
    return requests.exceptions.SSLError(inner)


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        (18, "self-signed certificate", "isn't trusted (self-signed certificate). Trust it."),
        (20, "unable to get local issuer certificate", "isn't trusted (unable to get local issuer"),
        (10, "certificate has expired", "has expired. "),
        (62, "Hostname mismatch, certificate is not valid for 'dss.example'.", "is for another name (Host"),
    ],
)
def test_what_is_wrong_with_a_certificate(code: int, message: str, said: str) -> None:
    """An unknown issuer, an old certificate and another name need different things done."""
    why = explain(untrusted(code, message), "https://dss.example/", server="DSS", trust="Trust it.")
    assert why is not None
    assert why.obstacle is Obstacle.TLS
    assert f"the certificate at dss.example port 443 {said}" in why.detail


def test_a_connection_that_is_not_made_in_time() -> None:
    """It is told from an answer that takes too long: a firewall is likely, a slow DSS is not."""
    slow = {
        "doesn't accept a connection": requests.exceptions.ConnectTimeout(),
        "doesn't answer": requests.exceptions.ReadTimeout(),
    }
    for said, error in slow.items():
        why = explain(error, "http://dss.example:11200", server="DSS", trust="")
        assert why is not None
        assert why.obstacle is Obstacle.TIMEOUT
        assert said in why.detail


def test_what_is_no_trouble_of_a_connection_is_left_alone() -> None:
    """Other errors have better words of their own."""
    assert explain(ValueError("x"), "https://dss.example", server="DSS", trust="") is None


def test_an_answer_of_the_proxy_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over http:// a proxy answers in the server's place; without one there is nothing to add."""
    assert gateway_note(502, "http://dss.example") == ""
    monkeypatch.setenv("http_proxy", "http://u:hunter2@proxy.example:3128")
    assert gateway_note(502, "http://dss.example").startswith(
        "The answer might be that of the proxy http://proxy.example:3128. "
    )
    assert "wants a user name and a password" in gateway_note(407, "http://dss.example")
    assert "hunter2" not in hint("http://dss.example")
