"""Messages that go to a direct message instead of their channel, with the reason in plain words."""

import msgspec

from bot.domain import JobRef, Message
from bot.views import limits, wording
from bot.views.blocks import context, say, section
from bot.views.escape import code, cut

_INVITE = "invite the bot: type `/invite` there and choose it"

_NOT_A_MEMBER = "the bot isn't a member there"
_WHY = {
    "not_in_channel": _NOT_A_MEMBER,
    "no_permission": _NOT_A_MEMBER,
    "channel_not_found": "the bot isn't a member there, or the channel is gone",
    "is_archived": "the channel is archived",
    "is_inactive": "the channel is archived",
    "restricted_action": "an administrator restricted who may post there",
    "restricted_action_read_only_channel": "the channel is read-only",
    "restricted_action_thread_only_channel": "the channel allows only replies in threads",
    "restricted_action_non_threadable_channel": "the channel doesn't allow threads",
    "restricted_action_thread_locked": "the thread is locked",
    "thread_not_found": "the thread is gone",
    "cannot_reply_to_message": "the message doesn't allow replies",
    "message_not_found": "the message is gone",
    "external_channel_migrating": "the channel is being moved to another workspace",
    "team_access_not_granted": "the workspace hasn't given the bot access",
    "ekm_access_denied": "the organization's encryption keys don't give the bot access",
    "access_denied": "an administrator doesn't give the bot access",
}
_TO_INVITE = frozenset({"not_in_channel", "no_permission", "channel_not_found"})


def why(reason: str) -> str:
    """Put a Slack error code into plain English; quote an unknown one.

    Args:
        reason: Slack's error code, or our name for an answer without one, such as ``http_503``.
    """
    return _WHY.get(reason, f"Slack answered {code(reason, 80)}")


def moved_to_dm(channel_id: str, reason: str) -> Message:
    """Say that the bot can't post in the channel, and follows the job in a direct message."""
    return say(
        f"The bot can't post in {wording.channel(channel_id)}: {why(reason)}. So it follows the job here.",
        f"To follow jobs in {'that' if reason in _TO_INVITE else 'another'} channel, {_INVITE}.",
    )


def redirected(told: Message, channel_id: str, reason: str) -> Message:
    """Show an end that couldn't be posted in its thread, and say why it is here."""
    note = f"Posted here because the bot couldn't post in {wording.channel(channel_id)}: {why(reason)}."
    shown = told.blocks or (section(cut(told.text, limits.SECTION_TEXT)),)
    return Message(text=told.text, blocks=(*shown[: limits.MESSAGE_BLOCKS - 1], context(note)))


def rejected_by_slack(channel_id: str, reason: str) -> Message:
    """Say that Slack rejected a message about a job in every form, in words that it accepts."""
    because = f": {_WHY[reason]}" if reason in _WHY else f" with the error {code(reason, 80)}"
    return say(
        f"Slack rejected a message about your job in {wording.channel(channel_id)}{because}.",
        "To check on the job, type `/dss-jobs`.",
        icon=wording.WARNED,
    )


def not_readable(ref: JobRef | None) -> Message:
    """Say that a message about a job is damaged in the database, or from another version of the bot."""
    which = f"your job {wording.job_id(ref)}" if ref else "your job"
    known = ref is not None and wording.TYPED.fullmatch(ref.project)
    look = f"`/dss-jobs {ref.project}`" if ref and known else "`/dss-jobs`"
    return say(
        f"The bot couldn't show a message about {which}: it can no longer read that message. "
        "The job itself isn't affected.",
        f"To check on the job, type {look}.",
        icon=wording.WARNED,
    )


def in_text_only(told: Message, asker: str | None = None) -> Message:
    """Return the message without blocks, for when Slack rejects them; never empty and never too long.

    Args:
        told: the message that Slack rejected.
        asker: Slack user id of the person to mention, if the blocks did so.
    """
    text = cut(told.text, limits.MESSAGE_TEXT - 100).strip() or "To check on the job, type `/dss-jobs`."
    mentioned = asker is not None and wording.mention(asker) in str(told.blocks)
    return Message(text=f"{wording.mention(asker)} {text}" if asker and mentioned else text)


def without_mention(told: Message, asker: str | None) -> Message:
    """Return the message without the mention of the person who asked, because a digest mentioned them."""
    if not asker:
        return told
    gone = wording.mention(asker)
    return msgspec.structs.replace(told, blocks=tuple(_without(block, gone) for block in told.blocks))


def _without(block: dict[str, object], gone: str) -> dict[str, object]:
    text = block.get("text")
    if not isinstance(text, dict) or not isinstance(said := text.get("text"), str) or gone not in said:
        return block
    return block | {"text": text | {"text": said.replace(f"{gone} ", "").replace(gone, "")}}
