"""What App Home's payloads say: its filters, and which of its versions a button is in."""

import pytest

from bot import views
from bot.domain import Build, HomeTab, Overview, RequestedOutput
from bot.listeners.payloads import of_action, of_home

MINE = Overview(instance="staging", mine=True)


def pressed(kind: str = "home", *, hash_: str = "1.a") -> dict[str, object]:
    """Return the payload of a button of a view."""
    return {
        "user": {"id": "U1", "team_id": "T1"},
        "view": {"type": kind, "hash": hash_, "private_metadata": views.encode(MINE)},
        "actions": [{"action_id": "job_rebuild:100", "value": "v"}],
    }


def test_a_button_of_app_home_brings_the_filters_along() -> None:
    """So that the answer is shown with the same ones; a modal is not App Home."""
    assert of_action(pressed(), replaces=False).place.home == HomeTab(team_id="T1", showing=MINE)
    assert of_action(pressed("modal"), replaces=False).place.home is None


def test_the_same_button_in_a_newer_view_is_no_double_click() -> None:
    """Two clicks on the same view are one."""
    first, second = (of_action(pressed(hash_=text), replaces=False).source for text in ("1.a", "2.b"))
    assert first != second
    assert first == of_action(pressed(), replaces=False).source


@pytest.mark.parametrize(
    "view",
    [
        None,
        "x",
        {},
        {"private_metadata": ""},
        {"private_metadata": "v9:{}"},
        {"private_metadata": views.encode(Build(outputs=(RequestedOutput(project="P", name="a"),)))},
    ],
)
def test_unreadable_filters_are_none(view: object) -> None:
    """Another version of the bot published the view, or nobody did."""
    assert of_home(view, "T1") == HomeTab(team_id="T1")
