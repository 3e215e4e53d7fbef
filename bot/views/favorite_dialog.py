"""The dialog in which a build gets a name."""

from bot.domain.favorites import LONGEST
from bot.domain.requests import Build
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
    blocks = [section(f"The favorite builds {built(build)}."), _name(), *([_owner()] if channel else [])]
    return dialog(
        "Save as favorite",
        blocks,
        callback_id=dialog_ids.FAVORITE,
        metadata=metadata,
        submit="Save",
        close="Cancel",
    )


def built(build: Build) -> str:
    """Say what a build is of."""
    partition = f", partition {code(build.partition, 100)}" if build.partition else ""
    labels = [output.label for output in build.outputs]
    return f"{wording.names(labels)} ({wording.mode(build.mode)}){partition}"


def _name() -> Block:
    return {
        "type": "input",
        "block_id": dialog_ids.FAVORITE_NAME,
        "label": plain("Name"),
        "element": {
            "type": "plain_text_input",
            "action_id": dialog_ids.FAVORITE_NAME,
            "placeholder": plain("nightly"),
            "max_length": LONGEST,
        },
        "hint": plain("Letters, digits, spaces, - and _. To build it: /dss-build nightly"),
    }


def _owner() -> Block:
    mine = _option(dialog_ids.MINE, "For me")
    shared = _option(dialog_ids.SHARED, "For everybody in this channel")
    return {
        "type": "input",
        "block_id": dialog_ids.FAVORITE_OWNER,
        "label": plain("Whose favorite"),
        "element": {
            "type": "radio_buttons",
            "action_id": dialog_ids.FAVORITE_OWNER,
            "options": [mine, shared],
            "initial_option": mine,
        },
    }


def _option(value: str, text: str) -> Block:
    return {"text": plain(text), "value": value}
