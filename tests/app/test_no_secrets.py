"""No secret is in what the bot shows of itself: reprs, metrics, tracebacks, logs."""

import io
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
import structlog
from prometheus_client import generate_latest

from bot.app.wiring import Bot
from bot.domain.errors import DSSError
from bot.ops import logging_setup
from bot.settings import LogSettings, Settings, SettingsError, read_settings

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-planted-1",
    "SLACK_APP_TOKEN": "xapp-planted-2",
    "SLACK_SIGNING_SECRET": "planted-3-signing",
    "DKU_API_KEY": "planted-4-dss-key",
}
DEAD = "http://127.0.0.1:1"


def given(folder: Path, **more: str) -> Settings:
    env = {
        **SECRETS,
        "SLACK_API_URL": f"{DEAD}/api/",
        "DKU_DSS_URL": DEAD,
        "DATABASE_URL": f"sqlite:///{folder / 'bot.sqlite3'}",
    }
    return read_settings({**env, **more}, str, folder)


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    """A bot that isn't started."""
    made = Bot(given(tmp_path))
    yield made
    made.stop(0.1)


def clean(text: str) -> None:
    assert not [secret for secret in SECRETS.values() if secret in text]
    assert "planted" not in text


def test_reprs(bot: Bot, tmp_path: Path) -> None:
    """Of the settings, with a database's password, and of everything that holds a key."""
    settings = given(tmp_path, DATABASE_URL="postgresql://me:planted-5@db.example.com/bot")
    clean(f"{settings!r} {settings} {settings.slack} {settings.store} {settings.secrets()}")
    [gateway] = bot._gateways.values()
    holders = (bot, bot.client, bot.store, gateway, gateway._client, gateway._client._transport)
    clean(" ".join(f"{one!r} {one}" for one in holders))
    clean(repr(gateway._client._transport._auth))


def test_metrics(bot: Bot) -> None:
    """`/metrics` has numbers and names of checks."""
    shown = generate_latest(bot.metrics.registry).decode()
    assert "dss_bot_" in shown
    clean(shown)


def test_tracebacks(bot: Bot) -> None:
    """An error of a call doesn't name the key, nor does any error that caused it."""
    [gateway] = bot._gateways.values()
    with pytest.raises(DSSError) as refused:
        gateway.as_login("alice").who_am_i()
    clean("".join(traceback.format_exception(refused.value)))
    with pytest.raises(OSError, match="refused") as lost:
        bot.client.auth_test()
    clean("".join(traceback.format_exception(lost.value)))


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A stream for the log; the process's logging is restored afterward."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield io.StringIO()
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.mark.parametrize("style", ["console", "json"])
def test_logged_tracebacks_show_no_locals(
    tmp_path: Path, style: Literal["console", "json"], stream: io.StringIO
) -> None:
    """The values of variables aren't shown, and a secret in an error's own text is masked."""
    settings = given(tmp_path)
    logging_setup.configure(LogSettings(format=style, level="info"), settings.secrets(), stream)
    local = "unknown-to-anybody"
    try:
        raise ValueError(f"{SECRETS['DKU_API_KEY']} at https://me:planted-6@host {len(local)}")
    except ValueError:
        structlog.get_logger("bot.x").exception("it.failed")
    assert "it.failed" in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert local not in stream.getvalue()
    clean(stream.getvalue())


def test_problems_of_the_configuration(tmp_path: Path) -> None:
    """A wrong value of a secret isn't repeated."""
    with pytest.raises(SettingsError) as wrong:
        given(
            tmp_path,
            SLACK_BOT_TOKEN="planted-7",
            SLACK_APP_TOKEN="planted-8",
            DATABASE_URL="postgresql://me:planted@9@db/bot",
        )
    assert len(wrong.value.problems) == 3
    clean(f"{wrong.value} {wrong.value!r}")
