"""Limits for people: how many builds and heavy reads one person or one channel can ask for in a minute."""

import math
from collections.abc import Callable

import structlog

from bot.commands.rendering import as_command, can_be_typed
from bot.domain import Build, ListJobs, Place, ReadLog, Request, SendLog
from bot.domain.audit import AuditEntry
from bot.domain.errors import Refusal
from bot.domain.people import surface_of
from bot.domain.policy import capability_of
from bot.domain.request_limits import Limited, RequestLimits
from bot.language import mark, t
from bot.services.access import Authorized
from bot.services.project_search import is_pattern
from bot.store import Exceeded, Store
from bot.views import wording

log = structlog.get_logger(__name__)


class TooManyRequests(Refusal):
    """A person, or a channel, asked for too much within a minute."""


class RequestLimiter:
    """Refuses builds and heavy reads beyond the limits. The store counts, so a restart forgets nothing."""

    def __init__(
        self,
        store: Store,
        limits: RequestLimits,
        on_refused: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Start.

        Args:
            store: counts the requests.
            limits: the settings.
            on_refused: called with the name of the limit for each request that is refused.
        """
        self._store = store
        self._limits = limits
        self._on_refused = on_refused

    def check(
        self, request: Request, authorized: Authorized, place: Place, request_id: str, target: str = ""
    ) -> None:
        """Count a request if its kind is limited.

        Args:
            request: what was asked for.
            authorized: who asks; they are allowed to.
            place: where they ask.
            request_id: the same for every delivery of the request, so that it counts once.
            target: what it is about, for the audit.

        Raises:
            TooManyRequests: with when to try again. Nothing was started or read.
        """
        kind = limited(request)
        if kind is None:
            return
        person = authorized.person
        rates = self._limits.rates(kind, person.user_id, place.channel_id)
        exceeded = self._store.request_limits.count(request_id, list(rates.values()))
        if exceeded is None:
            return
        name = next(name for name, rate in rates.items() if rate.key == exceeded.rate.key)
        said = refusal(kind, name, exceeded)
        log.info("request.limited", limit=name, user=person.user_id, channel=place.channel_id)
        self._on_refused(name)
        entry = AuditEntry(
            user_id=person.user_id,
            team_id=person.team_id,
            act_as=authorized.act_as,
            verb=capability_of(request),
            instance=authorized.dss.instance,
            target=target,
            channel=place.channel_id,
            surface=surface_of(place),
            allowed=False,
            rule=f"limits.{name}",
            reference=request_id,
            note=said,
        )
        self._store.audit.add(entry)
        typed = not isinstance(request, Build) or can_be_typed(request)
        raise TooManyRequests(said, example=as_command(request) if typed else None)


def limited(request: Request) -> Limited | None:
    """Return which limits apply to a request; ``None`` for one that is cheap."""
    match request:
        case Build(dry_run=dry_run):
            return Limited.READS if dry_run else Limited.STARTS
        case ReadLog() | SendLog():
            return Limited.READS
        case ListJobs(project=project) if is_pattern(project):
            return Limited.READS
        case _:
            return None


def refusal(kind: Limited, name: str, exceeded: Exceeded) -> str:
    """Say what is too much, that nothing happened, and when to try again."""
    number, again = exceeded.rate.burst, wording.duration(math.ceil(exceeded.seconds))
    return t(_TOO_MUCH[kind, name.endswith("person")], number=number, time=again)


_TOO_MUCH = {
    (Limited.STARTS, True): mark(
        "That's too many builds at once: one person can start {number} a minute here. "
        "Nothing was started. Try again in {time}."
    ),
    (Limited.STARTS, False): mark(
        "That's too many builds at once: all people of one channel together can start {number} a minute "
        "here. Nothing was started. Try again in {time}."
    ),
    (Limited.READS, True): mark(
        "That's too many logs and searches at once: one person can ask for {number} a minute here. "
        "DSS wasn't asked. Try again in {time}."
    ),
    (Limited.READS, False): mark(
        "That's too many logs and searches at once: all people of one channel together can ask for "
        "{number} a minute here. DSS wasn't asked. Try again in {time}."
    ),
}
"""What is said for each kind of request, if one person's limit is exceeded or not."""
