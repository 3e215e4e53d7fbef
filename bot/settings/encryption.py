"""Which connections would let somebody in between read or change what the bot sends."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.settings.models import Settings


@dataclass(frozen=True, kw_only=True)
class WeakConnection:
    """A connection without TLS, or without a check of the server's certificate."""

    setting: str
    host: str
    why: str
    """What is missing, and what somebody in between could do."""
    fix: str


def weak_connections(settings: Settings) -> Iterator[WeakConnection]:
    """Yield the weak connections of a configuration; those within this machine don't count."""
    urls = [("SLACK_API_URL", settings.slack.api_url, True)]
    urls += [(f"DSS {one.name}", one.url, bool(one.verify)) for one in settings.instances]
    for setting, url, is_checked in urls:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if _is_this_machine(host):
            continue
        if parts.scheme != "https":
            why = "there is no TLS: whoever is in between can read the key and change the answers"
            yield WeakConnection(setting=setting, host=host, why=why, fix="give an https address")
        elif not is_checked:
            why = "the certificate isn't checked: whoever is in between can get the key"
            fix = "remove verify = false, and name the certificate's authority as ca_file"
            yield WeakConnection(setting=setting, host=host, why=why, fix=fix)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
