"""The block types that the bot uses, built within Slack's limits."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import msgspec

from bot.domain import Message, NewerBlocks, Request
from bot.views import action_ids, limits
from bot.views.button_values import ValueTooLarge, encode
from bot.views.escape import cut, label, one_line

Block = dict[str, object]

_MORE = "…"


def mrkdwn(text: str) -> Block:
    """A text that contains only our own markup: Slack doesn't look for URLs or names in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str) -> Block:
    """A text without any markup; ``:words:`` don't turn into emoji."""
    return {"type": "plain_text", "text": text, "emoji": False}


def section(*lines: str | None) -> Block:
    """A paragraph of mrkdwn lines; lines at the end that don't fit are left out."""
    return {"type": "section", "text": mrkdwn(fit(lines, limits.SECTION_TEXT))}


def section_with(text: str, accessory: Block | None) -> Block:
    """A paragraph with a button or a select beside it."""
    return section(text) | ({"accessory": accessory} if accessory else {})


def context(*parts: str | None) -> Block:
    """A small gray line of mrkdwn parts."""
    return {"type": "context", "elements": [mrkdwn(fit(parts, limits.CONTEXT_TEXT, " · "))]}


def header(text: str) -> Block:
    """A title. Only for our own text."""
    return {"type": "header", "text": plain(cut(text, limits.HEADER_TEXT))}


def rich_text(text: str) -> Block:
    """One paragraph that shows any text as it is: rich text has no markup and no mentions in its texts."""
    section: Block = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def container(title: str, children: Sequence[Block]) -> Block:
    """What is secondary, under a title that folds it away; only for our own title."""
    return {
        "type": "container",
        "title": plain(cut(title, limits.CONTAINER_TITLE)),
        "child_blocks": list(children),
        "is_collapsible": True,
    }


def data_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    """A table to page through, with plain texts as they are; further rows that don't fit are left out."""
    room = limits.TABLE_CHARACTERS - sum(map(len, header))
    shown: list[Sequence[str]] = []
    for row in rows[: limits.TABLE_ROWS]:
        cells = [one_line(cell)[: limits.TABLE_CELL] for cell in row]
        room -= sum(map(len, cells))
        if room < 0:
            break
        shown.append(cells)
    return {
        "type": "data_table",
        "caption": caption,
        "page_size": limits.TABLE_PAGE,
        "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in (header, *shown)],
    }


def divider() -> Block:
    """A thin line."""
    return {"type": "divider"}


def actions(*elements: Block | None, block_id: str | None = None) -> tuple[Block, ...]:
    """A row of buttons, as a tuple because Slack rejects an empty row."""
    shown = [element for element in elements if element is not None][: limits.ACTIONS]
    if not shown:
        return ()
    row: Block = {"type": "actions", "elements": shown}
    return ({**row, "block_id": block_id} if block_id else row,)


def button(
    text: str,
    action: str,
    request: Request | None = None,
    *,
    number: int | None = None,
    style: str | None = None,
    confirm: Block | None = None,
) -> Block | None:
    """A button that carries a request; ``None`` when the request is too large."""
    element: Block = {
        "type": "button",
        "text": plain(label(text, limits.BUTTON_TEXT)),
        "action_id": action_ids.numbered(action, number),
    }
    if request is not None:
        try:
            element["value"] = encode(request)
        except ValueTooLarge:
            return None
    return element | ({"style": style} if style else {}) | ({"confirm": confirm} if confirm else {})


def link_button(text: str, url: str, *, number: int | None = None) -> Block | None:
    """A button that opens a URL; ``None`` when Slack would reject the URL."""
    if not web_address(url):
        return None
    return {
        "type": "button",
        "text": plain(label(text, limits.BUTTON_TEXT)),
        "action_id": action_ids.numbered(action_ids.OPEN_DSS, number),
        "url": url,
    }


def confirm(title: str, text: str, yes: str, no: str, *, style: str | None = "danger") -> Block:
    """A dialog that asks before a button takes effect. Takes plain text."""
    dialog: Block = {
        "title": plain(label(title, limits.CONFIRM_TITLE)),
        "text": plain(label(text, limits.CONFIRM_TEXT)),
        "confirm": plain(label(yes, limits.CONFIRM_BUTTON)),
        "deny": plain(label(no, limits.CONFIRM_BUTTON)),
    }
    return {**dialog, "style": style} if style else dialog


class Either(msgspec.Struct, frozen=True, kw_only=True):
    """Two forms of the same: newer blocks, and the classic blocks for where those are refused."""

    newer: tuple[Block, ...]
    classic: tuple[Block, ...]


def message(text: str, parts: Iterable[Block | Either]) -> Message:
    """A message: ``text`` is mrkdwn without icons, for notifications and screen readers."""
    blocks: list[Block] = []
    newer: list[NewerBlocks] = []
    for part in parts:
        if isinstance(part, Either):
            newer.append(NewerBlocks(blocks=part.newer, start=len(blocks), count=len(part.classic)))
            blocks += part.classic
        else:
            blocks.append(part)
    return Message(text=fit(text.split("\n"), limits.MESSAGE_TEXT), blocks=tuple(blocks), newer=tuple(newer))


def classic(parts: Iterable[Block | Either]) -> tuple[Block, ...]:
    """The classic blocks, for a place that takes no others, such as App Home."""
    return message("classic", parts).blocks


def say(first: str, *more: str | None, icon: str | None = None) -> Message:
    """A message of one paragraph; its fallback text is the same without the icon."""
    shown = f"{icon} {first}" if icon else first
    return message(fit((first, *more), limits.SECTION_TEXT), (section(shown, *more),))


def web_address(url: str) -> bool:
    """Whether a URL can be a button's: http(s), no whitespace, short enough."""
    if len(url) > limits.BUTTON_URL or any(char.isspace() or char in "<>|" for char in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and url.isprintable()


def fit(lines: Sequence[str | None], limit: int, glue: str = "\n") -> str:
    """Join the given lines as long as they fit; never cut inside a line, so markup stays intact."""
    there = [line for line in lines if line is not None]
    whole = glue.join(there)
    while len(whole) > limit:
        there.pop()
        whole = glue.join([*there, _MORE])
    return whole
