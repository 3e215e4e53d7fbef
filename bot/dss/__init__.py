"""Dataiku DSS's jobs API over `requests`, under the names of Dataiku's own client.

Usable alone::

    from bot.dss import DSSClient, DSSJobWaiter

    with DSSClient("https://dss.example.com", api_key) as client:
        project = client.get_project("SALES")
        job = project.new_job("RECURSIVE_BUILD").with_output("orders_clean").start()
        DSSJobWaiter(job).wait(timeout=3600)
"""

from bot.dss.builder import JobDefinitionBuilder
from bot.dss.client import DSSClient
from bot.dss.jobs import DSSJob, DSSJobListItem
from bot.dss.project import DSSProject
from bot.dss.retries import NO_RETRY, RetryPolicy
from bot.dss.waiter import DSSJobWaiter, JobWaitTimeout
from bot.errors import (
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
from bot.facts import LogTail

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
