"""``response_url``: five messages within half an hour, without a token (SLACK-FACTS §1.1)."""

import secrets
from typing import Literal

from bot.sandbox.slack.limits import Content, check_metadata, message_content
from bot.sandbox.slack.model import ApiError, Call, Json, Message
from bot.sandbox.slack.world import ResponseUrl, World

LIFETIME = 30 * 60  # seconds
_KNOWN = frozenset(
    {
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "metadata",
        "mrkdwn",
        "unfurl_links",
        "unfurl_media",
        "parse",
        "link_names",
    }
)


def new_response_url(
    world: World,
    kind: Literal["commands", "actions"],
    user: str,
    channel: str,
    source: Message | None = None,
) -> str:
    """Create the path of a response URL."""
    path = f"/hooks/{kind}/{world.team_id}/{world.new_id('')}/{secrets.token_hex(12)}"
    world.response_urls[path] = ResponseUrl(
        user=user, channel=channel, expires=world.now() + LIFETIME, source=source
    )
    return path


def respond(world: World, path: str, body: object) -> tuple[int, Json | str]:
    """Handle a POST to a response URL; returns the HTTP status and body."""
    answer: Json | str = "ok"
    error: str | None
    reasons: tuple[str, ...] = ()
    with world.edit():
        try:
            _spend(world, path)
            apply_response(world, world.response_urls[path], body)
            status, error = 200, None
        except ApiError as refused:
            status = 404 if refused.code in {"used_url", "expired_url"} else 400
            answer, error, reasons = refused.body(), refused.code, refused.messages
        world.calls.append(
            Call(
                method="response_url",
                args=body if isinstance(body, dict) else {},
                ok=error is None,
                error=error,
                status=status,
                time=world.now(),
                messages=reasons,
            )
        )
        world.changed("call")
    return status, answer


def _spend(world: World, path: str) -> None:
    hook = world.response_urls.get(path)
    if hook is None or world.now() > hook.expires:
        raise ApiError("expired_url")
    if hook.uses == 0:
        raise ApiError("used_url")
    hook.uses -= 1


def apply_response(world: World, hook: ResponseUrl, body: object) -> None:
    """Apply a response: show, post, replace, or delete a message.

    Raises:
        ApiError: ``invalid_payload`` and the errors for message content.
    """
    if not isinstance(body, dict):
        raise ApiError("invalid_payload")
    unknown = sorted(set(body) - _KNOWN)
    if unknown:
        world.violate(f"response_url: unknown parameter {', '.join(unknown)}")
        raise ApiError("invalid_payload", *(f"[ERROR] unknown parameter: {name}" for name in unknown))
    original = _original(world, hook)
    if body.get("delete_original"):
        if original is not None:
            world.delete(original)
        return
    content = message_content(
        body.get("text"), body.get("blocks"), body.get("attachments"), world.new_id, world.unknown_blocks
    )
    # By default, a response replaces an ephemeral message but not a channel message.
    replaces = body.get("replace_original", bool(original and original.ephemeral))
    if original is not None and replaces and body.get("response_type") is None:
        world.amend(original, text=content.text, blocks=content.blocks, attachments=content.attachments)
    else:
        _show(world, hook, content, body)


def _original(world: World, hook: ResponseUrl) -> Message | None:
    if hook.source is None:
        return None
    if hook.source.to is not None:
        return world.ephemerals.get(hook.source.to, {}).get(hook.source.ts)
    return world.messages.get(hook.source.channel, {}).get(hook.source.ts)


def _show(world: World, hook: ResponseUrl, content: Content, body: Json) -> None:
    in_channel = body.get("response_type") == "in_channel"
    thread_ts = body.get("thread_ts")
    if thread_ts is not None and thread_ts not in world.messages.get(hook.channel, {}):
        raise ApiError("thread_not_found")
    world.post(
        Message(
            channel=hook.channel,
            ts=world.next_ts(),
            user=world.bot_user_id,
            text=content.text,
            blocks=content.blocks,
            attachments=content.attachments,
            metadata=check_metadata(body.get("metadata")),
            thread_ts=thread_ts,
            to=None if in_channel else hook.user,
        )
    )
