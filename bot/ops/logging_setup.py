"""Logging: one line per event, readable on a terminal and JSON elsewhere, and never with a secret."""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TextIO

import structlog
from structlog.dev import Column, ConsoleRenderer, KeyValueColumnFormatter, LogLevelColumnFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.domain import redaction
from bot.ops import library_logs
from bot.settings import LogSettings, Secret

_STARS = "***"

_LEVELS = logging.getLevelNamesMapping()

_SECRET_KEYS = re.compile(
    r"token|secret|passw|api_?key|authorization|response_url|trigger_id|ticket|cookie|signature",
    re.IGNORECASE,
)
"""Keys whose values are never logged, whatever the values look like."""

_PATTERNS = (
    # Slack's tokens: xoxb-, xoxp-, xoxe.xoxp-, xapp-, xwfp-.
    re.compile(r"\b(?:xox[a-z]|xapp|xwfp)-[\w.-]+"),
    # response_url and incoming webhooks: anybody who has the URL can post.
    re.compile(r"https?://hooks\.slack\.com/[^\s\"'<>\\]+"),
    # The ticket in a Socket Mode URL.
    re.compile(r"(?<=ticket=)[^\s&\"'<>\\]+"),
    re.compile(r"(?<=[Bb]asic )(?=\S*[A-Z\d=])[\w+/=-]{6,}|(?<=[Bb]earer )[\w.+/=~-]{6,}"),
    # "trigger_id": "…", token=…, response_url: … in the repr of a body or in a form.
    re.compile(
        r"(?i)(?:trigger_id|response_url|token|api_?key|apikey|secret|password|authorization)"
        r"(?:%22|\\?[\"'])?\s*(?:[:=]|%3A|%3D)\s*\\?[\"']?(?!\*\*\*)[^\s&,\"'}\\]+"
    ),
    # user:password@ in a URL.
    re.compile(r"(?<=://)[^\s/@:]+:[^\s/@]+(?=@)"),
)


class Redactor:
    """A structlog processor that masks secrets anywhere in an event.

    Args:
        secrets: values to mask.
        redact: masks what DSS or people have written, as in Slack.
    """

    def __init__(self, secrets: Iterable[Secret], redact: Callable[[str], str] = redaction.redact) -> None:
        self._redact = redact
        # Longest first: otherwise a secret that is part of another one would leave the rest of that one.
        values = sorted({s.reveal() for s in secrets if len(s.reveal()) >= 4}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, values))) if values else None

    def text(self, text: str) -> str:
        """Return the text with its secrets masked."""
        if self._known:
            text = self._known.sub(_STARS, text)
        for pattern in _PATTERNS:
            text = pattern.sub(_STARS, text)
        return self._redact(text)

    def _value(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {k: _STARS if _SECRET_KEYS.search(str(k)) else self._value(v) for k, v in value.items()}
        if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
            return [self._value(item) for item in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self.text(str(value))

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Mask the secrets in one event."""
        return {k: self._own(k, v) for k, v in event.items()}

    def _own(self, key: str, value: object) -> object:
        return _STARS if _SECRET_KEYS.search(key) else self._value(value)


def configure(
    settings: LogSettings,
    secrets: Iterable[Secret] = (),
    stream: TextIO | None = None,
    *,
    redact: Callable[[str], str] = redaction.redact,
) -> None:
    """Set up structlog and the standard library's logging so that both write the same lines.

    Libraries log only warnings and errors, or everything when the level is ``debug``; never a payload.

    Args:
        settings: the format and the level.
        secrets: values to mask, in addition to anything that looks like a secret.
        stream: where to write; standard error by default.
        redact: masks what DSS or people have written.
    """
    stream = stream or sys.stderr
    console = settings.format == "console" or (settings.format == "auto" and stream.isatty())
    level = _LEVELS[settings.level.upper()]
    first: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*first, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        # Exceptions become text before masking, because a traceback can contain a secret.
        structlog.processors.format_exc_info,
        Redactor(secrets, redact),
        _console(colors=stream.isatty()) if console else structlog.processors.JSONRenderer(),
    ]
    handler = logging.StreamHandler(stream)
    # What isn't logged through structlog comes from libraries, whatever its logger is called.
    libraries: list[Processor] = [library_logs.leave_out_content, *first]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=libraries, processors=last))
    handler.addFilter(_only_bad_news_of_libraries(level))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)


_NO_CONNECTION = "Failed to send a request to Slack API server"
"""What slack_sdk 3 logs at each try; the bot says it in its own words, with what to do about it."""


def _only_bad_news_of_libraries(level: int) -> Callable[[logging.LogRecord], bool]:
    def keep(record: logging.LogRecord) -> bool:
        ours = record.name == "bot" or record.name.startswith("bot.")
        said_by_us = record.name.startswith("slack_sdk.web") and str(record.msg).startswith(_NO_CONNECTION)
        bad = record.levelno >= logging.WARNING and not said_by_us
        return ours or level <= logging.DEBUG or bad

    return keep


def _console(*, colors: bool) -> Processor:
    """Render ``time level event=… key=value``: the event keeps its key, so ``event=ready`` can be found."""
    styles = ConsoleRenderer.get_default_level_styles(colors=colors)
    bright, dim, reset = ("\x1b[1m", "\x1b[2m", "\x1b[0m") if colors else ("", "", "")

    def column(key_style: str | None, value_style: str) -> KeyValueColumnFormatter:
        return KeyValueColumnFormatter(
            key_style=key_style, value_style=value_style, reset_style=reset, value_repr=_shown
        )

    renderer = ConsoleRenderer(
        columns=[
            Column("timestamp", column(None, dim)),
            Column("level", LogLevelColumnFormatter(styles, reset_style=reset)),
            Column("event", column(dim, bright)),
            Column("", column(dim, "")),
        ],
        exception_formatter=structlog.dev.plain_traceback,
    )

    def render(logger: WrappedLogger, method: str, event: EventDict) -> str:
        event.pop("logger", None)
        return str(renderer(logger, method, event))

    return render


def _shown(value: Any) -> str:  # noqa: ANN401 (any value may be logged)
    text = value if isinstance(value, str) else repr(value)
    return text if text and text.isprintable() and not re.search(r"[\s\"=]", text) else repr(text)
