"""Wording for times, durations, states and modes, shared by all views. All results are mrkdwn."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from bot.domain import BuildMode, Counters, Gap, JobCard, JobInfo, JobRef, Output
from bot.language import decimal, listed, mark, number, t, tn
from bot.views.escape import code, prose

RUNNING = "🔵"
WAITING = "⏳"
DONE = "✅"
WARNED = "⚠️"
FAILED = "❌"
ABORTED = "⏹️"
NOTHING = "⚪"
UNKNOWN = "❔"

_SHORT_AGO = timedelta(hours=12)
_USER = re.compile(r"[A-Z0-9]{2,40}")
_WORD = re.compile(r"[A-Za-z0-9]+(?:[_ -][A-Za-z0-9]+)*")
_PERMALINK = re.compile(r"https://[\w.-]{1,200}/archives/\w{1,40}/p\d{1,40}", re.ASCII)
_BAR_CELLS = 10
_SHORT_ID = 28
"""Characters of a job's ID where it is shown only to tell jobs apart."""
TYPED = re.compile(r"[\w./-]{1,300}", re.ASCII)
"""What can be typed in a command without quotes."""

_MODES = {
    BuildMode.ONLY: mark("build only this"),
    BuildMode.MODIFIED: mark("build what is modified upstream"),
    BuildMode.ALL: mark("build everything upstream"),
    BuildMode.MISSING: mark("build what is missing upstream"),
}

_STATES = {
    "NOT_STARTED": (WAITING, mark("Waiting to start")),
    "COMPUTING_DEPS": (WAITING, mark("Computing dependencies")),
    "WAITING": (WAITING, mark("Waiting")),
    "WAITING_CONFIRMATION": (WAITING, mark("Waiting for confirmation in DSS")),
    "RUNNING": (RUNNING, mark("Running")),
    "DONE": (DONE, mark("Done")),
    "FAILED": (FAILED, mark("Failed")),
    "ABORTED": (ABORTED, mark("Aborted")),
    "SKIPPED": (NOTHING, mark("Skipped")),
}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A job's state as an icon, and in words for people who can't see the icon."""

    icon: str
    words: str


def outcome(job: JobInfo) -> Outcome:
    """Return a job's state; DONE is distinct from "nothing was built" and "done with warnings"."""
    if job.state == "DONE" and built_nothing(job):
        return Outcome(icon=NOTHING, words=t("Done, nothing was built"))
    if job.state == "DONE" and job.warnings:
        return Outcome(icon=WARNED, words=done_with(job.warnings))
    if job.finished and not job.state:
        return Outcome(icon=UNKNOWN, words=t("Finished, outcome unknown"))
    if job.state in _STATES:
        return state_of(job.state)
    if not job.state:
        return Outcome(icon=UNKNOWN, words=t("In an unknown state"))
    return Outcome(icon=UNKNOWN, words=t("In state {state}", state=word(job.state)))


def done_with(warnings: int) -> str:
    """Say that a job is done, and how many warnings it has."""
    return tn("Done with {number} warning", "Done with {number} warnings", warnings)


def state_of(state: str) -> Outcome:
    """Return an activity's state."""
    if state in _STATES:
        icon, words = _STATES[state]
        return Outcome(icon=icon, words=t(words))
    return Outcome(icon=UNKNOWN, words=word(state) if state else t("unknown"))


def state_words(state: str) -> str:
    """Return an activity's state in words, as plain text."""
    return t(_STATES[state][1]) if state in _STATES else state or t("unknown")


def built_nothing(job: JobInfo) -> bool:
    """Whether a job ended DONE without an activity (DSS-API.md §1.5, "nothing to do").

    An unreadable count is 0 too, so a job with activities did build something.
    """
    return job.state == "DONE" and job.counters is not None and not job.counters.total and not job.activities


def size(size: int) -> str:
    """Format a number of bytes: ``812 bytes``, ``64 kB``, ``3.2 MB``."""
    if size < 1_000:
        return tn("{number} byte", "{number} bytes", size)
    if size < 1_000_000:
        return t("{number} kB", number=decimal(size / 1_000, 0))
    return t("{number} MB", number=decimal(size / 1_000_000))


def duration(seconds: float) -> str:
    """Format a duration in its two largest units: ``12 s``, ``4 min 12 s``, ``2 h 5 min``, ``3 d 4 h``."""
    whole = max(0, round(seconds))
    if whole < 1:
        return t("less than 1 s")
    for size, unit, small, small_unit in (
        (86_400, mark("{number} d"), 3_600, mark("{number} h")),
        (3_600, mark("{number} h"), 60, mark("{number} min")),
        (60, mark("{number} min"), 1, mark("{number} s")),
    ):
        if whole >= size:
            rest = whole % size // small
            large = t(unit, number=whole // size)
            return f"{large} {t(small_unit, number=rest)}" if rest else large
    return t("{number} s", number=whole)


def roughly(seconds: float) -> str:
    """Format an estimated duration without false precision: ``2 min``, ``25 min``, ``1 h 10 min``."""
    if seconds < 60:
        return t("a minute")
    step = 60 if seconds < 600 else 300 if seconds < 3_600 else 600
    return duration(max(1, round(seconds / step)) * step)


def lasted(start: datetime | None, end: datetime | None) -> str | None:
    """Return how long something took; ``None`` when a time is unknown or the times contradict each other."""
    if start is None or end is None or end < start:
        return None
    return duration((end - start).total_seconds())


def job_lasted(job: JobInfo, now: datetime) -> str | None:
    """Return how long a job took, or has been running so far; ``None`` when that isn't known."""
    if job.finished:
        return lasted(job.started_at or job.initiated_at, job.ended_at)
    start = job.started_at or job.initiated_at
    return lasted(start, max(now, start)) if start else None


def ended(job: JobInfo, took: str | None, *, usual: str | None = None, bold: bool = False) -> str:
    """Say how a job ended and after how long: ``Done after 4 min, nothing was built``.

    Args:
        job: the job.
        took: how long it took.
        usual: how long such a job usually takes, for one that did build something.
        bold: whether the outcome is bold.
    """
    if not took:
        return f"*{outcome(job).words}*" if bold else outcome(job).words
    if built_nothing(job):
        said = t("Done after {duration}, nothing was built", duration=took)
    elif not job.state:
        said = t("Finished after {duration}, outcome unknown", duration=took)
    else:
        words = f"*{outcome(job).words}*" if bold else outcome(job).words
        if usual:
            return t("{outcome} after {duration}, usually {usual}", outcome=words, duration=took, usual=usual)
        return t("{outcome} after {duration}", outcome=words, duration=took)
    return f"*{said}*" if bold else said


def began(job: JobInfo, now: datetime) -> str | None:
    """Say when a job started, or was requested; ``None`` when neither is known."""
    if job.started_at:
        return t("started at {time}", time=at(job.started_at, now))
    return t("requested at {time}", time=at(job.initiated_at, now)) if job.initiated_at else None


def took(job: JobInfo, now: datetime) -> str | None:
    """Say how long a job took, or has been running so far; ``None`` when that isn't known."""
    time = job_lasted(job, now)
    if time is None:
        return None
    return t("took {time}", time=time) if job.finished else t("for {time}", time=time)


def at(moment: datetime, now: datetime) -> str:
    """Format a time so that Slack shows it in each reader's time zone, with UTC as the fallback."""
    utc = moment.astimezone(UTC)
    if abs(now - moment) <= _SHORT_AGO:
        return f"<!date^{int(moment.timestamp())}^{{time}}|{utc:%H:%M} UTC>"
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{utc:%Y-%m-%d %H:%M} UTC>"


def not_seen(gap: Gap, now: datetime) -> str:
    """Say when the bot couldn't see the job: ``between … and …``."""
    return t("between {start} and {end}", start=at(gap.start, now), end=at(gap.end, now))


def lower_first(text: str) -> str:
    """Return one of our own texts as it is inside a sentence, such as a state."""
    return text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """Return one of our own texts as it is at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def word(text: str, limit: int = 60) -> str:
    """Show a DSS term, such as a recipe type: as plain text when it is harmless, otherwise as code."""
    return text if len(text) <= limit and _WORD.fullmatch(text) else code(text, limit)


def mode(mode_word: str) -> str:
    """Name a build mode the way DSS's own pages do (DSS-API.md §2.3)."""
    try:
        return t(_MODES[BuildMode(mode_word)])
    except ValueError:
        return word(mode_word)


def mention(user_id: str) -> str:
    """Mention a person, which notifies them when it is in a new message."""
    return f"<@{user_id}>" if _USER.fullmatch(user_id) else code(user_id)


def channel(channel_id: str) -> str:
    """Link to a channel."""
    return f"<#{channel_id}>" if _USER.fullmatch(channel_id) else code(channel_id)


def who(card: JobCard) -> str | None:
    """Say who a job runs for, without notifying them: the Slack name, otherwise DSS's initiator."""
    if card.asker_name and card.started_by_bot:
        return t("requested by {person}", person=prose(card.asker_name, 80))
    if not card.job.initiator:
        return None
    return t("started by {person}", person=code(card.job.initiator, 80))


def names(labels: Sequence[str], shown: int = 5) -> str:
    """List the first few names as code, and count the rest."""
    names = [code(text) for text in labels[:shown]]
    if not names:
        return t("nothing")
    if len(labels) > shown:
        return t("{names} and {number} more", names=", ".join(names), number=number(len(labels) - shown))
    return listed(names)


def what(job: JobInfo, shown: int = 5) -> str:
    """Name what a job builds, or the job itself when DSS doesn't say."""
    return names(labels_of(job.outputs), shown) if job.outputs else code(job.name or job.ref.job_id)


def thread(url: str) -> str | None:
    """Link to a thread; ``None`` when it isn't the address of a message in Slack."""
    label = t("thread")
    return f"<{url}|{label}>" if _PERMALINK.fullmatch(url) else None


def short_job_id(ref: JobRef) -> str:
    """Show enough of a job's ID to recognize it; the status answer shows all of it."""
    if len(ref.job_id) <= _SHORT_ID:
        return code(ref.job_id)
    return code(f"{ref.job_id[: _SHORT_ID - 13]}…{ref.job_id[-12:]}")  # its end is when it was started


def job_id(ref: JobRef) -> str:
    """Show ``PROJECT/ID``, the form that commands about one job accept."""
    name = str(ref)
    return code(name if TYPED.fullmatch(name) else f'"{name}"', 300)


def labels_of(outputs: Sequence[Output]) -> list[str]:
    """Name outputs as ``PROJECT.name``, unescaped."""
    return [output.label for output in outputs]


def bar(counted: Counters) -> str:
    """Draw a job's activities: ``█`` done, ``✕`` failed, ``━`` aborted, ``▒`` running, ``░`` the others.

    Whatever happened to at least one activity has a cell. Only a job whose activities are all done has ten
    full ones.
    """
    parts = {
        "█": counted.done,
        "✕": counted.failed,
        "━": counted.aborted,
        "▒": counted.running,
    }
    total = max(counted.total, sum(parts.values()))
    parts["░"] = total - sum(parts.values())
    if total <= 0:
        return "░" * _BAR_CELLS
    cells = {sign: max(number * _BAR_CELLS // total, 1 if number else 0) for sign, number in parts.items()}
    while (left := _BAR_CELLS - sum(cells.values())) != 0:
        # Cells that rounding left over go to the largest remainder; those over come from the widest part.
        if left > 0:
            sign = max(parts, key=lambda one: parts[one] * _BAR_CELLS / total - cells[one])
        else:
            sign = max(cells, key=lambda one: cells[one])
        cells[sign] += 1 if left > 0 else -1
    return "".join(sign * number for sign, number in cells.items())
