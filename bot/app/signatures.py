"""Checks requests to the Slack port first: they must be signed by Slack and readable, or they are refused.

Anybody who reaches the port can send anything. Without a valid signature, the answer is 401, whatever the
body and the headers say. With one, an unreadable request gets 400. Each refusal writes one log line.
"""

import hashlib
import hmac
import io
import json
import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import structlog

from bot.http.server import MOST_BODY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

_STATUS = {
    400: "400 Bad Request",
    401: "401 Unauthorized",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    413: "413 Content Too Large",
}


_STAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_FRESH = 300
"""Seconds for which a signature is valid."""


class Unreadable(ValueError):
    """A signed request that isn't of any kind that Slack sends."""


def signed_only(app: "WSGIApplication", secret: str, *, path: str) -> "WSGIApplication":
    """Return an application that passes only signed, readable requests on to ``app``.

    Args:
        app: Bolt's.
        secret: Slack's signing secret.
        path: the path of Slack's requests.
    """

    def checked(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("PATH_INFO") != path:
            return _refuse(404, start_response, "no such path")
        if environ.get("REQUEST_METHOD") != "POST":
            return _refuse(405, start_response, "not a POST")
        body = environ["wsgi.input"].read(MOST_BODY + 1)
        if len(body) > MOST_BODY:
            return _refuse(413, start_response, "too large")
        if not _is_signed(secret, environ, body):
            return _refuse(401, start_response, "no valid signature")
        try:
            check_payload(body, environ.get("CONTENT_TYPE", ""))
        except Unreadable as error:
            return _refuse(400, start_response, str(error))
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        try:
            return app(environ, start_response)
        except Exception as error:  # noqa: BLE001 - Bolt fails on payloads that Slack doesn't send
            return _refuse(400, start_response, f"Bolt can't read it: {type(error).__name__}")

    return checked


def check_payload(body: bytes, content_type: str) -> None:
    """Make sure that a body is a form or an object, in text, as Slack sends them.

    Raises:
        Unreadable: with the reason.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    if "json" in content_type.lower() or text.lstrip().startswith("{"):
        _object(text)
        return
    try:
        form = parse_qs(text, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise Unreadable("not a form") from None
    if not form:
        raise Unreadable("empty")
    if "payload" in form:
        _object(form["payload"][0])
    elif "command" not in form and "ssl_check" not in form:
        raise Unreadable("neither a payload nor a command")


def _object(text: str) -> None:
    try:
        read: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None
    if not isinstance(read, dict):
        raise Unreadable("not a JSON object")


def _is_signed(secret: str, environ: "WSGIEnvironment", body: bytes) -> bool:
    """Check Slack's signature (SLACK-FACTS.md §1); slack_sdk's own check fails on bytes that aren't text."""
    stamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
    signature = environ.get("HTTP_X_SLACK_SIGNATURE", "")
    if not (_STAMP.fullmatch(stamp) and signature.isascii()):
        return False
    if abs(time.time() - int(stamp)) > _FRESH:
        return False
    signed = hmac.new(secret.encode(), b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256)
    return hmac.compare_digest(f"v0={signed.hexdigest()}", signature)


def _refuse(status: int, start_response: "StartResponse", why: str) -> list[bytes]:
    log.warning("slack.request_refused", status=status, why=why)
    said = f"{_STATUS[status]}\n".encode()
    start_response(_STATUS[status], [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said]
