from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from bot.dss import DSSClient, RetryPolicy
from tests.dss.stub import Got, Say, Stub

KEY = "dkuaps-secret0123"


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


Serve = Callable[..., tuple[Stub, DSSClient]]


@pytest.fixture
def serve(clock: Clock) -> Iterator[Serve]:
    """Start a stub with these answers, and a client whose pauses take no time."""
    with ExitStack() as stack:

        def start(*says: Say | Callable[[Got], Say], **options: object) -> tuple[Stub, DSSClient]:
            stub = stack.enter_context(Stub(*says))
            policy = RetryPolicy(clock=clock, sleep=clock.sleep, jitter=lambda: 0.0)
            settings = {"retries": policy, "timeout": (60.0, 60.0), **options}
            client = stack.enter_context(DSSClient(stub.url, KEY, **settings))  # type: ignore[arg-type]
            return stub, client

        yield start
