"""What each Slack error code means for the message that caused it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse, WebClient

from bot.slack.error_codes import ErrorKind, classify, code_of, retry_after

TABLE = {
    ErrorKind.RETRY: "internal_error fatal_error service_unavailable request_timeout team_added_to_org "
    "accesslimited streaming_state_conflict external_channel_migrating",
    ErrorKind.RATE: "ratelimited rate_limited message_limit_exceeded",
    ErrorKind.ELSEWHERE: "not_in_channel no_permission channel_not_found restricted_action "
    "restricted_action_read_only_channel restricted_action_thread_only_channel "
    "restricted_action_non_threadable_channel",
    ErrorKind.GONE: "is_archived is_inactive message_not_found cant_update_message edit_window_closed "
    "thread_not_found restricted_action_thread_locked user_not_found user_disabled cannot_dm_bot "
    "messages_tab_disabled user_not_in_channel cannot_reply_to_message invalid_thread_ts",
    ErrorKind.AUTH: "invalid_auth not_authed account_inactive token_revoked token_expired "
    "missing_scope org_login_required "
    "two_factor_setup_required not_allowed_token_type",
    ErrorKind.DENIED: "team_access_not_granted ekm_access_denied access_denied",
    # Our fault: plain text might help.
    ErrorKind.CONTENT: "invalid_blocks invalid_blocks_format msg_too_long msg_blocks_too_long no_text "
    "metadata_too_large invalid_metadata_format block_mismatch invalid_arguments markdown_text_conflict",
    # Trying the same again won't help.
    ErrorKind.FAULT: "view_too_large unknown_method stopped_by_user expired_trigger_id "
    "exchanged_trigger_id a_word_of_next_year",
}


def error(
    code: str | None = None,
    *,
    status: int = 200,
    headers: dict[str, object] | None = None,
    data: object = None,
) -> SlackApiError:
    """Return the error as slack_sdk raises it."""
    body = data if data is not None else {"ok": False, "error": code}
    response = SlackResponse(
        client=WebClient(),
        http_verb="POST",
        api_url="https://slack.example/api/chat.postMessage",
        req_args={},
        data=body,  # type: ignore[arg-type]  # bytes or a dictionary
        headers=headers or {},
        status_code=status,
    )
    return bare(response)


def bare(response: object) -> SlackApiError:
    """Return an error with that response; for some errors, slack_sdk uses a plain dictionary."""
    made: SlackApiError = SlackApiError("refused", response)  # type: ignore[no-untyped-call]
    return made


@pytest.mark.parametrize(
    ("code", "verdict"), [(code, verdict) for verdict, codes in TABLE.items() for code in codes.split()]
)
def test_every_known_word(code: str, verdict: ErrorKind) -> None:
    """The codes of SLACK-FACTS.md and of the method reference, each with its meaning here."""
    assert classify(error(code)) is verdict
    assert code_of(error(code)) == code


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("code", ["internal_error", "invalid_blocks", "token_revoked"])
def test_a_server_error_may_pass(status: int, code: str) -> None:
    """Whatever it says besides the status."""
    assert classify(error(code, status=status)) is ErrorKind.RETRY


@pytest.mark.parametrize("code", ["ratelimited", "invalid_blocks", ""])
def test_429_is_a_rate_whatever_it_says(code: str) -> None:
    """A proxy can answer it with its own body."""
    assert classify(error(code, status=429)) is ErrorKind.RATE


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(200, ErrorKind.UNREADABLE), (403, ErrorKind.RETRY), (404, ErrorKind.RETRY), (502, ErrorKind.RETRY)],
)
def test_an_answer_that_is_not_slacks_is_no_judgement(status: int, verdict: ErrorKind) -> None:
    """A gateway's HTML says nothing about the message: the message is kept, and the reason stays short."""
    html = "Received a response in a non-JSON format: <!DOCTYPE html><title>Sign in to the network"
    assert classify(error(html, status=status)) is verdict
    assert code_of(error(html, status=status)) == f"http_{status}"


@given(st.from_regex(r"[a-z_]{3,40}", fullmatch=True).filter(lambda c: c not in " ".join(TABLE.values())))
def test_an_unknown_word_is_our_fault(code: str) -> None:
    """Retries of an unknown error would go on forever."""
    assert classify(error(code)) is ErrorKind.FAULT


@pytest.mark.parametrize("data", [{"ok": False}, {"ok": False, "error": None}])
def test_an_error_without_a_word_is_named_by_its_status(data: object) -> None:
    """So that there is always a readable reason."""
    assert code_of(error(data=data, status=418)) == "http_418"


def test_an_error_without_a_response_has_a_name() -> None:
    """slack_sdk creates some errors from a plain dictionary."""
    not_authed = bare({"ok": False, "error": "not_authed"})
    assert (code_of(not_authed), classify(not_authed)) == ("not_authed", ErrorKind.AUTH)
    wordless = bare({"ok": False})
    assert (code_of(wordless), classify(wordless)) == ("http_unknown", ErrorKind.RETRY)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"retry-after": "7"}, 7.0),
        ({"RETRY-AFTER": ["12"]}, 12.0),
        ({"Retry-After": "0"}, 1.0),
        ({"Retry-After": "-5"}, 1.0),
        ({"Retry-After": "2.5"}, 2.5),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 99.0),
        ({"Retry-After": ""}, 99.0),
        ({"Retry-After": []}, 99.0),
        ({"Retry-After": "nan"}, 99.0),
        ({"Retry-After": "inf"}, 99.0),
        ({"Retry-After": "99999"}, 600.0),
        ({"Retry-After": "1e308"}, 600.0),
        ({"Retry-After": "9" * 500}, 99.0),
        ({}, 99.0),
    ],
)
def test_how_long_to_wait(headers: dict[str, object], seconds: float) -> None:
    """In any header case, at least a second; an unreadable value means the default."""
    assert retry_after(error("ratelimited", status=429, headers=headers), default=99.0) == seconds
