"""What a list of jobs says above its rows: whose jobs they are, its filters, and what was searched."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.commands.dates import in_words
from bot.domain import ListJobs
from bot.language import mark, t, tn
from bot.services.project_search import JOBS_EACH, Found

_STATES = {
    "failed": mark("state failed"),
    "running": mark("state running"),
    "done": mark("state done"),
    "aborted": mark("state aborted"),
}


def filters_in_words(
    request: ListJobs, since: datetime | None, tz: str, *, by: str | None
) -> tuple[str, ...]:
    """Put a list's filters into words, and say how the time was read.

    Args:
        request: the list.
        since: the moment that its time means.
        tz: IANA name of the reader's time zone.
        by: whose jobs they are.
    """
    said = (
        t(_STATES[request.state]) if request.state else "",
        t("since {time}", time=request.since) if request.since else "",
        t("by me") if by == "me" else t("by {person}", person=by) if by else "",
        t("building {dataset}", dataset=request.dataset) if request.dataset else "",
        t("at most {number}", number=request.limit) if request.limit else "",
        t("from {time} on", time=in_words(since, tz)) if since else "",
    )
    return tuple(word for word in said if word)


def searched_in_words(found: Found, *, every: bool) -> Iterator[str]:
    """Say what a search through several projects looked at, and what it left out."""
    if not every and len(found.searched) > 1:
        yield t("among the newest {number} jobs of each", number=JOBS_EACH)
    elif not every:
        yield t("among the newest {number} jobs", number=JOBS_EACH)
    if found.unread:
        yield tn("{number} more can't be read", "{number} more can't be read", found.unread)
    if found.left_out:
        yield tn(
            "{number} more project not searched: name those you want",
            "{number} more projects not searched: name those you want",
            found.left_out,
        )


def title_of(keys: Sequence[str], searched: int) -> str:
    """Return the title of a list over projects, of which so many were searched."""
    if len(keys) == 1:
        return t("Jobs of {project}", project=keys[0])
    return tn("Jobs of {number} project", "Jobs of {number} projects", searched)
