"""Recognize the same error in another run: its message without what differs between runs. Pure."""

import re
from hashlib import sha256

from bot.domain.job_info import Failure

_READ = 1_000
"""Characters of a message that count: the end of a long one is mostly a stack or data."""

_VARIABLE = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://[^\s'\"<>)\]]+"  # an address, with whatever is in it
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # an email address, or a user at a host
    r"|\b[a-z]:\\[^\s'\"<>|]+"  # a path on Windows
    r"|(?:(?<=[\s'\"(=:,\[])|^)~?(?:/[\w.@%+=#-]+)+/?"  # a path
    r"|\b[\w-]+(?:\.[\w-]+)+:\d{2,5}\b"  # a host with its port
    r"|\b(?:[\w-]+\.)+(?:com|net|org|io|cloud|local|localdomain|internal|intranet|corp|lan|svc|dev|eu|fr|de|uk)\b"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"  # a UUID
    r"|\b0x[0-9a-f]+\b"
    r"|\b(?=[a-f]*[0-9])[0-9a-f]{7,}\b"  # a hash or another id in hexadecimal digits
    r"|\b(?=[a-z_-]*[0-9])[a-z0-9]{12,}\b"  # an id of letters and digits
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?(?=[\s-]+[0-9])"
    r"|\d+"
)
_RUN = re.compile(r"#(?:[\s.,:/_tz+-]{0,3}#)*z?(?![a-z])|#")
"""A date or a decimal number has several parts."""


def normalized(message: str) -> str:
    """Return a message with ``#`` in place of numbers, dates, ids, paths, addresses and hosts.

    The result is in lower case, on one line, and at most 1,000 characters long.
    """
    text = _VARIABLE.sub("#", " ".join(message[:_READ].casefold()[:_READ].split()))
    return _RUN.sub("#", text)


def error_fingerprint(failure: Failure | None) -> str | None:
    """Return what stands for an error: equal for the same error of the same recipe in another run.

    ``None`` if DSS didn't say why the job failed.
    """
    if failure is None or not failure.message.strip():
        return None
    recipe = (failure.recipe or "").casefold()
    return sha256(f"{recipe}\n{normalized(failure.message)}".encode("utf-8", "replace")).hexdigest()[:32]
