"""What libraries log at debug doesn't show what people typed."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ops.library_logs import without_content

LINES = [
    "on_message invoked: (message: {typed})",
    "Received a new data frame (session id: s_1, opcode: TEXT, payload: {typed})",
    "Sending a message (session id: s_1, message: {typed})",
    "Failed to parse a payload (data: b'{typed}', error: x)",
    "Received bytes: b'{typed}'",
    'Responding with status: 200 body: "{typed}" (3 millis)',
    "Received the following response - status: 200, headers: {{'a': 1}}, body: {typed}",
    "Sending a request - url: https://slack.com/api/views.open, query_params: {typed}",
    "Skipped self event: {{{typed}}}",
    "request body: {typed}",
]
"""As slack_sdk 3 and Bolt 1 format them."""


@pytest.mark.parametrize("line", LINES)
@given(typed=st.text(min_size=1))
def test_no_content_of_a_debug_line(line: str, typed: str) -> None:
    """Whatever was typed, only what the library says itself is left."""
    shown = without_content(line.format(typed=typed), logging.DEBUG)
    assert shown == without_content(line.format(typed="other"), logging.DEBUG)
    assert "(content not logged)" in shown


@pytest.mark.parametrize("level", [logging.DEBUG, logging.WARNING])
@given(piece=st.text())
def test_a_piece_of_a_payload(level: int, piece: str) -> None:
    """A large payload comes in several frames, and slack_sdk warns of the later ones."""
    line = f"Received an unsupported data frame (session id: s_1, opcode: CONTINUATION, payload: {piece})"
    assert without_content(line, level).endswith("opcode: CONTINUATION, (content not logged)")


def test_warnings_keep_their_reason() -> None:
    """What an administrator needs: Slack's error code, the kind of an error."""
    refused = "Failed to retrieve WSS URL: The server responded with: {'ok': False, 'error': 'invalid_auth'}"
    lost = "on_error invoked (session id: s_1, error: TimeoutError, message: timed out)"
    for line in (refused, lost):
        assert without_content(line, logging.ERROR) == line


def test_a_warning_with_a_payload() -> None:
    """It keeps only what comes before."""
    line = "Failed to handle {'type': 'view_submission', 'view': {'state': {'values': {'k': 'typed'}}}}"
    assert without_content(line, logging.ERROR) == "Failed to handle (content not logged)"


def test_the_address_for_answers() -> None:
    """Whoever has it can answer in the person's place."""
    line = "Going to retry the same request: POST https://hooks.slack.example/commands/T1/2/zz"
    shown = without_content(line, logging.INFO, "slack_sdk.webhook.client")
    assert shown == "Going to retry the same request: POST (content not logged)"
    assert "slack.com/api" in without_content("GET https://slack.com/api/x", logging.INFO, "slack_sdk.web")
