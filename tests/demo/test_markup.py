"""mrkdwn as a terminal shows it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from rich.text import Text

from bot.demo.dates import show_date
from bot.demo.markup import lines_of, plain_lines, wrap, wrap_parts
from tests.demo.samples import NOW, READER


@pytest.mark.parametrize(
    ("mrkdwn", "shown"),
    [
        ("*Running* · `CHURN.scored`", "Running · CHURN.scored"),
        ("*Log of `a_b` here*", "Log of a_b here"),
        ("_so_ and ~not~", "so and not"),
        ("snake_case_name, 2*3*4, a ~ b", "snake_case_name, 2*3*4, a ~ b"),
        ("`*not bold* &amp; &lt;b&gt;`", "*not bold* & <b>"),
        ("<@U1> and <@U9> and <@U9|old name>", "@alice and @U9 and @old name"),
        ("<#C1> or <#C9|far>", "#data or #far"),
        ("<!channel> <!subteam^S1|@team>", "@channel @team"),
        ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&c=2"),
        ("<https://x.example|the page>", "the page (https://x.example)"),
        ("at <!date^1795444200^{time}|14:30 UTC>", "at 14:30"),
        ("<!date^nonsense^{time}|a while ago>", "a while ago"),
        ("&lt;!channel&gt; &amp;amp;", "<!channel> &amp;"),
        ("unclosed *bold and `code", "unclosed *bold and `code"),
        ("a\x1b[31mred\x07\u2060\u202e", "a[31mred"),
        ("", ""),
    ],
)
def test_marks_are_shown_not_printed(mrkdwn: str, shown: str) -> None:
    """People read names, times, and words; no markup, entity, or control character is left."""
    assert "\n".join(line.plain for line in lines_of(mrkdwn, READER)) == shown


def test_bold_and_code_have_a_style() -> None:
    """What stands out in Slack stands out here too."""
    (line,) = lines_of("*a* `b` <@U1>", READER)
    styles = {line.plain[span.start : span.end]: str(span.style) for span in line.spans}
    assert styles == {"a": "bold", "b": "cyan", "@alice": "bold magenta"}


def test_a_fence_is_kept_as_it_is() -> None:
    """A preformatted block has no formatting, and spaces stay."""
    lines = lines_of("before\n```\n  a *b* &lt;c&gt;\n\n    d\n```\nafter", READER)
    assert [line.plain for line in lines] == ["before", "  a *b* <c>", "", "    d", "after"]


@pytest.mark.parametrize(
    ("ago", "form", "shown"),
    [
        (timedelta(0), "{date_short_pretty} {time}", "today 14:30"),
        (timedelta(days=1), "{date_short_pretty} {time}", "yesterday 14:30"),
        (timedelta(days=3), "{date_short_pretty} {time}", "Nov 20, 2026 14:30"),
        (timedelta(days=3), "{date_num} {time_secs}", "2026-11-20 14:30:00"),
        (timedelta(days=3), "{date_long}", "Friday, November 20, 2026"),
        (timedelta(days=3), "{date} {unheard_of}", "November 20, 2026 {unheard_of}"),
    ],
)
def test_dates_in_the_forms_of_slack(ago: timedelta, form: str, shown: str) -> None:
    """Each token is a date format; the pretty formats name the days near today."""
    assert show_date(int((NOW - ago).timestamp()), form, now=NOW, zone=UTC) == shown


def test_dates_are_in_the_readers_zone() -> None:
    """Late evening for one person is tomorrow for another."""
    late = int(datetime(2026, 11, 23, 20, 0, tzinfo=UTC).timestamp())
    tokyo = timezone(timedelta(hours=9))
    assert show_date(late, "{date_short_pretty} {time}", now=NOW, zone=UTC) == "today 20:00"
    assert show_date(late, "{date_short_pretty} {time}", now=NOW, zone=tokyo) == "tomorrow 05:00"


@pytest.mark.parametrize("width", [20, 40, 80])
def test_lines_are_wrapped_to_the_width(width: int) -> None:
    """No piece is wider than requested, even with wide characters and endless words, and no word is lost."""
    text = "⏹️ 東京_売上 and some words " + "x" * 130 + "\n   indented"
    pieces = wrap(plain_lines(text), width)
    assert max(piece.cell_len for piece in pieces) <= width
    assert "".join("".join(piece.plain for piece in pieces).split()) == "".join(text.split())
    assert pieces[-1].plain == "   indented"


def test_parts_are_not_torn() -> None:
    """A row is broken between parts; ``took 38 s`` stays together."""
    rows = wrap_parts([Text("asked by alice"), Text("started at 14:30"), Text("took 38 s")], 40)
    assert [row.plain for row in rows] == ["asked by alice · started at 14:30", "took 38 s"]
