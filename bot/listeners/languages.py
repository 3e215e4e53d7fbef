"""Chooses the language before a listener says anything: a Bolt middleware, which runs before each of them."""

from collections.abc import Callable
from typing import Any

from bot.language import next_reader
from bot.listeners.payloads import Payload, sender_of
from bot.slack.languages import Languages


def in_language_of_sender(languages: Languages) -> Callable[..., None]:
    """Return the middleware. Bolt passes arguments by name.

    Bolt calls the listener on the same thread (``process_before_response`` in `bot.app.bolt`), after the
    middleware has returned: so this sets the language, and the next delivery on this thread sets it anew.
    """

    def choose(body: Payload, next: Callable[[], Any]) -> None:  # noqa: A002 - Bolt's name
        user_id, team_id = sender_of(body)
        next_reader(languages.channels, languages.of(user_id, team_id))
        next()

    return choose
