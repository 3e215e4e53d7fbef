"""Logging: the same lines for our events and the libraries', and no secret in any of them."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.domain.redaction import Redactor as RedactTexts
from bot.domain.redaction.custom import compiled
from bot.ops.logging_setup import Redactor, configure
from bot.settings import LogSettings, Secret


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A stream for the log; the process's logging is restored afterward."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield io.StringIO()
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_lines_have_event_level_and_utc_time(stream: io.StringIO) -> None:
    """Without a terminal, each event is one JSON object; ready is identifiable by its event."""
    configure(LogSettings(format="auto", level="info"), stream=stream)
    structlog.get_logger("bot.app.wiring").info("ready", mode="socket", jobs=3)
    [line] = lines(stream)
    assert (line["event"], line["level"], line["mode"], line["jobs"]) == ("ready", "info", "socket", 3)
    assert line["logger"] == "bot.app.wiring"
    assert line["timestamp"].endswith("Z")


def test_console_lines_keep_the_word_event(stream: io.StringIO) -> None:
    """On a terminal, the line still has `event=ready`, which the documentation promises."""
    configure(LogSettings(format="console", level="info"), stream=stream)
    structlog.get_logger("bot.app.wiring").info("ready", mode="socket", why="two words")
    assert "event=ready mode=socket why='two words'" in stream.getvalue()


def test_libraries_log_the_same_way_and_only_bad_news(stream: io.StringIO) -> None:
    """A library's warning is a line like ours; the rest is left out unless the level is debug."""
    configure(LogSettings(format="json", level="info"), stream=stream)
    logging.getLogger("slack_sdk").info("chatter")
    logging.getLogger("slack_sdk").warning("lost %s", "socket")
    assert [(line["event"], line["level"]) for line in lines(stream)] == [("lost socket", "warning")]
    configure(LogSettings(format="json", level="debug"), stream=stream)
    logging.getLogger("slack_sdk").debug("chatter")
    assert lines(stream)[-1]["event"] == "chatter"


def test_a_try_that_slack_does_not_answer_is_logged_once(stream: io.StringIO) -> None:
    """By the bot, with what to do about it, and not by slack_sdk at each try as well."""
    configure(LogSettings(format="json", level="info"), stream=stream)
    logging.getLogger("slack_sdk.web.base_client").error(
        "Failed to send a request to Slack API server: <urlopen error [Errno 111] Connection refused>"
    )
    logging.getLogger("slack_sdk.web.base_client").error("Failed to decode Slack API response: x")
    assert [line["event"] for line in lines(stream)] == ["Failed to decode Slack API response: x"]


def test_the_level_is_obeyed(stream: io.StringIO) -> None:
    """Events below the level are not written."""
    configure(LogSettings(format="json", level="warning"), stream=stream)
    structlog.get_logger("bot.app.wiring").info("small")
    structlog.get_logger("bot.app.wiring").error("large")
    assert [line["event"] for line in lines(stream)] == ["large"]


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_secrets_are_masked_everywhere(stream: io.StringIO, log_format: Any) -> None:
    """Values, nested values, messages, arguments, and tracebacks are masked, in both formats."""
    configure(LogSettings(format=log_format, level="info"), [Secret("dku-key-1"), Secret("")], stream)
    log = structlog.get_logger("bot.test")
    log.info(
        "the key is dku-key-1", token="a1", body={"response_url": "http://127.0.0.1/r/b2", "x": ["c xoxb-3"]}
    )
    logging.getLogger("lib").warning("got %s", {"trigger_id": "d.4.e"})
    try:
        raise ValueError("bad Authorization: Basic ZGt1LWtleTo=")
    except ValueError:
        log.exception("failed", key=Secret("dku-key-1"))
    written = stream.getvalue()
    for secret in ("dku-key-1", "a1", "b2", "xoxb-3", "d.4.e", "ZGt1LWtleTo="):
        assert secret not in written
    assert "ValueError" in written
    assert "the key is ***" in written


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("xoxb-123-456-abc", "123"),
        ("xoxe.xoxp-1-abc", "abc"),
        ("xapp-1-A0-9-ff", "A0"),
        ("https://hooks.slack.com/commands/T1/2/zz?x=1", "zz"),
        ("wss://wss-primary.slack.com/link/?ticket=t1&app_id=2", "t1"),
        ("Authorization: Bearer abc.def-ghi", "def"),
        ("{'Authorization': 'Basic ZGt1LWtleTo='}", "ZGt1"),
        ("trigger_id=1234.5678.abcd&x=1", "5678"),
        ('"trigger_id": "1234.5678.abcd"', "5678"),
        ("{'response_url': 'http://127.0.0.1:9/r/77'}", "77"),
        ("payload=%7B%22trigger_id%22%3A%221234.5678%22", "5678"),
        ('{\\"token\\": \\"gGJ5\\"}', "gGJ5"),
        ("postgresql+psycopg://bot:hunter2@db/bot", "hunter2"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, gone: str) -> None:
    """Known patterns are masked even if nobody has named the value as a secret."""
    assert gone not in Redactor([]).text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Build_orders__NP__2026-11-23T08-15-02.417",
        "https://dss.example.com:11200/projects/CHURN/jobs/",
        "[2026/11/23-08:15:58.778] [ERROR] running compute_orders_clean_NP",
        "the basic preparation of datasets",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    """Masking keeps what the person on call needs to read."""
    assert Redactor([Secret("s3cret")]).text(text) == text


def test_what_dss_says_is_masked_in_the_log_as_in_slack(stream: io.StringIO) -> None:
    """The same redactor, with the administrator's patterns."""
    redact = RedactTexts([compiled("acme_[a-z0-9]+")])
    configure(LogSettings(format="json", level="info"), stream=stream, redact=redact)
    structlog.get_logger("bot.test").info(
        "job.failed", why="IDENTIFIED BY 'hunter2' acme_77xyz", key="joined"
    )
    [line] = lines(stream)
    assert (line["why"], line["key"]) == ("IDENTIFIED BY '[redacted]' [redacted]", "joined")
