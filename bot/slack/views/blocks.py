"""The few kinds of blocks that the bot shows, built within Slack's limits."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from bot.facts import Message, Wish
from bot.slack.views import ids, limits
from bot.slack.views.escape import cut, label
from bot.slack.views.values import ValueTooLarge, encode

Block = dict[str, object]

_MORE = "…"


def mrkdwn(text: str) -> Block:
    """A text in which only our own markup counts: Slack does not look for addresses or names in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str) -> Block:
    """A text without any markup; ``:words:`` do not turn into pictures."""
    return {"type": "plain_text", "text": text, "emoji": False}


def section(*lines: str | None) -> Block:
    """A paragraph of mrkdwn lines; lines that no longer fit are left out from the end."""
    return {"type": "section", "text": mrkdwn(fit(lines, limits.SECTION_TEXT))}


def context(*parts: str | None) -> Block:
    """A small grey line of mrkdwn parts."""
    return {"type": "context", "elements": [mrkdwn(fit(parts, limits.CONTEXT_TEXT, " · "))]}


def header(text: str) -> Block:
    """A title. Only for our own words."""
    return {"type": "header", "text": plain(cut(text, limits.HEADER_TEXT))}


def divider() -> Block:
    """A thin line."""
    return {"type": "divider"}


def actions(*elements: Block | None, block_id: str | None = None) -> tuple[Block, ...]:
    """A row of buttons, as a tuple because a row without any may not be shown."""
    shown = [element for element in elements if element is not None][: limits.ACTIONS]
    if not shown:
        return ()
    row: Block = {"type": "actions", "elements": shown}
    return ({**row, "block_id": block_id} if block_id else row,)


def button(
    text: str,
    action: str,
    wish: Wish | None = None,
    *,
    number: int | None = None,
    style: str | None = None,
    confirm: Block | None = None,
) -> Block | None:
    """A button that carries a wish; ``None`` when the wish is too large to be carried."""
    element: Block = {
        "type": "button",
        "text": plain(label(text, limits.BUTTON_TEXT)),
        "action_id": ids.numbered(action, number),
    }
    if wish is not None:
        try:
            element["value"] = encode(wish)
        except ValueTooLarge:
            return None
    return element | ({"style": style} if style else {}) | ({"confirm": confirm} if confirm else {})


def link_button(text: str, url: str, *, number: int | None = None) -> Block | None:
    """A button that opens an address; ``None`` when Slack would refuse the address."""
    if not web_address(url):
        return None
    return {
        "type": "button",
        "text": plain(label(text, limits.BUTTON_TEXT)),
        "action_id": ids.numbered(ids.OPEN_DSS, number),
        "url": url,
    }


def confirm(title: str, text: str, yes: str, no: str, *, style: str | None = "danger") -> Block:
    """A dialog that asks before a button does what it does. Takes plain text."""
    dialog: Block = {
        "title": plain(label(title, limits.CONFIRM_TITLE)),
        "text": plain(label(text, limits.CONFIRM_TEXT)),
        "confirm": plain(label(yes, limits.CONFIRM_BUTTON)),
        "deny": plain(label(no, limits.CONFIRM_BUTTON)),
    }
    return {**dialog, "style": style} if style else dialog


def message(text: str, blocks: Iterable[Block]) -> Message:
    """A message: ``text`` is mrkdwn without icons, for notifications and screen readers."""
    return Message(text=fit(text.split("\n"), limits.MESSAGE_TEXT), blocks=tuple(blocks))


def say(first: str, *more: str | None, icon: str | None = None) -> Message:
    """A message that is one paragraph; its text is the same without the icon."""
    shown = f"{icon} {first}" if icon else first
    return message(fit((first, *more), limits.SECTION_TEXT), (section(shown, *more),))


def web_address(url: str) -> bool:
    """Whether an address may be a button's: http(s), no white space, short enough."""
    if len(url) > limits.BUTTON_URL or any(char.isspace() or char in "<>|" for char in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and url.isprintable()


def fit(lines: Sequence[str | None], limit: int, glue: str = "\n") -> str:
    """Join the lines that are there while they fit; never cuts inside one, so that markup stays whole."""
    there = [line for line in lines if line is not None]
    whole = glue.join(there)
    while len(whole) > limit:
        there.pop()
        whole = glue.join([*there, _MORE])
    return whole
