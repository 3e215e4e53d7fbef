"""How slack_sdk's calls are made: through the environment's proxies, and with an end to each answer.

slack_sdk calls `urllib.request.urlopen` and has no hook for either: the opener that it uses is installed once
for the process. Nothing else in the bot uses urllib.
"""

import http.client
import ssl
import urllib.request
from functools import cache

from bot.deadline import TimedResponse, answers_within
from bot.proxies import proxies

LONGEST = 30.0
"""Seconds for an answer whose call says nothing else."""


class _Timed(http.client.HTTPConnection):
    response_class = TimedResponse

    def getresponse(self) -> http.client.HTTPResponse:
        with answers_within(self.timeout if isinstance(self.timeout, int | float) else LONGEST):
            return super().getresponse()


class _TimedTls(http.client.HTTPSConnection):
    response_class = TimedResponse

    def getresponse(self) -> http.client.HTTPResponse:
        with answers_within(self.timeout if isinstance(self.timeout, int | float) else LONGEST):
            return super().getresponse()


class _Plain(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Timed, req)


class _Tls(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_TimedTls, req, context=_trust())


@cache
def _trust() -> ssl.SSLContext:
    """Load the certificates that this machine trusts, once: that takes about 30 ms of processor time."""
    return ssl.create_default_context()


def install() -> None:
    """Have slack_sdk's calls made this way from now on, through the proxies that the environment has now."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies()), _Plain(), _Tls())
    urllib.request.install_opener(opener)
