"""Messages that go to a direct message instead of their channel, with the reason in plain words."""

import msgspec

from bot.domain import JobRef, Message
from bot.language import mark, t
from bot.views import limits, wording
from bot.views.blocks import context, say, section
from bot.views.escape import code, cut

_NOT_A_MEMBER = mark("the bot isn't a member there")
_LOOK = mark("To check on the job, type {command}.")
_WHY = {
    "not_in_channel": _NOT_A_MEMBER,
    "no_permission": _NOT_A_MEMBER,
    "channel_not_found": mark("the bot isn't a member there, or the channel is gone"),
    "is_archived": mark("the channel is archived"),
    "is_inactive": mark("the channel is archived"),
    "restricted_action": mark("an administrator restricted who may post there"),
    "restricted_action_read_only_channel": mark("the channel is read-only"),
    "restricted_action_thread_only_channel": mark("the channel allows only replies in threads"),
    "restricted_action_non_threadable_channel": mark("the channel doesn't allow threads"),
    "restricted_action_thread_locked": mark("the thread is locked"),
    "thread_not_found": mark("the thread is gone"),
    "cannot_reply_to_message": mark("the message doesn't allow replies"),
    "message_not_found": mark("the message is gone"),
    "external_channel_migrating": mark("the channel is being moved to another workspace"),
    "team_access_not_granted": mark("the workspace hasn't given the bot access"),
    "ekm_access_denied": mark("the organization's encryption keys don't give the bot access"),
    "access_denied": mark("an administrator doesn't give the bot access"),
}
_TO_INVITE = frozenset({"not_in_channel", "no_permission", "channel_not_found"})


def why(reason: str) -> str:
    """Put a Slack error code into plain words; quote an unknown one.

    Args:
        reason: Slack's error code, or our name for an answer without one, such as ``http_503``.
    """
    if reason in _WHY:
        return t(_WHY[reason])
    return t("Slack answered {code}", code=code(reason, 80))


def moved_to_dm(channel_id: str, reason: str) -> Message:
    """Say that the bot can't post in the channel, and follows the job in a direct message."""
    said = t(
        "The bot can't post in {channel}: {reason}. So it follows the job here.",
        channel=wording.channel(channel_id),
        reason=why(reason),
    )
    if reason in _TO_INVITE:
        return say(
            said,
            t("To follow jobs in that channel, invite the bot: type `/invite` there and choose it."),
        )
    return say(
        said, t("To follow jobs in another channel, invite the bot: type `/invite` there and choose it.")
    )


def redirected(told: Message, channel_id: str, reason: str) -> Message:
    """Show an end that couldn't be posted in its thread, and say why it is here."""
    note = t(
        "Posted here because the bot couldn't post in {channel}: {reason}.",
        channel=wording.channel(channel_id),
        reason=why(reason),
    )
    shown = told.blocks or (section(cut(told.text, limits.SECTION_TEXT)),)
    return Message(text=told.text, blocks=(*shown[: limits.MESSAGE_BLOCKS - 1], context(note)))


def rejected_by_slack(channel_id: str, reason: str) -> Message:
    """Say that Slack rejected a message about a job in every form, in words that it accepts."""
    where = wording.channel(channel_id)
    if reason in _WHY:
        said = t(
            "Slack rejected a message about your job in {channel}: {reason}.",
            channel=where,
            reason=t(_WHY[reason]),
        )
    else:
        said = t(
            "Slack rejected a message about your job in {channel} with the error {code}.",
            channel=where,
            code=code(reason, 80),
        )
    return say(
        said,
        t(_LOOK, command="`/dss-jobs`"),
        icon=wording.WARNED,
    )


def not_readable(ref: JobRef | None) -> Message:
    """Say that a message about a job is damaged in the database, or from another version of the bot."""
    if ref:
        damaged = t(
            "The bot couldn't show a message about your job {job}: it can no longer read that message.",
            job=wording.job_id(ref),
        )
    else:
        damaged = t("The bot couldn't show a message about your job: it can no longer read that message.")
    unaffected = t("The job itself isn't affected.")
    known = ref is not None and wording.TYPED.fullmatch(ref.project)
    look = f"`/dss-jobs {ref.project}`" if ref and known else "`/dss-jobs`"
    return say(
        f"{damaged} {unaffected}",
        t(_LOOK, command=look),
        icon=wording.WARNED,
    )


def in_text_only(told: Message, asker: str | None = None) -> Message:
    """Return the message without blocks, for when Slack rejects them; never empty and never too long.

    Args:
        told: the message that Slack rejected.
        asker: Slack user id of the person to mention, if the blocks did so.
    """
    text = cut(told.text, limits.MESSAGE_TEXT - 100).strip() or t(_LOOK, command="`/dss-jobs`")
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
