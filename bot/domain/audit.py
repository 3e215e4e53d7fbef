"""What an audit entry says, and how entries are chained (ADR 20).

Each entry's hash covers the entry and the hash of the one before. So nobody can change, remove, insert or
reorder entries without changing every later hash, and whoever noted one hash elsewhere can tell.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from bot.domain.redaction import redact
from bot.domain.text import storable

GENESIS = hashlib.sha256(b"dss-bot audit 1").hexdigest()
"""What the first entry continues."""

_FORMAT = 1
"""The first element of the canonical form. A change of the form needs a new number."""

CHAINED = (
    "position",
    "at",
    "event",
    "user_id",
    "team_id",
    "act_as",
    "verb",
    "instance",
    "project",
    "target",
    "channel",
    "surface",
    "allowed",
    "rule",
    "outcome",
    "job",
    "reference",
    "note",
    "previous",
)
"""The columns that the hash covers, in this order: all except the database's own key and the hash itself."""

_LONGEST = {"target": 2_000, "note": 1_000}
_LONGEST_ELSE = 300
_REFERENCE = re.compile(r"[0-9a-f-]{1,64}")


class AuditEvent(StrEnum):
    """What an entry is about. Rows hold the text, so that later versions can add others."""

    DECISION = "decision"
    """Somebody asked for something, and the bot decided."""
    OUTCOME = "outcome"
    """What came of it."""
    PRUNED = "pruned"
    """The bot deleted entries that were older than ``keep_days``."""


class Outcome(StrEnum):
    """What came of a request."""

    STARTED = "started"
    ABORTED = "aborted"
    """DSS accepted the request to abort. Whether the job ended aborted is DSS's to say."""
    FOLLOWED = "followed"
    UNFOLLOWED = "unfollowed"
    CHANGED = "changed"
    """A favorite or a channel's default project was saved, renamed or deleted."""
    ASKED = "asked"
    """Nothing was started: the bot asked the person back."""
    REFUSED = "refused"
    FAILED = "failed"
    NOTHING = "nothing"
    """There was nothing left to do: the job had already ended."""
    UNKNOWN = "unknown"
    """The bot couldn't find out."""


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One decision or outcome. `cleaned` makes it fit for the table."""

    event: str = AuditEvent.DECISION
    user_id: str
    """Who: the Slack user."""
    team_id: str
    act_as: str | None = None
    """The DSS login that calls are made as; ``None`` means the bot's own key."""
    verb: str
    """What: a `bot.domain.policy.Capability`, or the kind of request."""
    instance: str = ""
    project: str = ""
    target: str = ""
    """On what: the outputs or the job, as they were typed or as DSS calls them."""
    channel: str = ""
    """From where: the ID of the channel."""
    surface: str = ""
    """Kind of place: ``command``, ``button``, ``dialog``, ``home`` or ``worker``; empty if not known."""
    allowed: bool
    rule: str = ""
    """What decided, such as ``dss`` or ``limits.starts_per_person``."""
    outcome: str = ""
    """An `Outcome`; empty for a decision."""
    job: str = ""
    """The job's ID in DSS."""
    reference: str = ""
    """The intent's ID, whose first eight characters a person sees on an error; or such a reference alone."""
    note: str = ""
    at: datetime | None = None
    """When it was written; the store sets it."""
    position: int | None = None
    """Its place in the chain, from 1; ``None`` if it was written before there was a chain."""
    hash: str = ""


def cleaned(entry: AuditEntry) -> dict[str, object]:
    """Return an entry's columns as they are stored: secrets masked, control characters gone, size bounded.

    Everything goes through the redactor, ids too: what arrives from Slack or DSS can be anything.
    """
    values: dict[str, object] = {}
    for name, value in msgspec.structs.asdict(entry).items():
        if name not in {"at", "position", "hash"}:
            values[name] = _clean(name, value) if isinstance(value, str) else value
    return values


def entry_hash(values: Mapping[Any, object]) -> str:
    """Return the hash of an entry: SHA-256, in hexadecimal, of its canonical form.

    The canonical form is the JSON array of the format's number and the columns of `CHAINED` in their order,
    in ASCII and without spaces. Times are milliseconds since 1970; ``allowed`` is 0 or 1.

    Raises:
        TypeError: a column holds what no entry does, such as bytes.
    """
    row = [_FORMAT, *(values[name] for name in CHAINED)]
    plain = [int(value) if isinstance(value, bool) else value for value in row]
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode("ascii")).hexdigest()


def _clean(name: str, text: str) -> str:
    if name == "reference" and _REFERENCE.fullmatch(text):
        return text
    most = _LONGEST.get(name, _LONGEST_ELSE)
    # Cut twice: a secret that the first cut takes apart would no longer be recognized.
    masked = storable(redact(text[: 10 * most]))
    return masked if len(masked) <= most else f"{masked[: most - 1]}…"
