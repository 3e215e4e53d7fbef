"""Who the bot is in Slack: asked once, at the start."""

import threading
from collections.abc import Mapping

import msgspec
import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import BotError
from bot.slack.outbox.verdicts import Verdict, code_of, judge, retry_after

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 30.0


_HISTORY = {"channels:history", "groups:history", "im:history", "mpim:history"}
"""Each kind of conversation has its own."""

_REFUSED = frozenset({Verdict.AUTH, Verdict.DENIED, Verdict.ELSEWHERE, Verdict.FAULT})


class WrongToken(BotError):
    """Slack does not accept a token; the text says which, and what to do."""


class Interrupted(BotError):
    """The bot was told to stop while Slack did not answer: nothing is wrong with its settings."""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The bot as `auth.test` describes it."""

    team_id: str
    team: str
    enterprise_id: str | None
    bot_id: str
    bot_user_id: str
    url: str = ""
    """The workspace's address."""
    scopes: frozenset[str] = frozenset()
    """What the token may do; empty when Slack did not say."""

    @property
    def may_read_history(self) -> bool:
        """Whether a message that may have been sent can be looked for (`bot.slack.outbox.lookup`)."""
        return self.scopes >= _HISTORY


def who_am_i(client: WebClient, *, stopping: threading.Event) -> Identity:
    """Ask Slack until it answers.

    Args:
        client: with the bot token.
        stopping: ends the waiting.

    Raises:
        WrongToken: Slack does not accept the token.
        Interrupted: the bot was told to stop before Slack had answered.
    """
    pause = 1.0
    while True:
        try:
            answer = client.auth_test()
        except SlackApiError as error:
            code = code_of(error)
            if judge(error) in _REFUSED:
                raise WrongToken(
                    f"Slack does not accept SLACK_BOT_TOKEN ({code}). Copy the bot token (xoxb-…) "
                    "from the app's page OAuth & Permissions; after a reinstallation it is a new one."
                ) from error
            log.warning("slack.not_answering", error=code)
            pause = max(pause, retry_after(error, pause))
        except (OSError, SlackClientError) as error:
            log.warning("slack.not_answering", error=str(error))
        else:
            return Identity(
                team_id=str(answer.get("team_id") or ""),
                team=str(answer.get("team") or ""),
                enterprise_id=answer.get("enterprise_id") or None,
                bot_id=str(answer.get("bot_id") or ""),
                bot_user_id=str(answer.get("user_id") or ""),
                url=str(answer.get("url") or ""),
                scopes=_scopes(answer.headers),
            )
        if stopping.wait(pause):
            raise Interrupted("stopped before Slack answered")
        pause = min(pause * 2, LONGEST_PAUSE)


def _scopes(headers: Mapping[str, object]) -> frozenset[str]:
    for name, value in headers.items():
        if name.lower() == "x-oauth-scopes":
            said = value[0] if isinstance(value, list) else value
            return frozenset(scope.strip() for scope in str(said).split(",") if scope.strip())
    return frozenset()
