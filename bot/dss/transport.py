"""The single place that sends requests to DSS: paths, keys, timeouts, TLS, retries and errors.

All threads and all impersonated callers of an instance share one `Transport`. `requests.Session` doesn't
promise thread safety, but the only thing that a request writes to it is its cookie jar. Here the jar rejects
all cookies, each request says who is calling, and the connections are in urllib3's pool, which is made to be
shared. GETs and POSTs have separate sessions, because a POST must never use a connection that was idle.
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

from bot.domain.errors import (
    DSSBadKey,
    DSSError,
    DSSInvalidRequest,
    DSSMisconfigured,
    DSSUnavailable,
    DSSUnreachable,
    DSSUnreadable,
)
from bot.domain.redaction import redact
from bot.dss import error_mapping
from bot.dss.adapters import DeadlineAdapter
from bot.dss.clock import ServerClock
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
from bot.http.deadlines import answers_within

T = TypeVar("T")
Method = Literal["GET", "POST"]
QueryParams = Mapping[str, str | int | bool | None]

CHUNK = 65_536
"""Bytes to read from the connection at a time."""
MOST_BYTES = 32 * 1024 * 1024
"""Maximum size of a decoded answer in bytes: about 15,000 jobs of a list. DSS doesn't send longer answers."""
_POOL = 16
"""How many idle connections to keep."""
_LONGEST_VERSION = 100
"""Characters; anything longer isn't a version."""
_BAD_SEGMENT = re.compile(r"[\x00-\x1f\x7f]")


def segment(text: str) -> str:
    """Percent-encode one path segment, safe set empty (DSS-API.md §3.5).

    Raises:
        DSSInvalidRequest: the segment would lead to a different address than the intended one.
    """
    if not text or _BAD_SEGMENT.search(text) or {".", ".."} & set(re.split(r"[/\\]", text)):
        raise DSSInvalidRequest(f"{text!r} can't be the name of anything in DSS")
    return quote(text, safe="")


class Transport:
    """Sends requests to one DSS instance and returns its answers, or raises a `DSSError`.

    Args:
        host: address of DSS, such as ``https://dss.example.com:11200``.
        api_key: an API key of any kind.
        base_path: ``/public/api``, or ``/dip/publicapi`` as in the official client.
        auth: ``basic`` sends the key as the user name without a password, ``bearer`` as a token.
        verify: whether to check certificates, or the path of a bundle to check them with.
        cert: client certificate: one file, or certificate and key.
        timeout: seconds to connect, and seconds between two bytes of an answer.
        answer_timeout: seconds that one whole answer may take, from the request to its last byte, if the call
            doesn't set its own time.
        retries: how to retry GETs. POSTs are never retried.
        extra_headers: headers to send with every request.
        redact: masks the secrets in what DSS says.
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
        redact: Callable[[str], str] = redact,
    ) -> None:
        self.host = checked_host(host)
        self.version = ""
        """``DSS-Version`` of the latest answer; empty before the first answer."""
        self._base = self.host + "/" + base_path.strip("/")
        self._key = checked_key(api_key)
        self._mask = redact
        self._scheme, self._auth = auth, KeyAuth(authorization(self._key, auth))
        self._refused: Callable[[DSSBadKey], DSSError] | None = None
        self._verify, self._cert, self._timeout = existing_bundle(verify), cert, timeout
        self._answer_timeout = answer_timeout
        self._retries = retries or RetryPolicy()
        self._sessions = {
            "GET": new_session(DeadlineAdapter(idle=True, most=_POOL), extra_headers),
            "POST": new_session(DeadlineAdapter(idle=False, most=_POOL), extra_headers),
        }
        self.server_clock = ServerClock()
        """Measures how far DSS's clock is from this machine's."""

    def close(self) -> None:
        """Close every connection."""
        for session in self._sessions.values():
            session.close()

    def with_key(self, api_key: str, refused: Callable[[DSSBadKey], DSSError]) -> "Transport":
        """Return a transport that sends another key over the same connections; don't close it.

        Args:
            api_key: the other key.
            refused: called when DSS doesn't accept that key; returns the error to raise.

        Raises:
            ValueError: it can't be a key.
        """
        other = object.__new__(Transport)
        other.__dict__.update(self.__dict__)
        other._key = checked_key(api_key)
        other._auth = KeyAuth(authorization(other._key, self._scheme))
        other._refused = refused
        return other

    @property
    def timeout(self) -> float:
        """Maximum seconds between two bytes of an answer."""
        return self._timeout[1]

    def get(
        self,
        path: str,
        *,
        query: QueryParams | None = None,
        headers: Mapping[str, str] | None = None,
        within: float | None = None,
        most: int = MOST_BYTES,
    ) -> bytearray:
        """GET a path, with retries, and return the body.

        Args:
            path: path under the API's base path.
            query: query parameters.
            headers: additional headers.
            within: seconds that all tries together may take.
            most: maximum size of the decoded answer in bytes.

        Raises:
            DSSUnreadable: the answer is longer than ``most``.
        """

        def consume(response: requests.Response) -> bytearray:
            return self._read_all(response, most, call=f"GET {path}", safe=True)

        return self.read("GET", path, consume, query=query, headers=headers, within=within)

    def post(self, path: str, body: bytes | None, *, headers: Mapping[str, str] | None = None) -> bytearray:
        """POST once, without retries, and return the answer's body.

        Raises:
            DSSError: with ``maybe_done`` set if the answer was lost after the request was sent.
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
        query: QueryParams | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> T:
        """Send a request, let ``consume`` read the answer, and return its result.

        If the answer to a GET breaks in the middle, ``consume`` is called again from the first byte. Each try
        may take ``answer_timeout`` seconds or, if ``within`` is given, all tries together ``within`` seconds.
        """
        policy = self._retries if method == "GET" else NO_RETRY
        began, tried = policy.clock(), 0
        while True:
            retry_after = None
            # Never 0 or less, which urllib3 rejects: the pause might have been longer than requested.
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
        self, path: str, *, query: QueryParams | None = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[requests.Response]:
        """GET once and yield the open answer. Failures inside the ``with`` block are raised as `DSSError`."""
        with self._opened(
            "GET", path, query=query, body=None, headers=headers, within=self._answer_timeout
        ) as response:
            self._check(response, "GET", path)
            yield response

    def unreadable(self, call: str, why: str, *, safe: bool = True) -> DSSUnreadable:
        """Return the error for an unexpected 2xx answer."""
        return error_mapping.unreadable(call, why=self.redact(why), status=200, safe=safe)

    def _read_all(self, response: requests.Response, most: int, *, call: str, safe: bool) -> bytearray:
        whole = bytearray()  # grows in place, so that a long list of jobs is never in memory twice
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
        query: QueryParams | None,
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
            why = "it isn't compressed the way its header says"
            raise self.unreadable(call, why, safe=method == "GET") from error
        except requests.RequestException as error:
            call = f"{method} {path}"
            raise error_mapping.from_exception(
                error, call=call, host=self.host, safe=method == "GET", bundle=self._bundle()
            ) from error
        except urllib3.exceptions.HTTPError as error:  # `requests` lets some of these through
            call = f"{method} {path}"
            raise error_mapping.from_exception(
                error, call=call, host=self.host, safe=method == "GET"
            ) from error
        except OSError as error:
            # `requests` raises a bare OSError if a certificate bundle doesn't exist.
            raise DSSMisconfigured(
                f"{self._bundle() or 'A file that is needed'} can't be read: {error}"
            ) from error
        except (ValueError, OverflowError) as error:
            # Python's parsers of headers, lengths and addresses raise these bare.
            call = f"{method} {path}"
            raise self.unreadable(call, f"HTTP is malformed ({error})"[:200], safe=method == "GET") from error

    def _check(self, response: requests.Response, method: Method, path: str) -> None:
        version = response.headers.get("DSS-Version") or ""
        self.version = version if 0 < len(version) <= _LONGEST_VERSION else self.version
        if response.status_code < 300:
            return
        body = beginning(response)
        error = error_mapping.from_answer(
            response.status_code,
            response.headers.get("Content-Type", ""),
            body,
            call=f"{method} {path}",
            safe=method == "GET",
            redact=self.redact,
        )
        if isinstance(error, DSSBadKey) and self._refused is not None:
            raise self._refused(error)
        raise error

    def _bundle(self) -> str | None:
        """Return what sets the trusted certificates, if not the default: a bundle, or a variable's value."""
        if self._verify is not True:
            return f"the certificate bundle {self._verify}" if self._verify else None
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # in the order in which `requests` reads them
            if os.environ.get(name):
                return f"{name}={os.environ[name]}"
        return None

    def redact(self, text: str) -> str:
        """Remove this client's own key and every other recognizable secret."""
        return self._mask(text.replace(self._key, "…"))
