"""The dialog in which a build gets a name."""

from bot.domain.favorites import LONGEST
from bot.domain.requests import Build
from bot.language import t
from bot.views import dialog_ids, wording
from bot.views.blocks import Block, plain, section
from bot.views.dialogs import Dialog, dialog
from bot.views.escape import code


def favorite_dialog(build: Build, metadata: str, *, channel: bool) -> Dialog:
    """Return the dialog.

    Args:
        build: what gets a name.
        metadata: see `bot.views.encode_favorite_dialog`.
        channel: whether it was opened in a channel, whose favorite it can become.
    """
    blocks = [
        section(t("The favorite builds {what}.", what=built(build))),
        _name(),
        *([_owner()] if channel else []),
    ]
    return dialog(
        t("Save as favorite"),
        blocks,
        callback_id=dialog_ids.FAVORITE,
        metadata=metadata,
        submit=t("Save"),
        close=t("Cancel"),
    )


def built(build: Build) -> str:
    """Say what a build is of."""
    what = wording.names([output.label for output in build.outputs])
    if not build.partition:
        return t("{what} ({mode})", what=what, mode=wording.mode(build.mode))
    return t(
        "{what} ({mode}), partition {partition}",
        what=what,
        mode=wording.mode(build.mode),
        partition=code(build.partition, 100),
    )


def _name() -> Block:
    return {
        "type": "input",
        "block_id": dialog_ids.FAVORITE_NAME,
        "label": plain(t("Name")),
        "element": {
            "type": "plain_text_input",
            "action_id": dialog_ids.FAVORITE_NAME,
            "placeholder": plain("nightly"),
            "max_length": LONGEST,
        },
        "hint": plain(t("Letters, digits, spaces, - and _. To build it: /dss-build nightly")),
    }


def _owner() -> Block:
    mine = _option(dialog_ids.MINE, t("For me"))
    shared = _option(dialog_ids.SHARED, t("For everybody in this channel"))
    return {
        "type": "input",
        "block_id": dialog_ids.FAVORITE_OWNER,
        "label": plain(t("Whose favorite")),
        "element": {
            "type": "radio_buttons",
            "action_id": dialog_ids.FAVORITE_OWNER,
            "options": [mine, shared],
            "initial_option": mine,
        },
    }


def _option(value: str, text: str) -> Block:
    return {"text": plain(text), "value": value}
