"""Each view against its golden file. ``UPDATE_GOLDENS=1`` writes them: read what changed."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from bot import views
from bot.domain import Message
from bot.views import action_ids, dialog_ids
from tests.views.blockkit import problems_of_blocks, problems_of_dialog, problems_of_message, strings_of
from tests.views.gallery import GALLERY, Shown

_LAST_WORDS = (
    "reply_ended",
    "outcome_reply",
    "redirected",
    "reply_vanished",
    "reply_limit",
    "reply_end_unreadable",
)
_WITHOUT_MODEL = {"data_table"}
"""Types of blocks that slack_sdk 3.48 has no model for (WIRE-FACTS §0)."""
GOLDEN = Path(__file__).parent / "golden"


def payload(shown: Shown) -> dict[str, Any]:
    """Return the JSON that is sent."""
    data = {"text": shown.text, "blocks": shown.blocks} if isinstance(shown, Message) else shown
    if isinstance(shown, Message) and shown.newer:
        data |= {"newer": newest(shown)}
    return json.loads(json.dumps(data))  # type: ignore[no-any-return]


def newest(shown: Message) -> list[dict[str, object]]:
    """Return the blocks as a workspace shows them that accepts all newer ones."""
    return list(shown.without(()).blocks)


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_a_view_is_what_its_golden_file_shows(name: str) -> None:
    """A change in what people see changes a file that a reviewer reads."""
    shown = payload(GALLERY[name]())
    path = GOLDEN / f"{name}.json"
    if os.environ.get("UPDATE_GOLDENS") == "1":
        path.write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert shown == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_slack_takes_every_view(name: str) -> None:
    """Slack's own models and the strict validator find no mistakes."""
    shown = payload(GALLERY[name]())
    if "text" in shown:
        assert problems_of_message(shown["text"], shown["blocks"]) == []
    elif shown["type"] == "modal":
        assert problems_of_dialog(shown) == []
    else:
        assert shown.keys() == {"type", "blocks", "private_metadata"}
        assert problems_of_blocks(shown["blocks"], 100) == []
    for blocks in (shown["blocks"], shown.get("newer", [])):
        parsed = list(filter(None, Block.parse_all(blocks)))
        assert len(parsed) == len([block for block in blocks if block["type"] not in _WITHOUT_MODEL])
        for block in parsed:
            block.validate_json()


def test_every_golden_file_belongs_to_a_view() -> None:
    """No file is left behind when a view is removed."""
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(GALLERY)


def test_every_view_is_in_the_gallery() -> None:
    """A new view can't be missing here."""
    no_views = {
        "Dialog",
        "HOME_ENDED",
        "HOME_RUNNING",
        "HomePage",
        "PAGE_SIZE",
        "PER_DIGEST",
        "End",
        "LOG_LINES",
        "BuildDialog",
        "DeclineDialog",
        "FavoriteDialog",
        "OldButton",
        "OtherInstance",
        "Reader",
        "SHOWN_INSTANCES",
        "ValueTooLarge",
        "approval_fits",
        "block_ids",
        "build_dialog",  # a dialog: see test_build_dialog.py
        "declined",
        "decline_dialog",  # a dialog: see test_approvals.py
        "decode",
        "digest_rank",
        "encode",
        "encode_build_dialog",
        "encode_decision",
        "encode_dialog",
        "encode_favorite_dialog",
        "field_error",
        "fits_option",
        "in_text_only",
        "LogPage",
        "loading_dialog",
        "log_file_name",
        "option",
        "read_build_dialog",
        "read_decline_choice",
        "read_dialog",
        "read_favorite_dialog",
        "read_list_filter",
        "read_log_choice",
        "refused_dialog",
        "with_list_filter",
    }
    missing = {
        name for name in set(views.__all__) - no_views if not any(shown.startswith(name) for shown in GALLERY)
    }
    assert missing == set()


def test_every_action_id_is_known_and_every_known_one_can_be_pressed() -> None:
    """Listeners that cover `ids.ALL` cover every button, with or without a number."""
    pressed = {
        element["action_id"]
        for make in GALLERY.values()
        for block in payload(make())["blocks"]
        for element in (*block.get("elements", ()), block.get("accessory", {}))
        if "action_id" in element
    }
    pressed -= set(dialog_ids.LOG_FIELDS)  # these have listeners of their own
    assert {action_ids.base(action) for action in pressed} == set(action_ids.ALL)
    for action in pressed:
        assert action_ids.pattern(action_ids.base(action)).match(action)


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_only_the_end_mentions_anybody(name: str) -> None:
    """The person who asked is mentioned once, at the end; nobody else is ever notified."""
    shown = payload(GALLERY[name]())
    forms = [shown | {"newer": []}, shown | {"blocks": []}] if "newer" in shown else [shown]
    for form in forms:
        _check_mentions(name, [m for text in strings_of(form) for m in re.findall(r"<@\w+>", text)])


def _check_mentions(name: str, mentions: list[str]) -> None:
    if name.startswith("approval"):
        # Who asks and who decided must be certain, and a name in Slack isn't. Of these messages, only the
        # request notifies anybody: the person who asked.
        assert set(mentions) <= {"<@U0ALICE>", "<@U0BOB>"}
    elif name == "digest":  # it reports the ends of several people's jobs
        assert sorted(mentions) == ["<@U1>", "<@U2>"]
    else:
        assert len(mentions) == (1 if name.startswith(_LAST_WORDS) else 0)
