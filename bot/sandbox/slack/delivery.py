"""One delivery from Slack to the app, from sending to acknowledgement."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from bot.sandbox.slack.model import Json


class Sender(Protocol):
    """Sends deliveries to the app."""

    def send(self, delivery: "Delivery") -> None:
        """Send a delivery to the app; returns immediately."""


class Delivery:
    """A slash command, an interaction, or an event on its way to the app.

    Attributes:
        kind: ``slash_commands``, ``interactive``, or ``events_api``.
        envelope_id: the same for every redelivery.
        payload: what the app receives.
        sent: whether it was sent at all; a canceled confirmation or an unobserved close is not.
        acked: whether the app acknowledged it in time.
        ack_payload: the payload of the acknowledgement, if any.
        seconds: time from the (last) send to the acknowledgement.
        error: ``operation_timeout``, ``dispatch_failed``, or an HTTP status, if it failed.
        attempts: how many times it was sent.
    """

    def __init__(
        self,
        kind: str,
        payload: Json,
        *,
        envelope_id: str,
        accepts_response: bool,
        user: str,
        what: str,
        postman: Sender | None = None,
        on_ack: Callable[[object], None] | None = None,
    ) -> None:
        self.kind = kind
        self.payload = payload
        self.envelope_id = envelope_id
        self.accepts_response = accepts_response
        self.user = user
        self.what = what
        self.sent = False
        self.acked = False
        self.ack_payload: object = None
        self.seconds: float | None = None
        self.error: str | None = None
        self.attempts = 0
        self.retry_reason: str | None = None
        self.connection_id: str | None = None  # the socket that carries it
        self._postman = postman
        self._on_ack = on_ack
        self._sent_at = 0.0
        self._done = threading.Event()

    @property
    def trigger_id(self) -> str:
        """The trigger id in the payload; empty for events."""
        return str(self.payload.get("trigger_id", ""))

    @property
    def channel(self) -> str | None:
        """The conversation it happened in, if any."""
        inner = self.payload.get("channel")
        return self.payload.get("channel_id") or (inner.get("id") if isinstance(inner, dict) else None)

    @property
    def done(self) -> bool:
        """Whether it was acknowledged or has failed."""
        return self._done.is_set()

    def wait(self, timeout: float = 60.0) -> "Delivery":
        """Wait until it is acknowledged, including everything the acknowledgement shows, or has failed.

        Raises:
            TimeoutError: neither happened within ``timeout`` seconds.
        """
        if not self._done.wait(timeout):
            raise TimeoutError(f"{self.what}: neither acknowledged nor failed within {timeout} s")
        return self

    def redeliver(self) -> "Delivery":
        """Send the same envelope again, as Slack does after a reconnect; returns the new delivery."""
        assert self._postman is not None, "was never sent"
        again = Delivery(
            self.kind,
            self.payload,
            envelope_id=self.envelope_id,
            accepts_response=self.accepts_response,
            user=self.user,
            what=self.what,
            postman=self._postman,
            on_ack=self._on_ack,
        )
        again.attempts = self.attempts
        again.retry_reason = "timeout" if self.kind == "events_api" else None
        self._postman.send(again)
        return again

    # -- called by the event sender

    def starts(self) -> None:
        """Record that it is being sent now."""
        self.sent = True
        self.attempts += 1
        self._sent_at = time.monotonic()

    def comes_back(self) -> None:
        """Record that no connection accepted it, so it doesn't count as an attempt."""
        self.attempts -= 1

    def acknowledge(self, payload: object) -> None:
        """Record the acknowledgement, apply it, then wake the waiters."""
        self.seconds = time.monotonic() - self._sent_at
        self.acked = True
        self.ack_payload = payload
        if self._on_ack is not None:
            self._on_ack(payload)
        self._done.set()

    def fail(self, error: str) -> None:
        """Record that it has failed."""
        self.error = error
        self._done.set()

    def envelope(self) -> Json:
        """Return the Socket Mode frame."""
        frame: Json = {
            "envelope_id": self.envelope_id,
            "type": self.kind,
            "accepts_response_payload": self.accepts_response,
            "payload": self.payload,
        }
        if self.kind == "events_api":
            frame["retry_attempt"] = self.attempts - 1
            frame["retry_reason"] = self.retry_reason or ""
        return frame
