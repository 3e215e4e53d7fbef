"""What passes between the stand-ins and the app, for the inspector. Secrets are masked before it is kept."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.dss import Answered
from bot.sandbox.slack import Call, Delivery

Json = dict[str, Any]

KEPT = 1_000
BODY_BYTES = 20_000
"""How much of a DSS answer is kept."""
REPEATED = 12
"""A call that repeats one of the last entries, as a poll does, is counted there instead of listed again."""
MASK = "•••"
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-dku-apikey"})
_SECRET_FIELDS = frozenset({"token", "response_url", "trigger_id"})


@dataclass
class Entry:
    """One exchange. ``summary`` is sent with the stream; ``detail`` is fetched when somebody looks at it."""

    number: int
    summary: Json
    detail: Json = field(default_factory=dict)

    def shown(self) -> Json:
        """Return the summary with its number."""
        return {"number": self.number, **self.summary}


class Traffic:
    """The newest exchanges, oldest first. Thread-safe."""

    def __init__(self, now: Callable[[], int], publish: Callable[[Json], None]) -> None:
        """Keep exchanges.

        Args:
            now: ms since 1970, as people see it.
            publish: called with each entry's summary when it is new or has changed.
        """
        self._now = now
        self._publish = publish
        self._lock = threading.Lock()
        self._entries: OrderedDict[int, Entry] = OrderedDict()
        self._waiting: dict[tuple[str, int], Entry] = {}
        self._last = 0

    def all(self) -> list[Json]:
        """Return every summary, oldest first."""
        with self._lock:
            return [one.shown() for one in self._entries.values()]

    def one(self, number: int) -> Json:
        """Return an entry with its detail.

        Raises:
            LookupError: it is unknown, or no longer kept.
        """
        with self._lock:
            if number not in self._entries:
                raise LookupError(f"exchange {number} is no longer kept")
            entry = self._entries[number]
            return {**entry.shown(), **entry.detail}

    # -- what is recorded

    def delivery(self, one: Delivery, person: str) -> None:
        """Record that Slack sent something to the app, or that this was answered or has failed."""
        key = one.envelope_id, one.attempts
        summary: Json = {
            "side": "slack",
            "to_bot": True,
            "what": one.what,
            "kind": one.payload.get("type") or one.kind,
            "who": person,
            "ok": None if not one.done else one.error is None,
            "status": _delivery_status(one),
            "why": [_DELIVERY_ERRORS.get(one.error, "the app refused it")] if one.error else [],
            "seconds": one.seconds,
        }
        detail = {"request": masked(one.payload), "answer": masked(one.ack_payload)}
        with self._lock:
            entry = self._waiting.pop(key, None) if one.done else None
            if entry is None:
                entry = self._add(summary, detail)
            else:
                entry.summary, entry.detail = {**entry.summary, **summary}, detail
            if not one.done:
                self._waiting[key] = entry
            self._publish(entry.shown())

    def slack_call(self, call: Call) -> None:
        """Record a call of the app to Slack."""
        summary: Json = {
            "side": "slack",
            "to_bot": False,
            "what": call.method,
            "kind": "Web API",
            "who": str(call.args.get("channel") or call.args.get("user") or call.args.get("user_id") or ""),
            "ok": call.ok,
            "status": "ok" if call.ok else call.error or str(call.status),
            "why": [*(one.removeprefix("[ERROR] ") for one in call.messages), *_wait(call)],
            "seconds": None,
        }
        answer: Json = {"ok": call.ok, "status": call.status}
        answer |= {"error": call.error} if call.error else {}
        answer |= {"retry_after": call.retry_after} if call.retry_after is not None else {}
        with self._lock:
            entry = self._add(summary, {"request": masked(call.args), "answer": answer})
            self._publish(entry.shown())

    def violation(self, text: str) -> None:
        """Record that the app did something that Slack doesn't allow, and that no answer told it."""
        summary: Json = {
            "side": "slack",
            "to_bot": False,
            "what": "broken rule",
            "kind": "sandbox",
            "who": "",
            "ok": False,
            "status": "not allowed",
            "why": [text],
            "seconds": None,
        }
        with self._lock:
            self._publish(self._add(summary, {}).shown())

    def dss_call(self, one: Answered) -> None:
        """Record a call of the app to DSS; a successful one that repeats a recent one is only counted."""
        call = one.call
        ok = one.status is not None and one.status < 400
        summary: Json = {
            "side": "dss",
            "to_bot": False,
            "what": f"{call.method} {call.path}",
            "kind": "DSS API",
            "who": call.proxy_user or "",
            "ok": ok,
            "status": "no answer" if one.status is None else str(one.status),
            "why": [] if ok else _why(one),
            "seconds": one.seconds,
        }
        detail = {
            "headers": masked_headers(call.headers),
            "query": call.query,
            "request": masked(call.body),
            "answer": _body(one.body),
        }
        with self._lock:
            entry = self._repeated(summary) if ok and call.method == "GET" else None
            if entry is None:
                entry = self._add(summary, detail)
            else:
                entry.summary["count"] += 1
                entry.summary |= {"at": self._now(), "seconds": one.seconds}
                entry.detail = detail
            self._publish(entry.shown())

    # -- internals

    def _add(self, summary: Json, detail: Json) -> Entry:
        self._last += 1
        entry = Entry(self._last, {"at": self._now(), "count": 1, **summary}, detail)
        self._entries[entry.number] = entry
        while len(self._entries) > KEPT:
            self._entries.popitem(last=False)
        return entry

    def _repeated(self, summary: Json) -> Entry | None:
        recent = [self._entries.get(self._last - back) for back in range(REPEATED)]
        return next((one for one in recent if one is not None and _same(one.summary, summary)), None)


_DELIVERY_ERRORS = {
    "operation_timeout": "the app didn't acknowledge it within 3 s",
    "dispatch_failed": "no connection to the app took it",
}


def _wait(call: Call) -> list[str]:
    return [] if call.retry_after is None else [f"too many calls: wait {call.retry_after} s"]


def _same(one: Json, other: Json) -> bool:
    return all(one[key] == other[key] for key in ("side", "what", "who", "status"))


def _delivery_status(one: Delivery) -> str:
    if not one.done:
        return "sent" if one.attempts == 1 else f"sent again ({one.attempts})"
    return one.error or "acknowledged"


def _why(one: Answered) -> list[str]:
    if one.status is None:
        return ["The connection was cut."]
    body = _body(one.body)
    if isinstance(body, dict):
        return [str(body[key]) for key in ("message", "detailedMessage") if body.get(key)][:1]
    return [f"HTTP {one.status}, with a page instead of JSON"]


def _body(data: bytes | None) -> object:
    """Return an answer's JSON, or the beginning of what else it is."""
    if data is None:
        return "(streamed)"
    if len(data) > BODY_BYTES:
        return data[:BODY_BYTES].decode(errors="replace") + f"\n… {len(data)} bytes in total"
    try:
        return json.loads(data)
    except ValueError:
        return data.decode(errors="replace")


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers without what would let somebody in: a scheme stays, as in ``Bearer •••``."""
    shown = {}
    for name, value in headers.items():
        scheme, space, _ = value.partition(" ")
        secret = name.lower() in _SECRET_HEADERS
        shown[name] = (f"{scheme} {MASK}" if space else MASK) if secret else value
    return shown


def masked(value: object) -> object:
    """Return JSON without tokens, triggers, and response URLs."""
    if isinstance(value, Mapping):
        return {
            key: MASK if key in _SECRET_FIELDS and inner else masked(inner) for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(one) for one in value]
    return value
