"""What to do about an error of Slack's: a table by code, so that a loop can go on."""

import re
from enum import StrEnum
from http import HTTPStatus
from math import isfinite

from slack_sdk.errors import SlackApiError


class Verdict(StrEnum):
    """What an error means for the message that met it."""

    RETRY = "retry"
    """Slack or the network: the same call may work later."""
    RATE = "rate"
    """429: nothing under this rate for as long as ``Retry-After`` says."""
    ELSEWHERE = "elsewhere"
    """The bot is not a member here: another place may do."""
    GONE = "gone"
    """The channel or the message is not there for the bot any more: give up, with the reason."""
    AUTH = "auth"
    """The token does not work: nothing works until somebody acts; the message waits."""
    DENIED = "denied"
    """Not allowed here, though the token works: another place may do, or somebody's act."""
    CONTENT = "content"
    """Slack does not take what we made: our fault. It may take the same as mere text."""
    UNREADABLE = "unreadable"
    """An answer that is not Slack's: whether it was done is not known."""
    FAULT = "fault"
    """Anything else, and every word that is not known: the same again will hardly help."""


_VERDICTS: dict[str, Verdict] = {
    # The same call may work later.
    "internal_error": Verdict.RETRY,
    "fatal_error": Verdict.RETRY,
    "service_unavailable": Verdict.RETRY,
    "request_timeout": Verdict.RETRY,
    "team_added_to_org": Verdict.RETRY,
    "accesslimited": Verdict.RETRY,
    "streaming_state_conflict": Verdict.RETRY,
    "external_channel_migrating": Verdict.RETRY,
    "ratelimited": Verdict.RATE,
    "rate_limited": Verdict.RATE,
    "message_limit_exceeded": Verdict.RATE,
    # Not a member, or the channel cannot be seen.
    "not_in_channel": Verdict.ELSEWHERE,
    "no_permission": Verdict.ELSEWHERE,  # on a channel it means "not a member"
    "channel_not_found": Verdict.ELSEWHERE,
    "restricted_action": Verdict.ELSEWHERE,
    "restricted_action_read_only_channel": Verdict.ELSEWHERE,
    "restricted_action_non_threadable_channel": Verdict.ELSEWHERE,
    "restricted_action_thread_only_channel": Verdict.ELSEWHERE,
    # The place or the message is gone.
    "is_archived": Verdict.GONE,
    "is_inactive": Verdict.GONE,
    "message_not_found": Verdict.GONE,
    "cant_update_message": Verdict.GONE,
    "edit_window_closed": Verdict.GONE,
    "thread_not_found": Verdict.GONE,
    "cannot_reply_to_message": Verdict.GONE,
    "invalid_thread_ts": Verdict.GONE,
    "restricted_action_thread_locked": Verdict.GONE,
    "user_not_found": Verdict.GONE,
    "user_disabled": Verdict.GONE,
    "cannot_dm_bot": Verdict.GONE,
    "messages_tab_disabled": Verdict.GONE,
    "user_not_in_channel": Verdict.GONE,
    # Somebody has to act before anything works.
    "invalid_auth": Verdict.AUTH,
    "not_authed": Verdict.AUTH,
    "account_inactive": Verdict.AUTH,
    "token_revoked": Verdict.AUTH,
    "token_expired": Verdict.AUTH,
    "missing_scope": Verdict.AUTH,
    "org_login_required": Verdict.AUTH,
    "two_factor_setup_required": Verdict.AUTH,
    "not_allowed_token_type": Verdict.AUTH,
    # May be about one channel: nothing else has to wait for it.
    "team_access_not_granted": Verdict.DENIED,
    "ekm_access_denied": Verdict.DENIED,
    "access_denied": Verdict.DENIED,
    # Without blocks, without metadata, and short, it may be taken.
    "invalid_blocks": Verdict.CONTENT,
    "invalid_blocks_format": Verdict.CONTENT,
    "block_mismatch": Verdict.CONTENT,
    "msg_too_long": Verdict.CONTENT,
    "msg_blocks_too_long": Verdict.CONTENT,
    "no_text": Verdict.CONTENT,
    "too_many_attachments": Verdict.CONTENT,
    "invalid_attachments": Verdict.CONTENT,
    "attachment_payload_limit_exceeded": Verdict.CONTENT,
    "markdown_text_conflict": Verdict.CONTENT,
    "invalid_metadata_format": Verdict.CONTENT,
    "invalid_metadata_schema": Verdict.CONTENT,
    "metadata_must_be_sent_from_app": Verdict.CONTENT,
    "metadata_too_large": Verdict.CONTENT,
    "invalid_arguments": Verdict.CONTENT,
    "invalid_array_arg": Verdict.CONTENT,
    "slack_connect_blocked_file_type": Verdict.CONTENT,
    "slack_connect_file_link_sharing_blocked": Verdict.CONTENT,
    "slack_connect_clip_sharing_blocked": Verdict.CONTENT,
}


LONGEST_WAIT = 600.0
"""Seconds that we wait at most, whatever ``Retry-After`` says: then one call finds out how it stands."""

_WORD = re.compile(r"[a-z0-9_]{1,80}")
_NO_WORD = "http_"


def code_of(error: SlackApiError) -> str:
    """Return Slack's word for an error; the HTTP status when it gave none.

    For an answer that is not JSON, slack_sdk puts the beginning of the body where Slack's word would be.
    """
    data = error.response.data if hasattr(error.response, "data") else error.response
    word = data.get("error") if isinstance(data, dict) else None
    if isinstance(word, str) and _WORD.fullmatch(word):
        return word
    return f"{_NO_WORD}{getattr(error.response, 'status_code', 'unknown')}"


def judge(error: SlackApiError) -> Verdict:
    """Say what an error of the Web API means."""
    status = int(getattr(error.response, "status_code", 0) or 0)
    return judge_code(code_of(error), status)


def judge_code(code: str, status: int = 200) -> Verdict:
    """Say what Slack's word means, beside an HTTP status. Every pair has a meaning."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Verdict.RATE
    if code == f"{_NO_WORD}200":
        return Verdict.UNREADABLE
    # A gateway's page says nothing about the message.
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code.startswith(_NO_WORD):
        return Verdict.RETRY
    return _VERDICTS.get(code, Verdict.FAULT)


def asked_to_wait(error: SlackApiError, default: float = 30.0) -> float:
    """Return the seconds that Slack asked to wait, at least one, however many they are.

    What is no number of seconds (a date, a word, nothing) is ``default``.
    """
    headers = getattr(error.response, "headers", None) or {}
    for name, value in headers.items():
        if str(name).lower() == "retry-after":
            said = value[0] if isinstance(value, list) and value else value
            return _seconds(said, default)
    return default


def retry_after(error: SlackApiError, default: float = 30.0) -> float:
    """Return the seconds to wait: those that Slack asked for, but never more than `LONGEST_WAIT`."""
    return min(asked_to_wait(error, default), LONGEST_WAIT)


def _seconds(said: object, default: float) -> float:
    try:
        seconds = float(str(said))
    except ValueError:
        return default
    return max(1.0, seconds) if isfinite(seconds) else default
