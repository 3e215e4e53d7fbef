"""A job's timeline in words: the alt text of its picture, and what the picture itself says. Plain text."""

from bot.domain.timeline import Bar, Timeline, longest
from bot.views import wording
from bot.views.escape import one_line

MOST_ALT = 1_900
"""Slack takes 2,000 characters of alt text."""


def timeline_alt(drawn: Timeline) -> str:
    """Say in words what the picture shows, as plain text."""
    count = len(drawn.bars) + drawn.left_out
    last = longest(drawn.bars)
    activities, whole = wording.count(count, "activity", "activities"), wording.duration(drawn.seconds)
    longest_one = f"The longest, {activity_name(last.name, 60)}, ran {wording.duration(last.ran)}."
    said = [f"Timeline of {activities} over {whole}. {longest_one}"]
    said += [_in_words(bar) for bar in drawn.bars]
    if note := timeline_note(drawn):
        said.append(f"{note[:1].upper()}{note[1:]}.")
    text = said[0]
    for sentence in said[1:]:
        if len(text) + len(sentence) + 3 > MOST_ALT:
            return f"{text} …"
        text = f"{text} {sentence}"
    return text


def _in_words(bar: Bar) -> str:
    waited = bar.ran_from - bar.waited_from
    waiting = f" waited {wording.duration(waited)}, then" if waited >= 1 else ""
    state = wording.state_of(bar.state).words.lower().replace("`", "")
    began = f"from {wording.duration(bar.ran_from)}" if bar.ran_from >= 1 else "from the start"
    return f"{activity_name(bar.name, 60)}:{waiting} ran {wording.duration(bar.ran)} {began}, {state}."


def timeline_note(drawn: Timeline) -> str:
    """Say which activities have no bar; empty if all have one."""
    parts = [
        f"{drawn.left_out:,} shorter {'activity' if drawn.left_out == 1 else 'activities'} not shown"
        if drawn.left_out
        else "",
        f"{wording.count(drawn.never_ran, 'activity', 'activities')} never ran" if drawn.never_ran else "",
    ]
    return ", ".join(part for part in parts if part)


def activity_name(name: str, limit: int) -> str:
    """Return an activity's name in one line and shortened."""
    text = one_line(name)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
