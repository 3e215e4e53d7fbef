"""What people see in Slack: pure functions from facts to Block Kit.

Nothing here reads a clock, a setting or a database; ``now`` is passed in. Text from outside goes through
`bot.slack.views.escape`, sizes through `bot.slack.views.limits`.
"""

from bot.slack.views.aborting import abort_all_done, abort_taken, confirm_abort_all
from bot.slack.views.answers import (
    aborting,
    already_running,
    build_accepted,
    busy,
    cancelled,
    confirm_all,
    dss_trouble,
    follow_taken,
    mistake,
    old_button,
    our_fault,
    refusal,
    under_way,
    unfollow_taken,
    unknown_start,
)
from bot.slack.views.digest import PER_DIGEST, End, digest
from bot.slack.views.digest import rank as digest_rank
from bot.slack.views.helps import help_build, help_jobs
from bot.slack.views.lists import PAGE_SIZE, empty_list, home, job_list, overview
from bot.slack.views.log import log
from bot.slack.views.refused import (
    in_text_only,
    moved_to_dm,
    not_readable,
    not_taken,
    told_here,
    without_mention,
)
from bot.slack.views.root import follow_refused, root, status
from bot.slack.views.thread import (
    told_abort_asked,
    told_activity_done,
    told_activity_failed,
    told_back,
    told_ended,
    told_heartbeat,
    told_limit,
    told_overdue,
    told_silent,
    told_started,
    told_stuck,
    told_vanished,
    told_waiting_confirmation,
)
from bot.slack.views.values import OldButton, ValueTooLarge, decode, encode, read_log_choice

__all__ = [
    "PAGE_SIZE",
    "PER_DIGEST",
    "End",
    "OldButton",
    "ValueTooLarge",
    "abort_all_done",
    "abort_taken",
    "aborting",
    "already_running",
    "build_accepted",
    "busy",
    "cancelled",
    "confirm_abort_all",
    "confirm_all",
    "decode",
    "digest",
    "digest_rank",
    "dss_trouble",
    "empty_list",
    "encode",
    "follow_refused",
    "follow_taken",
    "help_build",
    "help_jobs",
    "home",
    "in_text_only",
    "job_list",
    "log",
    "mistake",
    "moved_to_dm",
    "not_readable",
    "not_taken",
    "old_button",
    "our_fault",
    "overview",
    "read_log_choice",
    "refusal",
    "root",
    "status",
    "told_abort_asked",
    "told_activity_done",
    "told_activity_failed",
    "told_back",
    "told_ended",
    "told_heartbeat",
    "told_here",
    "told_limit",
    "told_overdue",
    "told_silent",
    "told_started",
    "told_stuck",
    "told_vanished",
    "told_waiting_confirmation",
    "under_way",
    "unfollow_taken",
    "unknown_start",
    "without_mention",
]
