"""What a `Transport` is made of: an address and a key that can be ones, and sessions of `requests`."""

import base64
import http.cookiejar
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import requests
import requests.auth
import urllib3.exceptions

from bot.dss.deadline import DeadlineAdapter

_ERROR_BYTES = 65_536
"""How much of an error's body is read; stack traces can be long."""
_ERROR_SECONDS = 10.0
"""How long an error's body is read: its status says the most important thing."""


class KeyAuth(requests.auth.AuthBase):
    """Sets the key itself, so that a ``.netrc`` of the machine cannot replace it."""

    def __init__(self, header: str) -> None:
        self._header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the header; `requests` calls this for each request."""
        request.headers["Authorization"] = self._header
        return request


def new_session(adapter: DeadlineAdapter, headers: Mapping[str, str] | None) -> requests.Session:
    """Return a session without cookies, over one adapter for every address."""
    session = requests.Session()
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=()))
    session.headers.update(headers or {})
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def beginning(response: requests.Response) -> bytes:
    """Read the first bytes of an error's body, as far as they come: the status is what counts."""
    body = bytearray()
    end = time.monotonic() + _ERROR_SECONDS
    try:
        while len(body) < _ERROR_BYTES and time.monotonic() < end:
            chunk = response.raw.read1(_ERROR_BYTES, decode_content=True)
            if not chunk:
                break
            body += chunk
    except (urllib3.exceptions.HTTPError, OSError):
        pass
    return bytes(body)


def checked_host(host: str) -> str:
    """Return an address without a slash at its end.

    Raises:
        ValueError: it can be no address of DSS.
    """
    parts = urlsplit(host.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("the DSS address must look like https://dss.example.com:11200")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("the DSS address must be without user name, password, query and fragment")
    return host.strip().rstrip("/")


def existing_bundle(verify: bool | str) -> bool | str:  # noqa: FBT001 - as `requests` has it
    """Return what certificates are checked with.

    Raises:
        ValueError: the bundle is not there.
    """
    if isinstance(verify, str) and not Path(verify).exists():
        raise ValueError(f"there is no certificate bundle at {verify}")
    return verify


def checked_key(api_key: str) -> str:
    """Return a key.

    Raises:
        ValueError: it can be none.
    """
    if not api_key or not re.fullmatch(r"[\x21-\x7e]+", api_key):
        raise ValueError("the DSS API key is empty, or has characters that no key has")
    return api_key


def authorization(api_key: str, auth: Literal["basic", "bearer"]) -> str:
    """Return the value of the header ``Authorization``."""
    if auth == "bearer":
        return f"Bearer {api_key}"
    return "Basic " + base64.b64encode(f"{api_key}:".encode()).decode()
