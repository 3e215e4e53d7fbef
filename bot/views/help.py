"""Short help, with examples that work once you replace the names."""

from bot.domain import Message
from bot.domain.features import Features
from bot.language import mark, t
from bot.views.blocks import message, say, section

_BUILD = (
    mark("*Build in DSS*"),
    mark("`/dss-build` and Enter: a dialog where you choose what to build, with no names to remember."),
    mark("`/dss-build CHURN.scored` builds one dataset from its inputs as they are now."),
    mark("`/dss-build CHURN.scored CHURN.features` builds several outputs in one job."),
    mark(
        "`/dss-build CHURN.daily_sessions --partition 2026-11-23` builds one partition; "
        "`yesterday` works too."
    ),
    mark("`/dss-build CHURN.scored --mode modified` also rebuilds what is out of date upstream."),
    mark("Modes: `only` (default), `modified`, `missing`, and `all`, which asks first."),
    mark('`/dss-build CHURN "Churn prediction" --type model` builds a saved model.'),
    mark("Types: `dataset` (default), `folder`, `model`, `streaming` (endpoint), `knowledge` (bank)."),
    mark("`/dss-build scored` works too, if one project has it. `--dry-run` says what a build would do."),
    mark("`/dss-build save nightly CHURN.scored` names a build for you, `--channel` for everybody here;"),
    mark("`/dss-build nightly` runs it. `/dss-build list` lists them; `rename` and `delete` take the name."),
    mark("If a build needs the approval of a second person, the bot asks for it and says so."),
    mark("`--on INSTANCE` chooses the DSS instance, if there are several."),
)
_JOBS = (
    mark("*Jobs in DSS*"),
    mark("`/dss-jobs` shows what is running and your recent jobs."),
    mark("`/dss-jobs CHURN --state failed --since yesterday` lists a project's jobs."),
    mark(
        "`/dss-jobs failed today`, `/dss-jobs CHURN,SALES --state failed`, `/dss-jobs CH*`: several projects."
    ),
    mark(
        "Filters: `--state failed`, `running`, `done` or `aborted`; `--since` a date, `9am "
        "UTC`, `2h` or `7d`;"
    ),
    mark("`--by me` or a login; `--dataset` a name; `--limit` a number."),
    mark("`/dss-jobs status JOB`, `log JOB`, `abort JOB`, `follow JOB`, `unfollow JOB`: one job."),
    mark(
        "`/dss-jobs why JOB`: why it failed. `last`, `log`, `why`, `abort`, `rebuild` alone: "
        "your last job here."
    ),
    mark("JOB is the job's id, `PROJECT/ID` or its DSS link."),
    mark("`/dss-jobs log JOB --activity compute_scored_NP` reads the log of one activity."),
    mark("`/dss-jobs projects TEXT` and `/dss-jobs datasets CHURN TEXT` find names."),
    mark("`/dss-jobs abort --all CHURN` lists a project's unfinished jobs and asks before it aborts them."),
    mark(
        "`/dss-jobs defaults CHURN` sets the project where names alone are looked up first in this channel."
    ),
    mark("`/dss-jobs connect` connects your own DSS API key, if that is turned on; `disconnect` deletes it."),
)


def help_build() -> Message:
    """Return the help for ``/dss-build``."""
    title = t("How to use `/dss-build`: for example `/dss-build CHURN.scored`")
    return message(title, (section(*(t(line) for line in _BUILD)),))


_IN_THREADS = mark("In a job's thread, mention me and add `status`, `log`, `why`, `abort` or `rebuild`.")
_ABOUT = mark("In the menu of any message, *About this job* shows the job that the message is about.")
_MENTION = (
    mark(
        "*In a job's thread*: `status`, `log`, `why`, `abort`, `rebuild`, `follow` or "
        "`unfollow` means that job."
    ),
    mark("`log --activity compute_scored_NP` reads the log of one activity."),
    mark("*Everywhere*: `build CHURN.scored --mode modified`, `jobs CHURN --state failed`, `failed today`."),
    mark("What comes after `build` and `jobs` is the same as after `/dss-build` and `/dss-jobs`;"),
    mark("`build help` and `jobs help` show it."),
)
_MENTIONED = mark("Mention me in any channel that I'm in, or in a job's thread, and add one of these.")
_WRITTEN = mark("In my Messages tab, you don't have to mention me.")


def help_jobs(features: Features) -> Message:
    """Return the help for ``/dss-jobs``; it offers mentions only if the bot hears of them."""
    lines = (*_JOBS, *((_IN_THREADS,) if features.mentions else ()), _ABOUT)
    title = t("How to use `/dss-jobs`: for example `/dss-jobs CHURN --state failed`")
    return message(title, (section(*(t(line) for line in lines)),))


def help_mention(features: Features) -> Message:
    """Return the help for mentions and direct messages."""
    lead = (t(_MENTIONED) if features.mentions else None, t(_WRITTEN) if features.dm else None)
    words = section(*(t(line) for line in _MENTION))
    return message(t("What you can write to me"), (section(t("*Write to me*"), *lead), words))


def about_no_job() -> Message:
    """Say that a message isn't about a job."""
    return say(
        t(
            "I don't know which job this message is about. *About this job* works on my messages about a "
            "job, on the replies to them, and on messages with a link to a job in DSS."
        ),
        t("To see what is running, type `/dss-jobs`."),
    )
