"""What Slack, or a proxy in front of it, might send instead of an answer."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.faults.answers import Answer, Garbage, slowly

DRIP_SECONDS = 60.0

COMMON = (
    "access_denied",
    "account_inactive",
    "deprecated_endpoint",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "fatal_error",
    "internal_error",
    "invalid_arg_name",
    "invalid_arguments",
    "invalid_array_arg",
    "invalid_auth",
    "invalid_charset",
    "invalid_form_data",
    "invalid_post_type",
    "is_inactive",
    "method_deprecated",
    "missing_post_type",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "ratelimited",
    "request_timeout",
    "rate_limited",
    "service_unavailable",
    "team_access_not_granted",
    "team_added_to_org",
    "token_expired",
    "token_revoked",
    "two_factor_setup_required",
    "accesslimited",
)
"""Codes that every method has (SLACK-FACTS.md §1.5)."""

SAID = (
    "as_user_not_supported",
    "attachment_payload_limit_exceeded",
    "cannot_reply_to_message",
    "channel_not_found",
    "duplicate_channel_not_found",
    "duplicate_message_not_found",
    "external_channel_migrating",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "is_archived",
    "message_limit_exceeded",
    "messages_tab_disabled",
    "metadata_must_be_sent_from_app",
    "metadata_too_large",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "not_in_channel",
    "restricted_action",
    "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "restricted_action_thread_only_channel",
    "slack_connect_canvas_sharing_blocked",
    "slack_connect_file_link_sharing_blocked",
    "thread_not_found",
    "too_many_attachments",
    "too_many_contact_cards",
)
EDITED = (
    "block_mismatch",
    "cant_update_message",
    "channel_not_found",
    "edit_window_closed",
    "external_channel_migrating",
    "invalid_attachments",
    "invalid_blocks",
    "is_archived",
    "message_not_found",
    "msg_too_long",
    "no_text",
    "streaming_state_conflict",
    "too_many_attachments",
)
PEOPLE = ("user_not_found", "user_not_visible", "user_disabled", "cannot_find_service", "user_is_bot")
HOMES = ("hash_conflict", "not_enabled", "view_too_large", "duplicate_external_id", "invalid_blocks")
PLACES = ("channel_not_found", "method_not_supported_for_channel_type", "user_disabled", "user_not_found")
CODES = {
    "chat.postMessage": SAID,
    "chat.postEphemeral": (*SAID, "user_not_in_channel", "cannot_dm_bot"),
    "chat.update": EDITED,
    "users.info": PEOPLE,
    "views.publish": HOMES,
    "conversations.": PLACES,
}


def catalog(method: str) -> list[Garbage]:
    """Return every possible answer to a method call or to a request to a response URL."""
    if method == "response_url":
        return [*_odd(), *_used_up(), *_statuses()]
    own = next((codes for name, codes in CODES.items() if method.startswith(name)), ())
    return [*_errors((*COMMON, *own)), *_odd(), *_statuses()]


def _errors(codes: tuple[str, ...]) -> Iterator[Garbage]:
    for code in (*dict.fromkeys(codes), "a_code_of_next_year"):
        yield Garbage(code, _said({"ok": False, "error": code}), effect=False)
    for name, said in (
        ("no code", {}),
        ("a number", {"error": 7}),
        ("a sentence", {"error": "Nope, not you."}),
    ):
        yield Garbage(f"not ok, {name}", _said({"ok": False, **said}), effect=False)


def _used_up() -> Iterator[Garbage]:
    for word in ("used_url", "expired_url", "invalid_payload"):
        yield Garbage(word, _status(404, word.encode(), "text/html"), effect=False)


def _odd() -> Iterator[Garbage]:
    yield Garbage("ok, and nothing else", _said({"ok": True}))
    yield Garbage("ok is a string", lambda true: _answer(true.body.replace(b'"ok": true', b'"ok": "true"')))
    yield Garbage("everything is a number", _all_are(7))
    yield Garbage("everything is null", _all_are(None))
    yield Garbage("everything is a list", _all_are([]))
    for name, body in (("empty", b""), ("null", b"null"), ("a list", b"[]"), ("a string", b'"ok"')):
        yield Garbage(name, _status(200, body, "application/json"))
    yield Garbage("deep", lambda _: _answer(b"[" * 100_000))
    yield Garbage("cut", lambda true: _answer(true.body[: len(true.body) // 2]))
    yield Garbage(
        "cut, and the length says more",
        lambda true: Answer(200, true.body[:9], headers={"Connection": "close"}, length=len(true.body)),
    )
    yield Garbage("a web page", lambda _: Answer(200, b"<html>Sign in</html>", "text/html"))
    yield Garbage("a drip", lambda _: Answer(200, b"", pieces=slowly(DRIP_SECONDS, 0.2), length=100_000))


def _statuses() -> Iterator[Garbage]:
    limited = b'{"ok": false, "error": "ratelimited"}'
    for after in ("99999", "1", "abc", "-5", "1e999", "", "nan"):
        name = f"429, Retry-After {after!r}"
        yield Garbage(name, _status(429, limited, "application/json", {"Retry-After": after}), effect=False)
    yield Garbage("429 without Retry-After", _status(429, b"{}", "application/json"), effect=False)
    for status in (500, 502, 503, 403, 404):
        yield Garbage(f"{status}", _status(status, b"<html>oops</html>", "text/html"), effect=False)
    yield Garbage("500 with a list", _status(500, b"[1]", "application/json"), effect=False)


def _status(
    status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None
) -> Callable[[Answer], Answer]:
    return lambda _: Answer(status, body, kind, headers or {})


def _answer(body: bytes) -> Answer:
    return Answer(200, body, "application/json; charset=utf-8")


def _said(value: Any) -> Callable[[Answer], Answer]:
    return lambda _: _answer(json.dumps(value).encode())


def _all_are(value: Any) -> Callable[[Answer], Answer]:
    return lambda true: _answer(
        json.dumps({**dict.fromkeys(json.loads(true.body), value), "ok": True}).encode()
    )


def _loaded(true: Answer) -> dict[str, Any]:
    try:
        found = json.loads(true.body)
    except ValueError:
        return {}  # a response URL answers "ok"
    return found if isinstance(found, dict) else {}
