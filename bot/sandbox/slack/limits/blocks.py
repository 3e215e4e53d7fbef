"""Block types, what each can contain, and where each is allowed (SLACK-FACTS §1.3)."""

from collections.abc import Collection, Iterator

from bot.sandbox.slack.limits.checks import (
    Check,
    Problems,
    Value,
    anything,
    array,
    at_least_one_of,
    boolean,
    both,
    integer,
    number,
    one_of,
    record,
    string,
    tagged,
)
from bot.sandbox.slack.limits.elements import (
    BUTTON,
    BUTTONS,
    FEEDBACK,
    IMAGE,
    INPUTS,
    PICKERS,
    SELECTS,
    URL,
    URL_SOURCE,
    plain,
    text,
)
from bot.sandbox.slack.model import Json

MAX_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MARKDOWN_IN_SUM = 12_000
DATA_TABLE_CHARACTERS = 20_000
DATA_TABLE_ROWS = 101  # one source says 201; this is the lower limit (WIRE-FACTS §0)
NEWER = frozenset(
    {"alert", "card", "carousel", "container", "data_table", "data_visualization", "plan", "task_card"}
)
"""Types of blocks of 2026, which some workspaces and clients don't know (WIRE-FACTS §4)."""
_IN_CONTAINERS = ("actions", "context", "divider", "image", "section", "table")
"""The children that every source names; reports say that Slack refuses some of the others."""


def _block(name: str, required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return record({"type": one_of(name), **required}, {"block_id": string(255), **(optional or {})})


def _rows_of_one_length(value: Value, where: str, problems: Problems) -> None:
    rows = [row for row in value.get("rows") or [] if isinstance(row, list)]
    if len({len(row) for row in rows}) > 1:
        problems.add(f"{where}/rows", "all rows must have the same number of cells")


def _header_of_plain_cells(value: Value, where: str, problems: Problems) -> None:
    rows = [row for row in value.get("rows") or [] if isinstance(row, list)]
    header = rows[0] if rows else []
    if any(isinstance(cell, dict) and cell.get("type") == "rich_text" for cell in header):
        problems.add(f"{where}/rows/0", "rich_text is not allowed in the header row")
    if (value.get("row_header_column_index") or 0) >= len(header or [None]):
        problems.add(f"{where}/row_header_column_index", "no such column")


def _tasks_with_own_ids(value: Value, where: str, problems: Problems) -> None:
    tasks = [task for task in value.get("tasks") or [] if isinstance(task, dict)]
    ids = [str(task.get("task_id")) for task in tasks]
    if len(set(ids)) != len(ids):
        problems.add(f"{where}/tasks", "task_id must be unique")


def _no_divider_if_collapsible(value: Value, where: str, problems: Problems) -> None:
    if value.get("is_collapsible") and value.get("has_header_divider"):
        problems.add(f"{where}/has_header_divider", "not allowed with is_collapsible")


def _table_characters(value: Value, where: str, problems: Problems) -> None:
    rows = [row for row in value.get("rows") or [] if isinstance(row, list)]
    total = sum(len(str(cell.get("text", ""))) for row in rows for cell in row if isinstance(cell, dict))
    if total > DATA_TABLE_CHARACTERS:
        problems.add(f"{where}/rows", f"no more than {DATA_TABLE_CHARACTERS} characters allowed in all cells")


RICH_TEXT = _block(
    "rich_text",
    {
        "elements": array(
            tagged(
                dict.fromkeys(
                    ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"),
                    record(
                        {"type": anything, "elements": array(anything, 0, 3000)},
                        {
                            "border": anything,
                            "indent": anything,
                            "offset": anything,
                            "style": anything,
                            "language": anything,
                        },
                    ),
                ),
                "rich text element",
            ),
            1,
            3000,
        )
    },
)
_RAW = record({"type": one_of("raw_text"), "text": string(3000, 0)})
_CELL: dict[str, Check] = {"raw_text": _RAW, "rich_text": RICH_TEXT}
_DATA_CELL: dict[str, Check] = {
    **_CELL,
    "raw_number": record({"type": one_of("raw_number"), "value": number}, {"text": string(3000, 0)}),
}
TASK_CARD = _block(
    "task_card",
    {
        "task_id": string(255),
        "title": string(3000),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {"details": RICH_TEXT, "output": RICH_TEXT, "sources": array(URL_SOURCE, 0, 100)},
)
CARD = both(
    _block(
        "card",
        {},
        {
            "hero_image": IMAGE,
            "icon": IMAGE,
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "subtext": text(200),
            "actions": array(BUTTON, 1, 3),
        },
    ),
    at_least_one_of("hero_image", "title", "actions", "body"),
)
_SECTION = both(
    _block(
        "section",
        {},
        {
            "text": text(3000),
            "fields": array(text(2000), 1, 10),
            "accessory": tagged({**BUTTONS, **SELECTS, **PICKERS, "image": IMAGE}, "accessory"),
            "expand": boolean,
        },
    ),
    at_least_one_of("text", "fields"),
)
_IMAGE_BLOCK = both(
    _block(
        "image",
        {"alt_text": string(2000)},
        {
            "image_url": URL,
            "slack_file": record({}, {"id": string(50), "url": URL}),
            "title": plain(2000),
        },
    ),
    at_least_one_of("image_url", "slack_file"),
)
_EVERYWHERE: dict[str, Check] = {
    "section": _SECTION,
    "divider": _block("divider", {}),
    "header": _block("header", {"text": plain(150)}, {"level": integer(1, 6)}),
    "image": _IMAGE_BLOCK,
    "actions": _block(
        "actions", {"elements": array(tagged({**BUTTONS, **SELECTS, **PICKERS}, "element"), 1, 25)}
    ),
    "context": _block(
        "context",
        {
            "elements": array(
                tagged({"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)}, "element"), 1, 10
            )
        },
    ),
    "input": _block(
        "input",
        {"label": plain(2000), "element": tagged({**INPUTS, **SELECTS, **PICKERS}, "input element")},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
    "video": _block(
        "video",
        {"alt_text": string(2000), "title": plain(200), "thumbnail_url": URL, "video_url": URL},
        {
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(50),
            "title_url": URL,
        },
    ),
}
_MESSAGES_ONLY: dict[str, Check] = {
    "markdown": _block("markdown", {"text": string(MARKDOWN_IN_SUM)}),
    "file": _block("file", {"external_id": string(255), "source": one_of("remote")}),
    "context_actions": _block("context_actions", {"elements": array(tagged(FEEDBACK, "element"), 1, 5)}),
    "table": both(
        _block(
            "table",
            {"rows": array(array(tagged(_CELL, "cell"), 1, 20), 1, 100)},
            {"column_settings": array(anything, 0, 20)},
        ),
        _rows_of_one_length,
    ),
    "data_table": both(
        _block(
            "data_table",
            {
                "rows": array(array(tagged(_DATA_CELL, "cell"), 1, 20), 2, DATA_TABLE_ROWS),
                "caption": string(3000),
            },
            {"page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
        ),
        _rows_of_one_length,
        _header_of_plain_cells,
        _table_characters,
    ),
    "data_visualization": _block("data_visualization", {"title": string(50), "chart": anything}),
    "task_card": TASK_CARD,
    "plan": both(
        _block("plan", {"title": string(3000)}, {"tasks": array(TASK_CARD, 0, 50)}), _tasks_with_own_ids
    ),
    "card": CARD,
    "carousel": _block("carousel", {"elements": array(tagged({"card": CARD}, "card"), 1, 10)}),
}
_ALERT = _block(
    "alert",
    {"text": text(200)},
    {"level": one_of("default", "info", "warning", "error", "success")},
)
_CHILDREN = {name: {**_EVERYWHERE, **_MESSAGES_ONLY}[name] for name in _IN_CONTAINERS}
_CONTAINER = both(
    _block(
        "container",
        {"child_blocks": array(tagged(_CHILDREN, "block of a container"), 1, 10)},
        {
            "title": plain(150),
            "rich_text_title": RICH_TEXT,
            "subtitle": text(150),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": IMAGE,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
    ),
    at_least_one_of("title", "rich_text_title"),
    _no_divider_if_collapsible,
)
SURFACES: dict[str, Check] = {
    "message": tagged({**_EVERYWHERE, **_MESSAGES_ONLY, "container": _CONTAINER}, "block of a message"),
    "modal": tagged({**_EVERYWHERE, "alert": _ALERT}, "block of a modal"),
    "home": tagged(_EVERYWHERE, "block of a Home tab"),
}


def elements_of(block: Json) -> list[Json]:
    """Return the elements of one block (its accessory, input element, a card's actions …)."""
    found = [block.get("accessory"), block.get("element"), *_list(block.get("actions"))]
    if block.get("type") in {"actions", "context_actions"}:
        found += _list(block.get("elements"))
    return [one for one in found if isinstance(one, dict)]


def walk(blocks: list[Json]) -> Iterator[Json]:
    """Iterate over blocks and their nested blocks."""
    for block in blocks:
        if isinstance(block, dict):
            yield block
            yield from walk(_list(block.get("child_blocks")))
            if block.get("type") == "carousel":
                yield from walk(_list(block.get("elements")))


def check_blocks(
    blocks: object, surface: str, where: str = "/blocks", unknown: Collection[str] = ()
) -> Problems:
    """Return the problems for which Slack would reject these blocks.

    Args:
        blocks: the decoded list.
        surface: ``message``, ``modal``, or ``home``.
        where: JSON pointer of the list, for the error texts.
        unknown: types that an old workspace doesn't know.
    """
    problems = Problems()
    for index, block in enumerate(blocks if isinstance(blocks, list) and unknown else []):
        if isinstance(block, dict) and block.get("type") in unknown:
            problems.add(f"{where}/{index}/type", f"unsupported type: {block['type']}")
    array(SURFACES[surface], 0, MAX_BLOCKS[surface])(blocks, where, problems)
    if problems or not isinstance(blocks, list):
        return problems
    every = list(walk(blocks))
    _repeated([block.get("block_id") for block in every], "block_id", where, problems)
    for index, block in enumerate(blocks):
        actions = [element.get("action_id") for element in elements_of(block)]
        _repeated(actions, "action_id", f"{where}/{index}", problems)
    markdown = sum(len(block.get("text", "")) for block in every if block["type"] == "markdown")
    if markdown > MARKDOWN_IN_SUM:
        problems.add(where, f"markdown blocks hold more than {MARKDOWN_IN_SUM} characters in sum")
    if sum(block["type"] == "table" for block in every) > 1:
        problems.add(where, "only_one_table_allowed")
    return problems


def _repeated(ids: list[str | None], what: str, where: str, problems: Problems) -> None:
    given = [one for one in ids if one is not None]
    for one in sorted({one for one in given if given.count(one) > 1}):
        problems.add(where, f"{what} `{one}` already exists")


def _list(value: object) -> list[Json]:
    return value if isinstance(value, list) else []
