"""Who is going to read what is being said, and so in which language it is said.

A view is called by a listener, a service or a worker. Whoever starts to work for somebody says so once, with
`person_reads`; everything that is said inside is then in that person's language. It doesn't have to be passed
through each function, and it follows the work into the pools' threads (docs/adr/0024).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from bot.language.catalogs import ENGLISH

P = ParamSpec("P")
R = TypeVar("R")

_channels: ContextVar[str] = ContextVar("channels", default=ENGLISH)
_person: ContextVar[str | None] = ContextVar("person", default=None)


def language() -> str:
    """Return the language in which something is said now."""
    return _person.get() or _channels.get()


@contextmanager
def channels_read(channel_language: str) -> Iterator[None]:
    """Say what everybody sees in this language."""
    token = _channels.set(channel_language)
    try:
        yield
    finally:
        _channels.reset(token)


@contextmanager
def person_reads(person_language: str | None) -> Iterator[None]:
    """Say everything to one person, in this language; ``None``: in the language of the channels."""
    token = _person.set(person_language)
    try:
        yield
    finally:
        _person.reset(token)


@contextmanager
def everyone_reads() -> Iterator[None]:
    """Say everything to a channel, also while the work is one person's."""
    with person_reads(None):
        yield


def next_reader(channel_language: str, person_language: str) -> None:
    """Say everything in these languages from now on, on this thread: until it works for the next reader."""
    _channels.set(channel_language)
    _person.set(person_language)


def in_same_language(call: Callable[P, R]) -> Callable[P, R]:
    """Return a function for other threads, which have no language; several can call it at once."""
    channels, person = _channels.get(), _person.get()

    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        with channels_read(channels), person_reads(person):
            return call(*args, **kwargs)

    return called
