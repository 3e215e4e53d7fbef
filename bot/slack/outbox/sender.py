"""The sender: takes rows of the outbox to Slack, one after the other, and writes down what became of them."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.facts import Message
from bot.facts.rates import Rates
from bot.facts.records import OutboxRow, Told, Urgency
from bot.slack import views
from bot.slack.outbox.lookup import Lookup
from bot.slack.outbox.ports import Crowds, Rows
from bot.slack.outbox.poster import Poster, UnreadableAnswer
from bot.slack.outbox.steps import Kind, Step, kind_of, next_step, pause_after
from bot.slack.outbox.verdicts import Verdict, asked_to_wait, code_of, judge, retry_after

log = structlog.get_logger(__name__)

LEASE_SECONDS = 20.0
"""A killed sender's messages are taken over after this time; a living one's lease is renewed."""

LONGEST_CALL = 12.0
"""Seconds that a call to Slack may take, its answer included."""

ASK_AGAIN = 60.0
"""Seconds until it is tried again whether Slack accepts the token."""

BATCH = 40
"""Rows that one look at the outbox takes: the look costs as much for one as for many."""

CROWD = 8
"""From so many ends in one channel on, a digest tells them: one by one they would take as many seconds."""

_SLACKS_OWN = frozenset({Verdict.RETRY, Verdict.UNREADABLE})
"""What may be about Slack or the network rather than about one message."""


def _uptime() -> float:
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Sender:
    """Sends what is due; each call of `round` claims a batch and sends it.

    Args:
        outbox: the rows.
        client: with the bot token.
        owner: names this process in the leases.
        rates: Slack's rates.
        lookup: finds messages whose sending had an unknown outcome.
        pool: sends several at the same time.
        crowds: gathers many ends of one channel into digests.
        home: the workspace's address, for links to threads.
        on_sent: told of each row that is shown.
        stopping: set when no more rows are to be sent.
        uptime: seconds of a clock that also runs while the machine sleeps.
    """

    def __init__(
        self,
        outbox: Rows,
        client: WebClient,
        *,
        owner: str,
        rates: Rates = Rates(),  # noqa: B008 - frozen
        lookup: Lookup | None = None,
        pool: ThreadPoolExecutor | None = None,
        crowds: Crowds | None = None,
        home: str = "",
        on_sent: Callable[[OutboxRow], None] | None = None,
        stopping: threading.Event | None = None,
        uptime: Callable[[], float] = _uptime,
    ) -> None:
        self._outbox = outbox
        self._poster = Poster(client, lookup)
        self._owner = owner
        self._rates = rates
        self._pool = pool
        self._crowds = crowds
        self._home = home
        self._on_sent = on_sent
        self._stopping = stopping or threading.Event()
        self._uptime = uptime
        self._sending: frozenset[str] = frozenset()
        self._leased_at = uptime()
        self._refused: str | None = None
        """Slack's word when this round met a token that does not work."""
        self.trouble: str | None = None
        """Slack's word when the token does not work: shown by health."""

    def round(self) -> int:
        """Send what may be sent now; return how many rows were handled."""
        if self._stopping.is_set():
            return 0
        self._gather()
        self._refused = None
        self._leased_at = self._uptime()
        rows = self._outbox.claim(
            self._owner,
            limit=BATCH,
            lease_seconds=LEASE_SECONDS,
            rates=self._rates,
            unreadable=views.not_readable,
        )
        self._sending = frozenset(row.id for row in rows)
        try:
            self._send_all(rows)
        finally:
            self._sending = frozenset()
        return len(rows)

    def renew(self) -> None:
        """Keep the leases of the rows that are on their way."""
        now = self._uptime()
        self._outbox.renew(self._owner, self._sending, LEASE_SECONDS)
        self._leased_at = now

    def _gather(self) -> None:
        """Turn a crowd of ends in one channel into digests, as far as the channel takes one now."""
        if self._crowds is None or self._rates.post_channel_ms == 0:
            return
        for channel in self._crowds.crowded(CROWD):
            gathered = self._crowds.gather(
                channel,
                least=CROWD,
                most=views.PER_DIGEST,
                make=self._digest,
                rank=lambda told: views.digest_rank(told.text),
                unreadable=views.not_readable,
            )
            if gathered:
                log.info("outbox.digest", channel=channel, ends=gathered)

    def _digest(self, told: Sequence[Told]) -> Message:
        return views.digest([views.End(text=one.text, asker=one.asker, url=self._link(one)) for one in told])

    def _link(self, told: Told) -> str | None:
        """Return the address of a thread, as Slack makes them: no call is needed for it."""
        if not self._home or not told.root_ts:
            return None
        return f"{self._home.rstrip('/')}/archives/{told.channel_id}/p{told.root_ts.replace('.', '')}"

    def _send_all(self, rows: Sequence[OutboxRow]) -> None:
        if self._pool is None or len(rows) < 2:
            for row in rows:
                self._send(row)
        else:
            list(self._pool.map(self._send, rows))

    def _send(self, row: OutboxRow) -> None:
        if self._refused:
            self._again(row, ASK_AGAIN, self._refused, tries=row.attempts)
            return
        if self._stopping.is_set() or self._uptime() - self._leased_at > LEASE_SECONDS - LONGEST_CALL:
            # About to end, or kept from renewing: somebody else may have it, or will.
            self._again(row, 0, "given back", tries=row.attempts)
            return
        try:
            channel, ts = self._poster.show(row)
        except SlackApiError as error:
            verdict = judge(error)
            pause = self._hold(row, error) if verdict is Verdict.RATE else None
            # Slack's own words for its errors: some aspect of it may have happened before.
            doubtful = verdict in _SLACKS_OWN
            self._failed(row, verdict, code_of(error), doubtful=doubtful, pause=pause)
        except UnreadableAnswer as error:
            self._failed(row, Verdict.UNREADABLE, str(error), doubtful=True)
        except (SlackClientError, HTTPException, OSError) as error:
            # No answer: the message may be there, so that it is looked for first.
            self._failed(row, Verdict.RETRY, type(error).__name__, doubtful=not _never_sent(error))
        except Exception as error:
            # slack_sdk raises whatever an absurd answer makes it stumble over.
            log.exception("outbox.unreadable_answer", row=row.id)
            self._failed(row, Verdict.UNREADABLE, type(error).__name__, doubtful=True)
        else:
            self.trouble = None
            self._outbox.sent(row, self._owner, ts, channel)
            if self._on_sent:
                self._on_sent(row)

    def _failed(
        self, row: OutboxRow, verdict: Verdict, code: str, *, doubtful: bool, pause: float | None = None
    ) -> None:
        """Do with a row what `next_step` says; ``pause``: the seconds that Slack asked for."""
        tries = row.attempts + 1
        kind = kind_of(row)
        step = next_step(kind, verdict, tries=tries, movable=_can_move(row))
        if step in {Step.MOVE, Step.DROP} and verdict in _SLACKS_OWN and not self._poster.works():
            step, tries = Step.AGAIN, tries // 2  # it is not about this message: all others wait too
        match step:
            case Step.WAIT:
                self._not_allowed(row, code)
            case Step.MOVE:
                self._move(row, verdict, code)
            case Step.DROP:
                self._drop(row, code)
            case _:
                seconds = pause_after(kind, verdict, tries) if pause is None else pause
                self._again(row, seconds, code, tries=tries, doubtful=doubtful)
                log.warning("outbox.again", row=row.id, error=code, tries=tries, seconds=seconds)

    def _hold(self, row: OutboxRow, error: SlackApiError) -> float:
        """Hold the rate that Slack spoke of: the channel's for a post, the workspace's for an edit."""
        rate = self._rates.update() if row.ts else self._rates.in_channel(row.channel_id)
        asked, pause = asked_to_wait(error), retry_after(error)
        self._outbox.hold(rate, pause, asked=asked)
        log.warning("outbox.rate_limited", row=row.id, rate=rate.key, asked=asked, seconds=pause)
        return pause

    def _move(self, row: OutboxRow, verdict: Verdict, code: str) -> None:
        """Tell the person who asked, with the reason; a root takes its thread along (ADR 0006)."""
        told = row.message
        if verdict is Verdict.CONTENT:
            told = views.not_taken(row.channel_id, code)
        elif not row.is_root or row.urgency is Urgency.END:
            told = views.told_here(told, row.channel_id, code)
        notice = views.moved_to_dm(row.channel_id, code)
        log.info("outbox.moved_to_dm", row=row.id, error=code)
        self._outbox.reroute(row, self._owner, str(row.asker), notice, told)

    def _drop(self, row: OutboxRow, code: str) -> None:
        self._outbox.dead(row, self._owner, code)
        lost = kind_of(row) in {Kind.ROOT, Kind.END}
        log.log(logging.ERROR if lost else logging.WARNING, "outbox.dead", row=row.id, error=code, lost=lost)

    def _not_allowed(self, row: OutboxRow, code: str) -> None:
        """Nothing works until somebody acts: one message finds out each minute, all others wait."""
        for rate in self._rates.shared():
            self._outbox.hold(rate, ASK_AGAIN)
        # Another message is the next to find out: this one may be the reason.
        self._again(row, ASK_AGAIN + 5, code, tries=row.attempts)
        self._refused = code
        if self.trouble != code:
            log.error("outbox.not_allowed", error=code)
        self.trouble = code

    def _again(
        self, row: OutboxRow, seconds: float, reason: str, *, tries: int, doubtful: bool = False
    ) -> None:
        """Give a row back for another try; a doubt stays until Slack has taken the row or it was found."""
        give = self._outbox.doubt if row.doubtful or (doubtful and row.ts is None) else self._outbox.later
        give(row, self._owner, seconds, reason, tries=tries)


def _can_move(row: OutboxRow) -> bool:
    """A thread that cannot be opened, and an end that cannot be told, go to the person who asked."""
    wanted = kind_of(row) in {Kind.ROOT, Kind.END}
    return wanted and bool(row.asker) and row.channel_id != row.asker


def _never_sent(error: Exception) -> bool:
    reason = getattr(error, "reason", error)
    return isinstance(reason, ConnectionRefusedError | socket.gaierror)
