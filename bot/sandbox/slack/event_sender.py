"""Sends deliveries to the app by socket or by signed HTTP, and gives up on unanswered ones."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from urllib.parse import urlencode

import requests

from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.model import Failure, Json
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.timers import Timers
from bot.sandbox.slack.world import World

EVENT_RETRIES = (0.0, 60.0, 300.0)  # seconds (SLACK-FACTS §1.1: immediately, after 1 min, after 5 min)


class EventSender:
    """Sends, waits for acknowledgements, retries events, and shows people the failures."""

    def __init__(
        self,
        world: World,
        alarms: Timers,
        sockets: Sockets | None,
        *,
        http_url: str | None,
        signing_secret: str,
        ack_timeout: float,
        event_retries: tuple[float, ...],
    ) -> None:
        self._world = world
        self._alarms = alarms
        self._sockets = sockets
        self.http_url = http_url
        self._secret = signing_secret
        self._ack_timeout = ack_timeout
        self._event_retries = event_retries
        self._lock = threading.Lock()
        self._pending: dict[str, list[Delivery]] = {}
        self._backlog: list[Delivery] = []  # events that arrived while no socket was open
        self._threads: set[threading.Thread] = set()
        self.on_delivery: list[Callable[[Delivery], None]] = []
        """Called when a delivery is sent, and when it was answered or has failed. Holds no lock."""
        if sockets is not None:
            sockets.on_ack = self._acknowledged
            sockets.on_open = self._opened
            sockets.on_lost = self._lost

    def send(self, delivery: Delivery) -> None:
        """Send a delivery to the app; returns immediately."""
        delivery.starts()
        self._tell(delivery)
        if self._sockets is None:
            self._in_thread(lambda: self._by_http(delivery))
            return
        with self._lock:
            self._pending.setdefault(delivery.envelope_id, []).append(delivery)
        attempt = delivery.attempts
        self._alarms.after(self._ack_timeout, lambda: self._overdue(delivery, attempt))
        if not self._sockets.send(delivery):
            self._not_taken(delivery)

    def close(self) -> None:
        """Wait for the HTTP deliveries in progress."""
        for thread in tuple(self._threads):
            thread.join()

    # -- outcomes

    def _acknowledged(self, envelope_id: str, payload: object) -> None:
        with self._lock:
            waiting = self._pending.get(envelope_id, [])
            delivery = waiting.pop(0) if waiting else None
            if not waiting:
                self._pending.pop(envelope_id, None)
        if delivery is None:
            self._world.violate(f"acknowledgement of {envelope_id}, which was not waiting for one")
        else:
            self._accept(delivery, payload)

    def _accept(self, delivery: Delivery, payload: object) -> None:
        if payload not in (None, "", {}) and not delivery.accepts_response:
            self._world.violate(f"{delivery.what}: an answer where none is accepted")
        with self._world.edit():
            delivery.acknowledge(payload)
            self._world.changed("delivery", user=delivery.user)
        self._tell(delivery)

    def _tell(self, delivery: Delivery) -> None:
        for watcher in tuple(self.on_delivery):
            watcher(delivery)

    def _forget(self, delivery: Delivery) -> bool:
        """Stop waiting for a delivery; returns whether it was still pending."""
        with self._lock:
            waiting = self._pending.get(delivery.envelope_id, [])
            if delivery not in waiting:
                return False
            waiting.remove(delivery)
            if not waiting:
                del self._pending[delivery.envelope_id]
            return True

    def _overdue(self, delivery: Delivery, attempt: int) -> None:
        if delivery.attempts == attempt and self._forget(delivery):
            self._unanswered(delivery, "timeout", "operation_timeout")

    def _not_taken(self, delivery: Delivery) -> None:
        """Handle a delivery that no socket accepted: an event waits for one, an interaction fails."""
        if not self._forget(delivery):
            return
        if delivery.kind == "events_api":
            delivery.comes_back()
            with self._lock:
                self._backlog.append(delivery)
        else:
            self._give_up(delivery, "dispatch_failed")

    def _unanswered(self, delivery: Delivery, reason: str, error: str) -> None:
        if delivery.kind == "events_api" and delivery.attempts <= len(self._event_retries):
            delivery.retry_reason = reason
            self._alarms.after(self._event_retries[delivery.attempts - 1], lambda: self.send(delivery))
        else:
            self._give_up(delivery, error)

    def _give_up(self, delivery: Delivery, error: str) -> None:
        world = self._world
        with world.edit():
            if delivery.kind != "events_api":
                world.failures.append(Failure(user=delivery.user, what=delivery.what, error=error))
                if delivery.channel:
                    world.tell(
                        delivery.user, delivery.channel, f'{delivery.what} failed with the error "{error}"'
                    )
            world.changed("delivery", user=delivery.user)
            delivery.fail(error)
        self._tell(delivery)

    # -- sockets

    def _opened(self) -> None:
        with self._lock:
            waiting, self._backlog = self._backlog, []
        for delivery in waiting:
            self.send(delivery)

    def _lost(self, connection_id: str) -> None:
        """Resend the events that a lost socket might have carried; interactions are lost."""
        with self._lock:
            carried = [
                one
                for waiting in self._pending.values()
                for one in waiting
                if one.connection_id == connection_id and one.kind == "events_api"
            ]
        for delivery in carried:
            if self._forget(delivery):
                delivery.retry_reason = "connection_failed"
                self.send(delivery)

    # -- HTTP

    def _in_thread(self, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            finally:
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=run, name="slack-sandbox-http", daemon=True)
        self._threads.add(thread)
        thread.start()

    def _by_http(self, delivery: Delivery) -> None:
        assert self.http_url is not None
        body, content_type = _encoded(delivery)
        headers = {"Content-Type": content_type, **signed(self._secret, body)}
        if delivery.kind == "events_api" and delivery.attempts > 1:
            headers["X-Slack-Retry-Num"] = str(delivery.attempts - 1)
            headers["X-Slack-Retry-Reason"] = delivery.retry_reason or ""
        try:
            answer = requests.post(self.http_url, data=body, headers=headers, timeout=self._ack_timeout)
        except requests.Timeout:
            self._unanswered(delivery, "http_timeout", "operation_timeout")
            return
        except requests.RequestException:
            self._unanswered(delivery, "connection_failed", "dispatch_failed")
            return
        if answer.status_code != 200:
            self._unanswered(delivery, "http_error", f"http_{answer.status_code}")
        else:
            self._accept(delivery, _decoded(answer.text))


def _encoded(delivery: Delivery) -> tuple[bytes, str]:
    """Return the body and content type: JSON for events, a form for commands and interactions."""
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload).encode(), "application/json"
    form = (
        delivery.payload if delivery.kind == "slash_commands" else {"payload": json.dumps(delivery.payload)}
    )
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def signed(secret: str, body: bytes, now: float | None = None) -> dict[str, str]:
    """Return the two headers that prove to the app that a request comes from Slack (version v0).

    The timestamp uses the real clock, because the app compares it with its own.
    """
    stamp = str(int(time.time() if now is None else now))
    base = f"v0:{stamp}:".encode() + body
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def _decoded(text: str) -> object:
    """Return an HTTP acknowledgement's body: JSON, or plain text as a message."""
    if not text:
        return None
    try:
        decoded: Json = json.loads(text)
    except ValueError:
        return {"text": text}
    return decoded
