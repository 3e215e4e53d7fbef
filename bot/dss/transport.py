"""The one way out to DSS: paths, keys, timeouts, TLS, retries and errors, so that no call can forget them.

One `Transport` is shared by every thread and every impersonated caller of an instance. `requests.Session`
promises nothing to threads, but all that a request writes to one is its cookie jar: here the jar refuses all
cookies, who is calling is given with each request, and the connections are in urllib3's pool, which is
made to be shared. GETs and POSTs have a session each: a POST never goes out on a connection that was idle.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, TypeVar
from urllib.parse import quote

import requests
import requests.adapters
import requests.auth
import urllib3.exceptions

from bot.deadline import answers_within
from bot.dss import problems
from bot.dss.clock import ServerClock
from bot.dss.deadline import DeadlineAdapter
from bot.dss.retries import NO_RETRY, RetryPolicy, retry_after_seconds
from bot.dss.session import (
    KeyAuth,
    authorization,
    beginning,
    checked_host,
    checked_key,
    existing_bundle,
    new_session,
)
from bot.errors import (
    DSSInvalidRequest,
    DSSMisconfigured,
    DSSUnavailable,
    DSSUnreachable,
    DSSUnreadable,
)
from bot.jobs.redact import redact

T = TypeVar("T")
Method = Literal["GET", "POST"]
Query = Mapping[str, str | int | bool | None]

CHUNK = 65_536
"""Bytes that are read from the connection at a time."""
MOST_BYTES = 32 * 1024 * 1024
"""Decoded bytes that an answer may have: some 15,000 jobs of a list. What is longer is no answer of DSS."""
_POOL = 16
"""Idle connections that are kept."""
_BAD_SEGMENT = re.compile(r"[\x00-\x1f\x7f]")


def segment(text: str) -> str:
    """Percent-encode one path segment, safe set empty (DSS-API.md §3.5).

    Raises:
        DSSInvalidRequest: for what would name another address than the one that is meant.
    """
    if not text or _BAD_SEGMENT.search(text) or {".", ".."} & set(re.split(r"[/\\]", text)):
        raise DSSInvalidRequest(f"{text!r} cannot be the name of anything in DSS")
    return quote(text, safe="")


class Transport:
    """Sends requests to one DSS instance and returns its answers, or raises a `DSSError`.

    Args:
        host: address of DSS, such as ``https://dss.example.com:11200``.
        api_key: an API key of any kind.
        base_path: ``/public/api``, or ``/dip/publicapi`` as the official client has it.
        auth: ``basic`` sends the key as user name without a password, ``bearer`` as a token.
        verify: whether certificates are checked, or the path of a bundle to check them with.
        cert: client certificate: one file, or certificate and key.
        timeout: seconds to connect, and seconds between two bytes of an answer.
        answer_timeout: seconds that one whole answer may take, from the request to its last byte, where the
            call gives no time of its own.
        retries: how GETs are tried again. POSTs never are.
        extra_headers: sent with every request.
    """

    def __init__(
        self,
        host: str,
        api_key: str,
        *,
        base_path: str = "/public/api",
        auth: Literal["basic", "bearer"] = "basic",
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        timeout: tuple[float, float] = (5.0, 30.0),
        answer_timeout: float = 300.0,
        retries: RetryPolicy | None = None,
        extra_headers: Mapping[str, str] | None = None,
    ) -> None:
        self.host = checked_host(host)
        self.version = ""
        """``DSS-Version`` of the latest answer; empty until there is one."""
        self._base = self.host + "/" + base_path.strip("/")
        self._key = checked_key(api_key)
        self._auth = KeyAuth(authorization(self._key, auth))
        self._verify, self._cert, self._timeout = existing_bundle(verify), cert, timeout
        self._answer_timeout = answer_timeout
        self._retries = retries or RetryPolicy()
        self._sessions = {
            "GET": new_session(DeadlineAdapter(idle=True, most=_POOL), extra_headers),
            "POST": new_session(DeadlineAdapter(idle=False, most=_POOL), extra_headers),
        }
        self.server_clock = ServerClock()
        """How far DSS's clock is from this machine's."""

    def close(self) -> None:
        """Close every connection."""
        for session in self._sessions.values():
            session.close()

    @property
    def timeout(self) -> float:
        """Seconds that DSS may be silent within an answer."""
        return self._timeout[1]

    def get(
        self,
        path: str,
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
        within: float | None = None,
        most: int = MOST_BYTES,
    ) -> bytearray:
        """GET, tried again where that is safe, and return the body.

        Args:
            path: under the API's base.
            query: parameters.
            headers: more headers.
            within: seconds that all tries together may take.
            most: decoded bytes that the answer may have.

        Raises:
            DSSUnreadable: the answer is longer than that.
        """

        def consume(response: requests.Response) -> bytearray:
            return self._read_all(response, most, call=f"GET {path}", safe=True)

        return self.read("GET", path, consume, query=query, headers=headers, within=within)

    def post(self, path: str, body: bytes | None, *, headers: Mapping[str, str] | None = None) -> bytearray:
        """POST once, never again, and return the answer's body.

        Raises:
            DSSError: with ``maybe_done`` set when the answer was lost after the request was sent.
        """
        typed = {**(headers or {}), "Content-Type": "application/json"}

        def consume(response: requests.Response) -> bytearray:
            return self._read_all(response, MOST_BYTES, call=f"POST {path}", safe=False)

        return self.read("POST", path, consume, body=body, headers=typed)

    def read(
        self,
        method: Method,
        path: str,
        consume: Callable[[requests.Response], T],
        *,
        query: Query | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> T:
        """Send, let ``consume`` read the answer, and return what it made.

        ``consume`` is called again, from the first byte, when the answer to a GET broke in the middle. Each
        try may take ``answer_timeout`` seconds, or all tries together ``within`` seconds where that is given.
        """
        policy = self._retries if method == "GET" else NO_RETRY
        began, tried = policy.clock(), 0
        while True:
            retry_after = None
            # Never 0 or less, which urllib3 takes for a mistake: the pause may have been longer than asked.
            left = self._answer_timeout if within is None else max(0.001, began + within - policy.clock())
            try:
                with self._opened(
                    method, path, query=query, body=body, headers=headers, within=left
                ) as response:
                    retry_after = retry_after_seconds(response.headers.get("Retry-After"))
                    self._check(response, method, path)
                    return consume(response)
            except (DSSUnreachable, DSSUnavailable):
                tried += 1
                pause = policy.pause(tried, began=began, retry_after=retry_after)
                if pause is None or (within is not None and policy.clock() + pause >= began + within):
                    raise
            policy.sleep(pause)

    @contextmanager
    def stream(
        self, path: str, *, query: Query | None = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[requests.Response]:
        """GET once and give the open answer. What breaks inside the ``with`` comes out as a `DSSError`."""
        with self._opened(
            "GET", path, query=query, body=None, headers=headers, within=self._answer_timeout
        ) as response:
            self._check(response, "GET", path)
            yield response

    def unreadable(self, call: str, why: str, *, safe: bool = True) -> DSSUnreadable:
        """Return the error for a 2xx answer that is not what was asked for."""
        return problems.unreadable(call, why=self._redact(why), status=200, safe=safe)

    def _read_all(self, response: requests.Response, most: int, *, call: str, safe: bool) -> bytearray:
        whole = bytearray()  # grows in place: a long list of jobs is never held twice
        for chunk in response.iter_content(CHUNK):
            whole += chunk
            if len(whole) > most:
                raise self.unreadable(call, f"it has more than {most >> 20} MiB", safe=safe)
        return whole

    @contextmanager
    def _opened(
        self,
        method: Method,
        path: str,
        *,
        query: Query | None,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        within: float,
    ) -> Iterator[requests.Response]:
        wanted = {key: str(value) for key, value in (query or {}).items() if value is not None}
        began = self.server_clock.now()
        try:
            with answers_within(within):
                response = self._sessions[method].request(
                    method,
                    self._base + path,
                    params=wanted,
                    data=body,
                    headers=dict(headers or {}),
                    auth=self._auth,
                    timeout=(min(self._timeout[0], within), self._timeout[1]),
                    verify=self._verify,
                    cert=self._cert,
                    stream=True,
                    allow_redirects=False,
                )
            with response:
                self.server_clock.saw(response.headers, sent=began)
                yield response
        except requests.exceptions.ContentDecodingError as error:
            call = f"{method} {path}"
            why = "it is not compressed as it says"
            raise self.unreadable(call, why, safe=method == "GET") from error
        except requests.RequestException as error:
            call = f"{method} {path}"
            raise problems.from_exception(
                error, call=call, host=self.host, safe=method == "GET", bundle=self._bundle()
            ) from error
        except urllib3.exceptions.HTTPError as error:  # where `requests` lets it through
            call = f"{method} {path}"
            raise problems.from_exception(error, call=call, host=self.host, safe=method == "GET") from error
        except OSError as error:
            # What `requests` says, bare, of a bundle of certificates that isn't there.
            raise DSSMisconfigured(
                f"{self._bundle() or 'A file that is needed'} can't be read: {error}"
            ) from error

    def _check(self, response: requests.Response, method: Method, path: str) -> None:
        self.version = response.headers.get("DSS-Version") or self.version
        if response.status_code < 300:
            return
        body = beginning(response)
        raise problems.from_answer(
            response.status_code,
            response.headers.get("Content-Type", ""),
            body,
            call=f"{method} {path}",
            safe=method == "GET",
            redact=self._redact,
        )

    def _bundle(self) -> str | None:
        """Name the variable that says which certificates are trusted, with its value, if one is in force."""
        if self._verify is not True:
            return f"the bundle of certificates {self._verify}" if self._verify else None
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # in the order in which `requests` asks them
            if os.environ.get(name):
                return f"{name}={os.environ[name]}"
        return None

    def _redact(self, text: str) -> str:
        """Take this client's own key out, and every other secret that can be recognised."""
        return redact(text.replace(self._key, "…"))
