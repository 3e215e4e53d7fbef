"""Send answers that only the asker sees: in App Home, by ``response_url``, ephemeral, or direct."""

import json
from collections.abc import Callable
from uuid import uuid4

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot import views
from bot.domain import Message, Place
from bot.slack.block_support import BlockSupport
from bot.slack.error_codes import ErrorKind, classify, classify_code, code_of

log = structlog.get_logger(__name__)

TIMEOUT = 10
"""Seconds."""


class PrivateMessages:
    """Sends answers. Never raises, because there's nobody left to notify."""

    def __init__(
        self,
        client: WebClient,
        webhook: Callable[[str], WebhookClient] | None = None,
        support: BlockSupport | None = None,
    ) -> None:
        self._client = client
        self._support = support or BlockSupport()
        self._webhook = webhook or self._new_webhook
        self.at_home: Callable[[Place, str, Message], None] | None = None
        """Shows an answer in a person's App Home. Set after the start: it needs what needs this class."""

    def _new_webhook(self, url: str) -> WebhookClient:
        made = WebhookClient(url, timeout=TIMEOUT, ssl=self._client.ssl, retry_handlers=[])
        made.proxy = None  # `bot.slack.url_opener` handles proxies
        return made

    def send(self, place: Place, user_id: str, message: Message, *, replace: bool = False) -> bool:
        """Answer a person; return whether the answer could be delivered in any way.

        If Slack doesn't accept the blocks, this tries again with classic blocks, and then with plain text.

        Args:
            place: where they asked.
            user_id: who asked.
            message: the answer.
            replace: whether to replace the message whose button was clicked.
        """

        def by_response_url(told: Message) -> str:
            return self._by_response_url(place, told, replace=replace or place.replaces)

        def in_app_home(_: Message) -> str:
            if self.at_home is not None:
                self.at_home(place, user_id, message.classic())
            return ""

        def in_conversation(told: Message) -> str:
            return self._direct(place.channel_id, told, place.thread_ts)

        ways = {
            "home": in_app_home if place.home and self.at_home else None,
            "response_url": by_response_url if place.response_url else None,
            # In direct messages, nobody else reads along: an ordinary message stays.
            "message": in_conversation if place.surface == "message" else None,
            "ephemeral": lambda told: self._ephemeral(place, user_id, told),
            "direct": lambda told: self._direct(user_id, told),
        }
        if any(self._told(name, way, message) for name, way in ways.items() if way is not None):
            return True
        log.error("answer.lost", user=user_id)
        return False

    def _told(self, name: str, way: Callable[[Message], str], message: Message) -> bool:
        """Try one way: in the newest form, in classic blocks, in plain text; return whether it worked."""
        form = self._support.form(message)
        refused = _refused(name, way, form)
        if refused and form.blocks != message.blocks and classify_code(refused) is ErrorKind.CONTENT:
            form = message.classic()
            refused = _refused(name, way, form)
            if not refused:
                self._support.doubt(message.kinds, uuid4().hex)
        if refused and classify_code(refused) is ErrorKind.CONTENT:
            refused = _refused(name, way, views.in_text_only(form))
        return not refused

    def _by_response_url(self, place: Place, message: Message, *, replace: bool) -> str:
        """Answer there; return Slack's error code if it refuses, or an empty string."""
        body: dict[str, object] = {"replace_original": replace, "text": message.text}
        if not replace:
            # A response type asks for a new message; a replaced message keeps its own type.
            body["response_type"] = "ephemeral"
        if message.blocks:
            body["blocks"] = list(message.blocks)
        if place.thread_ts and not replace:
            body["thread_ts"] = place.thread_ts
        response = self._webhook(place.response_url or "").send_dict(body)
        # Other than 200 means used five times, older than 30 minutes (SLACK-FACTS.md §1.1), or not accepted.
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

    def _direct(self, channel: str, message: Message, thread_ts: str | None = None) -> str:
        blocks = list(message.blocks) or None
        return _said(
            self._client.chat_postMessage(
                channel=channel, text=message.text, blocks=blocks, thread_ts=thread_ts
            ).data
        )


def _refused(name: str, way: Callable[[Message], str], message: Message) -> str:
    try:
        refused = way(message)
    except SlackApiError as error:
        refused = code_of(error) if classify(error) is not ErrorKind.RATE else "ratelimited"
    except Exception as error:  # noqa: BLE001 - slack_sdk can raise anything on an absurd answer
        refused = type(error).__name__
    if refused:
        log.warning("answer.refused", way=name, error=refused)
    return refused


def _refusal(body: str, status: int) -> str:
    """Return the code with which a response URL refuses: the body, or the ``error`` of a JSON body."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    word = said.get("error") if isinstance(said, dict) else body.strip()
    if status == 200 and not (isinstance(said, dict) and said.get("ok") is False):
        return ""
    known = isinstance(word, str) and classify_code(word) is ErrorKind.CONTENT
    return str(word) if known else f"http_{status}"


def _said(data: object) -> str:
    return "" if isinstance(data, dict) and data.get("ok") is True else "unreadable_answer"
