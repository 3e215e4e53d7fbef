"""Tells Bolt of every listener, once, from the tables of the other modules."""

import re
from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltResponse
from slack_bolt.error import BoltUnhandledRequestError

from bot.slack.listeners import actions, commands, home
from bot.slack.listeners.front import Front
from bot.slack.views import ids
from bot.work.homes import Homes

log = structlog.get_logger(__name__)


def register(app: App, front: Front, homes: Homes) -> int:
    """Register every listener; return how many there are."""
    for command in commands.COMMANDS:
        app.command(command)(_command(command, front))
    for action_id in actions.CARRIED_OUT:
        app.action(ids.pattern(action_id))(_action(front))
    for action_id in actions.CANCELLED:
        app.action(ids.pattern(action_id))(_cancel(front))
    for action_id in actions.LINKS:
        app.action(ids.pattern(action_id))(_acknowledge)
    # The last of the actions, because the first that fits is called: what another version of the bot had.
    app.action(re.compile(""))(_old(front))
    for event in home.EVENTS:
        app.event(event)(_opened(front, homes))
    app.error(_failed)
    counted = (commands.COMMANDS, actions.CARRIED_OUT, actions.CANCELLED, actions.LINKS, home.EVENTS)
    return sum(len(table) for table in counted) + 1  # for what is old


# Bolt passes arguments by the names of a listener's parameters, so each is a plain function with those names.


def _command(command: str, front: Front) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        commands.answer_command(command, body, ack, front)

    return listener


def _action(front: Front) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        actions.carry_out(body, ack, front)

    return listener


def _cancel(front: Front) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        actions.cancel(body, ack, front)

    return listener


def _old(front: Front) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        actions.answer_old(body, ack, front)

    return listener


def _acknowledge(ack: Ack) -> None:
    actions.acknowledge(ack)


def _opened(front: Front, homes: Homes) -> Callable[..., None]:
    def listener(event: dict[str, Any], body: dict[str, Any]) -> None:
        home.opened(event, body, front, homes)

    return listener


def _failed(error: Exception) -> BoltResponse:
    """The last resort: a listener answers for its own errors, so this one is a fault of the listener.

    What nothing listens to is acknowledged all the same (`bot.app` has Bolt raise it): Slack would send an
    event again and again, and show people a warning for everything else.
    """
    if isinstance(error, BoltUnhandledRequestError):
        log.info("request.unknown", kind=str(error.body.get("type") or error.body.get("command") or ""))
        return BoltResponse(status=200, body="")
    log.error("listener.failed", exc_info=error)
    return BoltResponse(status=200, body="")
