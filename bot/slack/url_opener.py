"""Make slack_sdk's calls use the environment's proxies, a deadline for each answer, and no redirects.

slack_sdk calls `urllib.request.urlopen` and has no hook for either, so we install the opener that it uses
once for the process. Nothing else in the bot uses urllib.
"""

import http.client
import ssl
import urllib.request
from functools import cache

from bot.http.deadlines import TimedResponse, answers_within
from bot.http.proxies import proxies

LONGEST = 30.0
"""Seconds for an answer if the call doesn't set a timeout."""

MOST_ANSWER = 16 << 20
"""Bytes of an answer. The longest, a hundred messages of a history with their blocks, has a few million."""


class _Timed(http.client.HTTPConnection):
    response_class = TimedResponse

    def getresponse(self) -> http.client.HTTPResponse:
        seconds = self.timeout if isinstance(self.timeout, int | float) else LONGEST
        with answers_within(seconds, most=MOST_ANSWER):
            return super().getresponse()


class _TimedTls(_Timed, http.client.HTTPSConnection):
    pass


class _Plain(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Timed, req)


class _Tls(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_TimedTls, req, context=_trust())


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Makes a redirect an `urllib.error.HTTPError`: urllib would send the token to wherever it leads."""

    def redirect_request(self, *_args: object, **_named: object) -> None:
        """Say that an answer doesn't redirect."""


@cache
def _trust() -> ssl.SSLContext:
    """Load the certificates that this machine trusts, once: it takes about 30 ms of CPU time."""
    return ssl.create_default_context()


def install() -> None:
    """Make slack_sdk's calls this way from now on, through the proxies that are in the environment now."""
    through = urllib.request.ProxyHandler(proxies())
    opener = urllib.request.build_opener(through, _Plain(), _Tls(), _NoRedirects())
    urllib.request.install_opener(opener)
