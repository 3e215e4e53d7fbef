"""How do we talk to DSS?

A client for the jobs API of Dataiku DSS, built on `requests`, with the same names as Dataiku's own client.
`gateway` implements the bot's DSS port on top of it. May import the domain and `bot.http`.

Example of a change: to add a DSS call, add a method to `DSSProject` or `DSSJob`, and to `gateway.DssGateway`.

You can use the client on its own::

    from bot.dss import DSSClient, DSSJobWaiter

    with DSSClient("https://dss.example.com", api_key) as client:
        project = client.get_project("SALES")
        job = project.new_job("RECURSIVE_BUILD").with_output("orders_clean").start()
        DSSJobWaiter(job).wait(timeout=3600)
"""

from bot.domain import LogTail
from bot.domain.errors import (
    DSSBadKey,
    DSSError,
    DSSInvalidRequest,
    DSSMisconfigured,
    DSSNotFound,
    DSSNotVisible,
    DSSRefused,
    DSSServerError,
    DSSUnavailable,
    DSSUnreachable,
    DSSUnreadable,
    JobFailed,
)
from bot.dss.builder import JobDefinitionBuilder
from bot.dss.client import DSSClient
from bot.dss.job import DSSJob, DSSJobListItem
from bot.dss.project import DSSProject
from bot.dss.retries import NO_RETRY, RetryPolicy
from bot.dss.waiter import DSSJobWaiter, JobWaitTimeout

__all__ = [
    "NO_RETRY",
    "DSSBadKey",
    "DSSClient",
    "DSSError",
    "DSSInvalidRequest",
    "DSSJob",
    "DSSJobListItem",
    "DSSJobWaiter",
    "DSSMisconfigured",
    "DSSNotFound",
    "DSSNotVisible",
    "DSSProject",
    "DSSRefused",
    "DSSServerError",
    "DSSUnavailable",
    "DSSUnreachable",
    "DSSUnreadable",
    "JobDefinitionBuilder",
    "JobFailed",
    "JobWaitTimeout",
    "LogTail",
    "RetryPolicy",
]
