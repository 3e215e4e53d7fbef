"""A strict validator of what the bot sends: sizes, keys, repeated ids, and markup that is not ours.

It is written from SLACK-FACTS.md §1.3 with its own numbers, so that a wrong constant in the bot shows.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_TOKEN = re.compile(
    r"<!date\^\d+\^(?:\{time\}|\{date_short_pretty\} \{time\})\|\d{2,4}[-:0-9 ]+ UTC>"
    r"|<@[A-Z0-9]+>|<#[A-Z0-9]+>|<https://[a-z.]+/archives/C\w+/p\d+\|thread>"
)
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
# For each type, the keys it must have and those it may have.
_KEYS: dict[str, tuple[set[str], set[str]]] = {
    "section": ({"text"}, set()),
    "context": ({"elements"}, set()),
    "header": ({"text"}, set()),
    "divider": (set(), set()),
    "actions": ({"elements"}, {"block_id"}),
    "button": ({"text", "action_id"}, {"value", "url", "style", "confirm"}),
    "static_select": ({"action_id", "placeholder", "options"}, {"initial_option"}),
    "mrkdwn": ({"text", "verbatim"}, set()),
    "plain_text": ({"text", "emoji"}, set()),
}


def problems_of_message(text: str, blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Everything that Slack, or our own rules, would refuse in a message."""
    found = [*_length("message text", text, 3_900), *_markup("message text", text)]
    if not text.strip():
        found.append("message text is empty")
    return [*found, *problems_of_blocks(blocks, 50)]


def problems_of_blocks(blocks: Sequence[Mapping[str, Any]], limit: int) -> list[str]:
    """Everything that is wrong with a list of blocks."""
    found = list(_count("blocks", blocks, 1, limit))
    for block in blocks:
        found += _block(block)
    for key in ("action_id", "block_id"):
        seen = list(_values(list(blocks), key))
        found += [f"repeated {key}: {value}" for value in set(seen) if seen.count(value) > 1]
        found += [line for value in seen for line in _length(key, value, 255)]
    return found


def strings_of(part: object) -> Iterator[str]:
    """Every string of a payload, values only."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from strings_of(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from strings_of(value)


def mrkdwn_of(blocks: object) -> Iterator[str]:
    """Every mrkdwn text of a payload."""
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
            yield from _text(block["text"], "mrkdwn", 3_000)
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
        case "divider":
            return
        case other:
            yield f"unknown block {other}"


def _element(element: Mapping[str, Any]) -> Iterator[str]:
    yield from _keys(element)
    match element.get("type"):
        case "button":
            yield from _button(element)
        case "static_select":
            yield from _text(element["placeholder"], "plain_text", 150)
            yield from _count("options", element["options"], 1, 100)
            for option in element["options"]:
                yield from _text(option["text"], "plain_text", 75)
                yield from _length("option value", option["value"], 150)
            values = [option["value"] for option in element["options"]]
            if len(set(values)) != len(values):
                yield "two options with one value"
            if "initial_option" in element and element["initial_option"] not in element["options"]:
                yield "initial option is none of the options"
        case other:
            yield f"unknown element {other}"


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
