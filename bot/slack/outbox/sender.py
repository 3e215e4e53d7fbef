"""The sender: takes rows of the outbox to Slack, one after the other, and writes down what became of them."""

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
from bot.slack.outbox.verdicts import Verdict, code_of, judge, retry_after

log = structlog.get_logger(__name__)

EVENT_TYPE = "dss_bot_message"
"""``event_type`` of the metadata that carries the row's id, by which a doubtful message is found again."""

LEASE_SECONDS = 20.0
"""A killed sender's messages are taken over after this time; a living one's lease is renewed."""

LONGEST_CALL = 12.0
"""Seconds that a call to Slack may take, its answer included."""

ASK_AGAIN = 60.0
"""Seconds until it is tried again whether Slack accepts the token."""

DENIALS = 12
"""How often it is tried to say something where that is not allowed: some eight hours."""

BATCH = 40
"""Rows that one look at the outbox takes: the look costs as much for one as for many."""

CROWD = 8
"""From so many ends in one channel on, a digest tells them: one by one they would take as many seconds."""


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
        self._client = client
        self._owner = owner
        self._rates = rates
        self._lookup = lookup
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
        rows = self._outbox.claim(self._owner, limit=BATCH, lease_seconds=LEASE_SECONDS, rates=self._rates)
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
            gathered = self._crowds.gather(channel, least=CROWD, most=views.PER_DIGEST, make=self._digest)
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
            self._again(row, ASK_AGAIN, self._refused)
            return
        if self._stopping.is_set() or self._uptime() - self._leased_at > LEASE_SECONDS - LONGEST_CALL:
            # About to end, or kept from renewing: somebody else may have it, or will.
            self._again(row, 0, "given back")
            return
        try:
            channel, ts = self._deliver(row)
        except SlackApiError as error:
            self._failed(row, error)
        except (SlackClientError, HTTPException, OSError) as error:
            self._uncertain(row, error)
        else:
            self.trouble = None
            self._outbox.sent(row, self._owner, ts, channel)
            if self._on_sent:
                self._on_sent(row)

    def _deliver(self, row: OutboxRow) -> tuple[str, str]:
        """Make the call that shows the row; return channel and timestamp."""
        if row.ts is not None:
            return self._edit(row, row.channel_id, row.ts)
        if row.doubtful and self._lookup and (found := self._lookup.find(row)):
            log.info("outbox.found_again", row=row.id)
            return self._edit(row, *found)  # it may show what the row said before
        posted = self._client.chat_postMessage(
            channel=row.channel_id,
            text=row.message.text,
            blocks=list(row.message.blocks) or None,
            thread_ts=row.thread_ts,
            unfurl_links=False,
            unfurl_media=False,
            link_names=False,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"id": row.id}},
        )
        return str(posted["channel"]), str(posted["ts"])

    def _edit(self, row: OutboxRow, channel: str, ts: str) -> tuple[str, str]:
        self._client.chat_update(
            channel=channel, ts=ts, text=row.message.text, blocks=list(row.message.blocks)
        )
        return channel, ts

    def _failed(self, row: OutboxRow, error: SlackApiError) -> None:
        code = code_of(error)
        match judge(error):
            case Verdict.RATE:
                pause = retry_after(error)
                self._outbox.hold(
                    self._rates.update() if row.ts else self._rates.in_channel(row.channel_id), pause
                )
                self._again(row, pause, code)
                log.warning("outbox.rate_limited", row=row.id, seconds=pause)
            case Verdict.RETRY:
                # Slack's own words for it: some aspect of it may have happened before the error.
                self._again(row, _pause(row), code, doubtful=True)
            case Verdict.AUTH:
                self._not_allowed(row, code)
            case Verdict.DENIED if row.attempts < DENIALS:
                self._again(row, ASK_AGAIN * 2 ** min(row.attempts, 6), code)
                log.warning("outbox.denied", row=row.id, error=code)
            case Verdict.ELSEWHERE | Verdict.GONE if self._can_move(row):
                log.info("outbox.moved_to_dm", row=row.id, error=code)
                self._outbox.reroute(row, self._owner, str(row.asker), views.moved_to_dm(row.channel_id))
            case verdict:
                self._outbox.dead(row, self._owner, code)
                level = log.error if verdict is Verdict.FAULT else log.warning
                level("outbox.dead", row=row.id, error=code, details=_details(error))

    def _not_allowed(self, row: OutboxRow, code: str) -> None:
        """Nothing works until somebody acts: one message finds out each minute, all others wait."""
        for rate in self._rates.shared():
            self._outbox.hold(rate, ASK_AGAIN)
        # Another message is the next to find out: this one may be the reason.
        self._again(row, ASK_AGAIN + 5, code)
        self._refused = code
        if self.trouble != code:
            log.error("outbox.not_allowed", error=code)
        self.trouble = code

    def _uncertain(self, row: OutboxRow, error: Exception) -> None:
        """No answer: the message may be there, so the row stays "sending" and is looked for first."""
        self._again(row, _pause(row), type(error).__name__, doubtful=not _never_sent(error))
        log.warning("outbox.no_answer", row=row.id, error=type(error).__name__)

    def _again(self, row: OutboxRow, seconds: float, reason: str, *, doubtful: bool = False) -> None:
        """Give a row back for another try; a doubt stays until Slack has taken the row or it was found."""
        if row.doubtful or (doubtful and row.ts is None):
            self._outbox.doubt(row, self._owner, seconds, reason)
        else:
            self._outbox.later(row, self._owner, seconds, reason)

    @staticmethod
    def _can_move(row: OutboxRow) -> bool:
        """A thread that cannot be opened, and an end that cannot be told, go to the person who asked."""
        wanted = row.is_root or row.urgency is Urgency.END
        return wanted and row.ts is None and bool(row.asker) and row.channel_id != row.asker


def _pause(row: OutboxRow) -> float:
    return min(2.0**row.attempts, 60.0)


def _never_sent(error: Exception) -> bool:
    reason = getattr(error, "reason", error)
    return isinstance(reason, ConnectionRefusedError | socket.gaierror)


def _details(error: SlackApiError) -> object:
    data = error.response.data if hasattr(error.response, "data") else None
    return data.get("response_metadata") if isinstance(data, dict) else None
