"""Render Block Kit as terminal lines. Pure; `Numbering` gives buttons and choices their numbers."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from bot.demo.markup import FENCE, Reader, clean, lines_of, plain_lines, wrap, wrap_parts
from bot.demo.tasks import plan_headings, plan_lines, table_lines, task_lines

Json = dict[str, Any]

LABEL = "bold reverse"
FENCE_LINES = 12
"""How many lines of a longer preformatted text are shown: the last ones."""
WIDE = 60
"""Minimum width, in cells, for two fields side by side."""


@dataclass(frozen=True, kw_only=True)
class Control:
    """Something to press: a button or one menu option."""

    element: Json
    block_id: str
    option: Json | None = None  # set for a menu option

    @property
    def action_id(self) -> str:
        """The element's action id."""
        return str(self.element.get("action_id", ""))

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies the same control in a later version of its message."""
        if self.option is None:
            return "", self.action_id, str(self.element.get("value", ""))
        return self.block_id, self.action_id, str(self.option.get("value", ""))

    @property
    def label(self) -> str:
        """The control's label."""
        source = self.option or self.element
        return clean(str(source["text"]["text"]))


Numbering = Callable[[Control], int]
"""Returns a control's number; the same control always gets the same number."""


def block_lines(blocks: Iterable[Json], reader: Reader, number: Numbering, width: int) -> list[Text]:
    """Render blocks as lines of at most ``width`` cells."""
    lines: list[Text] = []
    for block in blocks:
        lines += _block(block, reader, number, width)
    return lines


def is_long(blocks: Iterable[Json]) -> bool:
    """Return whether `folded` leaves something out."""
    return any(len(fence[1].split("\n")) > FENCE_LINES for fence in _fences(blocks))


def folded(blocks: Iterable[Json]) -> list[Json]:
    """Leave out the beginning of long logs, as Slack does behind "Show more"."""
    made: list[Json] = []
    for block in blocks:
        text = block.get("text") or {}
        if block["type"] == "section" and text.get("type") == "mrkdwn":
            made.append({**block, "text": {**text, "text": FENCE.sub(_end_of, text["text"])}})
        else:
            made.append(block)
    return made


def _end_of(fence: re.Match[str]) -> str:
    lines = fence[1].split("\n")
    if len(lines) <= FENCE_LINES:
        return fence[0]
    kept = lines[-FENCE_LINES:]
    return "\n".join([f"_⋮ {len(lines) - FENCE_LINES} lines more above_", "```", *kept, "```"])


def _fences(blocks: Iterable[Json]) -> list[re.Match[str]]:
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section" and "text" in block]
    return [fence for text in texts for fence in FENCE.finditer(text)]


def paragraphs(blocks: Iterable[Json], reader: Reader) -> list[Text]:
    """Return the lines of all paragraphs and plans, unwrapped, to compare edits by."""
    lines: list[Text] = []
    for block in blocks:
        if block["type"] == "section":
            lines += _section_text(block, reader)
        elif block["type"] == "plan":
            lines += plan_headings(block)
    return lines


def controls_of(blocks: Iterable[Json]) -> list[Control]:
    """Return every control, in order."""
    found: list[Control] = []
    for block in blocks:
        found += controls_of(block.get("child_blocks", []))
        elements = block.get("elements", []) if block["type"] == "actions" else [block.get("accessory") or {}]
        for element in elements:
            found += _controls(element, str(block.get("block_id", "")))
    return found


def _block(block: Json, reader: Reader, number: Numbering, width: int) -> list[Text]:
    match block["type"]:
        case "header":
            return wrap(plain_lines(block["text"]["text"], "bold underline"), width)
        case "section":
            return _section(block, reader, number, width)
        case "context":
            return _context(block["elements"], reader, width)
        case "divider":
            return [Text("─" * min(width, 40), "dim")]
        case "actions":
            return _actions(block, number, width)
        case "image":
            return wrap([_image(block)], width)
    return _newer_block(block, reader, number, width)


def _newer_block(block: Json, reader: Reader, number: Numbering, width: int) -> list[Text]:
    match block["type"]:
        case "plan":
            return plan_lines(block, width)
        case "task_card":
            return task_lines(block, width)
        case "data_table":
            return table_lines(block, width)
        case "container":
            return _container(block, reader, number, width)
    return wrap([Text(f"({block['type']}: this terminal can't show it)", "dim")], width)


def _container(block: Json, reader: Reader, number: Numbering, width: int) -> list[Text]:
    titles = [_joined(_text(block[key], reader, "bold")) for key in ("title", "subtitle") if key in block]
    inner = block_lines(block["child_blocks"], reader, number, max(8, width - 2))
    return [*wrap(titles, width), *(Text("│ ").append_text(line) for line in inner)]


def _section(block: Json, reader: Reader, number: Numbering, width: int) -> list[Text]:
    lines = wrap(_section_text(block, reader), width)
    fields = [_joined(_text(one, reader)) for one in block.get("fields", [])]
    lines += _columns(fields, width)
    if accessory := block.get("accessory"):
        lines += _actions({**block, "elements": [accessory]}, number, width)
    return lines


def _section_text(block: Json, reader: Reader) -> list[Text]:
    return _text(block["text"], reader) if "text" in block else []


def _text(text: Json, reader: Reader, style: str = "") -> list[Text]:
    if text["type"] == "plain_text":
        return plain_lines(text["text"], style)
    return lines_of(text["text"], reader, style)


def _columns(fields: Sequence[Text], width: int) -> list[Text]:
    if width < WIDE:
        return wrap(fields, width)
    half = width // 2
    lines: list[Text] = []
    for left, right in zip(fields[::2], [*fields[1::2], Text()], strict=False):
        if left.cell_len >= half or right.cell_len > width - half:
            lines += wrap([one for one in (left, right) if one], width)
        else:
            lines.append(Text.assemble(left, " " * (half - left.cell_len), right))
    return lines


def _context(elements: Sequence[Json], reader: Reader, width: int) -> list[Text]:
    parts: list[Text] = []
    for element in elements:
        said = _image(element) if element["type"] == "image" else _joined(_text(element, reader))
        said.stylize("dim")
        parts += said.split(" · ")
    return wrap_parts(parts, width)


def _image(image: Json) -> Text:
    return Text(f"[picture: {clean(str(image.get('alt_text', '')))}]", "dim italic")


def _joined(lines: Iterable[Text], glue: str = " ") -> Text:
    return Text(glue).join(lines)


def _actions(block: Json, number: Numbering, width: int) -> list[Text]:
    """Lay out a row of numbered controls; break rows between controls, never inside one that fits."""
    rows: list[Text] = []
    for element in block["elements"]:
        controls = _controls(element, str(block.get("block_id", "")))
        menu = bool(controls) and controls[0].option is not None
        if menu or not rows:
            rows.append(Text())
        if menu and (placeholder := element.get("placeholder")):
            rows[-1].append(clean(placeholder["text"]) + ":", "italic")
        for control in controls:
            shown = _control(control, number(control))
            if rows[-1] and rows[-1].cell_len + 1 + shown.cell_len > width:
                rows.append(Text())
            if rows[-1]:
                rows[-1].append(" ")
            rows[-1].append_text(shown)
        if menu:
            rows.append(Text())
    return wrap([row for row in rows if row], width)


def _control(control: Control, number: int) -> Text:
    style = {"primary": "green", "danger": "red"}.get(str(control.element.get("style", "")), "")
    chosen = control.option is not None and control.option == control.element.get("initial_option")
    mark = "• " if chosen else ""
    return Text.assemble("[", (str(number), "bold"), " ", (mark + control.label, style), "]")


def _controls(element: Json, block_id: str) -> list[Control]:
    match element.get("type"):
        case "button":
            return [Control(element=element, block_id=block_id)]
        case "static_select" | "multi_static_select" | "overflow" | "radio_buttons":
            groups = element.get("option_groups") or [{"options": element.get("options", [])}]
            return [
                Control(element=element, block_id=block_id, option=option)
                for group in groups
                for option in group["options"]
            ]
    return []
