"""Registers every listener with Bolt, from the tables in the other modules."""

import re
from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltResponse
from slack_bolt.error import BoltUnhandledRequestError

from bot.listeners import account_changes, actions, dialogs, home_tab, mentions, shortcuts, slash_commands
from bot.listeners.dialogs import DialogServices
from bot.listeners.dispatcher import Dispatcher
from bot.listeners.mentions import MessageServices
from bot.services.home import HomeService
from bot.slack.users import SlackUsers
from bot.views import action_ids, dialog_ids

log = structlog.get_logger(__name__)


def register(
    app: App,
    dispatcher: Dispatcher,
    home: HomeService,
    people: SlackUsers,
    services: DialogServices,
    messages: MessageServices,
) -> int:
    """Register every listener; return their number."""
    for command in slash_commands.COMMANDS:
        app.command(command)(_command(command, dispatcher, services))
    app.message_shortcut(shortcuts.ABOUT_JOB)(_about_job(dispatcher, messages))
    for action_id in actions.CARRIED_OUT:
        app.action(action_ids.pattern(action_id))(_action(dispatcher))
    for action_id in actions.CANCELED:
        app.action(action_ids.pattern(action_id))(_cancel(dispatcher))
    for action_id in home_tab.SHOWING:
        app.action(action_ids.pattern(action_id))(_show_home(dispatcher, home))
    _register_dialogs(app, dispatcher, services)
    _register_fields(app, services)
    for action_id in actions.ACKNOWLEDGED:
        app.action(action_ids.pattern(action_id))(_acknowledge)
    # Last of the actions, because Bolt calls the first match: catches the actions of other bot versions.
    app.action(re.compile(""))(_old(dispatcher))
    for event in home_tab.EVENTS:
        app.event(event)(_opened(dispatcher, home))
    for event in account_changes.EVENTS:
        app.event(event)(_changed(people))
    for event in mentions.EVENTS:
        app.event(event)(_said(dispatcher, messages))
    app.error(_failed)
    counted = (
        slash_commands.COMMANDS,
        actions.CARRIED_OUT,
        actions.CANCELED,
        actions.ACKNOWLEDGED,
        dialogs.OPENING,
        dialogs.SUBMITTED,
        dialog_ids.BUILD_FIELDS,
        dialog_ids.LOG_FIELDS,
        dialog_ids.SUGGESTED,
        home_tab.SHOWING,
        home_tab.EVENTS,
        account_changes.EVENTS,
        mentions.EVENTS,
        shortcuts.SHORTCUTS,
    )
    return sum(len(table) for table in counted) + 3  # for old actions and old dialogs, and the shortcut


def _register_dialogs(app: App, dispatcher: Dispatcher, services: DialogServices) -> None:
    for action_id in dialogs.OPENING:
        app.action(action_ids.pattern(action_id))(_open_dialog(dispatcher, services))
    for callback_id in dialogs.SUBMITTED:
        app.view(callback_id)(_dialog(dispatcher, services))
    app.view(re.compile(""))(_old_dialog)  # last, like old actions


def _register_fields(app: App, services: DialogServices) -> None:
    app.global_shortcut(dialog_ids.BUILD_SHORTCUT)(_shortcut(services))
    for action_id in dialog_ids.BUILD_FIELDS:
        app.action(action_id)(_field(services))
    for action_id in dialog_ids.LOG_FIELDS:
        app.action(action_id)(_log_field(services))
    for action_id in dialog_ids.SUGGESTED:
        app.options(action_id)(_suggest(services))


# Bolt passes arguments by parameter name, so each listener is a plain function with those names.


def _shortcut(services: DialogServices) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        ack()
        services.build.shortcut(body)

    return listener


def _field(services: DialogServices) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        ack()
        services.build.changed(body)

    return listener


def _log_field(services: DialogServices) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        ack()
        services.log.changed(body)

    return listener


def _suggest(services: DialogServices) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        ack(options=services.build.suggest(body))

    return listener


def _command(command: str, dispatcher: Dispatcher, services: DialogServices) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        slash_commands.answer_command(command, body, ack, dispatcher, services)

    return listener


def _action(dispatcher: Dispatcher) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        actions.carry_out(body, ack, dispatcher)

    return listener


def _cancel(dispatcher: Dispatcher) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        actions.cancel(body, ack, dispatcher)

    return listener


def _open_dialog(dispatcher: Dispatcher, services: DialogServices) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        dialogs.open_dialog(body, ack, dispatcher, services)

    return listener


def _show_home(dispatcher: Dispatcher, home: HomeService) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        home_tab.show(body, ack, dispatcher, home)

    return listener


def _old(dispatcher: Dispatcher) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        actions.answer_old(body, ack, dispatcher)

    return listener


def _dialog(dispatcher: Dispatcher, services: DialogServices) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        dialogs.answer_dialog(body, ack, dispatcher, services)

    return listener


def _old_dialog(ack: Ack) -> None:
    dialogs.answer_old_dialog(ack)


def _acknowledge(ack: Ack) -> None:
    actions.acknowledge(ack)


def _opened(dispatcher: Dispatcher, home: HomeService) -> Callable[..., None]:
    def listener(event: dict[str, Any], body: dict[str, Any]) -> None:
        home_tab.opened(event, body, dispatcher, home)

    return listener


def _changed(people: SlackUsers) -> Callable[..., None]:
    def listener(event: dict[str, Any]) -> None:
        account_changes.changed(event, people)

    return listener


def _said(dispatcher: Dispatcher, messages: MessageServices) -> Callable[..., None]:
    def listener(event: dict[str, Any], body: dict[str, Any]) -> None:
        mentions.said(event, body, dispatcher, messages)

    return listener


def _about_job(dispatcher: Dispatcher, messages: MessageServices) -> Callable[..., None]:
    def listener(body: dict[str, Any], ack: Ack) -> None:
        shortcuts.about_job(body, ack, dispatcher, messages)

    return listener


def _failed(error: Exception) -> BoltResponse:
    """Handle an error as the last resort: listeners handle their own errors, so this is a bug in one.

    Requests that no listener matches are acknowledged too (`bot.app.bolt` makes Bolt raise an error for
    them). Otherwise Slack would resend events, and show people a warning for anything else.
    """
    if isinstance(error, BoltUnhandledRequestError):
        log.info("request.unknown", kind=str(error.body.get("type") or error.body.get("command") or ""))
        return BoltResponse(status=200, body="")
    log.error("listener.failed", exc_info=error)
    return BoltResponse(status=200, body="")
