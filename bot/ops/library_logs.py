"""Keeps what people typed out of the log lines of libraries.

At debug, slack_sdk and Bolt log whole payloads: each frame of a socket (of a large payload, each piece), each
call with its arguments, each answer. A payload has a trigger id and a `response_url`, with which anybody can
act for the person, and a submitted dialog has what was typed into it, for example a personal API key. No
pattern recognizes a key without a format of its own, so the payload is left out as a whole.
"""

import logging
import re

from structlog.typing import EventDict, WrappedLogger

LEFT_OUT = "(content not logged)"

_FRAME = re.compile(r"\bpayload: ")
"""Before a piece of a payload, in slack_sdk.socket_mode.builtin.connection; also in a warning."""

_CONTENT = re.compile(
    r"\{|\b(?:payload|message|body|\w+_params|json_body|data|bytes|files): ",
    re.IGNORECASE,
)
"""Before content, in debug and info lines."""

_ADDRESS = re.compile(r"https?://")
"""Before a `response_url`, in what slack_sdk.webhook logs. Not each of them is on hooks.slack.com."""

_SUBMISSION = re.compile(r"view_submission|response_url|trigger_id|private_metadata|[\"']values[\"']")
"""What only a payload has: a warning or an error with one of them loses its content, too."""


def without_content(text: str, level: int, logger: str = "") -> str:
    """Return a library's log message without the payload that it might show.

    Warnings and errors keep what they say, for example Slack's error code, unless that is a payload.
    """
    if logger.startswith("slack_sdk.webhook"):
        text = _cut(text, _ADDRESS)
    whole = level >= logging.WARNING and not _SUBMISSION.search(text)
    return _cut(text, _FRAME if whole else _CONTENT)


def leave_out_content(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Do the same to an event: a structlog processor for records of the standard library's logging."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["event"] = without_content(str(event.get("event", "")), record.levelno, record.name)
    return event


def _cut(text: str, content: re.Pattern[str]) -> str:
    found = content.search(text)
    return f"{text[: found.start()]}{LEFT_OUT}" if found else text
