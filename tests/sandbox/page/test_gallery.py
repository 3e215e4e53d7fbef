"""The gallery, which the browser tests look at, is what Slack accepts and has every type of block."""

import re

from bot.sandbox.slack.limits.blocks import SURFACES
from tests.meta.tree import ROOT
from tests.sandbox.page import gallery
from tests.sandbox.page.conftest import Visitor

STATIC = ROOT / "bot" / "sandbox" / "page" / "static"


def test_it_is_accepted_and_answers() -> None:
    """Messages, a picture, a log, a dialog that refuses and then closes."""
    with gallery.gallery() as (page, heard):
        visitor = Visitor(page)
        assert visitor.post("people/alice/command", {"channel": "data", "text": "/gallery"})["acked"]
        with visitor.stream() as window:
            state = window.next()["state"]
            posted = [one for one in state["messages"] if one["to"] is None]
            while not any(one["reactions"] for one in posted):
                event = window.until("message")
                posted.append(event["message"])
            visitor.post("people/alice/command", {"channel": "data", "text": "/gallery dialog"})
            views = window.until("views")["views"]
            filled = {
                "project": {"text": {"type": "plain_text", "text": "CHURN"}, "value": "CHURN"},
                "name": "bad",
            }
            visitor.post("people/alice/submit", {"view": views[0]["id"], "state": filled})
            while not (errors := window.until("views")["views"][0]["errors"]):
                pass
            assert errors == {"name": "Not that one: try `good`."}
            good = {"view": views[0]["id"], "state": {"name": "good"}}
            assert visitor.post("people/alice/submit", good)["acked"]
        assert heard[-1]["project"]["project"]["selected_option"]["value"] == "CHURN"
        assert [one for one in visitor.get("state")["traffic"] if one["ok"] is False] == []


def test_it_has_every_block_and_the_page_draws_every_block() -> None:
    """A type that Slack gets is added here and in blocks.js."""
    known = set(re.findall(r'"(\w+)": (?:_block|_SECTION|_IMAGE)', _limits()))
    shown = {
        one["type"] for one in gallery.text_blocks("U1") + gallery.new_blocks() + gallery.element_blocks()
    }
    shown |= {one["type"] for one in gallery.dialog()["blocks"]}
    types = {"file"} | shown
    assert types >= known
    source = (STATIC / "blocks.js").read_text(encoding="utf-8") + (STATIC / "tables.js").read_text(
        encoding="utf-8"
    )
    drawn = set(re.findall(r"^  (\w+):", source.partition("const DRAW")[2], flags=re.MULTILINE))
    drawn |= set(re.findall(r"(\w+): \w+", source.partition("BLOCK_TABLES = ")[2]))
    assert drawn >= types
    assert set(SURFACES) == {"message", "modal", "home"}


def _limits() -> str:
    return (ROOT / "bot" / "sandbox" / "slack" / "limits" / "blocks.py").read_text(encoding="utf-8")


def test_the_page_is_small_and_asks_nobody_else() -> None:
    """At most 300 KB; every import is a file beside it, and the vendored one has its license."""
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 300_000
    for path in files:
        if path.suffix == ".js" and path.parent == STATIC:
            text = path.read_text(encoding="utf-8")
            imported = re.findall(r'from "([^"]+)"', text)
            assert all((STATIC / name).is_file() for name in imported), path.name
            assert "innerHTML" not in text
            assert not re.search(r"\beval\(|new Function", text)
    html = (STATIC / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert named
    assert all((STATIC / name).is_file() for name in named)
    assert "Apache License" in (STATIC / "vendor" / "htm-preact.LICENSE.txt").read_text(encoding="utf-8")
