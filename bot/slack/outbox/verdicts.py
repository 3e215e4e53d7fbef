"""What to do about an error of Slack's: a table by code, so that a loop can go on."""

import re
from enum import StrEnum
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
    """Not allowed here, though the token works: tried ever more rarely, and given up in the end."""
    FAULT = "fault"
    """Slack cannot take what we made: our fault, and the same again will not help."""


_VERDICTS: dict[str, Verdict] = {
    # The same call may work later.
    "internal_error": Verdict.RETRY,
    "fatal_error": Verdict.RETRY,
    "service_unavailable": Verdict.RETRY,
    "request_timeout": Verdict.RETRY,
    "team_added_to_org": Verdict.RETRY,
    "accesslimited": Verdict.RETRY,
    "streaming_state_conflict": Verdict.RETRY,
    "ratelimited": Verdict.RATE,
    "rate_limited": Verdict.RATE,
    "message_limit_exceeded": Verdict.RATE,
    # Not a member, or the channel cannot be seen.
    "not_in_channel": Verdict.ELSEWHERE,
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
    "no_permission": Verdict.DENIED,
    "team_access_not_granted": Verdict.DENIED,
    "ekm_access_denied": Verdict.DENIED,
    "access_denied": Verdict.DENIED,
}


_WORD = re.compile(r"[a-z0-9_]+")
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
    if status == 429:
        return Verdict.RATE
    code = code_of(error)
    if status >= 500 or code.startswith(_NO_WORD):  # a gateway's page says nothing about the message
        return Verdict.RETRY
    return _VERDICTS.get(code, Verdict.FAULT)


def retry_after(error: SlackApiError, default: float = 30.0) -> float:
    """Return the seconds that Slack asked to wait, at least one."""
    headers = getattr(error.response, "headers", None) or {}
    for name, value in headers.items():
        if name.lower() == "retry-after":
            said = value[0] if isinstance(value, list) and value else value
            return _seconds(said, default)
    return default


def _seconds(said: object, default: float) -> float:
    try:
        seconds = float(str(said))
    except ValueError:
        return default
    return max(1.0, seconds) if isfinite(seconds) else default
