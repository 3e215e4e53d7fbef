"""The dialog in which a build gets a name: opened by a button, submitted as a row."""

from typing import Any

import msgspec

from bot import views
from bot.commands.rendering import as_command
from bot.domain import Build, Place, SaveFavorite
from bot.domain.errors import Refusal
from bot.domain.visibility import is_direct
from bot.listeners.dispatcher import Dispatcher, RequestContext
from bot.listeners.payloads import Payload, Submission, action_of, trigger_of
from bot.services.favorite_names import free_name, said_at_field
from bot.slack.dialogs import Dialogs
from bot.store import FavoriteStore
from bot.views import dialog_ids


def open_favorite(body: Payload, context: RequestContext, dispatcher: Dispatcher, dialogs: Dialogs) -> None:
    """Open the dialog. What the person may build is checked when they submit it.

    Raises:
        OldButton: another version wrote the button's value, or it is damaged.
        ValueTooLarge: the build doesn't fit into a dialog.
    """
    build = views.decode(str(action_of(body).get("value") or ""))
    if not isinstance(build, Build):
        raise views.OldButton
    place = msgspec.structs.replace(context.place, surface="dialog", replaces=False)
    remembered = views.encode_favorite_dialog(views.FavoriteDialog(build=build, place=place))
    dialog = views.favorite_dialog(build, remembered, channel=_has_others(place))
    command = as_command(SaveFavorite(name="nightly", build=build))
    dialogs.open(
        trigger_of(body),
        dialog,
        otherwise=lambda _: dispatcher.reply(context, views.favorite_dialog_not_opened(command)),
    )


def submit_favorite(
    submission: Submission, dispatcher: Dispatcher, favorites: FavoriteStore
) -> dict[str, Any]:
    """Write the favorite as a row; return what acknowledges the dialog: nothing, or what's wrong with it.

    Raises:
        OldButton: another version of the bot opened it.
    """
    opened = views.read_favorite_dialog(submission.metadata)
    shared = submission.chosen(dialog_ids.FAVORITE_OWNER) == dialog_ids.SHARED and _has_others(opened.place)
    context = msgspec.structs.replace(
        submission.context("", None), place=opened.place, key=f"view|{submission.view_id}|{submission.hash}"
    )
    owner = opened.place.channel_id if shared else context.user_id
    if dispatcher.was_dispatched(context.key):
        return {}  # submitted again: the name is taken by now, by itself
    try:
        name = free_name(submission.text(dialog_ids.FAVORITE_NAME), owner, favorites)
    except Refusal as refusal:
        told = views.field_error(said_at_field(refusal))
        return {"response_action": "errors", "errors": {dialog_ids.FAVORITE_NAME: told}}
    dispatcher.dispatch(SaveFavorite(name=name, build=opened.build, shared=shared), context)
    return {}


def _has_others(place: Place) -> bool:
    """Return whether there is somebody to share a favorite with."""
    return place.home is None and place.channel_id[:1] in {"C", "G"} and not is_direct(place.channel_id)
