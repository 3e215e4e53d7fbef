"""Reads the fields of the build dialog from Slack's payloads."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from bot import views
from bot.commands.rendering import as_output
from bot.domain import DEFAULT_MODE, BuildMode
from bot.domain.build_forms import BuildForm, Choice, read_output
from bot.domain.errors import Refusal
from bot.domain.text import storable
from bot.listeners.payloads import Submission
from bot.services.typeahead import Asker
from bot.views import dialog_ids
from bot.views.build_dialog import PRIVATELY


class OpenDialog(NamedTuple):
    """A dialog as a payload describes it."""

    view: Mapping[str, Any]
    id: str
    hash: str
    dialog: views.BuildDialog
    form: BuildForm
    asker: Asker


def read_fields(view: Mapping[str, Any], *, by_hand: bool) -> BuildForm:
    """Return what is entered. A choice that was made for another project or instance is left out.

    Args:
        view: the view in the payload.
        by_hand: whether the dialog has text fields instead of selects.
    """
    fields = _Fields(view)
    form = BuildForm(
        instance=fields.chosen(dialog_ids.BUILD_INSTANCE, dialog_ids.BUILD_INSTANCE),
        mode=_mode(fields.chosen(dialog_ids.BUILD_MODE, dialog_ids.BUILD_MODE)),
        privately=fields.chosen(dialog_ids.BUILD_WHERE, dialog_ids.BUILD_WHERE) == PRIVATELY,
        by_hand=by_hand,
        favorite=fields.text(dialog_ids.BUILD_FAVORITE, dialog_ids.BUILD_FAVORITE).strip(),
    )
    if by_hand:
        typed = fields.text(dialog_ids.BUILD_TYPED, dialog_ids.BUILD_TYPED)
        written = fields.text(dialog_ids.BUILD_TYPED_PARTITION, dialog_ids.BUILD_TYPED_PARTITION)
        return msgspec.structs.replace(form, typed=typed, partition=written or None)
    # Each field's block id depends on the fields before it: read in this order.
    found = fields.option(views.block_ids(form)["project"], dialog_ids.BUILD_PROJECT)
    form = msgspec.structs.replace(form, project=found)
    outputs = fields.options(views.block_ids(form)["outputs"], dialog_ids.BUILD_OUTPUTS)
    form = msgspec.structs.replace(form, outputs=outputs)
    partition = fields.chosen(views.block_ids(form)["partition"], dialog_ids.BUILD_PARTITION)
    return msgspec.structs.replace(form, partition=partition)


def shows(view: Mapping[str, Any], form: BuildForm) -> bool:
    """Return whether the view has the fields that belong to a form."""
    blocks = view.get("blocks")
    there = {_map(block).get("block_id") for block in blocks} if isinstance(blocks, list) else set()
    wanted = ("typed", "partition") if form.by_hand else ("project", "outputs", "partition")
    ids = views.block_ids(form)
    return all(ids[field] in there for field in wanted)  # type: ignore[index]  # each is a field


def read_dialog(payload: Submission) -> OpenDialog:
    """Read the dialog in a payload, submitted or not.

    Raises:
        OldButton: another version of the bot opened it.
    """
    dialog = views.read_build_dialog(payload.metadata)
    asker = Asker(user_id=payload.user_id, team_id=payload.team_id, place=dialog.place)
    form = read_fields(payload.view, by_hand=dialog.by_hand)
    return OpenDialog(payload.view, payload.view_id, payload.hash, dialog, form, asker)


def typed_instead(
    form: BuildForm, dialog: views.BuildDialog, trouble: str
) -> tuple[BuildForm, views.BuildDialog]:
    """Return the form with what was chosen as text."""
    chosen = []
    for choice in form.outputs:
        try:
            chosen.append(as_output(read_output(choice.value)))
        except Refusal:
            continue
    typed = form.typed or " ".join(chosen)
    changed = msgspec.structs.replace(form, by_hand=True, typed=typed, project=None, outputs=())
    return changed, msgspec.structs.replace(dialog, by_hand=True, trouble=trouble, problem=None)


def first_input(view: Mapping[str, Any]) -> object:
    """Return the block id of a view's first input; ``None`` without any."""
    blocks = view.get("blocks")
    shown = blocks if isinstance(blocks, list) else []
    return next(
        (one.get("block_id") for one in shown if isinstance(one, Mapping) and one.get("type") == "input"),
        None,
    )


def outdated(view: Mapping[str, Any], form: BuildForm) -> bool:
    """Return whether a submission has a choice that no longer counts: it came before the update."""
    if form.by_hand or shows(view, form):
        return False
    blocks = view.get("blocks")
    there = [_map(block) for block in blocks] if isinstance(blocks, list) else []
    ids = views.block_ids(form)
    if not {ids["project"], ids["outputs"]} <= {block.get("block_id") for block in there}:
        return True
    fields = _Fields(view)
    return any(
        fields.chosen(str(block.get("block_id")), dialog_ids.BUILD_PARTITION)
        for block in there
        if _map(block.get("element")).get("action_id") == dialog_ids.BUILD_PARTITION
    )


class _Fields:
    """``view.state.values``, by block id and action id; for a field that isn't there, what it began with."""

    def __init__(self, view: Mapping[str, Any]) -> None:
        self._values = _map(_map(view.get("state")).get("values"))
        blocks = view.get("blocks")
        shown = [_map(block) for block in blocks] if isinstance(blocks, list) else []
        self._elements = {str(block.get("block_id")): _map(block.get("element")) for block in shown}

    def _entry(self, block_id: str, action_id: str) -> Mapping[str, Any]:
        block = _map(self._values.get(block_id))
        if action_id in block:
            return _map(block[action_id])
        element = self._elements.get(block_id, {})
        return {
            "selected_option": element.get("initial_option"),
            "selected_options": element.get("initial_options"),
            "value": element.get("initial_value"),
        }

    def option(self, block_id: str, action_id: str) -> Choice | None:
        return _choice(self._entry(block_id, action_id).get("selected_option"))

    def options(self, block_id: str, action_id: str) -> tuple[Choice, ...]:
        several = self._entry(block_id, action_id).get("selected_options")
        several = several if isinstance(several, Sequence) else ()
        return tuple(choice for one in several if (choice := _choice(one)))

    def chosen(self, block_id: str, action_id: str) -> str | None:
        option = self.option(block_id, action_id)
        return option.value if option else None

    def text(self, block_id: str, action_id: str) -> str:
        value = self._entry(block_id, action_id).get("value")
        return storable(value) if isinstance(value, str) else ""


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _choice(option: object) -> Choice | None:
    if not isinstance(option, Mapping) or not isinstance(option.get("value"), str):
        return None
    shown = option.get("text")
    text = shown.get("text") if isinstance(shown, Mapping) else None
    value = storable(option["value"])
    return Choice(value=value, text=storable(text) if isinstance(text, str) else value) if value else None


def _mode(value: str | None) -> BuildMode:
    try:
        return BuildMode(value or "")
    except ValueError:
        return DEFAULT_MODE
