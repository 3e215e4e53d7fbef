"""Block Kit as a terminal shows it."""

from textwrap import dedent

import pytest

from bot.demo.blocks import FENCE_LINES, block_lines, controls_of, folded, is_long
from tests.demo.samples import READER, Json, actions, button, context, counting, section

MENU: Json = {
    "type": "static_select",
    "action_id": "log_activity",
    "placeholder": {"type": "plain_text", "text": "Log of an activity"},
    "options": [
        {"text": {"type": "plain_text", "text": "The whole job"}, "value": "all"},
        {"text": {"type": "plain_text", "text": "compute_features_NP (failed)"}, "value": "1"},
    ],
    "initial_option": {"text": {"type": "plain_text", "text": "The whole job"}, "value": "all"},
}

CARD: list[Json] = [
    {"type": "header", "text": {"type": "plain_text", "text": "Running now"}},
    section("🔵 *Running* · `CHURN.scored`"),
    context("asked by alice · build only this", "started at <!date^1795444200^{time}|x> · for 12 s"),
    section("`██████░░░░` 2 of 4 activities done\n🔵 now: `compute_features` (python), for 3 s"),
    {"type": "divider"},
    {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": text} for text in ("*Mode* only", "*By* alice", "*Rows* 12")],
    },
    {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a chart"},
    actions(button("Abort", "job_abort", style="danger"), button("Log", "job_log"), button("Open", "open")),
    actions(MENU, button("Refresh", "job_log:1")),
    {"type": "video", "title": {"type": "plain_text", "text": "?"}},
]

AT_76 = """\
    Running now
    🔵 Running · CHURN.scored
    asked by alice · build only this · started at 14:30 · for 12 s
    ██████░░░░ 2 of 4 activities done
    🔵 now: compute_features (python), for 3 s
    ────────────────────────────────────────
    Mode only                             By alice
    Rows 12
    [picture: a chart]
    [1 Abort] [2 Log] [3 Open]
    Log of an activity: [4 • The whole job] [5 compute_features_NP (failed)]
    [6 Refresh]
    (video: this terminal can't show it)
"""

AT_30 = """\
    Running now
    🔵 Running · CHURN.scored
    asked by alice
    build only this
    started at 14:30 · for 12 s
    ██████░░░░ 2 of 4 activities
    done
    🔵 now: compute_features
    (python), for 3 s
    ──────────────────────────────
    Mode only
    By alice
    Rows 12
    [picture: a chart]
    [1 Abort] [2 Log] [3 Open]
    Log of an activity:
    [4 • The whole job]
    [5 compute_features_NP
    (failed)]
    [6 Refresh]
    (video: this terminal can't
    show it)
"""


@pytest.mark.parametrize(("width", "expected"), [(76, AT_76), (30, AT_30)])
def test_every_kind_of_block(width: int, expected: str) -> None:
    """Each block is shown as text within the width; an unknown one says so."""
    lines = block_lines(CARD, READER, counting(), width)
    assert "\n".join(line.plain.rstrip() for line in lines) + "\n" == dedent(expected)
    assert max(line.cell_len for line in lines) <= width


def test_the_element_beside_a_paragraph_is_a_control() -> None:
    """An accessory is numbered like any other button."""
    blocks = [section("Text", accessory=button("Press", "it"))]
    assert [line.plain for line in block_lines(blocks, READER, counting(), 40)] == ["Text", "[1 Press]"]
    assert [control.action_id for control in controls_of(blocks)] == ["it"]


def test_the_same_action_for_another_job_is_another_control() -> None:
    """A button's value is part of its identity: a number never starts to refer to another job."""
    one, other = controls_of([actions(button("Log", "job_log:0", value="a"), button("Log", "x", value="b"))])
    (same,) = controls_of([actions(button("Log", "job_log:0", value="a"))])
    (turned,) = controls_of([actions(button("Log", "job_log:0", value="c"))])
    assert one.key == same.key
    assert len({one.key, other.key, turned.key}) == 3


def test_a_long_log_is_folded_to_its_end() -> None:
    """The end of a long preformatted text is shown, and how many lines precede it."""
    log = [f"line {number}" for number in range(40)]
    blocks = [section("*Log*"), section("```\n" + "\n".join(log) + "\n```")]
    assert is_long(blocks)
    lines = [line.plain for line in block_lines(folded(blocks), READER, counting(), 60)]
    assert lines == ["Log", f"⋮ {40 - FENCE_LINES} lines more above", *log[-FENCE_LINES:]]
    whole = [line.plain for line in block_lines(blocks, READER, counting(), 60)]
    assert whole == ["Log", *log]


def test_a_short_log_is_whole() -> None:
    """Nothing is left out if everything fits."""
    blocks = [section("```\n" + "\n".join(str(number) for number in range(FENCE_LINES)) + "\n```")]
    assert not is_long(blocks)
    assert folded(blocks) == blocks
