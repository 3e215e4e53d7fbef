"""Every block and element on the page, from an app that knows them all.

``python -m tests.sandbox.page.gallery`` serves it. Type ``/gallery`` for
messages, ``/gallery dialog`` for a dialog. The browser tests look at them too.
"""

import base64
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.sandbox.dss import DssSandbox
from bot.sandbox.page import Command, Playground, Shortcut
from bot.sandbox.slack import SlackSandbox
from tests.sandbox.slack.apps import Json, bolt_app, plain, socket_mode

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGNkYPjPgA0wYRUdtBIAoAwBD1xXc5wAAAAASUVORK5CYII="
)
OPTIONS = [{"text": plain(word), "value": word.lower()} for word in ("Red", "Green", "Blue")]
CONFIRM = {
    "title": plain("Sure?"),
    "text": plain("It stops at once."),
    "confirm": plain("Stop it"),
    "deny": plain("No"),
}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def word(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def text_blocks(user: str) -> list[Json]:
    """Text in all its forms, also hostile."""
    return [
        {"type": "header", "text": plain("Texts")},
        {
            "type": "section",
            "text": mrkdwn(
                f"*bold* _italic_ ~gone~ `code` <https://example.com|a link> <@{user}> <!here> :tada:\n"
                "&gt; a quote\n```a fence\n  with two lines```\n"
                "<!date^1795600000^{date_long_pretty} at {time}|some day> &amp; "
                "&lt;script&gt;alert(1)&lt;/script&gt;"
            ),
        },
        {
            "type": "section",
            "text": plain("<img src=x onerror=alert(1)> *not bold*"),
            "fields": [mrkdwn("*Mode*\nonly this"), mrkdwn("*Took*\n12 s")],
            "accessory": {"type": "overflow", "action_id": "over", "options": OPTIONS},
        },
        {
            "type": "section",
            "text": mrkdwn("\n".join(f"line {number} of a long text" for number in range(40))),
        },
        {"type": "context", "elements": [mrkdwn("a context"), mrkdwn("<javascript:alert(1)|no link>")]},
        {"type": "divider"},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        word("Rich ", bold=True),
                        word("text ", italic=True),
                        {"type": "user", "user_id": user},
                    ],
                },
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "elements": [
                        {"type": "rich_text_section", "elements": [word("one")]},
                        {"type": "rich_text_section", "elements": [word("two", code=True)]},
                    ],
                },
                {"type": "rich_text_preformatted", "elements": [word("fixed\n  width")]},
                {"type": "rich_text_quote", "elements": [word("quoted")]},
            ],
        },
        {
            "type": "markdown",
            "text": "# Markdown\n\n**bold** and [a link](https://example.com), `code`\n\n- one\n- two\n\n"
            "| a | b |\n|---|---|\n| 1 | <b>2</b> |\n\n```\nfence\n```",
        },
    ]


def new_blocks() -> list[Json]:
    """The newer blocks of messages."""
    tasks: list[Json] = [
        {"type": "task_card", "task_id": f"t{number}", "title": f"compute_{state}", "status": state}
        for number, state in enumerate(("complete", "in_progress", "error", "pending"))
    ]
    tasks[0]["output"] = rich(word("10,000 rows"))
    tasks[2]["details"] = rich(word("KeyError: 'amount'", code=True))
    tasks[2]["sources"] = [{"type": "url", "url": "https://example.com", "text": "the job"}]
    cells = [[{"type": "raw_text", "text": one} for one in ("Job", "State")]]
    rows = [
        [{"type": "raw_text", "text": f"job {n}"}, {"type": "raw_number", "value": n * 7 % 5}]
        for n in range(12)
    ]
    table = [[{"type": "raw_text", "text": f"{row}.{column}"} for column in range(3)] for row in range(3)]
    card = {
        "type": "card",
        "title": mrkdwn("*A card*"),
        "subtitle": plain("subtitle"),
        "body": mrkdwn("its `body`"),
    }
    button = {"type": "button", "text": plain("Go"), "action_id": "card_go", "value": "1"}
    return [
        {"type": "plan", "title": "Building CHURN.scored", "tasks": tasks},
        {"type": "task_card", "task_id": "alone", "title": "alone", "status": "in_progress"},
        {"type": "table", "rows": table, "column_settings": [{"align": "right"}]},
        {"type": "data_table", "caption": "Jobs", "rows": cells + rows, "page_size": 5},
        {
            "type": "container",
            "title": plain("A container"),
            "is_collapsible": True,
            "child_blocks": [{"type": "section", "text": mrkdwn("inside")}, {"type": "divider"}],
        },
        {**card, "actions": [button]},
        {"type": "carousel", "elements": [card, {**card, "title": mrkdwn("Another")}]},
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "helpful",
                    "positive_button": {"text": plain("Helpful"), "value": "yes"},
                    "negative_button": {"text": plain("Not helpful"), "value": "no"},
                },
                {"type": "icon_button", "action_id": "drop", "icon": "trash", "text": plain("Remove")},
            ],
        },
        {
            "type": "data_visualization",
            "title": "Durations",
            "chart": {
                "type": "bar",
                "series": [
                    {"name": "s", "data": [{"label": "Mon", "value": 12}, {"label": "Tue", "value": 7}]}
                ],
            },
        },
        {
            "type": "image",
            "image_url": "https://example.com/a.png",
            "alt_text": "A chart",
            "title": plain("From outside"),
        },
        {
            "type": "video",
            "title": plain("A video"),
            "alt_text": "watch it",
            "thumbnail_url": "https://example.com/t.png",
            "video_url": "https://example.com/v",
        },
    ]


def element_blocks() -> list[Json]:
    """Interactive elements of messages."""
    elements: list[Json] = [
        {"type": "button", "text": plain("Plain"), "action_id": "plain", "value": "1"},
        {"type": "button", "text": plain("Primary"), "action_id": "primary", "style": "primary"},
        {
            "type": "button",
            "text": plain("Danger"),
            "action_id": "danger",
            "style": "danger",
            "confirm": CONFIRM,
        },
        {"type": "static_select", "action_id": "static", "placeholder": plain("Color"), "options": OPTIONS},
        {
            "type": "external_select",
            "action_id": "external",
            "placeholder": plain("Search"),
            "min_query_length": 1,
        },
        {
            "type": "multi_static_select",
            "action_id": "multi",
            "placeholder": plain("Colors"),
            "options": OPTIONS,
        },
        {"type": "users_select", "action_id": "user", "placeholder": plain("Who")},
        {"type": "conversations_select", "action_id": "where", "placeholder": plain("Where")},
        {"type": "datepicker", "action_id": "date", "initial_date": "2026-11-28"},
        {"type": "timepicker", "action_id": "time"},
        {"type": "radio_buttons", "action_id": "radio", "options": OPTIONS, "initial_option": OPTIONS[1]},
        {"type": "checkboxes", "action_id": "boxes", "options": OPTIONS, "initial_options": OPTIONS[:1]},
    ]
    return [{"type": "header", "text": plain("Elements")}, {"type": "actions", "elements": elements}]


def _input(label: str, element: Json, **other: Any) -> Json:
    return {
        "type": "input",
        "block_id": element["action_id"],
        "label": plain(label),
        "element": element,
        **other,
    }


def dialog(title: str = "Every input") -> Json:
    """A modal with every input."""
    return {
        "type": "modal",
        "callback_id": "dialog",
        "title": plain(title),
        "submit": plain("Send"),
        "notify_on_close": True,
        "blocks": [
            {"type": "alert", "text": plain("SALES is a protected project."), "level": "warning"},
            _input("Project", {"type": "external_select", "action_id": "project", "min_query_length": 0}),
            _input(
                "Name",
                {"type": "plain_text_input", "action_id": "name", "min_length": 2},
                hint=plain("`bad` is refused"),
            ),
            _input(
                "Notes", {"type": "plain_text_input", "action_id": "notes", "multiline": True}, optional=True
            ),
            _input(
                "How many",
                {"type": "number_input", "action_id": "count", "is_decimal_allowed": False},
                optional=True,
            ),
            _input(
                "Color",
                {
                    "type": "static_select",
                    "action_id": "color",
                    "options": OPTIONS,
                    "initial_option": OPTIONS[0],
                },
            ),
            _input(
                "Colors",
                {"type": "multi_static_select", "action_id": "colors", "options": OPTIONS},
                optional=True,
            ),
            _input("Mode", {"type": "radio_buttons", "action_id": "mode", "options": OPTIONS}, optional=True),
            _input("With", {"type": "checkboxes", "action_id": "with", "options": OPTIONS}, optional=True),
            _input("Who", {"type": "multi_users_select", "action_id": "who"}, optional=True),
            _input("Channel", {"type": "conversations_select", "action_id": "channel"}, optional=True),
            _input("Day", {"type": "datepicker", "action_id": "day"}, optional=True),
            _input("When", {"type": "datetimepicker", "action_id": "when"}, optional=True),
            {
                "type": "actions",
                "elements": [{"type": "button", "text": plain("Push another"), "action_id": "push"}],
            },
        ],
    }


@contextmanager
def gallery(port: int = 0) -> Iterator[tuple[Playground, list[Any]]]:
    """Serve the page with that app; yields it and what the app was sent."""
    heard: list[Any] = []
    with ExitStack() as stack:
        dss = stack.enter_context(DssSandbox(speed=2))
        slack = stack.enter_context(SlackSandbox(rates=False, scopes=("files:write", "reactions:write")))
        stack.enter_context(socket_mode(slack, _app(slack, heard)))
        page = Playground(
            slack,
            dss,
            port=port,
            commands=[Command(command="/gallery", usage_hint="[dialog]", description="Show every block")],
            shortcuts=[Shortcut(callback_id="shortcut", name="Use a shortcut")],
            roles={"alice": "Member"},
            suggestions=["/gallery", "/gallery dialog"],
        )
        yield stack.enter_context(page), heard


def _app(slack: SlackSandbox, heard: list[Any]) -> App:
    app = bolt_app(slack)

    @app.command("/gallery")
    def command(ack: Ack, body: Json, client: WebClient) -> None:
        ack("Here it is.")
        if body["text"] == "dialog":
            client.views_open(trigger_id=body["trigger_id"], view=dialog())
            return
        channel = body["channel_id"]
        for blocks in (text_blocks(body["user_id"]), new_blocks(), element_blocks()):
            root = client.chat_postMessage(channel=channel, text="gallery", blocks=blocks)
        client.files_upload_v2(
            channel=channel, thread_ts=root["ts"], filename="a.png", content=PICTURE, title="A picture"
        )
        client.files_upload_v2(
            channel=channel, thread_ts=root["ts"], filename="job.log", content="line\n" * 99, title="job.log"
        )
        client.reactions_add(channel=channel, timestamp=root["ts"], name="tada")

    @app.action({"action_id": "push"})
    def push(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=dialog("A second one"))

    @app.action({"type": "block_actions"})
    def acted(ack: Ack, action: Json) -> None:
        ack()
        heard.append(action)

    @app.options({"action_id": "external"})
    @app.options({"action_id": "project"})
    def options(ack: Ack, body: Json) -> None:
        typed = body["value"].upper()
        ack(
            options=[
                {"text": plain(one), "value": one} for one in ("CHURN", "SALES", "FRAUD") if typed in one
            ]
        )

    @app.shortcut("shortcut")
    def shortcut(ack: Ack, body: Json) -> None:
        ack()
        heard.append(body["message"]["ts"])

    _listen_to_dialogs(app, heard)
    return app


def _listen_to_dialogs(app: App, heard: list[Any]) -> None:
    @app.view("dialog")
    def submitted(ack: Ack, view: Json) -> None:
        values = view["state"]["values"]
        heard.append(values)
        if values["name"]["name"]["value"] == "bad":
            ack(response_action="errors", errors={"name": "Not that one: try `good`."})
        else:
            ack()

    @app.view_closed("dialog")
    def closed(ack: Ack) -> None:
        ack()
        heard.append("closed")


if __name__ == "__main__":
    with gallery(int(sys.argv[1]) if sys.argv[1:] else 8500) as (page, _):
        sys.stdout.write(f"The playground: {page.url}\n")
        sys.stdout.flush()
        threading.Event().wait()
