"""Every Block Kit limit is exact: the maximum passes, and one more fails."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import NEWER_BLOCKS, SlackSandbox
from bot.sandbox.slack.limits import check_blocks
from bot.sandbox.slack.limits.content import check_view
from bot.sandbox.slack.model import ApiError
from tests.sandbox.slack.apps import actions, button, modal, plain, section, text_input

Json = dict[str, Any]


def option(text: str = "One", value: str = "1") -> Json:
    return {"text": plain(text), "value": value}


def select(**other: object) -> Json:
    return {"type": "static_select", "action_id": "s", "options": [option()], **other}


def confirm(title: int = 1, text: int = 1, button_text: int = 1) -> Json:
    return {
        "title": plain("t" * title),
        "text": plain("t" * text),
        "confirm": plain("y" * button_text),
        "deny": plain("n" * button_text),
    }


def cell(text: str = "a") -> Json:
    return {"type": "raw_text", "text": text}


def rich(text: str = "a") -> Json:
    section_: Json = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section_]}


def table(*rows: list[Json]) -> Json:
    return {"type": "data_table", "caption": "c", "rows": list(rows)}


def task(task_id: str = "1", status: str = "pending") -> Json:
    return {"type": "task_card", "task_id": task_id, "title": "a", "status": status}


def container(*children: Json) -> Json:
    return {"type": "container", "title": plain("a"), "child_blocks": list(children)}


BOUNDS: list[tuple[str, Any, int]] = [
    ("blocks of a message", lambda n: [{"type": "divider"}] * n, 50),
    ("section text", lambda n: [section("x" * n)], 3000),
    ("section text, code points", lambda n: [section("🦆" * n)], 3000),
    ("section fields", lambda n: [{"type": "section", "fields": [plain("a")] * n}], 10),
    ("section field", lambda n: [{"type": "section", "fields": [plain("a" * n)]}], 2000),
    ("header", lambda n: [{"type": "header", "text": plain("a" * n)}], 150),
    ("context elements", lambda n: [{"type": "context", "elements": [plain("a")] * n}], 10),
    ("actions elements", lambda n: [actions(*(button(f"b{i}") for i in range(n)))], 25),
    ("button text", lambda n: [actions(button(text="a" * n))], 75),
    ("button value", lambda n: [actions(button(value="a" * n))], 2000),
    ("button url", lambda n: [actions(button(url="https://" + "a" * (n - 8)))], 3000),
    ("action_id", lambda n: [actions(button("a" * n))], 255),
    ("block_id", lambda n: [actions(button(), block_id="a" * n)], 255),
    ("confirm title", lambda n: [actions(button(confirm=confirm(title=n)))], 100),
    ("confirm text", lambda n: [actions(button(confirm=confirm(text=n)))], 300),
    ("confirm button", lambda n: [actions(button(confirm=confirm(button_text=n)))], 30),
    ("option text", lambda n: [actions(select(options=[option(text="a" * n)]))], 75),
    ("option value", lambda n: [actions(select(options=[option(value="a" * n)]))], 150),
    ("options", lambda n: [actions(select(options=[option(value=str(i)) for i in range(n)]))], 100),
    ("placeholder", lambda n: [actions(select(placeholder=plain("a" * n)))], 150),
    (
        "overflow",
        lambda n: [
            actions(
                {"type": "overflow", "action_id": "o", "options": [option(value=str(i)) for i in range(n)]}
            )
        ],
        5,
    ),
    (
        "markdown in sum",
        lambda n: [{"type": "markdown", "text": "a" * (n - 1)}, {"type": "markdown", "text": "b"}],
        12_000,
    ),
    ("table rows", lambda n: [{"type": "table", "rows": [[cell()]] * n}], 100),
    ("table cells", lambda n: [{"type": "table", "rows": [[cell()] * n]}], 20),
    ("data table rows", lambda n: [{"type": "data_table", "caption": "c", "rows": [[cell()]] * n}], 101),
    ("card title", lambda n: [{"type": "card", "title": plain("a" * n)}], 150),
    ("card body", lambda n: [{"type": "card", "body": plain("a" * n)}], 200),
    ("card buttons", lambda n: [{"type": "card", "actions": [button(f"b{i}") for i in range(n)]}], 3),
    (
        "carousel",
        lambda n: [{"type": "carousel", "elements": [{"type": "card", "body": plain("a")}] * n}],
        10,
    ),
    (
        "container",
        lambda n: [{"type": "container", "title": plain("a"), "child_blocks": [{"type": "divider"}] * n}],
        10,
    ),
]


@pytest.mark.parametrize(("name", "make", "limit"), BOUNDS, ids=[row[0] for row in BOUNDS])
def test_the_limit_is_exact(name: str, make: Any, limit: int) -> None:
    """The limit passes; one more is refused."""
    assert check_blocks(make(limit), "message") == []
    assert check_blocks(make(limit + 1), "message") != []


REFUSED: list[tuple[str, list[Any], str]] = [
    ("unknown block", [{"type": "sektion"}], "/blocks/0/type"),
    ("unknown key", [{"type": "divider", "colour": "red"}], "invalid additional property: colour"),
    ("unknown element key", [actions(button(colour="red"))], "/blocks/0/elements/0"),
    ("unknown element", [actions({"type": "knob"})], "/blocks/0/elements/0/type"),
    ("no text", [{"type": "section"}], "must have one of: text, fields"),
    ("empty text", [section("")], "must be more than 0 characters"),
    ("missing required", [{"type": "header"}], "missing required field: text"),
    ("mrkdwn header", [{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}], "/blocks/0/text/type"),
    ("repeated action_id", [actions(button("a"), button("a"))], "action_id `a` already exists"),
    ("repeated block_id", [actions(button(), block_id="b"), actions(button(), block_id="b")], "block_id `b`"),
    ("two tables", [{"type": "table", "rows": [[cell()]]}] * 2, "only_one_table_allowed"),
    ("ragged table", [{"type": "table", "rows": [[cell()], [cell(), cell()]]}], "same number of cells"),
    ("header of rich text", [table([rich()], [cell()])], "/blocks/0/rows/0"),
    ("row header", [{**table([cell()], [cell()]), "row_header_column_index": 1}], "no such column"),
    ("two tasks with one id", [{"type": "plan", "title": "a", "tasks": [task(), task()]}], "must be unique"),
    (
        "status",
        [{"type": "plan", "title": "a", "tasks": [task(status="aborted")]}],
        "/blocks/0/tasks/0/status",
    ),
    ("task of mrkdwn", [{**task(), "output": section("a")}], "/blocks/0/output/type"),
    ("plan in a container", [container({"type": "plan", "title": "a"})], "/child_blocks/0/type"),
    ("container in a container", [container(container({"type": "divider"}))], "/child_blocks/0/type"),
    (
        "divider and collapsible",
        [{**container({"type": "divider"}), "is_collapsible": True, "has_header_divider": True}],
        "/blocks/0/has_header_divider",
    ),
    ("alert in a message", [{"type": "alert", "text": plain("a")}], "/blocks/0/type"),
    ("style", [actions(button(style="blue"))], "/blocks/0/elements/0/style"),
    ("initial option", [actions(select(initial_option=option("Two", "2")))], "must exactly match"),
    ("same values", [actions(select(options=[option("A"), option("B")]))], "must be unique"),
    ("no list", [actions(select(options="all"))], "must be an array"),
    ("relative url", [actions(button(url="/here"))], "/blocks/0/elements/0/url"),
]


@pytest.mark.parametrize(("name", "blocks", "what"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_wrong_is_said_with_its_place(name: str, blocks: list[Json], what: str) -> None:
    """A refusal has a JSON pointer or a helpful text."""
    assert any(what in problem for problem in check_blocks(blocks, "message"))


def test_the_answer_has_slacks_form(web: WebClient) -> None:
    """invalid_blocks comes with response_metadata.messages, as in Slack."""
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel="#data", text="a", blocks=[section("x" * 3001)])
    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


def test_an_old_workspace_names_the_block_that_it_does_not_know(slack: SlackSandbox, web: WebClient) -> None:
    """Messages and modals with newer blocks are refused, with the place; others are accepted."""
    slack.refuse_blocks(NEWER_BLOCKS)
    blocks = [section("a"), {"type": "plan", "title": "a", "tasks": []}]
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel="#data", text="a", blocks=blocks)
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] unsupported type: plan [json-pointer:/blocks/1/type]"
    ]
    with pytest.raises(ApiError, match="invalid_arguments"):
        check_view(modal({"type": "alert", "text": plain("a")}), "modal", str, NEWER_BLOCKS)
    assert web.chat_postMessage(channel="#data", text="a", blocks=blocks[:1])["ok"]
    slack.refuse_blocks(())
    assert web.chat_postMessage(channel="#data", text="a", blocks=blocks)["ok"]


def test_no_text_at_all(web: WebClient) -> None:
    """A message needs content."""
    with pytest.raises(SlackApiError) as caught:
        web.api_call("chat.postMessage", json={"channel": "#data", "text": ""})
    assert caught.value.response["error"] == "no_text"


VIEW_BOUNDS: list[tuple[str, Any, int]] = [
    ("blocks", lambda n: modal(*[{"type": "divider"}] * n), 100),
    ("title", lambda n: modal(title=plain("a" * n)), 24),
    ("submit", lambda n: modal(submit=plain("a" * n)), 24),
    ("close", lambda n: modal(close=plain("a" * n)), 24),
    ("private_metadata", lambda n: modal(private_metadata="a" * n), 3000),
    ("callback_id", lambda n: modal(callback_id="a" * n), 255),
    ("alert", lambda n: modal({"type": "alert", "text": plain("a" * n)}), 200),
    ("max_length", lambda n: modal(text_input(max_length=n)), 3000),
    ("radio options", lambda n: modal(radio(n)), 10),
]


def radio(count: int) -> Json:
    options = [option(value=str(i)) for i in range(count)]
    element = {"type": "radio_buttons", "action_id": "r", "options": options}
    return {"type": "input", "label": plain("Mode"), "element": element}


@pytest.mark.parametrize(("name", "make", "limit"), VIEW_BOUNDS, ids=[row[0] for row in VIEW_BOUNDS])
def test_the_limit_of_a_view_is_exact(name: str, make: Any, limit: int) -> None:
    """A modal at the limit passes; one more is refused."""
    assert check_view(make(limit), "modal", lambda prefix: prefix)
    with pytest.raises(ApiError, match="invalid_arguments"):
        check_view(make(limit + 1), "modal", lambda prefix: prefix)


def test_views_that_slack_refuses() -> None:
    """Inputs need a submit button; markdown is for messages; 250 kB is the maximum; Home has no title."""
    for view, surface, error in (
        (modal(text_input(), submit=None), "modal", "invalid_arguments"),
        (modal({"type": "markdown", "text": "a"}), "modal", "invalid_arguments"),
        (modal(*[section("é" * 3000) for _ in range(60)]), "modal", "view_too_large"),
        ({"type": "home", "blocks": [], "title": plain("a")}, "home", "invalid_arguments"),
    ):
        with pytest.raises(ApiError) as caught:
            check_view(view, surface, lambda prefix: prefix)
        assert caught.value.code == error
