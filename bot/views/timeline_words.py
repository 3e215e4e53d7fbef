"""A job's timeline in words: the alt text of its picture, and what the picture itself says. Plain text."""

from bot.domain.timeline import Bar, Timeline, longest
from bot.language import t, tn
from bot.views import wording
from bot.views.escape import one_line

MOST_ALT = 1_900
"""Slack takes 2,000 characters of alt text."""


def timeline_alt(drawn: Timeline) -> str:
    """Say in words what the picture shows, as plain text."""
    last = longest(drawn.bars)
    first = tn(
        "Timeline of {number} activity over {time}.",
        "Timeline of {number} activities over {time}.",
        len(drawn.bars) + drawn.left_out,
        time=wording.duration(drawn.seconds),
    )
    name, ran = activity_name(last.name, 60), wording.duration(last.ran)
    ran_longest = t("The longest, {name}, ran {time}.", name=name, time=ran)
    said = [f"{first} {ran_longest}"]
    said += [_in_words(bar) for bar in drawn.bars]
    if note := timeline_note(drawn):
        said.append(f"{wording.upper_first(note)}.")
    text = said[0]
    for sentence in said[1:]:
        if len(text) + len(sentence) + 3 > MOST_ALT:
            return f"{text} …"
        text = f"{text} {sentence}"
    return text


def _in_words(bar: Bar) -> str:
    name, ran, waited = activity_name(bar.name, 60), wording.duration(bar.ran), bar.ran_from - bar.waited_from
    state = wording.state_of(bar.state).words.lower().replace("`", "")
    if bar.ran_from < 1:
        return t("{name}: ran {ran} from the start, {state}.", name=name, ran=ran, state=state)
    start = wording.duration(bar.ran_from)
    if waited < 1:
        return t("{name}: ran {ran} from {start}, {state}.", name=name, ran=ran, start=start, state=state)
    return t(
        "{name}: waited {waited}, then ran {ran} from {start}, {state}.",
        name=name,
        waited=wording.duration(waited),
        ran=ran,
        start=start,
        state=state,
    )


def timeline_note(drawn: Timeline) -> str:
    """Say which activities have no bar; empty if all have one."""
    parts = []
    if drawn.left_out:
        parts.append(
            tn(
                "{number} shorter activity not shown",
                "{number} shorter activities not shown",
                drawn.left_out,
            )
        )
    if drawn.never_ran:
        parts.append(tn("{number} activity never ran", "{number} activities never ran", drawn.never_ran))
    return ", ".join(parts)


def activity_name(name: str, limit: int) -> str:
    """Return an activity's name in one line and shortened."""
    text = one_line(name)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
