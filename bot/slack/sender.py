"""The sender: sends outbox rows to Slack and records the outcome of each."""

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

from bot import views
from bot.domain import Message
from bot.domain.approvals import is_request_message
from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import OutboxRow, PendingEnd, Urgency
from bot.language import in_same_language
from bot.slack.answers import UnreadableAnswer
from bot.slack.block_support import BlockSupport
from bot.slack.delivery_steps import NextStep, RowKind, kind_of, next_step, pause_after
from bot.slack.error_codes import ErrorKind, asked_to_wait, classify, code_of, retry_after
from bot.slack.message_lookup import MessageLookup
from bot.slack.outbox_ports import Digests, OutboxRows
from bot.slack.permalinks import permalink
from bot.slack.poster import Poster
from bot.slack.token_refusals import TokenRefusals

log = structlog.get_logger(__name__)

LEASE_SECONDS = 20.0
"""Another sender takes over a killed sender's messages after this time; a running sender renews its lease."""

LONGEST_CALL = 12.0
"""Seconds that a call to Slack may take, including its answer."""

ASK_AGAIN = 60.0
"""Seconds until the next check whether Slack accepts the token."""

BATCH = 40
"""How many rows one query of the outbox claims: the query costs the same for one row as for many."""

DIGEST_FROM = 8
"""With this many ends in one channel, a digest reports them: one by one, they would take as many seconds."""

_SLACKS_OWN = frozenset({ErrorKind.RETRY, ErrorKind.UNREADABLE})
"""Errors that can be about Slack or the network rather than about one message."""


def _uptime() -> float:
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class OutboxSender:
    """Sends the rows that are due. Each call of `round` claims a batch and sends it.

    Args:
        outbox: the rows.
        client: a client with the bot token.
        owner: the name of this process in the leases.
        rates: Slack's rates.
        lookup: finds messages with an unknown outcome.
        support: knows which newer blocks the workspace accepts.
        pool: sends several messages at the same time.
        digests: gathers many ends of one channel into digests.
        home: the workspace's address, for links to threads.
        on_sent: called with each row that is shown.
        stopping: set when no more rows should be sent.
        uptime: a clock in seconds that also runs while the machine sleeps.
    """

    def __init__(
        self,
        outbox: OutboxRows,
        client: WebClient,
        *,
        owner: str,
        rates: SlackRates = SlackRates(),  # noqa: B008 - frozen
        lookup: MessageLookup | None = None,
        support: BlockSupport | None = None,
        pool: ThreadPoolExecutor | None = None,
        digests: Digests | None = None,
        home: str = "",
        on_sent: Callable[[OutboxRow], None] | None = None,
        stopping: threading.Event | None = None,
        uptime: Callable[[], float] = _uptime,
    ) -> None:
        self._outbox = outbox
        self._poster = Poster(client, lookup, support)
        self._owner = owner
        self._rates = rates
        self._pool = pool
        self._digests = digests
        self._home = home
        self._on_sent = on_sent
        self._stopping = stopping or threading.Event()
        self._uptime = uptime
        self._sending: frozenset[str] = frozenset()
        self._leased_at = uptime()
        self._refusals = TokenRefusals(uptime)
        self._refused: str | None = None
        """Slack's error code if the token didn't work in this round."""
        self.trouble: str | None = None
        """Slack's error code if the token doesn't work; the health check shows it."""

    def round(self) -> int:
        """Send what can be sent now; return how many rows were handled."""
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
        """Renew the leases of the rows that are being sent."""
        now = self._uptime()
        self._outbox.renew(self._owner, self._sending, LEASE_SECONDS)
        self._leased_at = now

    def _gather(self) -> None:
        """Gather the ends of each channel that has many into a digest, if the channel can take one now."""
        if self._digests is None or self._rates.post_channel_ms == 0:
            return
        for channel in self._digests.channels_with_many_ends(DIGEST_FROM):
            gathered = self._digests.gather(
                channel,
                least=DIGEST_FROM,
                most=views.PER_DIGEST,
                make=self._digest,
                rank=lambda told: views.digest_rank(told.text),
                unreadable=views.not_readable,
            )
            if gathered:
                log.info("outbox.digest", channel=channel, ends=gathered)

    def _digest(self, told: Sequence[PendingEnd]) -> Message:
        return views.digest([views.End(text=one.text, asker=one.asker, url=self._link(one)) for one in told])

    def _link(self, told: PendingEnd) -> str | None:
        """Return the address of a thread."""
        return permalink(self._home, told.channel_id, told.root_ts) if told.root_ts else None

    def _send_all(self, rows: Sequence[OutboxRow]) -> None:
        if self._pool is None or len(rows) < 2:
            for row in rows:
                self._send(row)
        else:
            list(self._pool.map(in_same_language(self._send), rows))

    def _send(self, row: OutboxRow) -> None:
        if self._refused:
            self._again(row, ASK_AGAIN, self._refused, tries=row.attempts)
            return
        if self._stopping.is_set() or self._uptime() - self._leased_at > LEASE_SECONDS - LONGEST_CALL:
            # The sender is stopping or couldn't renew the lease: another one has the row, or might soon.
            self._again(row, 0, "given back", tries=row.attempts)
            return
        try:
            channel, ts = self._poster.show(row)
        except SlackApiError as error:
            error_kind = classify(error)
            pause = self._hold(row, error) if error_kind is ErrorKind.RATE else None
            # These are Slack's own errors: the call might have taken effect in part.
            doubtful = error_kind in _SLACKS_OWN
            self._failed(row, error_kind, code_of(error), doubtful=doubtful, pause=pause)
        except UnreadableAnswer as error:
            self._failed(row, ErrorKind.UNREADABLE, str(error), doubtful=True)
        except (SlackClientError, HTTPException, OSError) as error:
            # No answer: the message might have been posted, so look for it before sending it again.
            self._failed(row, ErrorKind.RETRY, type(error).__name__, doubtful=not _never_sent(error))
        except Exception as error:
            # slack_sdk can raise anything on an absurd answer.
            log.exception("outbox.unreadable_answer", row=row.id)
            self._failed(row, ErrorKind.UNREADABLE, type(error).__name__, doubtful=True)
        else:
            self.trouble = None
            self._refusals.taken(row)
            self._outbox.sent(row, self._owner, ts, channel)
            if self._on_sent:
                self._on_sent(row)

    def _failed(
        self, row: OutboxRow, error_kind: ErrorKind, code: str, *, doubtful: bool, pause: float | None = None
    ) -> None:
        """Do what `next_step` says with a row; ``pause`` is the seconds that Slack asked for."""
        if error_kind is ErrorKind.AUTH and self._refusals.only_here(row):
            error_kind = ErrorKind.DENIED  # it works for others, so it's about this place
        tries = row.attempts + 1
        kind = kind_of(row)
        step = next_step(kind, error_kind, tries=tries, movable=_can_move(row))
        if step in {NextStep.MOVE, NextStep.DROP} and error_kind in _SLACKS_OWN and not self._poster.works():
            step, tries = NextStep.AGAIN, tries // 2  # it isn't about this message: all others wait too
        match step:
            case NextStep.WAIT:
                self._not_allowed(row, code)
            case NextStep.MOVE:
                self._move(row, error_kind, code)
            case NextStep.DROP:
                self._drop(row, code)
            case _:
                seconds = pause_after(kind, error_kind, tries) if pause is None else pause
                self._again(row, seconds, code, tries=tries, doubtful=doubtful)
                log.warning("outbox.again", row=row.id, error=code, tries=tries, seconds=seconds)

    def _hold(self, row: OutboxRow, error: SlackApiError) -> float:
        """Close the rate that Slack refused: the channel's for a post, the workspace's for an edit."""
        rate = self._rates.update() if row.ts else self._rates.in_channel(row.channel_id)
        asked, pause = asked_to_wait(error), retry_after(error)
        self._outbox.hold(rate, pause, asked=asked)
        log.warning("outbox.rate_limited", row=row.id, rate=rate.key, asked=asked, seconds=pause)
        return pause

    def _move(self, row: OutboxRow, error_kind: ErrorKind, code: str) -> None:
        """Send it to the person who asked, with the reason; a root takes its thread along (ADR 0006)."""
        told = row.message
        if error_kind is ErrorKind.CONTENT:
            told = views.rejected_by_slack(row.channel_id, code)
        elif not row.is_root or row.urgency is Urgency.END:
            told = views.redirected(told, row.channel_id, code)
        asks = is_request_message(row.id)
        notice = (views.approval_moved if asks else views.moved_to_dm)(row.channel_id, code)
        log.info("outbox.moved_to_dm", row=row.id, error=code)
        self._outbox.reroute(row, self._owner, str(row.asker), notice, told)

    def _drop(self, row: OutboxRow, code: str) -> None:
        self._outbox.dead(row, self._owner, code)
        lost = kind_of(row) in {RowKind.ROOT, RowKind.END}
        log.log(logging.ERROR if lost else logging.WARNING, "outbox.dead", row=row.id, error=code, lost=lost)

    def _not_allowed(self, row: OutboxRow, code: str) -> None:
        """Wait until somebody fixes the token: one message a minute checks it, and all others wait."""
        for rate in self._rates.shared():
            self._outbox.hold(rate, ASK_AGAIN)
        # A message of another channel makes the next check: this one might be the reason.
        here = self._rates.in_channel(row.channel_id)
        if row.ts is None and here.interval_ms:
            self._outbox.hold(here, ASK_AGAIN + 5)
        self._again(row, ASK_AGAIN + 5, code, tries=row.attempts)
        self._refused = code
        if self.trouble != code:
            log.error("outbox.not_allowed", error=code)
        self.trouble = code

    def _again(
        self, row: OutboxRow, seconds: float, reason: str, *, tries: int, doubtful: bool = False
    ) -> None:
        """Return a row for another try. A doubtful row stays so until Slack accepts it or it's found."""
        give = self._outbox.doubt if row.doubtful or (doubtful and row.ts is None) else self._outbox.later
        give(row, self._owner, seconds, reason, tries=tries)


def _can_move(row: OutboxRow) -> bool:
    """Return whether a row can go to the person who asked: only roots and ends that aren't there already."""
    wanted = kind_of(row) in {RowKind.ROOT, RowKind.END}
    return wanted and bool(row.asker) and row.channel_id != row.asker


def _never_sent(error: Exception) -> bool:
    reason = getattr(error, "reason", error)
    return isinstance(reason, ConnectionRefusedError | socket.gaierror)
