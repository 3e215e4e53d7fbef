"""Map failures on the wire to the typed errors of `bot.domain.errors` (DSS-API.md §3.4). Pure."""

import re
from collections.abc import Callable

import msgspec
import requests
import urllib3.exceptions

from bot.domain.errors import (
    DSSBadKey,
    DSSError,
    DSSInvalidRequest,
    DSSNotFound,
    DSSNotVisible,
    DSSRefused,
    DSSServerError,
    DSSUnavailable,
    DSSUnreachable,
    DSSUnreadable,
)
from bot.dss.wire import ErrorBody

LONGEST_TEXT = 300
"""Maximum number of characters of DSS's own text in an error message."""

_STACK = re.compile(r"\s*(?:[\r\n]|\tat\s|Traceback \(most recent call last\)).*", re.DOTALL)
_MISSING = re.compile(r"does not exist|doesn't exist|not found|unknown job|no such", re.IGNORECASE)

Redact = Callable[[str], str]
"""Removes the API key from a text."""


def from_answer(
    status: int, content_type: str, body: bytes, *, call: str, safe: bool, redact: Redact
) -> DSSError:
    """Return the error for an answer whose status is 3xx, 4xx or 5xx.

    Args:
        status: HTTP status.
        content_type: the answer's ``Content-Type``.
        body: the answer's first bytes.
        call: method and path, for the message.
        safe: whether the call has no side effects, so that a lost answer leaves no doubt.
        redact: removes the API key from what DSS said.
    """
    said = _error_body(content_type, body)
    if said is None:
        return _from_gateway(status, call=call, safe=safe)
    error_type = _short(redact(_text(said.error_type)))
    words = _short(redact(_text(said.detailed_message) or _text(said.message)))
    kind = _kind(status, error_type, words)
    unclear = not safe and status >= 500 and kind not in {DSSNotFound, DSSInvalidRequest}
    shown = {
        "errorType": error_type,
        "message": _short(redact(_text(said.message))),
        "code": _short(redact(_text(said.code))),
        "title": _short(redact(_text(said.title))),
    }
    return kind(
        words or f"DSS answered {status} to {call}",
        status=status,
        error_type=error_type,
        maybe_done=unclear,
        body={key: value for key, value in shown.items() if value},
    )


def _kind(status: int, error_type: str, words: str) -> type[DSSError]:
    if status == 401:
        return _kind_of_401(error_type, words)
    if status in {502, 503, 504, 429}:
        return DSSUnavailable
    if status >= 500:
        return _kind_of_500(error_type, words)
    if 300 <= status < 400:
        return DSSUnreadable
    return {403: DSSRefused, 404: DSSNotFound}.get(status, DSSInvalidRequest)


def _kind_of_401(error_type: str, words: str) -> type[DSSError]:
    if error_type.endswith("NotAuthenticatedException") or "unknown api key" in words.lower():
        return DSSBadKey
    if "project permissions" in words.lower():
        return DSSNotVisible
    return DSSRefused if error_type.endswith("UnauthorizedException") else DSSBadKey


def _kind_of_500(error_type: str, words: str) -> type[DSSError]:
    if error_type.endswith("NotFoundException"):
        return DSSNotFound
    if error_type.endswith("IllegalArgumentException"):
        return DSSNotFound if _MISSING.search(words) else DSSInvalidRequest
    return DSSServerError


def _from_gateway(status: int, *, call: str, safe: bool) -> DSSError:
    """Return the error for an answer that isn't from DSS itself but a gateway's page or text."""
    if status >= 500 or status == 429:
        text = f"a gateway answered {status} to {call} instead of DSS"
        return DSSUnavailable(text, status=status, maybe_done=not safe and status >= 500)
    if 300 <= status < 400:
        text = f"the DSS address redirects elsewhere ({status} to {call}); use the final https address"
        return DSSUnreadable(text, status=status)
    return DSSUnreadable(f"the answer {status} to {call} isn't in DSS's format", status=status)


def from_exception(
    error: Exception, *, call: str, host: str, safe: bool, bundle: str | None = None
) -> DSSError:
    """Return the error for a request that got no answer.

    ``maybe_done`` stays false if the request certainly wasn't sent because no connection was made.

    Args:
        error: raised by `requests` or `urllib3`.
        call: method and path.
        host: the DSS address.
        safe: whether the call has no side effects.
        bundle: which certificates are trusted, if not the default ones.
    """
    late = isinstance(error, requests.ReadTimeout) or isinstance(
        _reason(error), urllib3.exceptions.ReadTimeoutError
    )
    if late or isinstance(error, requests.Timeout):
        text = f"{host} did not answer {call} in time"
    elif isinstance(error, requests.exceptions.SSLError):
        text = f"no trusted TLS connection to {host}" + (f" (with {bundle})" if bundle else "")
    else:
        text = f"no connection to {host}, or it broke during {call}"
    unreachable = DSSUnreachable(text, maybe_done=not safe and not _never_sent(error))
    unreachable.timed_out = late or isinstance(error, requests.exceptions.ChunkedEncodingError)
    return unreachable


def unreadable(call: str, *, why: str, status: int, safe: bool) -> DSSUnreadable:
    """Return the error for a 2xx answer that can't be read. DSS might have carried out the request anyway."""
    return DSSUnreadable(f"the answer to {call} can't be read: {why}", status=status, maybe_done=not safe)


def _never_sent(error: Exception) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = _reason(error)
    if isinstance(reason, urllib3.exceptions.ProxyError):
        reason = reason.original_error
    if isinstance(reason, urllib3.exceptions.SSLError):
        return "CERTIFICATE_VERIFY_FAILED" in str(reason)
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)


def _reason(error: Exception) -> object:
    """Return the urllib3 error inside a `requests` error."""
    reason = error.args[0] if error.args else None
    return getattr(reason, "reason", reason)


def _error_body(content_type: str, body: bytes) -> ErrorBody | None:
    if "html" in content_type.lower():
        return None
    try:
        return msgspec.json.decode(body, type=ErrorBody)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _short(text: str) -> str:
    """Return the first line, without a stack trace, cut to `LONGEST_TEXT`."""
    line = _STACK.sub("", text.strip())
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"
