"""Short help, with examples that work once you replace the names."""

from bot.domain import Message
from bot.domain.features import Features
from bot.views.blocks import message, say, section

_BUILD = (
    "*Build in DSS*",
    "`/dss-build` and Enter: a dialog where you choose what to build, with no names to remember.",
    "`/dss-build CHURN.scored` builds one dataset from its inputs as they are now.",
    "`/dss-build CHURN.scored CHURN.features` builds several outputs in one job.",
    "`/dss-build CHURN.daily_sessions --partition 2026-11-23` builds one partition; `yesterday` works too.",
    "`/dss-build CHURN.scored --mode modified` also rebuilds what is out of date upstream.",
    "Modes: `only` (default), `modified`, `missing`, and `all`, which asks first.",
    '`/dss-build CHURN "Churn prediction" --type model` builds a saved model.',
    "Types: `dataset` (default), `folder`, `model`, `streaming` (endpoint), `knowledge` (bank).",
    "`/dss-build scored` works too, if one project has it. `--dry-run` says what a build would do.",
    "`/dss-build save nightly CHURN.scored` names a build for you, `--channel` for everybody here;",
    "`/dss-build nightly` runs it. `/dss-build list` lists them; `rename` and `delete` take the name.",
    "If a build needs the approval of a second person, the bot asks for it and says so.",
    "`--on INSTANCE` chooses the DSS instance, if there are several.",
)
_JOBS = (
    "*Jobs in DSS*",
    "`/dss-jobs` shows what is running and your recent jobs.",
    "`/dss-jobs CHURN --state failed --since yesterday` lists a project's jobs.",
    "`/dss-jobs failed today`, `/dss-jobs CHURN,SALES --state failed`, `/dss-jobs CH*`: several projects.",
    "Filters: `--state failed`, `running`, `done` or `aborted`; `--since` a date, `9am UTC`, `2h` or `7d`;",
    "`--by me` or a login; `--dataset` a name; `--limit` a number.",
    "`/dss-jobs status JOB`, `log JOB`, `abort JOB`, `follow JOB`, `unfollow JOB`: one job.",
    "`/dss-jobs why JOB`: why it failed. `last`, `log`, `why`, `abort`, `rebuild` alone: your last job here.",
    "JOB is the job's id, `PROJECT/ID` or its DSS link.",
    "`/dss-jobs log JOB --activity compute_scored_NP` reads the log of one activity.",
    "`/dss-jobs projects TEXT` and `/dss-jobs datasets CHURN TEXT` find names.",
    "`/dss-jobs abort --all CHURN` lists a project's unfinished jobs and asks before it aborts them.",
    "`/dss-jobs defaults CHURN` sets the project where names alone are looked up first in this channel.",
    "`/dss-jobs connect` connects your own DSS API key, if that is turned on; `disconnect` deletes it.",
)


def help_build() -> Message:
    """Return the help for ``/dss-build``."""
    return message("How to use `/dss-build`: for example `/dss-build CHURN.scored`", (section(*_BUILD),))


_IN_THREADS = "In a job's thread, mention me and add `status`, `log`, `why`, `abort` or `rebuild`."
_ABOUT = "In the menu of any message, *About this job* shows the job that the message is about."
_MENTION = (
    "*In a job's thread*: `status`, `log`, `why`, `abort`, `rebuild`, `follow` or `unfollow` means that job.",
    "`log --activity compute_scored_NP` reads the log of one activity.",
    "*Everywhere*: `build CHURN.scored --mode modified`, `jobs CHURN --state failed`, `failed today`.",
    "What comes after `build` and `jobs` is the same as after `/dss-build` and `/dss-jobs`;",
    "`build help` and `jobs help` show it.",
)
_MENTIONED = "Mention me in any channel that I'm in, or in a job's thread, and add one of these."
_WRITTEN = "In my Messages tab, you don't have to mention me."


def help_jobs(features: Features) -> Message:
    """Return the help for ``/dss-jobs``; it offers mentions only if the bot hears of them."""
    lines = (*_JOBS, _IN_THREADS if features.mentions else None, _ABOUT)
    return message("How to use `/dss-jobs`: for example `/dss-jobs CHURN --state failed`", (section(*lines),))


def help_mention(features: Features) -> Message:
    """Return the help for mentions and direct messages."""
    lead = (_MENTIONED if features.mentions else None, _WRITTEN if features.dm else None)
    return message("What you can write to me", (section("*Write to me*", *lead), section(*_MENTION)))


def about_no_job() -> Message:
    """Say that a message isn't about a job."""
    return say(
        "I don't know which job this message is about. *About this job* works on my messages about a job, on "
        "the replies to them, and on messages with a link to a job in DSS.",
        "To see what is running, type `/dss-jobs`.",
    )
