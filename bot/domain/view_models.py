"""What a view needs to show a job: its facts, and what the bot knows in addition to DSS."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

import msgspec

from bot.domain.error_history import ErrorHistory
from bot.domain.job_info import JobInfo


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A period in which the bot couldn't see the job because DSS or the bot was down."""

    start: datetime
    end: datetime


class Silence(StrEnum):
    """Why the bot can't get a job's state at the moment."""

    OUTAGE = "outage"
    """DSS doesn't answer."""
    KEY = "key"
    """DSS doesn't accept the bot's key."""
    UNREADABLE = "unreadable"
    """DSS sends answers that the bot can't read."""


class AbortAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked to abort the job; DSS might still finish it (DSS-API.md §1.6)."""

    by: str
    """Slack user ID."""
    by_name: str | None = None
    """The person's name in Slack, shown instead of a mention, which would notify them."""
    at: datetime


class JobCard(msgspec.Struct, frozen=True, kw_only=True):
    """A followed job as its root message shows it."""

    job: JobInfo
    ui_url: str
    """Link to the job in the DSS web interface."""
    asker: str | None = None
    """Slack user ID of the person who started the job or follows it."""
    asker_name: str | None = None
    """The asker's name in Slack: the root message shows it instead of a mention, which would notify them."""
    started_by_bot: bool = True
    """False if the job was started elsewhere and the bot only follows it."""
    instance_label: str | None = None
    """Name of the instance, if the bot knows more than one."""
    usual_seconds: float | None = None
    """How long the same build usually takes (median of recent DONE jobs)."""
    usual_spread: tuple[float, float] | None = None
    """The shortest and the longest of these durations, in seconds."""
    abort: AbortAsked | None = None
    gaps: tuple[Gap, ...] = ()
    silent_since: datetime | None = None
    """DSS hasn't answered since then."""
    silence: Silence = Silence.OUTAGE
    """Why there is no answer."""
    vanished: bool = False
    """DSS doesn't know the job anymore."""
    reported_failures: frozenset[str] = frozenset()
    """IDs of activities whose failure already has a reply in the thread."""
    gave_up: bool = False
    """The bot has reached its time limit and no longer follows the job, which keeps running."""
    history: ErrorHistory | None = None
    """What earlier runs of the same outputs say about why it failed."""
    picture: str | None = None
    """Slack's id of the file with the picture of its timeline."""
    thread_url: str | None = None
    """Link to the thread where the job is or was followed, for lists and App Home."""


class NewerBlocks(msgspec.Struct, frozen=True, kw_only=True):
    """Newer blocks that show what a run of a message's classic blocks shows.

    Some workspaces and clients refuse them (WIRE-FACTS §4). The first block's type is their kind.
    """

    blocks: tuple[dict[str, object], ...]
    start: int
    """Position of the first classic block that they replace."""
    count: int
    """How many classic blocks they replace."""

    @property
    def kind(self) -> str:
        """The type that a workspace accepts or refuses, such as ``plan``."""
        return str(self.blocks[0].get("type")) if self.blocks else ""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A Slack message: ``text`` is for notifications and screen readers; ``blocks`` is what people see."""

    text: str
    blocks: tuple[dict[str, object], ...] = ()
    """Classic blocks, which every workspace accepts. A version that doesn't know `newer` shows these."""
    newer: tuple[NewerBlocks, ...] = ()
    """What to show instead of some of them, in their order, where it's accepted."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of newer blocks that it has."""
        return frozenset(one.kind for one in self.newer)

    def without(self, refused: Collection[str]) -> "Message":
        """Return the message as a workspace shows it that refuses these kinds of newer blocks."""
        blocks = list(self.blocks)
        for one in reversed(self.newer):
            if one.kind not in refused and one.blocks:
                blocks[one.start : one.start + one.count] = one.blocks
        return Message(text=self.text, blocks=tuple(blocks))

    def classic(self) -> "Message":
        """Return the message in classic blocks only."""
        return Message(text=self.text, blocks=self.blocks) if self.newer else self
