"""The parts of a `Transport`: a checked address and key, and `requests` sessions."""

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

from bot.dss.adapters import DeadlineAdapter

_ERROR_BYTES = 65_536
"""How much of an error's body to read; stack traces can be long."""
_ERROR_SECONDS = 10.0
"""How long to read an error's body: its status is what matters most."""


class KeyAuth(requests.auth.AuthBase):
    """Sets the key itself, so that a ``.netrc`` file on the machine can't replace it."""

    def __init__(self, header: str) -> None:
        self._header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the header; `requests` calls this for each request."""
        request.headers["Authorization"] = self._header
        return request


class _Session(requests.Session):
    """Follows no redirects, and doesn't look where they lead.

    `requests` does so even with ``allow_redirects=False``: it reads the whole body of a redirect, however
    long it is, and raises a bare ValueError if the address in it isn't one.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - as in `requests`
        """Say that an answer doesn't redirect."""
        return None


def new_session(adapter: DeadlineAdapter, headers: Mapping[str, str] | None) -> requests.Session:
    """Return a session without cookies that uses one adapter for every address."""
    session = _Session()
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=()))
    session.headers.update(headers or {})
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def beginning(response: requests.Response) -> bytes:
    """Read the first bytes of an error's body, as far as they arrive: the status is what matters."""
    body = bytearray()
    end = time.monotonic() + _ERROR_SECONDS
    try:
        while len(body) < _ERROR_BYTES and time.monotonic() < end:
            chunk = response.raw.read1(_ERROR_BYTES, decode_content=True)
            if not chunk:
                break
            body += chunk
    except (urllib3.exceptions.HTTPError, OSError, ValueError, OverflowError):
        pass
    return bytes(body)


def checked_host(host: str) -> str:
    """Return an address without a trailing slash.

    Raises:
        ValueError: it can't be a DSS address.
    """
    parts = urlsplit(host.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("the DSS address must look like https://dss.example.com:11200")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("the DSS address must not have a user name, password, query or fragment")
    return host.strip().rstrip("/")


def existing_bundle(verify: bool | str) -> bool | str:  # noqa: FBT001 - as `requests` has it
    """Return the bundle to check certificates with, or whether to check them.

    Raises:
        ValueError: the bundle doesn't exist.
    """
    if isinstance(verify, str) and not Path(verify).exists():
        raise ValueError(f"there's no certificate bundle at {verify}")
    return verify


def checked_key(api_key: str) -> str:
    """Return the key.

    Raises:
        ValueError: it can't be a key.
    """
    if not api_key or not re.fullmatch(r"[\x21-\x7e]+", api_key):
        raise ValueError("the DSS API key is empty, or has characters that a key can't have")
    return api_key


def authorization(api_key: str, auth: Literal["basic", "bearer"]) -> str:
    """Return the value of the ``Authorization`` header."""
    if auth == "bearer":
        return f"Bearer {api_key}"
    return "Basic " + base64.b64encode(f"{api_key}:".encode()).decode()
