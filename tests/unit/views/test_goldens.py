"""Each view against its golden file. ``UPDATE_GOLDENS=1`` writes them: read what changed."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from bot.facts import Message
from bot.slack import views
from bot.slack.views import ids
from tests.unit.views.blockkit import problems_of_blocks, problems_of_message, strings_of
from tests.unit.views.gallery import GALLERY, Shown

_LAST_WORDS = ("told_ended", "told_here", "told_vanished", "told_limit", "told_end_unreadable")
GOLDEN = Path(__file__).parent / "golden"


def payload(shown: Shown) -> dict[str, Any]:
    """What goes over the wire, as JSON."""
    data = {"text": shown.text, "blocks": shown.blocks} if isinstance(shown, Message) else shown
    return json.loads(json.dumps(data))  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_a_view_is_what_its_golden_file_shows(name: str) -> None:
    """A change of what people see is a change of a file that a reviewer reads."""
    shown = payload(GALLERY[name]())
    path = GOLDEN / f"{name}.json"
    if os.environ.get("UPDATE_GOLDENS") == "1":
        path.write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert shown == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_slack_takes_every_view(name: str) -> None:
    """Slack's own models and the strict validator find nothing wrong."""
    shown = payload(GALLERY[name]())
    if "text" in shown:
        assert problems_of_message(shown["text"], shown["blocks"]) == []
    else:
        assert shown.keys() == {"type", "blocks"}
        assert problems_of_blocks(shown["blocks"], 100) == []
    parsed = Block.parse_all(shown["blocks"])
    assert len(parsed) == len(shown["blocks"])
    for block in parsed:
        block.validate_json()


def test_every_golden_file_belongs_to_a_view() -> None:
    """No file is left behind when a view goes."""
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(GALLERY)


def test_every_view_is_in_the_gallery() -> None:
    """A new view cannot be forgotten here."""
    no_views = {
        "PAGE_SIZE",
        "PER_DIGEST",
        "End",
        "OldButton",
        "ValueTooLarge",
        "decode",
        "digest_rank",
        "encode",
        "in_text_only",
        "read_log_choice",
    }
    missing = {
        name for name in set(views.__all__) - no_views if not any(shown.startswith(name) for shown in GALLERY)
    }
    assert missing == set()


def test_every_action_id_is_known_and_every_known_one_can_be_pressed() -> None:
    """Listeners that cover `ids.ALL` cover every button there is, with or without a number."""
    pressed = {
        element["action_id"]
        for make in GALLERY.values()
        for block in payload(make())["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }
    assert {ids.base(action) for action in pressed} == set(ids.ALL)
    for action in pressed:
        assert ids.pattern(ids.base(action)).match(action)


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_only_the_end_mentions_anybody(name: str) -> None:
    """The person who asked is mentioned once, at the end; nobody else is ever notified."""
    mentions = [m for text in strings_of(payload(GALLERY[name]())) for m in re.findall(r"<@\w+>", text)]
    if name == "digest":  # it tells the ends of several people's jobs
        assert sorted(mentions) == ["<@U1>", "<@U2>"]
    else:
        assert len(mentions) == (1 if name.startswith(_LAST_WORDS) else 0)
