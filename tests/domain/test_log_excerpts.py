"""What is shown of a log."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Activity, WarningGroup
from bot.domain.job_warnings import grouped_warnings
from bot.domain.log_excerpts import MOST_CHARACTERS, LogExtract, excerpt, extract
from bot.domain.redaction import HIDDEN

LOG = """\
[2026/11/23-08:15:57.000] [ActivityExecutor-65] [INFO] [dku.flow] running compute_x_NP - start
[2026/11/23-08:15:57.101] [null-err-68] [INFO] [dku.utils]  - Traceback (most recent call last):
[2026/11/23-08:15:57.101] [null-err-68] [INFO] [dku.utils]  -   File "x.py", line 3, in <module>
[2026/11/23-08:15:57.102] [null-out-67] [INFO] [dku.utils]  - noise
[2026/11/23-08:15:57.103] [null-err-68] [INFO] [dku.utils]  -     df["amount"]
[2026/11/23-08:15:57.103] [null-err-68] [INFO] [dku.utils]  - KeyError: 'amount'
[2026/11/23-08:15:58.778] [ActivityExecutor-65] [ERROR] [dku.flow.jobrunner] running x - Activity failed
java.lang.Exception: Error in Python process: KeyError: 'amount'
\tat com.dataiku.X.y(X.java:3)
Caused by: password=hunter2
\t... 3 more
[2026/11/23-08:15:59.000] [main] [INFO] [dku.job] - Job ended
[2026/11/23-08:15:59.001] [main] [INFO] [dku.job] - Cleaning up
"""


def test_an_excerpt_is_the_traceback_and_the_last_error_with_what_led_to_it() -> None:
    """Ten lines, without other threads' lines, Java's frames, what came after it, or any secret."""
    assert excerpt("long ago\nearlier\n" + LOG).splitlines() == [
        "long ago",
        "earlier",
        "08:15:57 INFO running compute_x_NP - start",
        "Traceback (most recent call last):",
        '  File "x.py", line 3, in <module>',
        '    df["amount"]',
        "KeyError: 'amount'",
        "08:15:58 ERROR running x - Activity failed",
        "java.lang.Exception: Error in Python process: KeyError: 'amount'",
        f"Caused by: password={HIDDEN}",
    ]


def test_an_excerpt_without_an_error_is_the_end() -> None:
    """The last lines are the best available, cut to a readable length."""
    quiet = "".join(line + "\n" for line in LOG.splitlines()[-2:])
    assert excerpt(quiet) == "08:15:59 INFO - Job ended\n08:15:59 INFO - Cleaning up"
    assert excerpt("a\n\nb\nc", lines=2) == "…\nc"
    assert excerpt("") == ""


def test_an_excerpt_has_ten_lines_around_the_error() -> None:
    """Lines before the error fill what the error leaves; what is older is left out."""
    text = "".join(f"[2026/11/23-08:15:57.000] [main] [INFO] [dku] - step {n}\n" for n in range(30))
    shown = excerpt(text + "[2026/11/23-08:15:58.000] [main] [ERROR] [dku] - boom\n" + "after\n").splitlines()
    assert len(shown) == 10
    assert shown[0] == "08:15:57 INFO - step 22"
    assert shown[-2:] == ["08:15:58 ERROR - boom", "after"]


def test_a_long_excerpt_keeps_its_end() -> None:
    """An ellipsis marks the omitted beginning."""
    text = "\n".join(f"line {number} " + "x" * 1_000 for number in range(30))
    found = excerpt(text, 25)
    assert len(found) <= MOST_CHARACTERS
    assert found.startswith("…\n")
    assert found.splitlines()[-1].startswith("line 29 ")
    assert len(excerpt("\n".join("x" for _ in range(99)), 25).splitlines()) == 25


@given(
    st.lists(
        st.sampled_from([*LOG.splitlines(), "x" * 900, "", "  File y", "Traceback (most recent call last)"])
    ),
    st.integers(-1, 40),
)
def test_an_excerpt_of_anything_keeps_its_limits(lines: list[str], most: int) -> None:
    """Whatever the log contains, the excerpt fits."""
    found = excerpt("\n".join(lines), most)
    assert len(found) <= MOST_CHARACTERS
    assert len(found.splitlines()) <= max(1, most)
    assert "hunter2" not in found


def test_an_extract_is_the_error_with_the_lines_before_it_and_the_end() -> None:
    """No line is shown twice, and no frame of a Java stack."""
    assert extract(LOG, 26) == LogExtract(
        error=(
            "08:15:57 INFO running compute_x_NP - start",
            "Traceback (most recent call last):",
            '  File "x.py", line 3, in <module>',
            '    df["amount"]',
            "KeyError: 'amount'",
            "08:15:58 ERROR running x - Activity failed",
            "java.lang.Exception: Error in Python process: KeyError: 'amount'",
            f"Caused by: password={HIDDEN}",
        ),
        end=("noise", "08:15:59 INFO - Job ended", "08:15:59 INFO - Cleaning up"),
        lines=13,
        left_out=True,
    )


def test_the_error_that_says_why_is_preferred_to_the_last_one() -> None:
    """DSS ends the log of a failed job with an error that only says so."""
    text = (
        "[2026/11/23-08:15:58.778] [x] [ERROR] [dku] Activity failed\njava.sql.SQLException: no such table\n"
        "[2026/11/23-08:15:59.000] [main] [ERROR] [dku] - Job finished, state FAILED\n"
    )
    assert excerpt(text).endswith("java.sql.SQLException: no such table")
    assert extract(text, 26).error[-1] == "java.sql.SQLException: no such table"
    assert extract(text.splitlines()[-1], 26).error == ("08:15:59 ERROR - Job finished, state FAILED",)


def test_debug_messages_are_left_out_once_the_error_is_shown() -> None:
    """They are most of a log, and the last ones of a job that goes on can matter."""
    debug = "[2026/11/23-08:15:59.002] [main] [DEBUG] [dku.job] - Lookup"
    assert extract(LOG + debug, 26).end[-1] == "08:15:59 INFO - Cleaning up"
    assert extract(debug, 26).end == ("08:15:59 DEBUG - Lookup",)


def test_equal_warnings_of_a_log_are_counted() -> None:
    """Most frequent first."""
    line = "[2026/11/23-08:15:58.778] [x] [WARN] [dku] - "
    found = extract("\n".join(line + text for text in ("a", "b", "b", "token=hunter2secret")), 26).warnings
    assert found == (
        WarningGroup(count=2, message="b"),
        WarningGroup(count=1, message="a"),
        WarningGroup(count=1, message=f"token={HIDDEN}"),
    )


def test_warnings_of_activities_are_added_up_by_kind() -> None:
    """With the first text of each kind."""
    groups = [
        (WarningGroup(kind="A", count=1), WarningGroup(kind="B", count=2, message="b")),
        (WarningGroup(kind="A", count=4, message="a"),),
    ]
    activities = [Activity(id=str(n), state="DONE", warning_groups=one) for n, one in enumerate(groups)]
    assert grouped_warnings(activities) == (
        WarningGroup(kind="A", count=5, message="a"),
        WarningGroup(kind="B", count=2, message="b"),
    )


@given(
    st.lists(
        st.sampled_from([*LOG.splitlines(), "x" * 900, "", "  File y", "Traceback (most recent call last)"])
    ),
    st.integers(1, 40),
)
def test_an_extract_of_anything_keeps_its_limits(lines: list[str], most: int) -> None:
    """Whatever the log contains, it fits, and its last line is there."""
    found = extract("\n".join(lines), most)
    assert len(found.error) + len(found.end) <= most
    assert "hunter2" not in repr(found)
    assert bool(found.error or found.end) == (found.lines > 0)
