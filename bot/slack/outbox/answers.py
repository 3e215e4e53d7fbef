"""Answers that only the asker sees: by ``response_url``, else as an ephemeral or a direct message."""

from collections.abc import Callable

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.facts import Message, Place
from bot.proxies import proxy_for
from bot.slack.outbox.verdicts import code_of

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
        made.proxy = proxy_for(url)
        return made

    def tell(self, place: Place, user_id: str, message: Message, *, replace: bool = False) -> bool:
        """Answer somebody; say whether it could be delivered in any way.

        Args:
            place: where they asked.
            user_id: who asked.
            message: the answer.
            replace: whether it takes the place of the message whose button was pressed.
        """
        if place.response_url and self._by_response_url(place, message, replace=replace):
            return True
        return self._ephemeral(place, user_id, message) or self._direct(user_id, message)

    def _by_response_url(self, place: Place, message: Message, *, replace: bool) -> bool:
        body: dict[str, object] = {"replace_original": replace, "text": message.text}
        if not replace:
            # A type asks for a new message: what is replaced keeps its own.
            body["response_type"] = "ephemeral"
        if message.blocks:
            body["blocks"] = list(message.blocks)
        if place.thread_ts and not replace:
            body["thread_ts"] = place.thread_ts
        try:
            response = self._webhook(place.response_url or "").send_dict(body)
        except (OSError, SlackClientError) as error:
            log.warning("answer.response_url_failed", error=type(error).__name__)
            return False
        if response.status_code == 200:
            return True
        # Used five times, or older than 30 minutes (SLACK-FACTS.md §1.1).
        log.info("answer.response_url_refused", status=response.status_code)
        return False

    def _ephemeral(self, place: Place, user_id: str, message: Message) -> bool:
        try:
            self._client.chat_postEphemeral(
                channel=place.channel_id,
                user=user_id,
                text=message.text,
                blocks=list(message.blocks) or None,
                thread_ts=place.thread_ts,
            )
        except SlackApiError as error:
            log.info("answer.ephemeral_failed", error=code_of(error))
            return False
        except (OSError, SlackClientError) as error:
            log.warning("answer.ephemeral_failed", error=type(error).__name__)
            return False
        return True

    def _direct(self, user_id: str, message: Message) -> bool:
        try:
            self._client.chat_postMessage(
                channel=user_id, text=message.text, blocks=list(message.blocks) or None
            )
        except (OSError, SlackClientError) as error:
            log.warning("answer.lost", user=user_id, error=type(error).__name__)
            return False
        return True
