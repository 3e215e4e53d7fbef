"""Answers that only the asker sees: by ``response_url``, else as an ephemeral or a direct message."""

import json
from collections.abc import Callable

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.facts import Message, Place
from bot.slack import views
from bot.slack.outbox.verdicts import Verdict, code_of, judge, judge_code

log = structlog.get_logger(__name__)

TIMEOUT = 10
"""Seconds."""


class Answers:
    """Sends answers; never raises, because there is nobody left to tell."""

    def __init__(self, client: WebClient, webhook: Callable[[str], WebhookClient] | None = None) -> None:
        self._client = client
        self._webhook = webhook or self._new_webhook

    def _new_webhook(self, url: str) -> WebhookClient:
        made = WebhookClient(url, timeout=TIMEOUT, ssl=self._client.ssl, retry_handlers=[])
        made.proxy = None  # `bot.slack.http` knows
        return made

    def tell(self, place: Place, user_id: str, message: Message, *, replace: bool = False) -> bool:
        """Answer somebody; say whether it could be delivered in any way.

        What Slack does not take with its blocks is said once more as mere text.

        Args:
            place: where they asked.
            user_id: who asked.
            message: the answer.
            replace: whether it takes the place of the message whose button was pressed.
        """

        def by_response_url(told: Message) -> str:
            return self._by_response_url(place, told, replace=replace)

        ways = {
            "response_url": by_response_url if place.response_url else None,
            "ephemeral": lambda told: self._ephemeral(place, user_id, told),
            "direct": lambda told: self._direct(user_id, told),
        }
        if any(_told(name, way, message) for name, way in ways.items() if way is not None):
            return True
        log.error("answer.lost", user=user_id)
        return False

    def _by_response_url(self, place: Place, message: Message, *, replace: bool) -> str:
        """Answer there; return Slack's word when it refuses, and nothing when it does not."""
        body: dict[str, object] = {"replace_original": replace, "text": message.text}
        if not replace:
            # A type asks for a new message: what is replaced keeps its own.
            body["response_type"] = "ephemeral"
        if message.blocks:
            body["blocks"] = list(message.blocks)
        if place.thread_ts and not replace:
            body["thread_ts"] = place.thread_ts
        response = self._webhook(place.response_url or "").send_dict(body)
        # Anything but 200: used five times, or older than 30 minutes (SLACK-FACTS.md §1.1), or not taken.
        return _refusal(str(response.body or ""), response.status_code)

    def _ephemeral(self, place: Place, user_id: str, message: Message) -> str:
        return _said(
            self._client.chat_postEphemeral(
                channel=place.channel_id,
                user=user_id,
                text=message.text,
                blocks=list(message.blocks) or None,
                thread_ts=place.thread_ts,
            ).data
        )

    def _direct(self, user_id: str, message: Message) -> str:
        blocks = list(message.blocks) or None
        return _said(self._client.chat_postMessage(channel=user_id, text=message.text, blocks=blocks).data)


def _told(name: str, way: Callable[[Message], str], message: Message) -> bool:
    """Go one way, with blocks and if Slack does not take those without; say whether it took it."""
    refused = _refused(name, way, message)
    if refused and judge_code(refused) is Verdict.CONTENT:
        refused = _refused(name, way, views.in_text_only(message))
    return not refused


def _refused(name: str, way: Callable[[Message], str], message: Message) -> str:
    try:
        refused = way(message)
    except SlackApiError as error:
        refused = code_of(error) if judge(error) is not Verdict.RATE else "ratelimited"
    except Exception as error:  # noqa: BLE001 - slack_sdk raises whatever an absurd answer makes it stumble over
        refused = type(error).__name__
    if refused:
        log.warning("answer.refused", way=name, error=refused)
    return refused


def _refusal(body: str, status: int) -> str:
    """Return the word with which a response URL refuses: it is the body, or the ``error`` of a JSON body."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    word = said.get("error") if isinstance(said, dict) else body.strip()
    if status == 200 and not (isinstance(said, dict) and said.get("ok") is False):
        return ""
    known = isinstance(word, str) and judge_code(word) is Verdict.CONTENT
    return str(word) if known else f"http_{status}"


def _said(data: object) -> str:
    return "" if isinstance(data, dict) and data.get("ok") is True else "unreadable_answer"
