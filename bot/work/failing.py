"""The one error path: the person who asked gets a sentence, the log gets the detail."""

from uuid import uuid4

import structlog

from bot.errors import DSSError, Refusal
from bot.facts import Message
from bot.slack import views

log = structlog.get_logger(__name__)


def explain(error: Exception, *, doing: str, instance: str | None = None) -> Message:
    """Return what the person is told about an error.

    Args:
        error: what went wrong.
        doing: what was being done, for the log.
        instance: the DSS instance, when the person may have meant another one.
    """
    if isinstance(error, views.OldButton):
        return views.old_button()
    if isinstance(error, Refusal):
        log.info("refused", doing=doing, reason=str(error))
        return views.refusal(error)
    if isinstance(error, DSSError):
        log.warning("dss.trouble", doing=doing, error=type(error).__name__, detail=str(error))
        return views.dss_trouble(error, instance)
    reference = uuid4().hex[:8]
    log.error("fault", doing=doing, reference=reference, exc_info=error)
    return views.our_fault(reference)
