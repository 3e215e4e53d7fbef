"""Which proxy a call goes through: by the environment's variables, read in one way for every library.

`requests` and urllib go by ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` (in small letters
too); slack_sdk by the first two of these, for every address and whatever ``NO_PROXY`` says.
"""

from urllib.parse import urlsplit
from urllib.request import getproxies

from requests.utils import get_environ_proxies, select_proxy

VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


def proxy_for(url: str) -> str | None:
    """Return the proxy that a call to an address goes through; ``None``: none.

    Args:
        url: ``http://…``, ``https://…``, or of a socket: ``ws://…``, ``wss://…``, which go as the former do.
    """
    plain = url.replace("wss://", "https://", 1).replace("ws://", "http://", 1)
    proxy: str | None = select_proxy(plain, get_environ_proxies(plain))
    if not proxy:
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def proxies() -> dict[str, str]:
    """Return each scheme's proxy. urllib looks at ``NO_PROXY`` by itself; it doesn't know ``ALL_PROXY``."""
    known = getproxies()
    found = {scheme: known.get(scheme) or known.get("all") for scheme in ("http", "https")}
    return {scheme: proxy for scheme, proxy in found.items() if proxy}


def shown(proxy: str) -> str:
    """Return a proxy's address without user name and password."""
    parts = urlsplit(proxy)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}"
