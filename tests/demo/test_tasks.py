"""Newer blocks as a terminal shows them."""

from textwrap import dedent
from typing import Any

from bot.demo.blocks import block_lines, controls_of
from tests.demo.samples import READER, Json, actions, button, counting, section


def rich(text: str) -> Json:
    """Return a rich text block."""
    section_: Json = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section_]}


def task(number: int, title: str, status: str, **more: Any) -> Json:
    """Return a task."""
    return {"type": "task_card", "task_id": str(number), "title": title, "status": status, **more}


PLAN: Json = {
    "type": "plan",
    "title": "1 of 4 activities done, 1 failed",
    "tasks": [
        task(1, "join: failed after 55 s", "error", output=rich("KeyError: 'amount'"), details=rich("sql")),
        task(2, "score: running for 50 s", "in_progress"),
        task(3, "report: waiting to start", "pending"),
        task(0, "features: done after 1 min", "complete", details=rich("sync · 10,400 rows written")),
    ],
}
CONTAINER: Json = {
    "type": "container",
    "title": {"type": "plain_text", "text": "2 warnings"},
    "child_blocks": [section("• `BAD_TYPE`"), actions(button("Log", "job_log"))],
}


def cell(text: str) -> Json:
    """Return a cell."""
    return {"type": "raw_text", "text": text}


TABLE: Json = {
    "type": "data_table",
    "caption": "All 12 jobs",
    "rows": [
        [cell("State"), cell("Output")],
        *([cell("Done"), {"type": "raw_number", "value": number}] for number in range(12)),
    ],
}


def lines(block: Json, width: int = 40) -> str:
    """Return a block as plain lines."""
    return "\n".join(line.plain.rstrip() for line in block_lines([block], READER, counting(), width)) + "\n"


def test_a_plan_shows_each_task_with_what_it_says() -> None:
    """The mark repeats what the words say; a task's details are below it."""
    assert lines(PLAN) == dedent("""\
        1 of 4 activities done, 1 failed
        ✕ join: failed after 55 s
          sql
          KeyError: 'amount'
        ◐ score: running for 50 s
        ○ report: waiting to start
        ✓ features: done after 1 min
          sync · 10,400 rows written
        """)


def test_a_container_shows_its_children_and_their_buttons() -> None:
    """A button in it can be pressed."""
    assert lines(CONTAINER) == "2 warnings\n│ • BAD_TYPE\n│ [1 Log]\n"
    assert [control.action_id for control in controls_of([CONTAINER])] == ["job_log"]


def test_a_table_shows_its_first_rows_and_counts_the_others() -> None:
    """Each line fits."""
    shown = lines(TABLE).splitlines()
    assert shown[:3] == ["All 12 jobs", "State  Output", "Done   0"]
    assert shown[-1] == "⋮ 2 more rows"
    assert all(len(line) <= 10 for line in lines(TABLE, 10).splitlines()[1:-1])
