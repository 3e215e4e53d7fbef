"""How long something that was read may be kept."""

from datetime import datetime, timedelta


def is_fresh(read_at: datetime, now: datetime, within: timedelta) -> bool:
    """Return whether something was read just now.

    A time in the future was that of a clock that has been set back since: then nobody knows how old it is.
    """
    return timedelta(0) <= now - read_at < within
