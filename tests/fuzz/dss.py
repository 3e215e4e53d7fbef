"""The gateway to a DSS that answers what a test says, without a network."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import requests
import urllib3
from requests.adapters import BaseAdapter

from bot.domain import BuildMode, Output, OutputKind
from bot.dss import NO_RETRY, DSSClient
from bot.dss.gateway import DssGateway

SCORED = Output(project="CHURN", id="scored")
DSS_CALLS: Mapping[str, Callable[[DssGateway], object]] = {
    "projects": lambda dss: dss.projects(),
    "objects": lambda dss: [dss.objects("CHURN", kind) for kind in OutputKind],
    "dimensions": lambda dss: dss.dimensions("CHURN", "scored"),
    "partitions": lambda dss: dss.partitions("CHURN", "scored"),
    "recent jobs": lambda dss: dss.recent_jobs("CHURN", 10),
    "running jobs": lambda dss: dss.running_jobs(),
    "job": lambda dss: dss.job("CHURN", "j"),
    "log": lambda dss: dss.log_tail("CHURN", "j"),
    "start": lambda dss: dss.start("CHURN", [SCORED], BuildMode.ONLY),
    "abort": lambda dss: dss.abort("CHURN", "j"),
    "users": lambda dss: dss.users(),
    "who am I": lambda dss: dss.who_am_i(),
    "permissions": lambda dss: dss.permissions("CHURN"),
    "version": lambda dss: dss.version(),
}
"""Every call of the port."""


class _Answers(BaseAdapter):
    """Answers every request the same."""

    def __init__(self, status: int, body: bytes, kind: str) -> None:
        super().__init__()
        self._status, self._body, self._kind = status, body, kind

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:  # type: ignore[override]
        """Return the answer."""
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = self._status, request, str(request.url)
        answer.headers["Content-Type"] = self._kind
        answer.raw = urllib3.HTTPResponse(
            io.BytesIO(self._body), status=self._status, headers=dict(answer.headers), preload_content=False
        )
        return answer

    def close(self) -> None:
        """Close nothing."""


@contextmanager
def answering(status: int, body: bytes, kind: str) -> Iterator[DssGateway]:
    """Return a gateway to a DSS that answers this to everything."""
    client = DSSClient("http://dss.example", "key", retries=NO_RETRY)
    for session in client._transport._sessions.values():
        session.mount("http://", _Answers(status, body, kind))
    gateway = DssGateway(client, instance="default")
    try:
        yield gateway
    finally:
        gateway.close()
