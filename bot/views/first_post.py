"""The question before the first post about a project in a public channel."""

import msgspec

from bot.domain import Build, FollowJob, Message
from bot.language import t
from bot.views import action_ids, wording
from bot.views.blocks import actions, button, message, say, section
from bot.views.escape import code


def first_post(request: Build | FollowJob, project: str, channel_id: str, *, outcome: bool) -> Message:
    """Ask where to post; nothing starts before the person answers.

    Args:
        request: what was asked for.
        project: what the post would be about.
        channel_id: the channel.
        outcome: whether the channel would see only outcomes.
    """
    where = wording.channel(channel_id)
    named = code(project, 80)
    text = t("This posts about {project} in {channel} for the first time.", project=named, channel=where)
    readers = t(
        "Everyone in the workspace can read {channel}, with or without rights in DSS, and so can people of "
        "other organizations if it is shared with them.",
        channel=where,
    )
    if outcome:
        seen = t("They will see that a job of it ran and how it ended.")
    else:
        seen = t("They will see its outputs, why a job failed, and a few lines of the log.")
    more = f"{readers} {seen}"
    action = action_ids.BUILD_CONFIRM_ALL if isinstance(request, Build) else action_ids.JOB_FOLLOW
    here = button(
        t("Post here"), action, msgspec.structs.replace(request, post="here"), number=0, style="primary"
    )
    direct = button(
        t("Send me direct messages"), action, msgspec.structs.replace(request, post="direct"), number=1
    )
    if here is None or direct is None:
        return say(text, more, t("These outputs don't fit into one button: please name fewer."))
    return message(
        text, (section(text, more), *actions(here, direct, button(t("Cancel"), action_ids.BUILD_CANCEL)))
    )
