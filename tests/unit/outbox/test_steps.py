"""What becomes of a message that Slack did not take: no root and no end is lost while there is a way on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.outbox.steps import LAST_TRIES, Kind, Step, next_step, pause_after
from bot.slack.outbox.verdicts import Verdict, judge_code
from tests.unit.outbox.test_verdicts import TABLE

CODES = st.one_of(
    st.sampled_from(sorted(" ".join(TABLE.values()).split())),
    st.from_regex(r"[a-z_0-9]{1,60}", fullmatch=True),
)
NEEDED = st.sampled_from([Kind.ROOT, Kind.END])


@given(NEEDED, CODES, st.integers(0, 599), st.integers(1, 10_000))
def test_no_root_and_no_end_is_dropped_while_somebody_can_be_told(
    kind: Kind, code: str, status: int, tries: int
) -> None:
    """Whatever Slack says, known or not, at whatever HTTP status, and however often."""
    assert next_step(kind, judge_code(code, status), tries=tries, movable=True) is not Step.DROP


@given(st.sampled_from(list(Kind)), CODES, st.integers(0, 599), st.booleans())
def test_everything_but_a_wrong_token_has_a_limit(kind: Kind, code: str, status: int, movable: bool) -> None:
    """So that a direct message, or the reason in `dss-bot outbox`, comes in the end."""
    verdict = judge_code(code, status)
    step = next_step(kind, verdict, tries=LAST_TRIES, movable=movable)
    assert step in ({Step.WAIT} if verdict is Verdict.AUTH else {Step.MOVE, Step.DROP})


@given(st.sampled_from([Kind.REPLY, Kind.EDIT]), CODES, st.integers(1, 10_000))
def test_progress_never_goes_to_a_direct_message(kind: Kind, code: str, tries: int) -> None:
    """The person who asked is told of the root and of the end."""
    assert next_step(kind, judge_code(code), tries=tries, movable=False) is not Step.MOVE


@pytest.mark.parametrize("code", ["no_permission", "not_in_channel", "restricted_action", "never_seen_word"])
@pytest.mark.parametrize("kind", [Kind.ROOT, Kind.END])
def test_what_does_not_pass_goes_to_the_asker_at_once(kind: Kind, code: str) -> None:
    """Nobody waits for hours."""
    assert next_step(kind, judge_code(code), tries=1, movable=True) is Step.MOVE


@given(st.sampled_from(list(Kind)), st.sampled_from(list(Verdict)), st.integers(1, 10_000))
def test_pauses_grow_and_end(kind: Kind, verdict: Verdict, tries: int) -> None:
    """Nothing is asked in a burst, and nothing is put off for days."""
    assert 1 <= pause_after(kind, verdict, tries) <= pause_after(kind, verdict, tries + 1) <= 3_840
