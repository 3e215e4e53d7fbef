"""Short help, with examples that work as they stand once the names are replaced."""

from bot.facts import Message
from bot.slack.views.blocks import message, section

_BUILD = (
    "*Build in DSS*",
    "`/dss-build CHURN.scored` builds one dataset, with its inputs as they are now.",
    "`/dss-build CHURN.scored CHURN.features` builds several outputs in one job.",
    "`/dss-build CHURN.daily_sessions --partition 2026-11-23` builds one partition.",
    "`/dss-build CHURN.scored --mode modified` also rebuilds what is out of date upstream.",
    "Modes: `only` (default), `modified`, `missing`, and `all`, which asks first.",
    '`/dss-build CHURN "Churn prediction" --type model` builds a saved model.',
    "Types: `dataset` (default), `folder`, `model`.",
    "`--on INSTANCE` chooses the DSS instance, where there are several.",
)
_JOBS = (
    "*Jobs in DSS*",
    "`/dss-jobs` shows what is running, and your recent jobs.",
    "`/dss-jobs CHURN --state failed --since 2015/09/24` lists a project's jobs.",
    "Filters: `--state failed`, `running`, `done` or `aborted`; `--since` a date, `yesterday`, `2h` or `7d`;",
    "`--by me` or a login; `--dataset` a name; `--limit` a number.",
    "`/dss-jobs status JOB`, `log JOB`, `abort JOB`, `follow JOB`, `unfollow JOB`: one job.",
    "JOB is its id, `PROJECT/ID` or its DSS link.",
    "`/dss-jobs log JOB --activity compute_scored_NP` reads the log of one activity.",
    "`/dss-jobs abort --all CHURN` shows what is unfinished in a project and asks before it aborts it.",
)


def help_build() -> Message:
    """The help of ``/dss-build``."""
    return message("How to use `/dss-build`: for example `/dss-build CHURN.scored`", (section(*_BUILD),))


def help_jobs() -> Message:
    """The help of ``/dss-jobs``."""
    return message("How to use `/dss-jobs`: for example `/dss-jobs CHURN --state failed`", (section(*_JOBS),))
