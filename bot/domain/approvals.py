"""Approvals: which builds need a second person, what exactly they approve, and who can't (ADR 0017)."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from bot.domain.build_modes import BuildMode
from bot.domain.people import Place
from bot.domain.requests import Build, DecideApproval
from bot.domain.stored_records import BuildPlan
from bot.language import mark, number, t, tn

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of a week as the settings name them, in the order of `datetime.weekday`."""

VALID_FOR = timedelta(hours=1)
"""How long a request waits for its approval by default."""

_MESSAGE = "approval:"


class ApprovalState(StrEnum):
    """How far a request has come. Only PENDING ones can be decided."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELED = "canceled"
    LAPSED = "lapsed"
    NOT_STARTED = "not_started"
    """Approved, but the build couldn't be started."""
    UNKNOWN = "unknown"
    """Approved, but the bot couldn't find out whether the build was started."""
    REPLACED = "replaced"
    """Approved, but the build had changed by the time of the start: a new request was made."""
    UNREADABLE = "unreadable"
    """This version can't read the row."""


class WorkingHours(msgspec.Struct, frozen=True, kw_only=True):
    """When builds need no approval on account of the time."""

    zone: str = "UTC"
    """IANA name of the time zone."""
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    """Days of the week; Monday is 0."""
    begin: time = time(8)
    end: time = time(18)
    """Midnight means the end of the day."""

    def include(self, moment: datetime) -> bool:
        """Return whether an aware time is within the hours, where they are."""
        here = moment.astimezone(ZoneInfo(self.zone))
        until = self.end if self.end != time(0) else time.max
        return here.weekday() in self.days and self.begin <= here.time() < until


class ApprovalRules(msgspec.Struct, frozen=True, kw_only=True):
    """Which builds need an approval: by default, none does."""

    projects: tuple[str, ...] = ()
    """Patterns of keys of protected projects, such as ``PROD_*``; case doesn't matter."""
    modes: tuple[BuildMode, ...] = ()
    """Build modes that need one."""
    partitions: int | None = None
    """More partitions of one dataset than this need one."""
    instances: tuple[str, ...] = ()
    """Names of production instances."""
    hours: WorkingHours | None = None
    """Builds outside of these need one."""
    channel: str | None = None
    """ID of the channel where approvers are asked; ``None`` means where the build was asked for."""
    valid_for: timedelta = VALID_FOR


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a build needs an approval: stored as what it means, and said to each reader in their language."""

    kind: Literal["project", "instance", "mode", "partitions", "hours"]
    name: str = ""
    """Of the project or the instance."""
    mode: BuildMode = BuildMode.ONLY
    partitions: int = 0
    most: int = 0
    """More partitions than this need one."""
    hours: WorkingHours = WorkingHours()

    def __str__(self) -> str:
        """Say it as a plain sentence, unescaped."""
        match self.kind:
            case "project":
                return t("{project} is a protected project.", project=self.name)
            case "instance":
                return t("{instance} is a production instance.", instance=self.name)
            case "mode":
                return t(_MODES[self.mode])
            case "partitions":
                return self._too_many()
            case "hours":
                return t(
                    "It was asked for outside working hours ({days} {begin} to {end}, {zone}).",
                    days=", ".join(t(_DAY_NAMES[day]) for day in self.hours.days),
                    begin=self.hours.begin.strftime("%H:%M"),
                    end=self.hours.end.strftime("%H:%M"),
                    zone=self.hours.zone,
                )

    def _too_many(self) -> str:
        most = number(self.most)
        if self.partitions == UNKNOWN:
            return t("It builds an unknown number of partitions, more than {most}.", most=most)
        return tn(
            "It builds {number} partition, more than {most}.",
            "It builds {number} partitions, more than {most}.",
            self.partitions,
            most=most,
        )


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """A build that was asked for and needs a second person, as it was shown to them."""

    id: str
    fingerprint: str
    """Of what was shown, `fingerprint`: whoever decides says with it what they saw."""
    request: Build
    """With every output's project, and confirmed."""
    plan: BuildPlan
    """As it was at that time; ``known_ids`` is empty."""
    because: tuple[Reason, ...]
    """Why it needs an approval."""
    user_id: str
    team_id: str
    place: Place
    """Where the build was asked for, and will be followed."""
    channel_id: str
    """Where approvers were asked."""
    created_at: datetime
    expires_at: datetime
    state: ApprovalState = ApprovalState.PENDING
    decided_by: str | None = None
    """Slack user who approved, declined or canceled."""
    decided_team: str | None = None
    decided_at: datetime | None = None
    reason: str = ""
    """Why it was declined or not started; unescaped."""
    start_id: str | None = None
    """ID of the intent that starts the build."""

    @property
    def why(self) -> tuple[str, ...]:
        """Why it needs an approval, in the reader's language: plain sentences, unescaped."""
        return tuple(map(str, self.because))

    @property
    def message_id(self) -> str:
        """ID of the outbox row of the message with the buttons."""
        return f"{_MESSAGE}{self.id}"

    @property
    def outcome_id(self) -> str:
        """ID of the outbox row that tells the requester the outcome."""
        return f"{_MESSAGE}{self.id}:outcome"

    @property
    def labels(self) -> list[str]:
        """What would be built: ``PROJECT.name [partition]``, unescaped."""
        return [output.label for output in self.plan.outputs]


def is_request_message(row_id: str) -> bool:
    """Return whether an outbox row is a message that asks for an approval."""
    return row_id.startswith(_MESSAGE) and row_id.count(":") == 1


def why_needed(rules: ApprovalRules, plan: BuildPlan, now: datetime) -> tuple[Reason, ...]:
    """Return why a build needs an approval; empty if it needs none."""
    return tuple(_reasons(rules, plan, now))


def _reasons(rules: ApprovalRules, plan: BuildPlan, now: datetime) -> Iterator[Reason]:
    projects = dict.fromkeys((plan.project, *(output.project for output in plan.outputs)))
    for project in projects:
        if any(fnmatchcase(project.casefold(), pattern.casefold()) for pattern in rules.projects):
            yield Reason(kind="project", name=project)
    if plan.instance in rules.instances:
        yield Reason(kind="instance", name=plan.instance)
    if plan.mode in rules.modes:
        yield Reason(kind="mode", mode=plan.mode)
    if rules.partitions is not None:
        most = max((count_partitions(output.partition) for output in plan.outputs), default=0)
        if most > rules.partitions:
            yield Reason(kind="partitions", partitions=most, most=rules.partitions)
    if rules.hours is not None and not rules.hours.include(now):
        yield Reason(kind="hours", hours=rules.hours)


_MODES = {
    BuildMode.ONLY: mark("Even a build of only these outputs needs an approval here."),
    BuildMode.MODIFIED: mark("It also builds what is out of date upstream."),
    BuildMode.ALL: mark("It rebuilds everything upstream, even what hasn't changed."),
    BuildMode.MISSING: mark("It also builds what is missing upstream."),
}
_DAY_NAMES = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))

UNKNOWN = 10**9
"""The count of partitions that can't be counted: it is more than any setting."""

_MOST_COUNTED = 2_000
"""Items of a partition that are read one by one; its text has at most 500 characters anyway."""


def count_partitions(text: str | None) -> int:
    """Count the partitions that a partition identifier means (DSS-API.md §2.5): lists, ranges, dimensions.

    Returns:
        Their number; 0 if there are none, and `UNKNOWN` if the range can't be read.
    """
    if text is None or text in {"", "NP"}:
        return 0
    total = 0
    for item in text.split(",")[:_MOST_COUNTED]:
        product = 1
        for part in item.split("|"):
            product = min(product * _values_of(part), UNKNOWN)
        total = min(total + product, UNKNOWN)
    return total


def _values_of(part: str) -> int:
    """Count the values of one dimension: one, a range of time, or several joined by ``/``."""
    values = part.split("/")
    if len(values) == 2 and all(value[:1].isdigit() for value in values):
        first, last = (_steps(value) for value in values)
        if first is not None and last is not None and first[0] == last[0] and last[1] >= first[1]:
            return min(last[1] - first[1] + 1, UNKNOWN)
        return UNKNOWN if values[0] != values[1] else 1
    if len(values) == 2 and any("_" in value for value in values):
        return UNKNOWN  # such as PREVIOUS_MONTH/CURRENT_DAY
    return len(values)


def _steps(value: str) -> tuple[int, int] | None:
    """Return the number of parts of a time and its position in steps of its grain; ``None`` if it's none."""
    parts = value.split("-")
    if not 1 <= len(parts) <= 4 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    year, *rest = (int(part) for part in parts)
    if not rest:
        return 1, year
    if len(rest) == 1:
        return 2, year * 12 + rest[0]
    try:
        day = datetime(year, rest[0], rest[1]).toordinal()  # noqa: DTZ001 - a calendar day
    except ValueError:
        return None
    return (3, day) if len(rest) == 2 else (4, day * 24 + rest[2])


def fingerprint(plan: BuildPlan, user_id: str, team_id: str) -> str:
    """Return a hash over everything that an approver agrees to: who, as whom, where, what, and how.

    What changes by itself isn't part of it: how long the build usually takes, and which jobs there were.
    """
    return _hash(("approval-1", user_id, team_id, plan.act_as, *_definition(plan)))


def definition_key(plan: BuildPlan) -> str:
    """Return a key of what is built, whoever asks: the same build waits for one approval at a time."""
    return _hash(_definition(plan))


def _definition(plan: BuildPlan) -> tuple[object, ...]:
    outputs = sorted(
        [[str(one.kind), one.project, one.id, one.name or "", one.partition or ""] for one in plan.outputs]
    )
    return plan.instance, plan.project, str(plan.mode), outputs


def _hash(parts: Iterable[object]) -> str:
    return hashlib.sha256(msgspec.json.encode(list(parts))).hexdigest()


def why_not(
    approval: Approval, asked: DecideApproval, user_id: str, *, same_login: bool, now: datetime
) -> str | None:
    """Return why somebody who has the right can't make a decision; ``None`` if they can.

    Args:
        approval: the request as it is now.
        asked: the decision.
        user_id: who decides.
        same_login: whether they have the same DSS login as the requester.
        now: an aware time.
    """
    mine = user_id == approval.user_id
    if asked.verdict == "cancel" and not mine:
        return t("Only the person who asked for this build can cancel the request. You can decline it.")
    if approval.state is not ApprovalState.PENDING:
        return t(
            "This request isn't waiting any more: {outcome} Nothing was changed.", outcome=over(approval)
        )
    if now >= approval.expires_at:
        return t("This request has lapsed: it wasn't approved in time. Nothing was started.")
    if asked.fingerprint != approval.fingerprint:
        return t("This button doesn't belong to the build that is waiting. Nothing was changed.")
    if asked.verdict == "cancel":
        return None
    if mine:
        return t("You asked for this build, so somebody else has to decide. You can cancel the request.")
    if same_login:
        return t("You have the same DSS login as the person who asked, so somebody else has to decide.")
    return None


def over(approval: Approval) -> str:
    """Say in a plain sentence how a request ended."""
    match approval.state:
        case ApprovalState.APPROVED:
            return t("it was approved.")
        case ApprovalState.DECLINED:
            return t("it was declined.")
        case ApprovalState.CANCELED:
            return t("the person who asked canceled it.")
        case ApprovalState.LAPSED:
            return t("it wasn't approved in time.")
        case ApprovalState.NOT_STARTED:
            return t("it was approved, but the build wasn't started.")
        case ApprovalState.UNKNOWN:
            return t("it was approved, and it isn't clear whether the build was started.")
        case ApprovalState.REPLACED:
            return t("the build had changed, so there is a new request.")
        case _:
            return t("it was closed.")
