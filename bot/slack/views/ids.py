"""Action ids: the only names by which a listener knows what was pressed.

Slack wants them unique within a message, so a message with several jobs numbers them (``job_abort:3``).
"""

import re

JOB_ABORT = "job_abort"
"""Button; value: `bot.facts.AbortJob`."""
JOB_LOG = "job_log"
"""Button; value: `bot.facts.ReadLog`."""
JOB_REBUILD = "job_rebuild"
"""Button; value: `bot.facts.Build`, not confirmed."""
JOB_STATUS = "job_status"
"""Button; value: `bot.facts.ShowStatus`."""
JOB_FOLLOW = "job_follow"
"""Button; value: `bot.facts.FollowJob`."""
JOB_UNFOLLOW = "job_unfollow"
"""Button; value: `bot.facts.UnfollowJob`."""
BUILD_CONFIRM_ALL = "build_confirm_all"
"""Button; value: `bot.facts.Build`, confirmed."""
BUILD_CANCEL = "build_cancel"
"""Button without a value."""
ABORT_ALL_CONFIRM = "abort_all_confirm"
"""Button; value: `bot.facts.AbortAll` with the ids that were shown."""
ABORT_ALL_CANCEL = "abort_all_cancel"
"""Button without a value."""
LIST_PAGE = "list_page"
"""Button; value: `bot.facts.ListJobs` with the page to show."""
LOG_ACTIVITY = "log_activity"
"""Static select; read it with `bot.slack.views.values.read_log_choice`."""
OPEN_DSS = "open_dss"
"""Link button: Slack still sends the press, which only needs an acknowledgement."""

ALL = (
    JOB_ABORT,
    JOB_LOG,
    JOB_REBUILD,
    JOB_STATUS,
    JOB_FOLLOW,
    JOB_UNFOLLOW,
    BUILD_CONFIRM_ALL,
    BUILD_CANCEL,
    ABORT_ALL_CONFIRM,
    ABORT_ALL_CANCEL,
    LIST_PAGE,
    LOG_ACTIVITY,
    OPEN_DSS,
)
"""Every action id, without numbers: what the listeners must cover."""


def numbered(action: str, number: int | None) -> str:
    """Return the action id with a number that makes it unique within its message."""
    return action if number is None else f"{action}:{number}"


def base(action_id: str) -> str:
    """Return an action id as Slack sent it without its number."""
    return action_id.partition(":")[0]


def pattern(action: str) -> re.Pattern[str]:
    """Return what matches an action id with and without a number, for registering a listener."""
    return re.compile(rf"^{re.escape(action)}(?::\d+)?$")
