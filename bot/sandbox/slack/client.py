"""What a Slack client does on its own: escapes text, finds the pressed element, checks inputs."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.inputs import is_empty
from bot.sandbox.slack.limits import elements_of, walk
from bot.sandbox.slack.model import Json, Message, View


@dataclass(frozen=True, kw_only=True)
class Found:
    """An element and its location."""

    block: Json
    element: Json
    attachment: int | None = None


def escape(text: str) -> str:
    """Escape text as Slack does in commands and messages."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def smart_text(text: str) -> str:
    """Replace dashes and quotes as phones and Macs do."""
    made = []
    opening = True
    for character in text.replace("--", "—"):
        if character == '"':
            made.append("“" if opening else "”")
        elif character == "'":
            made.append("\u2018" if opening else "\u2019")
        else:
            made.append(character)
        opening = character.isspace() or character in "(=—"
    return "".join(made)


def find(
    where: Message | View, matches: Callable[[Json], bool], what: str, *, block_id: str | None = None
) -> Found:
    """Return the one element that matches; of several, the one in the block ``block_id``.

    A client that has not seen the last edit names a block by its old id, and Slack gives blocks that the app
    didn't name new ones with each edit. So the id only decides between elements that are otherwise the same.

    Raises:
        LookupError: no element matches, or several do.
    """
    places: list[tuple[int | None, list[Json]]] = [(None, where.blocks)]
    if isinstance(where, Message):
        places += [(index, one.get("blocks", [])) for index, one in enumerate(where.attachments)]
    every = [
        Found(block=block, element=element, attachment=attachment)
        for attachment, blocks in places
        for block in walk(blocks)
        for element in elements_of(block)
        if element["type"] != "image"
    ]
    found = [one for one in every if matches(one.element)]
    if len(found) > 1 and block_id is not None:
        found = [one for one in found if one.block.get("block_id") == block_id]
    if len(found) != 1:
        there = [
            (one.element["action_id"], one.element.get("text", {}).get("text"), one.element.get("value"))
            for one in every
        ]
        raise LookupError(f"{len(found)} times {what}; there are {there}")
    return found[0]


def check_inputs(view: View) -> None:
    """Reject the inputs that the client rejects before it sends anything."""
    for block in view.blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = view.values.get(block["block_id"], {}).get(element["action_id"], {})
        label = block["label"]["text"]
        if is_empty(value):
            if not block.get("optional"):
                raise ValueError(f"please fill in {label!r}")
            continue
        typed = value.get("value")
        if isinstance(typed, str):
            if len(typed) > element.get("max_length", 3000):
                raise ValueError(f"{label!r}: too long")
            if len(typed) < element.get("min_length", 0):
                raise ValueError(f"{label!r}: too short")
