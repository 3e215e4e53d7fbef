"""Action ids, which tell listeners what was pressed.

They must be unique within a message, so messages with several jobs number them (``job_abort:3``).
"""

import re

JOB_ABORT = "job_abort"
"""Button; value: `bot.domain.AbortJob`."""
JOB_LOG = "job_log"
"""Button that opens the dialog of a log; value: `bot.domain.ReadLog`."""
LOG_SHOW = "log_show"
"""Button of a message with a part of a log, which it replaces; value: `bot.domain.ReadLog`."""
LOG_FILE = "log_file"
"""Button; value: `bot.domain.SendLog`."""
LOG_DIALOG_OPEN = "log_dialog_open"
"""Button that opens the dialog of a log; value: `bot.domain.ReadLog`."""
JOB_REBUILD = "job_rebuild"
"""Button; value: `bot.domain.Build`, not confirmed."""
JOB_STATUS = "job_status"
"""Button; value: `bot.domain.ShowStatus`, or `ShowThread` in a message that names no job."""
JOB_FOLLOW = "job_follow"
"""Button; value: `bot.domain.FollowJob`."""
JOB_UNFOLLOW = "job_unfollow"
"""Button; value: `bot.domain.UnfollowJob`."""
BUILD_CONFIRM_ALL = "build_confirm_all"
"""Button; value: `bot.domain.Build`, confirmed."""
BUILD_CANCEL = "build_cancel"
"""Button without a value."""
ABORT_ALL_CONFIRM = "abort_all_confirm"
"""Button; value: `bot.domain.AbortAll` with the ids that were shown."""
ABORT_ALL_CANCEL = "abort_all_cancel"
"""Button without a value."""
HOME_SHOW = "home_show"
"""Button of App Home; value: `bot.domain.Overview`, what to show there."""
LIST_PAGE = "list_page"
"""Button; value: `bot.domain.ListJobs` with the page to show."""
LIST_FILTER = "list_filter"
"""Static selects; read one with `bot.views.button_values.read_list_filter`."""
LIST_CHOOSE = "list_choose"
"""Multi-select of running jobs. Nothing happens until `LIST_ABORT` is pressed."""
LIST_ABORT = "list_abort"
"""Button that asks before the selected jobs are aborted; value: `bot.domain.AbortAll` without jobs."""
LOG_ACTIVITY = "log_activity"
"""Static select; read it with `bot.views.button_values.read_log_choice`."""
APPROVAL_APPROVE = "approval_approve"
"""Button; value: `bot.domain.DecideApproval`."""
APPROVAL_DECLINE = "approval_decline"
"""Button that opens a dialog for the reason; value: `bot.domain.DecideApproval`."""
APPROVAL_DECLINE_REASON = "approval_decline_reason"
"""Static select instead of the dialog; read it with `bot.views.button_values.read_decline_choice`."""
APPROVAL_CANCEL = "approval_cancel"
"""Button of the requester; value: `bot.domain.DecideApproval`."""
BUILD_DIALOG_OPEN = "build_dialog_open"
"""Button that opens the build dialog; its value isn't read."""
BUILD_DIALOG_CHANGE = "build_dialog_change"
"""Button that opens the build dialog with what a job built; value: `bot.domain.Build`."""
FAVORITE_DIALOG_OPEN = "favorite_dialog_open"
"""Button that opens the dialog in which a build gets a name; value: `bot.domain.Build`."""
OPEN_DSS = "open_dss"
"""Link button: Slack still sends an action, which only needs an acknowledgement."""

ALL = (
    JOB_ABORT,
    JOB_LOG,
    LOG_SHOW,
    JOB_REBUILD,
    JOB_STATUS,
    JOB_FOLLOW,
    JOB_UNFOLLOW,
    BUILD_CONFIRM_ALL,
    BUILD_CANCEL,
    ABORT_ALL_CONFIRM,
    ABORT_ALL_CANCEL,
    HOME_SHOW,
    LIST_PAGE,
    LIST_FILTER,
    LIST_CHOOSE,
    LIST_ABORT,
    LOG_ACTIVITY,
    LOG_FILE,
    LOG_DIALOG_OPEN,
    APPROVAL_APPROVE,
    APPROVAL_DECLINE,
    APPROVAL_DECLINE_REASON,
    APPROVAL_CANCEL,
    BUILD_DIALOG_OPEN,
    BUILD_DIALOG_CHANGE,
    FAVORITE_DIALOG_OPEN,
    OPEN_DSS,
)
"""Every action id, without numbers. The listeners must cover all of them."""


def numbered(action: str, number: int | None) -> str:
    """Return the action id with a number that makes it unique within its message."""
    return action if number is None else f"{action}:{number}"


def base(action_id: str) -> str:
    """Return an action id from Slack without its number."""
    return action_id.partition(":")[0]


def pattern(action: str) -> re.Pattern[str]:
    """Return a pattern that matches an action id with or without a number, for registering a listener."""
    return re.compile(rf"^{re.escape(action)}(?::\d+)?$")
