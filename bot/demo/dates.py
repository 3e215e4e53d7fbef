"""Slack's ``<!date^…>``, shown as a client shows it: in the reader's time zone."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

_TOKEN = re.compile(r"\{(\w+)\}")


def show_date(seconds: int, form: str, *, now: datetime, zone: tzinfo | None = None) -> str:
    """Format a time with a template such as ``{date_short_pretty} {time}``.

    Args:
        seconds: since 1970 UTC.
        form: text with Slack's tokens; unknown tokens stay as they are.
        now: aware; decides what "today" is.
        zone: the reader's time zone; ``None`` means this machine's.
    """
    moment = datetime.fromtimestamp(seconds, UTC).astimezone(zone)
    days = (moment.date() - now.astimezone(zone).date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)

    def said(found: re.Match[str]) -> str:
        token = found[1]
        if token.endswith("_pretty") and near:
            return near
        write = _FORMS.get(token.removesuffix("_pretty"))
        return write(moment) if write else found[0]

    return _TOKEN.sub(said, form)


def clock_time(ts: str, zone: tzinfo | None = None) -> str:
    """Return the hour and minute of a message's ``ts``."""
    return f"{datetime.fromtimestamp(float(ts), UTC).astimezone(zone):%H:%M}"


_FORMS: dict[str, Callable[[datetime], str]] = {
    "date_num": lambda moment: f"{moment:%Y-%m-%d}",
    "date": lambda moment: f"{moment:%B} {moment.day}, {moment.year}",
    "date_short": lambda moment: f"{moment:%b} {moment.day}, {moment.year}",
    "date_long": lambda moment: f"{moment:%A}, {moment:%B} {moment.day}, {moment.year}",
    "time": lambda moment: f"{moment:%H:%M}",
    "time_secs": lambda moment: f"{moment:%H:%M:%S}",
}
