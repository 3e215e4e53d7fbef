"""Fills App Home for somebody who opened it."""

from collections.abc import Callable
from datetime import datetime

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.facts import Message, Overview
from bot.slack import views
from bot.work.failing import explain
from bot.work.gate import Gate
from bot.work.instances import Instances
from bot.work.lister import Lister

log = structlog.get_logger(__name__)


class Homes:
    """Publishes Home views."""

    def __init__(
        self,
        client: WebClient,
        gate: Gate,
        instances: Instances,
        lister: Lister,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._gate = gate
        self._instances = instances
        self._lister = lister
        self._clock = clock

    def show(self, user_id: str, team_id: str) -> None:
        """Show somebody what runs and what they built, or why they cannot see it."""
        try:
            wish = Overview()
            admitted = self._gate.admit(user_id, team_id, wish, self._instances.of(wish).dss)
            found = self._lister.look_over(admitted)
            view = views.home(found.running, found.mine, self._clock(), everything=found.everything)
        except Exception as error:  # noqa: BLE001 - the person sees the reason in place of the jobs
            view = as_home(explain(error, doing="home"))
        try:
            self._client.views_publish(user_id=user_id, view=view)
        except (OSError, SlackClientError) as error:
            log.warning("home.not_shown", user=user_id, error=str(error))


def as_home(message: Message) -> dict[str, object]:
    """Show a message in place of the jobs."""
    text = {"type": "section", "text": {"type": "mrkdwn", "text": message.text, "verbatim": True}}
    return {"type": "home", "blocks": list(message.blocks) or [text]}
