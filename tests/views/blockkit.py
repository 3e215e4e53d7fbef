"""A strict validator for what the bot sends: sizes, keys, repeated ids, and markup that isn't ours.

It is written from SLACK-FACTS.md §1.3 with its own numbers, so that a wrong constant in the bot is detected.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_TOKEN = re.compile(
    r"<!date\^\d+\^(?:\{time\}|\{date_short_pretty\} \{time\})\|\d{2,4}[-:0-9 ]+ UTC>"
    r"|<@[A-Z0-9]+>|<#[A-Z0-9]+>|<https://[a-z.]+/archives/C\w+/p\d+\|\w+>"
)
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
# For each type, the required keys and the allowed ones.
_KEYS: dict[str, tuple[set[str], set[str]]] = {
    "plan": ({"title", "tasks"}, set()),
    "task_card": ({"task_id", "title", "status"}, {"details", "output"}),
    "rich_text": ({"elements"}, set()),
    "container": ({"title", "child_blocks", "is_collapsible"}, set()),
    "data_table": ({"caption", "rows", "page_size"}, set()),
    "raw_text": ({"text"}, set()),
    "image": ({"slack_file", "alt_text"}, set()),
    "section": ({"text"}, {"accessory"}),
    "context": ({"elements"}, set()),
    "header": ({"text"}, set()),
    "divider": (set(), set()),
    "actions": ({"elements"}, {"block_id"}),
    "button": ({"text", "action_id"}, {"value", "url", "style", "confirm"}),
    "static_select": ({"action_id", "placeholder", "options"}, {"initial_option", "confirm"}),
    "multi_static_select": ({"action_id", "placeholder", "options"}, set()),
    "input": ({"block_id", "label", "element"}, {"hint", "dispatch_action", "optional"}),
    "plain_text_input": (
        {"action_id"},
        {"max_length", "placeholder", "initial_value", "dispatch_action_config"},
    ),
    "radio_buttons": ({"action_id", "options"}, {"initial_option"}),
    "mrkdwn": ({"text", "verbatim"}, set()),
    "plain_text": ({"text", "emoji"}, set()),
}


def problems_of_message(text: str, blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return everything that Slack or our own rules would reject in a message."""
    found = [*_length("message text", text, 3_900), *_markup("message text", text)]
    if not text.strip():
        found.append("message text is empty")
    return [*found, *problems_of_blocks(blocks, 50)]


def problems_of_blocks(blocks: Sequence[Mapping[str, Any]], limit: int) -> list[str]:
    """Return everything that is wrong with a list of blocks."""
    found = list(_count("blocks", blocks, 1, limit))
    for block in blocks:
        found += _block(block)
    for key in ("action_id", "block_id"):
        seen = list(_values(list(blocks), key))
        found += [f"repeated {key}: {value}" for value in set(seen) if seen.count(value) > 1]
        found += [line for value in seen for line in _length(key, value, 255)]
    return found


def problems_of_dialog(dialog: Mapping[str, Any]) -> list[str]:
    """Return everything that Slack would reject in a modal."""
    found = problems_of_blocks(dialog["blocks"], 100)
    for name in ("title", "submit", "close"):
        if name in dialog:
            found += _text(dialog[name], "plain_text", 24)
    if any(block["type"] == "input" for block in dialog["blocks"]) and "submit" not in dialog:
        found.append("inputs without a button")
    for name, limit in (("callback_id", 255), ("private_metadata", 3_000)):
        if name in dialog:
            found += _length(name, dialog[name], limit)
    return found


def strings_of(part: object) -> Iterator[str]:
    """Return every string in a payload, values only."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from strings_of(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from strings_of(value)


def mrkdwn_of(blocks: object) -> Iterator[str]:
    """Return every mrkdwn text in a payload."""
    if isinstance(blocks, Mapping):
        if blocks.get("type") == "mrkdwn":
            yield str(blocks["text"])
        for value in blocks.values():
            yield from mrkdwn_of(value)
    elif isinstance(blocks, list | tuple):
        for value in blocks:
            yield from mrkdwn_of(value)


def _block(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _keys(block)
    match block.get("type"):
        case "section":
            yield from _section(block)
        case "header":
            yield from _text(block["text"], "plain_text", 150)
        case "context":
            yield from _count("context elements", block["elements"], 1, 10)
            for element in block["elements"]:
                yield from _text(element, "mrkdwn", 2_000)
        case "actions":
            yield from _count("actions", block["elements"], 1, 25)
            for element in block["elements"]:
                yield from _element(element)
        case "input":
            yield from _text(block["label"], "plain_text", 2_000)
            if "hint" in block:
                yield from _text(block["hint"], "plain_text", 2_000)
            yield from _element(block["element"])
        case "divider":
            return
        case _:
            yield from _newer_block(block)


def _newer_block(block: Mapping[str, Any]) -> Iterator[str]:
    match block.get("type"):
        case "plan":
            yield from _plan(block)
        case "container":
            yield from _text(block["title"], "plain_text", 150)
            yield from _count("children", block["child_blocks"], 1, 10)
            for child in block["child_blocks"]:
                if child["type"] not in {"section", "context", "actions", "divider", "image", "table"}:
                    yield f"{child['type']} in a container"
                yield from _block(child)
        case "data_table":
            yield from _table(block)
        case "image":
            yield from _length("alt text", block["alt_text"], 2_000)
            yield from _length("file id", block["slack_file"]["id"], 50)
        case other:
            yield f"unknown block {other}"


def _table(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _length("caption", block["caption"], 150)
    yield from _count("rows", block["rows"], 2, 101)
    yield from _count("columns", block["rows"][0], 1, 20)
    if len({len(row) for row in block["rows"]}) != 1:
        yield "rows of unequal lengths"
    cells = [cell for row in block["rows"] for cell in row]
    for cell in cells:
        yield from _keys(cell)
        yield from _length("cell", cell["text"], 3_000)
        if cell["type"] != "raw_text" or "\n" in cell["text"]:
            yield f"a cell that isn't one line of plain text: {cell['text'][:60]!r}"
    if sum(len(cell["text"]) for cell in cells) > 10_000:
        yield "too many characters in a table"


def _section(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _text(block["text"], "mrkdwn", 3_000)
    if "accessory" in block:
        yield from _element(block["accessory"])


def _plan(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _plain_title("plan title", block["title"], 250)
    yield from _count("tasks", block["tasks"], 1, 12)
    ids = [task["task_id"] for task in block["tasks"]]
    if len(set(ids)) != len(ids):
        yield "two tasks with one id"
    for task in block["tasks"]:
        yield from _task(task)


def _task(task: Mapping[str, Any]) -> Iterator[str]:
    yield from _keys(task)
    yield from _plain_title("task title", task["title"], 300)
    yield from _length("task id", task["task_id"], 255)
    if task["status"] not in {"pending", "in_progress", "complete", "error"}:
        yield f"unknown status {task['status']}"
    for part in (task[key] for key in ("details", "output") if key in task):
        yield from _keys(part)
        for section in part["elements"]:
            if section["type"] != "rich_text_section" or any(
                one["type"] != "text" or not one["text"].strip() for one in section["elements"]
            ):
                yield "rich text that isn't plain"


def _plain_title(what: str, text: str, limit: int) -> Iterator[str]:
    yield from _length(what, text, limit)
    if "<" in text or "\n" in text:
        yield f"{what} has an angle bracket or a second line: {text[:60]!r}"


def _element(element: Mapping[str, Any]) -> Iterator[str]:
    yield from _keys(element)
    match element.get("type"):
        case "button":
            yield from _button(element)
        case "static_select" | "multi_static_select":
            yield from _text(element["placeholder"], "plain_text", 150)
            yield from _options(element, 100)
        case "plain_text_input":
            if "placeholder" in element:
                yield from _text(element["placeholder"], "plain_text", 150)
        case "radio_buttons":
            yield from _options(element, 10)
        case other:
            yield f"unknown element {other}"


def _options(element: Mapping[str, Any], limit: int) -> Iterator[str]:
    yield from _count("options", element["options"], 1, limit)
    for option in element["options"]:
        yield from _text(option["text"], "plain_text", 75)
        yield from _length("option value", option["value"], 150)
    values = [option["value"] for option in element["options"]]
    if len(set(values)) != len(values):
        yield "two options with one value"
    if "initial_option" in element and element["initial_option"] not in element["options"]:
        yield "initial option is none of the options"


def _button(element: Mapping[str, Any]) -> Iterator[str]:
    yield from _text(element["text"], "plain_text", 75)
    if "value" in element:
        yield from _length("button value", element["value"], 2_000)
    if "url" in element:
        yield from _length("button url", element["url"], 3_000)
        if not re.match(r"https?://[^\s<>]+$", element["url"]):
            yield "button url is not an address"
    if element.get("style", "primary") not in {"primary", "danger"}:
        yield f"unknown style {element['style']}"
    if dialog := element.get("confirm"):
        if set(dialog) - {"style"} != {"title", "text", "confirm", "deny"}:
            yield f"confirm has the keys {sorted(dialog)}"
        yield from _text(dialog["title"], "plain_text", 100)
        yield from _text(dialog["text"], "plain_text", 300)
        yield from _text(dialog["confirm"], "plain_text", 30)
        yield from _text(dialog["deny"], "plain_text", 30)


def _text(part: Mapping[str, Any], kind: str, limit: int) -> Iterator[str]:
    yield from _keys(part)
    if part["type"] != kind:
        yield f"{part['type']} where {kind} belongs"
    yield from _length(kind, part["text"], limit)
    if kind == "mrkdwn":
        yield from _markup(kind, part["text"])
        if part["verbatim"] is not True:
            yield "mrkdwn that is not verbatim"
    elif "<" in part["text"]:
        yield f"angle bracket in plain text: {part['text'][:60]}"


def _markup(what: str, text: str) -> Iterator[str]:
    rest = _TOKEN.sub("", text)
    if "<" in rest or ">" in rest:
        yield f"{what} has markup that is not ours: {rest[:200]!r}"
    if found := _ENTITY.search(rest):
        yield f"{what} has a bare or cut entity: {rest[found.start() : found.start() + 12]!r}"
    if text.count("```") not in {0, 2}:
        yield f"{what} has a broken fence"


def _keys(part: Mapping[str, Any]) -> Iterator[str]:
    required, optional = _KEYS.get(str(part.get("type")), (set(), set()))
    given = set(part) - {"type"}
    if missing := required - given:
        yield f"{part.get('type')} lacks {missing}"
    if extra := given - required - optional:
        yield f"{part.get('type')} has unknown keys {extra}"


def _length(what: str, text: str, limit: int) -> Iterator[str]:
    if not 1 <= len(text) <= limit:
        yield f"{what} has {len(text)} code points, not 1 to {limit}"


def _count(what: str, items: Sequence[object], least: int, most: int) -> Iterator[str]:
    if not least <= len(items) <= most:
        yield f"{len(items)} {what}, not {least} to {most}"


def _values(part: object, key: str) -> Iterator[str]:
    if isinstance(part, Mapping):
        if key in part:
            yield str(part[key])
        for value in part.values():
            yield from _values(value, key)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _values(value, key)
