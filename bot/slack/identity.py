"""Who the bot is in Slack. It asks Slack once, at startup."""

import re
import threading
from collections.abc import Mapping

import msgspec
import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.domain.errors import BotError
from bot.domain.text import storable
from bot.http.reachability import hint
from bot.slack.error_codes import ErrorKind, classify, code_of, retry_after

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 30.0

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)

_HISTORY = {"channels:history", "groups:history", "im:history", "mpim:history"}
"""Each kind of conversation has its own scope."""

_REFUSED = frozenset({ErrorKind.AUTH, ErrorKind.DENIED, ErrorKind.ELSEWHERE, ErrorKind.FAULT})


class WrongToken(BotError):
    """Slack doesn't accept a token; the text says which one, and what to do."""


class Interrupted(BotError):
    """The bot was stopped before Slack answered; this doesn't mean that its settings are wrong."""


class BotIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """The bot as `auth.test` describes it."""

    team_id: str
    team: str
    enterprise_id: str | None
    bot_id: str
    bot_user_id: str
    url: str = ""
    """The workspace's address."""
    scopes: frozenset[str] = frozenset()
    """The token's scopes; empty if Slack didn't send them."""

    @property
    def may_read_history(self) -> bool:
        """Whether the bot can look for a message that might have been sent (`bot.slack.message_lookup`)."""
        return self.scopes >= _HISTORY

    @property
    def may_upload(self) -> bool:
        """Whether the bot may upload files, as far as it knows."""
        return not self.scopes or "files:write" in self.scopes


def identify(client: WebClient, *, stopping: threading.Event) -> BotIdentity:
    """Ask Slack who the bot is, until it answers.

    Args:
        client: a client with the bot token.
        stopping: ends the wait when it's set.

    Raises:
        WrongToken: Slack doesn't accept the token.
        Interrupted: the bot was stopped before Slack answered.
    """
    pause = 1.0
    advice = {"hint": hint(client.base_url)}
    while True:
        try:
            answer = client.auth_test()
        except SlackApiError as error:
            code = code_of(error)
            if classify(error) in _REFUSED:
                raise WrongToken(
                    f"Slack doesn't accept SLACK_BOT_TOKEN ({code}). Copy the bot token (xoxb-…) "
                    "from the app's OAuth & Permissions page; reinstalling the app creates a new one."
                ) from error
            log.warning("slack.not_answering", error=code)
            pause = max(pause, retry_after(error, pause))
        except Exception as error:  # noqa: BLE001 - slack_sdk raises whatever an absurd answer makes it stumble over
            log.warning("slack.not_answering", error=str(error) or type(error).__name__, **advice)
            advice = {}  # once is enough
        else:
            identity = _identity(answer)
            if identity is not None:
                return identity
            log.warning("slack.not_answering", error="unreadable_answer")
        if stopping.wait(pause):
            raise Interrupted("stopped before Slack answered")
        pause = min(pause * 2, LONGEST_PAUSE)


def _identity(answer: SlackResponse) -> BotIdentity | None:
    """Read an answer; return nothing if it doesn't say which workspace and which user the bot is."""
    data = answer.data
    if not isinstance(data, dict) or data.get("ok") is not True:
        return None
    team_id, user_id = _id(data.get("team_id")), _id(data.get("user_id"))
    if not team_id or not user_id:
        return None
    return BotIdentity(
        team_id=team_id,
        team=storable(str(data.get("team") or "")),
        enterprise_id=_id(data.get("enterprise_id")) or None,
        bot_id=_id(data.get("bot_id")),
        bot_user_id=user_id,
        url=storable(str(data.get("url") or "")),
        scopes=_scopes(answer.headers),
    )


def _id(value: object) -> str:
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _scopes(headers: Mapping[str, object]) -> frozenset[str]:
    for name, value in headers.items():
        if name.lower() == "x-oauth-scopes":
            said = value[0] if isinstance(value, list) else value
            return frozenset(scope.strip() for scope in str(said).split(",") if scope.strip())
    return frozenset()
