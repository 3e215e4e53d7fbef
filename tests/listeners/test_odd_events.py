"""Events in shapes that Slack wouldn't send: a list in place of a word can't be looked up in a set."""

from typing import cast

import pytest

from bot.listeners import home_tab
from bot.listeners.dispatcher import Dispatcher
from bot.listeners.payloads import is_from_a_person
from bot.services.home import HomeService


@pytest.mark.parametrize("field", ["subtype", "user"])
def test_it_is_nobodys_message(field: str) -> None:
    """The bot answers only what a person wrote."""
    event = {"type": "message", "channel_type": "im", "user": "U1", "text": "status"}
    assert is_from_a_person(event, "UBOT")
    assert not is_from_a_person(event | {field: []}, "UBOT")


def test_it_opens_no_home() -> None:
    """Neither the dispatcher nor Home is asked for anything."""
    home_tab.opened({"tab": []}, {}, cast("Dispatcher", None), cast("HomeService", None))
