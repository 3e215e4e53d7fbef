"""Faults on demand: the next calls of some methods fail in a chosen way."""

import re
import threading
from dataclasses import dataclass


@dataclass
class Fault:
    """One rule; ``left`` counts down, and ``skip`` lets that many calls through first."""

    pattern: re.Pattern[str]
    kind: str
    left: int
    skip: int
    retry_after: int | str


class Faults:
    """The active rules, oldest first.

    ``response_url`` and ``upload`` name the two addresses that aren't methods.
    """

    KINDS = ("429", "500", "503", "reset", "lose_answer", "timeout")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def add(
        self, method_regex: str, *, kind: str, times: int = 1, skip: int = 0, retry_after: int | str = 1
    ) -> None:
        """Make calls fail.

        Args:
            method_regex: which methods; it must match the whole name.
            kind: ``429`` (with ``Retry-After``), ``500`` (JSON), ``503`` (a gateway's HTML): no effect;
                ``error:CODE``: no effect, ``ok: false`` with that code;
                ``body:TEXT``: no effect, the answer is 200 with that text;
                ``done:TEXT``: it takes effect, the answer is 200 with that text;
                ``reset``: the connection is reset before it takes effect;
                ``timeout``: no effect, and no answer until the client gives up;
                ``lose_answer``: it takes effect, and the connection is closed without an answer.
            times: how many calls fail.
            skip: how many matching calls to let through first.
            retry_after: seconds, for 429; a string is sent as it is.

        Raises:
            ValueError: there is no such kind.
        """
        if kind not in self.KINDS and not kind.startswith(("error:", "body:", "done:")):
            known = ", ".join(self.KINDS)
            raise ValueError(f"unknown kind {kind!r}: {known}, error:CODE, body:TEXT or done:TEXT")
        with self._lock:
            self._rules.append(Fault(re.compile(method_regex), kind, times, skip, retry_after))

    def clear(self) -> None:
        """Remove all rules."""
        with self._lock:
            self._rules.clear()

    @property
    def active(self) -> list[tuple[str, str, int]]:
        """The pattern, the kind, and the calls left of each rule that isn't used up."""
        with self._lock:
            return [(rule.pattern.pattern, rule.kind, rule.left) for rule in self._rules if rule.left]

    def next(self, method: str) -> Fault | None:
        """Return the fault for this call, if any, and count it."""
        with self._lock:
            for rule in self._rules:
                if not rule.left or not rule.pattern.fullmatch(method):
                    continue
                if rule.skip:
                    rule.skip -= 1
                    continue
                rule.left -= 1
                return rule
        return None
