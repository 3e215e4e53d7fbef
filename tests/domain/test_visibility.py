"""What a channel sees of a project's jobs: the stricter of two settings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.visibility import ChannelVisibility, Patterns, Visibility, is_direct, stricter

FULL, OUTCOME, PRIVATE = Visibility
SETTINGS = ChannelVisibility(
    default=OUTCOME,
    projects=(("CHURN", FULL), ("PAY*", PRIVATE), ("PAYMENTS", FULL)),
    channels=(("C0OPEN", FULL), ("C0ALL", OUTCOME), ("C0QUIET", PRIVATE)),
)
KEYS = st.sampled_from(["CHURN", "churn", "PAYROLL", "PAYMENTS", "SALES", ""])
CHANNELS = st.sampled_from(["C0OPEN", "c0all", "C0QUIET", "C1", "G1", "D1", "U1", "W1", ""])
PATTERNS = st.lists(
    st.tuples(st.sampled_from(["*", "C*", "PAY*", "CHURN", "C0OPEN", "?1"]), st.sampled_from(Visibility)),
    max_size=4,
).map(tuple)


@pytest.mark.parametrize(
    ("project", "channel", "seen"),
    [
        ("CHURN", "C1", FULL),
        ("churn", "C1", FULL),
        ("SALES", "C1", OUTCOME),
        ("PAYROLL", "C1", PRIVATE),
        ("PAYMENTS", "C1", PRIVATE),
        ("CHURN", "C0ALL", OUTCOME),
        ("CHURN", "C0QUIET", PRIVATE),
        ("SALES", "C0OPEN", OUTCOME),
        ("PAYROLL", "C0OPEN", PRIVATE),
        ("PAYROLL", "D1", FULL),
        ("PAYROLL", "U1", FULL),
    ],
)
def test_the_stricter_setting_counts(project: str, channel: str, seen: Visibility) -> None:
    """A channel only makes it stricter, of several patterns the strictest counts, and case doesn't matter."""
    assert SETTINGS.shown([project], channel) is seen


def test_everything_is_shown_unless_somebody_says_otherwise() -> None:
    """The default is as it was before the setting existed."""
    assert ChannelVisibility().shown(["PAYROLL"], "C1") is FULL


@given(
    default=st.sampled_from(Visibility),
    projects=PATTERNS,
    channels=PATTERNS,
    more=PATTERNS,
    project=KEYS,
    channel=CHANNELS,
)
def test_a_channel_never_shows_more_for_another_pattern(
    default: Visibility, projects: Patterns, channels: Patterns, more: Patterns, project: str, channel: str
) -> None:
    """More patterns for channels never show more, and direct messages show everything."""
    some = ChannelVisibility(default=default, projects=projects, channels=channels)
    before = some.shown([project], channel)
    after = ChannelVisibility(default=default, projects=projects, channels=(*channels, *more))
    assert stricter(before, after.shown([project], channel)) is after.shown([project], channel)
    if is_direct(channel):
        assert before is FULL
