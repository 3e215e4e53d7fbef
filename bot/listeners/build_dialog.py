"""The build dialog: opens empty and at once, is filled beside the listener, and is submitted as a row."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
import structlog

from bot import views
from bot.domain import Build, Place, SaveFavorite
from bot.domain.build_forms import BuildForm, BuildPreview, Choice
from bot.domain.errors import DSSError, Refusal
from bot.language import mark, t
from bot.listeners.build_dialog_fields import (
    OpenDialog,
    first_input,
    outdated,
    read_dialog,
    shows,
    typed_instead,
)
from bot.listeners.dispatcher import Dispatcher, RequestContext, shares_of
from bot.listeners.payloads import Payload, Submission, action_of, of_submission, trigger_of
from bot.services.build_dialog import BadField, BuildDialogService, read_form
from bot.services.error_messages import error_message
from bot.services.favorite_names import free_name, said_at_field
from bot.services.typeahead import Asker, Typeahead
from bot.slack.dialog_updates import DialogUpdates
from bot.slack.dialogs import Dialogs
from bot.store import FavoriteStore
from bot.views import action_ids, dialog_ids
from bot.workers.query_pool import PoolFull, QueryPool
from bot.workers.timely import TimelyAnswers, TooSlow

log = structlog.get_logger(__name__)

CHECKED_FOR = 60.0
"""Seconds for which a problem that was found counts: after that, submitting checks again."""
MISSED = 2
"""After that many times without names in time, the dialog takes typed names."""
_SLOW = mark("DSS is slow to answer right now.")


class BuildDialogs:
    """Carries out what people do with the dialog. Only `suggest` waits for DSS, and not for long."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        dialogs: Dialogs,
        updates: DialogUpdates,
        service: BuildDialogService,
        typeahead: Typeahead,
        favorites: FavoriteStore,
        *,
        filling: QueryPool,
        first: TimelyAnswers,
        suggested: TimelyAnswers,
        clock: Callable[[], datetime],
    ) -> None:
        """Keep the parts.

        Args:
            dispatcher: takes what is submitted.
            dialogs: opens dialogs.
            updates: changes open ones.
            service: knows what the dialog shows.
            typeahead: finds names.
            favorites: says which names are taken.
            filling: threads that wait for nothing but Slack and ``first``.
            first: waits for what a dialog is filled with.
            suggested: waits for the options of a select.
            clock: returns the current time, aware.
        """
        self._dispatcher = dispatcher
        self._dialogs = dialogs
        self._updates = updates
        self._service = service
        self._typeahead = typeahead
        self._favorites = favorites
        self._filling = filling
        self._first = first
        self._suggested = suggested
        self._clock = clock

    # ---- opening

    def open(self, context: RequestContext, trigger_id: str, request: Build | None = None) -> None:
        """Open the dialog for a new build, or for one like ``request``."""

        def fill(view_id: str, known: str) -> None:
            turn = self._updates.begin(view_id, known)
            self._submit(lambda: self._fill(view_id, turn, context, request))

        self._dialogs.open(
            trigger_id,
            views.loading_dialog(),
            otherwise=lambda _: self._dispatcher.reply(context, views.dialog_not_opened()),
            then=fill,
        )

    def press(self, body: Payload, context: RequestContext) -> None:
        """Open the dialog for a button, with what its value says should be built.

        Raises:
            OldButton: another version wrote the value, or it is damaged.
        """
        action = action_of(body)
        if action_ids.base(str(action.get("action_id") or "")) != action_ids.BUILD_DIALOG_CHANGE:
            self.open(context, trigger_of(body))
            return
        request = views.decode(str(action.get("value") or ""))
        if not isinstance(request, Build):
            raise views.OldButton
        self.open(context, trigger_of(body), request)

    def shortcut(self, body: Payload) -> None:
        """Open the dialog for the global shortcut, which isn't used in any channel."""
        self.open(of_submission(body).context("", None), trigger_of(body))

    def _fill(self, view_id: str, turn: int, context: RequestContext, request: Build | None) -> None:
        place = msgspec.structs.replace(context.place, surface="dialog", replaces=False)
        asker = Asker(user_id=context.user_id, team_id=context.team_id, place=place)
        form = self._service.form(request)
        dialog = views.BuildDialog(place=place, by_hand=form.by_hand)
        try:
            self._first.wait_for(
                lambda: self._typeahead.warm(asker, form.instance), shares=shares_of(None, context.user_id)
            )
        except (TooSlow, DSSError) as error:
            trouble = error.hint if isinstance(error, DSSError) else _SLOW
            form, dialog = typed_instead(form, dialog, t(trouble))
        except Exception as error:  # noqa: BLE001 - the person reads the reason in the dialog
            self._refuse(view_id, turn, error)
            return
        self._show(view_id, turn, form, dialog, checking=bool(form.outputs))
        if form.outputs:
            self._look(view_id, turn, form, dialog, asker)

    def _refuse(self, view_id: str, turn: int, error: Exception) -> None:
        message = error_message(error, doing=dialog_ids.BUILD)
        self._updates.update(view_id, turn, views.refused_dialog(message.text))

    # ---- while it's open

    def changed(self, body: Payload) -> None:
        """Bring the dialog up to date after a field changed. The caller has acknowledged that."""
        try:
            one = read_dialog(of_submission(body))
        except Refusal as error:
            old = of_submission(body)
            self._refuse(old.view_id, self._updates.begin(old.view_id, old.hash), error)
            return
        turn = self._updates.begin(one.id, one.hash)
        says_something = bool(one.form.outputs or one.form.typed)
        if shows(one.view, one.form):
            if says_something:
                self._look(one.id, turn, one.form, one.dialog, one.asker)
            return

        def renew() -> None:
            self._show(one.id, turn, one.form, one.dialog, checking=says_something)
            if says_something:
                self._look(one.id, turn, one.form, one.dialog, one.asker)

        self._submit(renew)

    def suggest(self, body: Payload) -> list[dict[str, object]]:
        """Return the options for what was typed into a select; none if there are none in time."""
        try:
            one = read_dialog(of_submission(body))
        except Refusal:
            return []
        action_id, typed = str(body.get("action_id") or ""), str(body.get("value") or "")
        try:
            choices = self._suggested.wait_for(
                lambda: self._find(one, action_id, typed), shares=shares_of(None, one.asker.user_id)
            )
        except TooSlow:
            if self._updates.missed(one.id, one.hash) >= MISSED:
                self._take_typed_names(one, _SLOW)
            return []
        except DSSError as error:
            self._take_typed_names(one, error.hint)
            return []
        except Exception as error:  # noqa: BLE001 - the person reads the reason in the dialog
            self._submit(
                lambda error=error: self._refuse(one.id, self._updates.begin(one.id, one.hash), error),  # type: ignore[misc]
            )
            return []
        return [views.option(choice) for choice in choices]

    def _find(self, one: OpenDialog, action_id: str, typed: str) -> list[Choice]:
        match action_id:
            case dialog_ids.BUILD_PROJECT:
                return self._typeahead.projects(one.asker, one.form.instance, typed)
            case dialog_ids.BUILD_OUTPUTS:
                return self._typeahead.outputs(one.asker, one.form, typed)
            case _:
                return self._typeahead.partitions(one.asker, one.form, typed)

    def _take_typed_names(self, one: OpenDialog, trouble: str) -> None:
        form, dialog = typed_instead(one.form, one.dialog, t(trouble))
        turn = self._updates.begin(one.id, one.hash)
        self._submit(lambda: self._show(one.id, turn, form, dialog))

    def _look(
        self, view_id: str, turn: int, form: BuildForm, dialog: views.BuildDialog, asker: Asker
    ) -> None:
        """Show what the build would meet, unless the person has changed something since."""

        def look() -> None:
            if self._updates.turn(view_id) != turn:
                return
            try:
                preview = self._service.preview(form, asker, f"{view_id}|{turn}")
            except Exception as error:
                log.exception("dialog.not_checked", exc_info=error)
                remark = t("The bot couldn't check this. You can press Build anyway.")
                preview = BuildPreview(remark=remark)
            found = msgspec.structs.replace(
                dialog,
                problem=preview.problem if preview else None,
                about=form.digest,
                found_at=self._clock().timestamp(),
            )
            self._show(view_id, turn, form, found, preview)

        try:
            self._dispatcher.submit(look, shares=shares_of(None, asker.user_id))
        except PoolFull:
            log.info("dialog.not_checked", reason="busy")

    def _show(
        self,
        view_id: str,
        turn: int,
        form: BuildForm,
        dialog: views.BuildDialog,
        preview: BuildPreview | None = None,
        *,
        checking: bool = False,
    ) -> None:
        make = partial(
            views.build_dialog,
            form,
            views.encode_build_dialog(dialog),
            instances=self._service.instances(),
            asks_where=dialog.place.channel_id[:1] in {"C", "G"},
            trouble=dialog.trouble or None,
            preview=preview,
            checking=checking,
        )
        self._updates.update(view_id, turn, make(), newer=make(alerts=True))

    def _submit(self, task: Callable[[], None]) -> None:
        try:
            self._filling.submit(task)
        except PoolFull:
            log.info("dialog.not_updated", reason="busy")

    # ---- submitting

    def submit(self, submission: Submission) -> dict[str, Any]:
        """Write the build as a row; return what acknowledges the dialog: nothing, or what's wrong with it.

        Raises:
            OldButton: another version of the bot opened it.
        """
        one = read_dialog(submission)
        ids = views.block_ids(one.form)
        first = ids["typed" if one.form.by_hand else "project"]
        if outdated(one.view, one.form):
            there = str(first_input(one.view) or first)
            said = t("This has just changed what can be chosen. Look at the other fields again.")
            return _errors(there, said)
        try:
            request = read_form(one.form)
            self._known_problem(one)
            context = _context(submission, one)
            self._save(one, request, context)
            self._dispatcher.dispatch(request, context)
        except BadField as bad:
            return _errors(ids[bad.field], views.field_error(str(bad), bad.example))
        except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
            message = error_message(error, doing=dialog_ids.BUILD)
            return _errors(first, views.field_error(message.text))
        return {}

    def _save(self, one: OpenDialog, request: Build, context: RequestContext) -> None:
        """Save the build as a favorite of the person, too, if they entered a name.

        Raises:
            BadField: it can't be that of a new favorite.
        """
        typed, key = one.form.favorite, f"{context.key}|save"
        # Submitted again, the name is taken by now: by itself.
        if not typed or self._dispatcher.was_dispatched(key):
            return
        try:
            name = free_name(typed, context.user_id, self._favorites)
        except Refusal as refusal:
            raise BadField("favorite", said_at_field(refusal)) from refusal
        save = SaveFavorite(name=name, build=request)
        self._dispatcher.dispatch(save, msgspec.structs.replace(context, key=key, typed=False))

    def _known_problem(self, one: OpenDialog) -> None:
        """Refuse what was found to be wrong with exactly these fields a moment ago.

        Raises:
            BadField: with what is wrong.
        """
        dialog = one.dialog
        age = self._clock().timestamp() - dialog.found_at
        if dialog.problem is not None and dialog.about == one.form.digest and 0 <= age <= CHECKED_FOR:
            raise BadField(dialog.problem.field, dialog.problem.text)


def _errors(block_id: str, text: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {block_id: text}}


def _context(submission: Submission, one: OpenDialog) -> RequestContext:
    """Return who submits what, as a command does: it always gets an answer, and each dialog counts once."""
    context = submission.context("", None)
    place = one.dialog.place
    if one.form.privately:
        place = Place(channel_id=context.user_id, response_url=place.response_url, surface="dialog")
    return msgspec.structs.replace(context, place=place, key=f"view|{one.id}|{one.hash}", typed=True)
