"""Which requests the page's server accepts. Pure.

Any website that somebody has open can send requests to a port on their machine. It doesn't know the token in
the path; the checks here stop it even if it did: a name that leads to loopback (DNS rebinding) isn't accepted
in ``Host``, another site is visible in ``Origin`` or ``Sec-Fetch-Site``, and a form can't send JSON.
"""

import hmac
from collections.abc import Mapping

SAFE = frozenset({"GET", "HEAD"})

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Sent with every answer. There is no CORS header: no other origin may read anything."""


def token_matches(given: str, token: str) -> bool:
    """Compare tokens in constant time."""
    return hmac.compare_digest(given.encode(), token.encode())


def refusal(method: str, headers: Mapping[str, str], port: int) -> tuple[int, str] | None:
    """Return the status and the reason to refuse a request, or ``None``.

    Args:
        method: the HTTP method.
        headers: names in any case, such as werkzeug's.
        port: the server's own port.
    """
    hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
    host = headers.get("Host", "")
    if host not in hosts:
        return 403, "The Host header must be 127.0.0.1 or localhost, with this port."
    origin = headers.get("Origin")
    if origin is not None and origin != f"http://{host}":
        return 403, "Only this page's own origin can send requests."
    navigates = method in SAFE and headers.get("Sec-Fetch-Mode") == "navigate"
    if headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"} and not navigates:
        return 403, "Another site can't send requests here."
    if method not in SAFE and headers.get("Content-Type", "").partition(";")[0] != "application/json":
        return 415, "Send JSON: Content-Type must be application/json."
    return None
