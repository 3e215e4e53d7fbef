"""Patterns that an administrator adds."""

import pytest

from bot.domain.redaction import HIDDEN, Redactor
from bot.domain.redaction.custom import UnusablePattern, compiled


@pytest.mark.parametrize(
    ("pattern", "text", "shown"),
    [
        ("acme_[a-z0-9]{4,40}", "got acme_12ab34 now", f"got {HIDDEN} now"),
        ("acme_[a-z0-9]+", "got acme_12ab34 now", f"got {HIDDEN} now"),
        ("badge no\\. (\\d{4})", "badge no. 1234 of Alice", f"badge no. {HIDDEN} of Alice"),
        ("(?i)emp-(?:x|y)\\w++-(\\d{2,9})", "EMP-xab-77 is", f"EMP-xab-{HIDDEN} is"),
    ],
)
def test_a_pattern_masks_what_it_or_its_groups_match(pattern: str, text: str, shown: str) -> None:
    """The built-in rules still apply."""
    redact = Redactor([compiled(pattern)])
    assert redact(text) == shown
    assert redact(redact(text)) == shown
    assert redact(f"{text} password=hunter2") == f"{shown} password={HIDDEN}"


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "a*b",
        "(?:x|y+)*z",
        "(a{1,100}){1,100}b",
        r"\\s+$x",
        "(.)\\1+z",
        ".*",
        "",
        "[^x]",
        "a(",
        "x" * 600,
    ],
)
def test_a_pattern_that_is_slow_or_matches_everything_is_refused(pattern: str) -> None:
    """It says what would be right."""
    with pytest.raises(UnusablePattern) as refused:
        compiled(pattern)
    assert str(refused.value)
    assert refused.value.right


def test_own_secrets_are_masked_wherever_they_are() -> None:
    """The longest first, so that nothing of it is left."""
    redact = Redactor(values=["opensesame-1", "opensesame-1-and-more", "abc"])
    assert redact("x opensesame-1-and-more y opensesame-1 abc") == f"x {HIDDEN} y {HIDDEN} abc"
