"""The dialog of a log: opens empty and at once, and is filled beside the listener at every change."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bot import views
from bot.domain import Message, ReadLog
from bot.domain.text import storable
from bot.listeners.dispatcher import Dispatcher, RequestContext, shares_of
from bot.listeners.payloads import Payload, Submission, action_of, of_submission, trigger_of
from bot.services.error_messages import error_message
from bot.services.log_dialog import LogDialogService
from bot.slack.dialog_updates import DialogUpdates
from bot.slack.dialogs import Dialogs
from bot.views import dialog_ids, limits
from bot.views.button_values import LogDialog, read_log_dialog
from bot.views.dialogs import Dialog
from bot.workers.query_pool import PoolFull

_WHOLE_JOB = "*"


class LogDialogs:
    """Carries out what people do with the dialog."""

    def __init__(
        self, dispatcher: Dispatcher, dialogs: Dialogs, updates: DialogUpdates, service: LogDialogService
    ) -> None:
        self._dispatcher = dispatcher
        self._dialogs = dialogs
        self._updates = updates
        self._service = service

    def press(self, body: Payload, context: RequestContext) -> None:
        """Open the dialog; if Slack doesn't open it, send the private message that the command sends.

        Raises:
            OldButton: another version wrote the button's value, or it is damaged.
        """
        request = views.decode(str(action_of(body).get("value") or ""))
        if not isinstance(request, ReadLog):
            raise views.OldButton
        place = msgspec.structs.replace(context.place, surface="dialog", home=None, replaces=False)
        opened = LogDialog(request=request, place=place)
        self._dialogs.open(
            trigger_of(body),
            views.log_dialog_loading(),
            otherwise=lambda _: self._dispatcher.dispatch(request, context),
            then=lambda view_id, known: self._renew(view_id, known, opened, context),
        )

    def changed(self, body: Payload) -> None:
        """Show another log, another page, or what was searched for. The caller has acknowledged that."""
        payload = of_submission(body)
        try:
            opened = change(read_log_dialog(payload.metadata), action_of(body))
        except views.OldButton as error:
            told = error_message(error, doing=dialog_ids.LOG)
            turn = self._updates.begin(payload.view_id, payload.hash)
            self._update(payload.view_id, turn, views.log_dialog_failed(told))
            return
        context = payload.context(opened.place.channel_id, opened.place.response_url)
        self._renew(payload.view_id, payload.hash, opened, context)

    def submit(self, payload: Submission) -> None:
        """Search, for somebody who pressed the button for it. The caller shows that this takes a moment.

        Raises:
            OldButton: another version opened the dialog.
            PoolFull: too much is waiting.
        """
        searched = payload.text(dialog_ids.LOG_SEARCH)[: limits.LOG_SEARCH]
        opened = msgspec.structs.replace(read_log_dialog(payload.metadata), search=searched, page=0)
        context = payload.context(opened.place.channel_id, opened.place.response_url)
        self._updates.forget(payload.view_id)
        self._submit(
            opened,
            context,
            lambda view: self._dialogs.finish(payload.view_id, payload.hash, view),
        )

    def _renew(self, view_id: str, known: str, opened: LogDialog, context: RequestContext) -> None:
        turn = self._updates.begin(view_id, known)
        try:
            self._submit(opened, context, lambda view: self._update(view_id, turn, view))
        except PoolFull:
            self._update(view_id, turn, views.log_dialog_failed(views.busy()))

    def _submit(self, opened: LogDialog, context: RequestContext, show: Callable[[Dialog], object]) -> None:
        user = context.user_id

        def fill() -> None:
            read = self._service.read(opened, user, context.team_id, context.key)
            show(_shown(opened, read))

        self._dispatcher.submit(fill, shares=shares_of(opened.request, user))

    def _update(self, view_id: str, turn: int, view: Dialog) -> None:
        self._updates.update(view_id, turn, view)


def change(opened: LogDialog, action: Mapping[str, Any]) -> LogDialog:
    """Return what to show after an action of the dialog.

    Raises:
        OldButton: the action's value is damaged.
    """
    value = action.get("value")
    match action.get("action_id"):
        case dialog_ids.LOG_PART:
            option = action.get("selected_option")
            chosen = option.get("value") if isinstance(option, Mapping) else None
            activity = None if chosen == _WHOLE_JOB else str(chosen or "") or None
            changed = {"request": {"activity": activity}, "page": 0}
        case dialog_ids.LOG_SEARCH:
            changed = {"search": storable(str(value or ""))[: limits.LOG_SEARCH], "page": 0}
        case _:
            changed = {"page": int(value) if isinstance(value, str) and value.isdecimal() else 0}
    whole = msgspec.to_builtins(opened)
    request = {**whole["request"], **changed.pop("request", {})}  # type: ignore[dict-item]
    try:
        return msgspec.convert({**whole, **changed, "request": request}, LogDialog)
    except msgspec.ValidationError as damaged:
        raise views.OldButton from damaged


def _shown(opened: LogDialog, read: views.LogPage | Message) -> Dialog:
    if isinstance(read, Message):
        return views.log_dialog_failed(read)
    try:
        return views.log_dialog(opened, read)
    except views.ValueTooLarge as error:
        return views.log_dialog_failed(error_message(error, doing=dialog_ids.LOG))
