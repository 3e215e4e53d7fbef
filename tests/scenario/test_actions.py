"""No button without a listener, and none that no scenario presses."""

import ast
from pathlib import Path

from bot.slack.listeners import actions
from bot.slack.views import ids


def test_every_action_has_exactly_one_kind_of_listener() -> None:
    """The tables of the listeners hold every action id once."""
    registered = [*actions.CARRIED_OUT, *actions.CANCELLED, *actions.LINKS]
    assert sorted(registered) == sorted(ids.ALL)


def test_every_action_is_exercised_by_a_scenario() -> None:
    """Some scenario presses, or chooses from, everything that can be pressed."""
    names = {name for name, value in vars(ids).items() if isinstance(value, str) and value in ids.ALL}
    used = {
        node.attr
        for path in Path(__file__).parent.glob("test_*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"press", "select"}
        for node in call.args
        if isinstance(node, ast.Attribute)
    }
    assert names - used == set()
