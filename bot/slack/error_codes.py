"""What each Slack error code means, as a table, so that a loop knows how to continue."""

import re
from enum import StrEnum
from http import HTTPStatus
from math import isfinite

from slack_sdk.errors import SlackApiError


class ErrorKind(StrEnum):
    """What an error means for the message that caused it."""

    RETRY = "retry"
    """A problem of Slack or the network: the same call might work later."""
    RATE = "rate"
    """429: send nothing under this rate for as long as ``Retry-After`` says."""
    ELSEWHERE = "elsewhere"
    """The bot isn't a member here: another place might work."""
    GONE = "gone"
    """The channel or the message no longer exists for the bot: give up, with the reason."""
    AUTH = "auth"
    """The token doesn't work: nothing works until somebody fixes it, so the message waits."""
    DENIED = "denied"
    """Not allowed here, although the token works: another place might work, or somebody has to allow it."""
    CONTENT = "content"
    """Slack doesn't accept our content, which is our bug. It might accept it as plain text."""
    UNREADABLE = "unreadable"
    """The answer isn't Slack's: nobody knows whether the call took effect."""
    FAULT = "fault"
    """Anything else, including every unknown code: repeating the call probably won't help."""


_VERDICTS: dict[str, ErrorKind] = {
    # The same call might work later.
    "internal_error": ErrorKind.RETRY,
    "fatal_error": ErrorKind.RETRY,
    "service_unavailable": ErrorKind.RETRY,
    "request_timeout": ErrorKind.RETRY,
    "team_added_to_org": ErrorKind.RETRY,
    "accesslimited": ErrorKind.RETRY,
    "streaming_state_conflict": ErrorKind.RETRY,
    "external_channel_migrating": ErrorKind.RETRY,
    "ratelimited": ErrorKind.RATE,
    "rate_limited": ErrorKind.RATE,
    "message_limit_exceeded": ErrorKind.RATE,
    # The bot isn't a member, or can't see the channel.
    "not_in_channel": ErrorKind.ELSEWHERE,
    "no_permission": ErrorKind.ELSEWHERE,  # on a channel it means "not a member"
    "channel_not_found": ErrorKind.ELSEWHERE,
    "restricted_action": ErrorKind.ELSEWHERE,
    "restricted_action_read_only_channel": ErrorKind.ELSEWHERE,
    "restricted_action_non_threadable_channel": ErrorKind.ELSEWHERE,
    "restricted_action_thread_only_channel": ErrorKind.ELSEWHERE,
    # The place or the message is gone.
    "is_archived": ErrorKind.GONE,
    "is_inactive": ErrorKind.GONE,
    "message_not_found": ErrorKind.GONE,
    "cant_update_message": ErrorKind.GONE,
    "edit_window_closed": ErrorKind.GONE,
    "thread_not_found": ErrorKind.GONE,
    "cannot_reply_to_message": ErrorKind.GONE,
    "invalid_thread_ts": ErrorKind.GONE,
    "restricted_action_thread_locked": ErrorKind.GONE,
    "user_not_found": ErrorKind.GONE,
    "user_disabled": ErrorKind.GONE,
    "cannot_dm_bot": ErrorKind.GONE,
    "messages_tab_disabled": ErrorKind.GONE,
    "user_not_in_channel": ErrorKind.GONE,
    # Somebody has to act before anything works.
    "invalid_auth": ErrorKind.AUTH,
    "not_authed": ErrorKind.AUTH,
    "account_inactive": ErrorKind.AUTH,
    "token_revoked": ErrorKind.AUTH,
    "token_expired": ErrorKind.AUTH,
    "missing_scope": ErrorKind.AUTH,
    "org_login_required": ErrorKind.AUTH,
    "two_factor_setup_required": ErrorKind.AUTH,
    "not_allowed_token_type": ErrorKind.AUTH,
    # These can be about one channel: nothing else has to wait.
    "team_access_not_granted": ErrorKind.DENIED,
    "ekm_access_denied": ErrorKind.DENIED,
    "access_denied": ErrorKind.DENIED,
    # Slack might accept the message if it's short and has no blocks and no metadata.
    "invalid_blocks": ErrorKind.CONTENT,
    "invalid_blocks_format": ErrorKind.CONTENT,
    "block_mismatch": ErrorKind.CONTENT,
    "msg_too_long": ErrorKind.CONTENT,
    "msg_blocks_too_long": ErrorKind.CONTENT,
    "no_text": ErrorKind.CONTENT,
    "too_many_attachments": ErrorKind.CONTENT,
    "invalid_attachments": ErrorKind.CONTENT,
    "attachment_payload_limit_exceeded": ErrorKind.CONTENT,
    "markdown_text_conflict": ErrorKind.CONTENT,
    "invalid_metadata_format": ErrorKind.CONTENT,
    "invalid_metadata_schema": ErrorKind.CONTENT,
    "metadata_must_be_sent_from_app": ErrorKind.CONTENT,
    "metadata_too_large": ErrorKind.CONTENT,
    "invalid_arguments": ErrorKind.CONTENT,
    "invalid_array_arg": ErrorKind.CONTENT,
    "slack_connect_blocked_file_type": ErrorKind.CONTENT,
    "slack_connect_file_link_sharing_blocked": ErrorKind.CONTENT,
    "slack_connect_clip_sharing_blocked": ErrorKind.CONTENT,
}


LONGEST_WAIT = 600.0
"""Maximum seconds to wait, whatever ``Retry-After`` says. After that, one call checks again."""

_WORD = re.compile(r"[a-z0-9_]{1,80}")
_NO_WORD = "http_"


def code_of(error: SlackApiError) -> str:
    """Return Slack's error code, or the HTTP status if there's none.

    If the answer isn't JSON, slack_sdk puts the start of the body in the place of the error code.
    """
    data = error.response.data if hasattr(error.response, "data") else error.response
    word = data.get("error") if isinstance(data, dict) else None
    if isinstance(word, str) and _WORD.fullmatch(word):
        return word
    return f"{_NO_WORD}{getattr(error.response, 'status_code', 'unknown')}"


def classify(error: SlackApiError) -> ErrorKind:
    """Return what a Web API error means."""
    status = int(getattr(error.response, "status_code", 0) or 0)
    return classify_code(code_of(error), status)


def classify_code(code: str, status: int = 200) -> ErrorKind:
    """Return what a Slack error code means together with an HTTP status. Every pair has a meaning."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ErrorKind.RATE
    if code == f"{_NO_WORD}200":
        return ErrorKind.UNREADABLE
    # A gateway's page says nothing about the message.
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code.startswith(_NO_WORD):
        return ErrorKind.RETRY
    return _VERDICTS.get(code, ErrorKind.FAULT)


def asked_to_wait(error: SlackApiError, default: float = 30.0) -> float:
    """Return how many seconds Slack asked to wait: at least one, with no upper limit.

    Anything that isn't a number of seconds (a date, a word, nothing) means ``default``.
    """
    headers = getattr(error.response, "headers", None) or {}
    for name, value in headers.items():
        if str(name).lower() == "retry-after":
            said = value[0] if isinstance(value, list) and value else value
            return _seconds(said, default)
    return default


def retry_after(error: SlackApiError, default: float = 30.0) -> float:
    """Return the seconds to wait: what Slack asked for, but never more than `LONGEST_WAIT`."""
    return min(asked_to_wait(error, default), LONGEST_WAIT)


def _seconds(said: object, default: float) -> float:
    try:
        seconds = float(str(said))
    except ValueError:
        return default
    return max(1.0, seconds) if isfinite(seconds) else default
