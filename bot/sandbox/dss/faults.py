"""Deliberate faults between the client and DSS."""

import re
import threading
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["latency", "status", "html502", "reset", "lose_answer", "garbage"]

HALF_AN_ANSWER = b'{"baseStatus": {"state": "RUN'


@dataclass(slots=True, kw_only=True)
class Fault:
    """One rule. It applies to matching calls, ``times`` times or until it is removed."""

    kind: Kind
    method: str = ".*"
    """Pattern that must match the whole HTTP method."""
    path: str = ".*"
    """Pattern to search for in the decoded path below the base, such as ``/jobs/$``."""
    times: int | None = None
    seconds: float = 0.0
    """For ``latency``: real seconds, whatever the clock does, before the call is served, but no longer than
    until the rule is removed."""
    status: int = 500
    error_type: str = "java.lang.RuntimeException"
    message: str = "Something went wrong"
    body: bytes = HALF_AN_ANSWER
    """For ``garbage``: sent as JSON with status 200."""
    hits: int = field(default=0)
    ended: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)
    """Set when the rule is removed: calls that it delays are then served."""

    def matches(self, method: str, path: str) -> bool:
        """Return whether the rule matches the call and isn't used up."""
        if self.times is not None and self.hits >= self.times:
            return False
        return bool(re.fullmatch(self.method, method) and re.search(self.path, path))


class Faults:
    """The active rules. They can change while calls are being served."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._outage: Fault | None = None
        self._lock = threading.Lock()

    def add(
        self,
        kind: Kind,
        *,
        method: str = ".*",
        path: str = ".*",
        times: int | None = None,
        seconds: float = 0.0,
        status: int = 500,
        error_type: str = "java.lang.RuntimeException",
        message: str = "Something went wrong",
        body: bytes = HALF_AN_ANSWER,
    ) -> Fault:
        """Add a rule (see `Fault`). Earlier rules take precedence."""
        fault = Fault(
            kind=kind,
            method=method,
            path=path,
            times=times,
            seconds=seconds,
            status=status,
            error_type=error_type,
            message=message,
            body=body,
        )
        with self._lock:
            self._rules.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Remove a rule."""
        with self._lock:
            self._rules.remove(fault)
            fault.ended.set()

    def clear(self) -> None:
        """Remove all rules and end an outage."""
        with self._lock:
            for fault in self._rules:
                fault.ended.set()
            self._rules.clear()
            self._outage = None

    def down(self, kind: Kind = "html502") -> None:
        """Make every call fail, as when the back end restarts."""
        with self._lock:
            self._outage = Fault(kind=kind)

    def up(self) -> None:
        """End the outage."""
        with self._lock:
            self._outage = None

    def pick(self, method: str, path: str) -> list[Fault]:
        """Return and count the rules that apply to a call: all latencies, and the first of the others."""
        with self._lock:
            if self._outage is not None:
                self._outage.hits += 1
                return [self._outage]
            found = [rule for rule in self._rules if rule.matches(method, path)]
            breaking = [rule for rule in found if rule.kind != "latency"][:1]
            chosen = [rule for rule in found if rule.kind == "latency"] + breaking
            for rule in chosen:
                rule.hits += 1
            return chosen
