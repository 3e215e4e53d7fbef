"""What all dialogs (Slack's modals) have in common, and the one that says that nothing was done."""

from bot.domain import Message
from bot.language import t
from bot.views.blocks import Block, plain

Dialog = dict[str, object]
"""A modal, as Slack's API takes it."""


def dialog(
    title: str,
    blocks: list[Block],
    *,
    callback_id: str | None = None,
    metadata: str = "",
    submit: str | None = None,
    close: str | None = None,
) -> Dialog:
    """Return a modal.

    Args:
        title: at most 24 characters.
        blocks: what it shows.
        callback_id: which listener gets a submission; from `bot.views.dialog_ids`.
        metadata: what it carries, at most 3,000 code points. Whoever submits it could have changed it.
        submit: the label of its button; ``None`` if there is nothing to submit.
        close: the label of the button that closes it; "Close" if none is given.
    """
    shown: Dialog = {
        "type": "modal",
        "title": plain(title),
        "close": plain(close or t("Close")),
        "blocks": blocks,
    }
    if callback_id:
        shown |= {"callback_id": callback_id, "private_metadata": metadata}
    return shown | ({"submit": plain(submit)} if submit else {})


def dialog_failed(told: Message) -> Dialog:
    """Say why nothing happened, where entering something else wouldn't help."""
    return dialog(t("Nothing was done"), [dict(block) for block in told.blocks])
