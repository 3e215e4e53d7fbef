"""What happens to a message that Slack rejected: no root or end is lost while there is another way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.delivery_steps import LAST_TRIES, NextStep, RowKind, next_step, pause_after
from bot.slack.error_codes import ErrorKind, classify_code
from tests.slack.test_error_codes import TABLE

CODES = st.one_of(
    st.sampled_from(sorted(" ".join(TABLE.values()).split())),
    st.from_regex(r"[a-z_0-9]{1,60}", fullmatch=True),
)
NEEDED = st.sampled_from([RowKind.ROOT, RowKind.END])


@given(NEEDED, CODES, st.integers(0, 599), st.integers(1, 10_000))
def test_no_root_and_no_end_is_dropped_while_somebody_can_be_told(
    kind: RowKind, code: str, status: int, tries: int
) -> None:
    """Whatever Slack says, known or not, with whatever HTTP status, however often."""
    assert next_step(kind, classify_code(code, status), tries=tries, movable=True) is not NextStep.DROP


@given(st.sampled_from(list(RowKind)), CODES, st.integers(0, 599), st.booleans())
def test_everything_but_a_wrong_token_has_a_limit(
    kind: RowKind, code: str, status: int, movable: bool
) -> None:
    """So that a direct message, or the reason in `dss-bot outbox`, appears in the end."""
    verdict = classify_code(code, status)
    step = next_step(kind, verdict, tries=LAST_TRIES, movable=movable)
    assert step in ({NextStep.WAIT} if verdict is ErrorKind.AUTH else {NextStep.MOVE, NextStep.DROP})


@given(st.sampled_from([RowKind.REPLY, RowKind.EDIT]), CODES, st.integers(1, 10_000))
def test_progress_never_goes_to_a_direct_message(kind: RowKind, code: str, tries: int) -> None:
    """The person who asked gets the root and the end."""
    assert next_step(kind, classify_code(code), tries=tries, movable=False) is not NextStep.MOVE


@pytest.mark.parametrize("code", ["no_permission", "not_in_channel", "restricted_action", "never_seen_word"])
@pytest.mark.parametrize("kind", [RowKind.ROOT, RowKind.END])
def test_what_does_not_pass_goes_to_the_asker_at_once(kind: RowKind, code: str) -> None:
    """Nobody waits for hours."""
    assert next_step(kind, classify_code(code), tries=1, movable=True) is NextStep.MOVE


@given(st.sampled_from(list(RowKind)), st.sampled_from(list(ErrorKind)), st.integers(1, 10_000))
def test_pauses_grow_and_end(kind: RowKind, verdict: ErrorKind, tries: int) -> None:
    """No request comes in a burst, and none is delayed for days."""
    assert 1 <= pause_after(kind, verdict, tries) <= pause_after(kind, verdict, tries + 1) <= 3_840
