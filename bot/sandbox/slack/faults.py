"""Faults on demand: the next calls of some methods go wrong in a chosen way."""

import re
import threading
from dataclasses import dataclass


@dataclass
class Fault:
    """One rule; ``left`` counts down, ``skip`` lets that many calls pass first."""

    pattern: re.Pattern[str]
    kind: str
    left: int
    skip: int
    retry_after: int | str


class Faults:
    """The rules in force, oldest first.

    ``response_url`` and ``upload`` are the names of the two addresses that are not methods.
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
            method_regex: which methods, matched against the whole name.
            kind: ``429`` (with ``Retry-After``), ``500`` (JSON), ``503`` (a gateway's HTML): nothing happens;
                ``error:CODE``: nothing happens, ``ok: false`` with that code;
                ``body:TEXT``: nothing happens, the answer is 200 with that text;
                ``done:TEXT``: it happens, the answer is 200 with that text;
                ``reset``: the connection is reset before anything happens;
                ``timeout``: no answer and no effect until the client gives up;
                ``lose_answer``: it happens, and the connection is closed without an answer.
            times: how many calls.
            skip: how many matching calls are left alone first.
            retry_after: seconds, for 429; a text is sent as it is.

        Raises:
            ValueError: there is no such kind.
        """
        if kind not in self.KINDS and not kind.startswith(("error:", "body:", "done:")):
            known = ", ".join(self.KINDS)
            raise ValueError(f"unknown kind {kind!r}: {known}, error:CODE, body:TEXT or done:TEXT")
        with self._lock:
            self._rules.append(Fault(re.compile(method_regex), kind, times, skip, retry_after))

    def clear(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._rules.clear()

    def next(self, method: str) -> Fault | None:
        """Return the fault for this call, if there is one, and count it."""
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
