"""Every button has a listener, and some scenario presses it."""

import ast
from pathlib import Path

from bot.views import action_ids


def test_every_action_is_exercised_by_a_scenario() -> None:
    """Some scenario presses, or chooses from, every control."""
    names = {
        name for name, value in vars(action_ids).items() if isinstance(value, str) and value in action_ids.ALL
    }
    used = {
        node.attr
        for path in Path(__file__).parent.glob("test_*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"press", "select"}
        for argument in call.args
        for node in ast.walk(argument)
        if isinstance(node, ast.Attribute)
    }
    assert names - used == set()
