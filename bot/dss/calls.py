"""Call one DSS instance and read its answers: the code that the client and its handles share."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
import requests

from bot.domain.errors import DSSInvalidRequest, DSSUnreadable
from bot.dss import lenient_json
from bot.dss.transport import MOST_BYTES, QueryParams, Transport

T = TypeVar("T")

_MANY_BYTES = 1024 * 1024
"""Shorter answers can't have too many values."""
_MOST_OBJECTS = 1_000_000
_MOST_VALUES = 4_000_000
"""Decoded, tiny values take thirty times their size. Even the longest real answers have fewer."""

_GENERIC = msgspec.json.Decoder()


class ApiCalls:
    """GET and POST under the API's base path, as the key or as one user, with lenient reading of answers.

    Args:
        transport: the connections, shared by every caller of the instance.
        json_timeout: seconds that a GET of JSON may take, retries included, if the call doesn't set its own.
        proxy_user: DSS login to act as (``X-DKU-ProxyUser``; needs an admin key).
    """

    def __init__(self, transport: Transport, *, json_timeout: float | None, proxy_user: str | None) -> None:
        self._transport = transport
        self._json_timeout = json_timeout
        self._headers = _proxy_header(proxy_user)
        self.proxy_user = proxy_user

    @property
    def host(self) -> str:
        """Address of DSS, without a trailing slash."""
        return self._transport.host

    @property
    def dss_version(self) -> str:
        """``DSS-Version`` of the latest answer, such as ``15.2.0``; empty before the first answer."""
        return self._transport.version

    @property
    def clock_offset(self) -> timedelta:
        """How far DSS's clock is ahead of this machine's, by its answers' ``Date``; zero if within 3 s."""
        return self._transport.server_clock.offset

    def redact(self, text: str) -> str:
        """Mask the key and every other recognizable secret."""
        return self._transport.redact(text)

    @property
    def timeout(self) -> float:
        """Maximum seconds between two bytes of an answer."""
        return self._transport.timeout

    def get_bytes(
        self,
        path: str,
        *,
        query: QueryParams | None = None,
        within: float | None = None,
        most: int = MOST_BYTES,
    ) -> bytearray:
        """GET a path under the API's base path and return the body; see `Transport.get`."""
        within = self._json_timeout if within is None else within
        return self._transport.get(path, query=query, headers=self._headers, within=within, most=most)

    def get_json(
        self, path: str, kind: type[T], *, query: QueryParams | None = None, within: float | None = None
    ) -> T:
        """GET a path under the API's base path and decode its JSON as ``kind``."""
        decoder = msgspec.json.Decoder(kind, strict=False)
        body = self.get_bytes(path, query=query, within=within)
        return self.decoded(decoder, body, call=f"GET {path}")

    def post_json(self, path: str, body: object | None) -> Any:  # noqa: ANN401 - JSON
        """POST once and return the answer's JSON; ``None`` if the answer is empty.

        Raises:
            DSSError: with ``maybe_done`` set if it's unknown whether DSS carried out the request.
        """
        sent = None if body is None else msgspec.json.encode(body)
        answer = self._transport.post(path, sent, headers=self._headers)
        return self.decoded(_GENERIC, answer, call=f"POST {path}", safe=False) if answer.strip() else None

    def read(
        self,
        path: str,
        consume: Callable[[requests.Response], T],
        *,
        query: QueryParams | None = None,
        within: float | None = None,
    ) -> T:
        """GET a path and let ``consume`` read the answer; see `Transport.read`."""
        return self._transport.read("GET", path, consume, query=query, headers=self._headers, within=within)

    def stream(
        self, path: str, *, query: QueryParams | None = None
    ) -> AbstractContextManager[requests.Response]:
        """GET a path once, and provide the open answer in a ``with`` block; see `Transport.stream`."""
        return self._transport.stream(path, query=query, headers=self._headers)

    def decoded(
        self, decoder: msgspec.json.Decoder[T], body: bytearray | msgspec.Raw, *, call: str, safe: bool = True
    ) -> T:
        """Decode a body. Fields of an undocumented type and absurd numbers are left out.

        Raises:
            DSSUnreadable: the body isn't JSON, isn't of the documented type, or has too many values.
        """
        if isinstance(body, bytearray):
            self.refuse_countless(body, call=call, safe=safe)
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
            pass
        if bytes(memoryview(body)[:64]).lstrip()[:1] == b"<":
            raise self.unreadable(call, "it is a web page", safe=safe)
        try:
            read: T = lenient_json.convert(lenient_json.loads(body), decoder.type)
        except lenient_json.Unreadable as error:
            raise self.unreadable(call, str(error), safe=safe) from None
        return read

    def refuse_countless(self, body: bytearray, *, call: str, safe: bool = True) -> None:
        """Refuse a body of millions of tiny values before it is decoded.

        Raises:
            DSSUnreadable: it has too many.
        """
        if len(body) > _MANY_BYTES and (body.count(b"{") > _MOST_OBJECTS or body.count(b",") > _MOST_VALUES):
            raise self.unreadable(call, "it has millions of values", safe=safe)

    def unreadable(self, call: str, why: str, *, safe: bool = True) -> DSSUnreadable:
        """Return the error for an unexpected answer."""
        return self._transport.unreadable(call, why, safe=safe)


def _proxy_header(login: str | None) -> dict[str, str]:
    if login is None:
        return {}
    if not login.strip() or not login.isprintable():
        raise DSSInvalidRequest(f"{login!r} can't be a DSS login")
    # Headers are Latin-1 on the wire, so this passes the bytes of the UTF-8 text through unchanged.
    return {"X-DKU-ProxyUser": login.encode().decode("latin-1")}
