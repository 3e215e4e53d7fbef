"""Words for times, durations, states and modes, the same in every view. Everything returned is mrkdwn."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from bot.facts import BuildMode, Gap, JobCard, JobFacts, JobRef, Output
from bot.slack.views.escape import code, prose

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
_BAR_CELLS = 10
TYPED = re.compile(r"[\w./-]{1,300}", re.ASCII)
"""What a command takes without quotes."""

_MODES = {
    BuildMode.ONLY: "build only this",
    BuildMode.MODIFIED: "build what is modified upstream",
    BuildMode.ALL: "build everything upstream",
    BuildMode.MISSING: "build what is missing upstream",
}

_STATES = {
    "NOT_STARTED": (WAITING, "Waiting to start"),
    "COMPUTING_DEPS": (WAITING, "Computing dependencies"),
    "WAITING": (WAITING, "Waiting"),
    "WAITING_CONFIRMATION": (WAITING, "Waiting for a confirmation in DSS"),
    "RUNNING": (RUNNING, "Running"),
    "DONE": (DONE, "Done"),
    "FAILED": (FAILED, "Failed"),
    "ABORTED": (ABORTED, "Aborted"),
    "SKIPPED": (NOTHING, "Skipped"),
}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a job stands: an icon, and the same in words for those who cannot see it."""

    icon: str
    words: str


def outcome(job: JobFacts) -> Outcome:
    """Say how a job stands; DONE is told apart from "nothing was built" and "done with warnings"."""
    if job.state == "DONE" and built_nothing(job):
        return Outcome(icon=NOTHING, words="Done, nothing was built")
    if job.state == "DONE" and job.warnings:
        return Outcome(icon=WARNED, words=f"Done with {count(job.warnings, 'warning')}")
    if job.finished and not job.state:
        return Outcome(icon=UNKNOWN, words="Finished, outcome unknown")
    icon, words = _STATES.get(job.state, (UNKNOWN, f"In state {word(job.state or 'unknown')}"))
    return Outcome(icon=icon, words=words)


def state_of(state: str) -> Outcome:
    """Say the state of an activity."""
    icon, words = _STATES.get(state, (UNKNOWN, word(state or "unknown")))
    return Outcome(icon=icon, words=words)


def built_nothing(job: JobFacts) -> bool:
    """Whether a job ended DONE without an activity (DSS-API.md §1.5, "nothing to do").

    A count that cannot be read is 0 too: with activities it was not nothing.
    """
    return job.state == "DONE" and job.counters is not None and not job.counters.total and not job.activities


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Count in words: ``1 warning``, ``3 warnings``, ``10,400 rows``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """Say a duration with its two largest units: ``12 s``, ``4 min 12 s``, ``2 h 5 min``, ``3 d 4 h``."""
    whole = max(0, round(seconds))
    if whole < 1:
        return "less than 1 s"
    for size, unit, small, small_unit in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // small
            return f"{whole // size} {unit}" + (f" {rest} {small_unit}" if rest else "")
    return f"{whole} s"


def lasted(start: datetime | None, end: datetime | None) -> str | None:
    """Say how long something took; ``None`` when one of the times is unknown or they contradict."""
    if start is None or end is None or end < start:
        return None
    return duration((end - start).total_seconds())


def job_lasted(job: JobFacts, now: datetime) -> str | None:
    """Say how long a job took, or has been running up to now; ``None`` when that is not known."""
    if job.finished:
        return lasted(job.started_at or job.initiated_at, job.ended_at)
    start = job.started_at or job.initiated_at
    return lasted(start, max(now, start)) if start else None


def at(moment: datetime, now: datetime) -> str:
    """Say a time so that Slack shows it to everyone in their own zone, with UTC as the fallback."""
    utc = moment.astimezone(UTC)
    if abs(now - moment) <= _SHORT_AGO:
        return f"<!date^{int(moment.timestamp())}^{{time}}|{utc:%H:%M} UTC>"
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{utc:%Y-%m-%d %H:%M} UTC>"


def not_seen(gap: Gap, now: datetime) -> str:
    """Say that the bot was blind for a while."""
    return f"not seen between {at(gap.start, now)} and {at(gap.end, now)}"


def word(text: str, limit: int = 60) -> str:
    """Show a word of DSS, such as a recipe type: plain when it is harmless, else as code."""
    return text if len(text) <= limit and _WORD.fullmatch(text) else code(text, limit)


def mode(mode_word: str) -> str:
    """Say a job type as DSS's own pages call it (DSS-API.md §2.3)."""
    try:
        return _MODES[BuildMode(mode_word)]
    except ValueError:
        return word(mode_word)


def mention(user_id: str) -> str:
    """Mention a person: they are notified when it is in a new message."""
    return f"<@{user_id}>" if _USER.fullmatch(user_id) else code(user_id)


def channel(channel_id: str) -> str:
    """Link to a channel."""
    return f"<#{channel_id}>" if _USER.fullmatch(channel_id) else code(channel_id)


def who(card: JobCard) -> str | None:
    """Say for whom a job runs, without notifying them: the Slack name, else DSS's initiator."""
    if card.asker_name and card.started_by_bot:
        return f"asked by {prose(card.asker_name, 80)}"
    return f"started by {code(card.job.initiator, 80)}" if card.job.initiator else None


def names(labels: Sequence[str], shown: int = 5) -> str:
    """List names as code, the first few, and how many more there are."""
    listed = [code(text) for text in labels[:shown]]
    if not listed:
        return "nothing"
    if len(labels) > shown:
        return f"{', '.join(listed)} and {len(labels) - shown:,} more"
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"


def what(job: JobFacts, shown: int = 5) -> str:
    """Name what a job builds, or the job itself when DSS does not say what it builds."""
    return names(labels_of(job.outputs), shown) if job.outputs else code(job.name or job.ref.job_id)


def job_id(ref: JobRef) -> str:
    """Show ``PROJECT/ID``, which is what the commands about one job take."""
    name = str(ref)
    return code(name if TYPED.fullmatch(name) else f'"{name}"', 300)


def labels_of(outputs: Sequence[Output]) -> list[str]:
    """Name outputs as ``PROJECT.name``, unescaped."""
    return [output.label for output in outputs]


def bar(part: int, whole: int) -> str:
    """Draw a progress bar as text."""
    filled = min(_BAR_CELLS, max(0, part) * _BAR_CELLS // whole) if whole > 0 else 0
    return "█" * filled + "░" * (_BAR_CELLS - filled)
