"""Why something is told in a direct message and not where it belongs, in plain words."""

import msgspec

from bot.facts import JobRef, Message
from bot.slack.views import limits, words
from bot.slack.views.blocks import context, say, section
from bot.slack.views.escape import code, cut

_INVITE = "invite the bot: type `/invite` there and choose it"

_NOT_A_MEMBER = "the bot is not a member there"
_WHY = {
    "not_in_channel": _NOT_A_MEMBER,
    "no_permission": _NOT_A_MEMBER,
    "channel_not_found": "the bot is not a member there, or the channel is gone",
    "is_archived": "the channel is archived",
    "is_inactive": "the channel is archived",
    "restricted_action": "an administrator restricted who may post there",
    "restricted_action_read_only_channel": "the channel is read-only",
    "restricted_action_thread_only_channel": "the channel takes only replies in threads",
    "restricted_action_non_threadable_channel": "the channel takes no threads",
    "restricted_action_thread_locked": "the thread is locked",
    "thread_not_found": "the thread is gone",
    "cannot_reply_to_message": "the message takes no replies",
    "message_not_found": "the message is gone",
    "external_channel_migrating": "the channel is on its way to another workspace",
    "team_access_not_granted": "the workspace does not let the bot in there",
    "ekm_access_denied": "the organisation's encryption keys do not let the bot in there",
    "access_denied": "an administrator does not let the bot in there",
}
_TO_INVITE = frozenset({"not_in_channel", "no_permission", "channel_not_found"})


def why(reason: str) -> str:
    """Say a word of Slack's in plain English: what is not known is quoted.

    Args:
        reason: Slack's error code, or our name for an answer without one, such as ``http_503``.
    """
    return _WHY.get(reason, f"Slack answered {code(reason, 80)}")


def moved_to_dm(channel_id: str, reason: str) -> Message:
    """The bot may not post where it was asked, and follows the job in a direct message."""
    return say(
        f"The bot cannot write in {words.channel(channel_id)}: {why(reason)}. So it follows the job here.",
        f"To have jobs followed in {'that' if reason in _TO_INVITE else 'another'} channel, {_INVITE}.",
    )


def told_here(told: Message, channel_id: str, reason: str) -> Message:
    """Show an end that could not be told in its thread, and say why it is told here."""
    note = f"Told here because it could not be told in {words.channel(channel_id)}: {why(reason)}."
    shown = told.blocks or (section(cut(told.text, limits.SECTION_TEXT)),)
    return Message(text=told.text, blocks=(*shown[: limits.MESSAGE_BLOCKS - 1], context(note)))


def not_taken(channel_id: str, reason: str) -> Message:
    """Slack takes a message about a job in no form: say so in words that it takes."""
    return say(
        f"Slack did not take a message about your job in {words.channel(channel_id)}: {why(reason)}.",
        "To see how the job stands, type `/dss-jobs`.",
        icon=words.WARNED,
    )


def not_readable(ref: JobRef | None) -> Message:
    """A message about a job is damaged in the database, or of another version of the bot."""
    which = f"your job {words.job_id(ref)}" if ref else "your job"
    known = ref is not None and words.TYPED.fullmatch(ref.project)
    look = f"`/dss-jobs {ref.project}`" if ref and known else "`/dss-jobs`"
    return say(
        f"A message about {which} could not be shown: the bot cannot read it any more. "
        "The job itself is not affected.",
        f"To see how the job stands, type {look}.",
        icon=words.WARNED,
    )


def in_text_only(told: Message, asker: str | None = None) -> Message:
    """The same without blocks, when Slack does not take them; never empty, never too long.

    Args:
        told: what Slack did not take.
        asker: Slack user id of the person to mention, if the blocks did so.
    """
    text = cut(told.text, limits.MESSAGE_TEXT - 100).strip() or "How the job stands: type `/dss-jobs`."
    mentioned = asker is not None and words.mention(asker) in str(told.blocks)
    return Message(text=f"{words.mention(asker)} {text}" if asker and mentioned else text)


def without_mention(told: Message, asker: str | None) -> Message:
    """The same without mentioning the person who asked: a digest did so before."""
    if not asker:
        return told
    gone = words.mention(asker)
    return msgspec.structs.replace(told, blocks=tuple(_without(block, gone) for block in told.blocks))


def _without(block: dict[str, object], gone: str) -> dict[str, object]:
    text = block.get("text")
    if not isinstance(text, dict) or not isinstance(said := text.get("text"), str) or gone not in said:
        return block
    return block | {"text": text | {"text": said.replace(f"{gone} ", "").replace(gone, "")}}
