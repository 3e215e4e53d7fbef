"""How the kind of failure shows whether a request might have taken effect."""

from pathlib import Path

import pytest
import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
)
from urllib3.exceptions import SSLError as TlsError

from bot.dss import DSSClient, DSSUnreachable, RetryPolicy
from bot.dss.error_mapping import from_exception
from bot.dss.log_tail import TailRing
from tests.dss.conftest import KEY, Serve
from tests.dss.stub import Say

REFUSED = NewConnectionError(None, "refused")  # type: ignore[arg-type]


def wrapped(reason: Exception) -> MaxRetryError:
    return MaxRetryError(None, "/", reason)  # type: ignore[arg-type]


NEVER_SENT = [
    requests.ConnectTimeout(wrapped(ConnectTimeoutError("slow"))),
    requests.ConnectionError(wrapped(REFUSED)),
    requests.exceptions.ProxyError(wrapped(ProxyError("no proxy", REFUSED))),
    requests.exceptions.SSLError(wrapped(TlsError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"))),
]
MAYBE_SENT = [
    requests.ReadTimeout("slow"),
    requests.ConnectionError(ProtocolError("aborted", ConnectionResetError())),
    requests.exceptions.ChunkedEncodingError("torn"),
    requests.exceptions.ProxyError(wrapped(ProxyError("torn", ConnectionResetError()))),
    requests.exceptions.SSLError(wrapped(TlsError("[SSL: DECRYPTION_FAILED]"))),
    requests.ConnectionError(),
]


@pytest.mark.parametrize("error", NEVER_SENT, ids=lambda error: type(error).__name__)
def test_without_a_connection_nothing_was_done(error: Exception) -> None:
    """The person can retry a start."""
    assert not from_exception(error, call="POST /x", host="http://dss", safe=False).maybe_done


@pytest.mark.parametrize("error", MAYBE_SENT, ids=lambda error: type(error).__name__)
def test_after_a_connection_it_may_have_been_done(error: Exception) -> None:
    """A start must be looked up; a read leaves no doubt."""
    assert from_exception(error, call="POST /x", host="http://dss", safe=False).maybe_done
    assert not from_exception(error, call="GET /x", host="http://dss", safe=True).maybe_done


def test_a_server_without_tls_is_unreachable_by_https(serve: Serve) -> None:
    """The message mentions TLS."""
    stub, _ = serve(Say({}))
    url = stub.url.replace("http:", "https:")
    with (
        DSSClient(url, KEY, retries=RetryPolicy(tries=1)) as client,
        pytest.raises(DSSUnreachable, match="no trusted TLS connection"),
    ):
        client.get_instance_info()


def test_a_certificate_bundle_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    """A wrong setting fails when the client is created, not at the first call."""
    with pytest.raises(ValueError, match="no certificate bundle"):
        DSSClient("https://dss", KEY, verify=str(tmp_path / "missing.pem"))


def test_a_tail_has_no_negative_size() -> None:
    """A wrong argument isn't treated as an empty tail."""
    with pytest.raises(ValueError, match="negative"):
        TailRing(-1)
