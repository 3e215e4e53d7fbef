"""A page in the browser that shows the two stand-ins: `Playground`.

It knows the stand-ins and nothing of the bot. docs/sandbox.md describes its event stream and its control
interface.

Example of a change: a new control is a body in ``bodies.py``, a function in ``people.py`` or ``controls.py``,
a line in ``routes.py``, and ``python -m tests.meta.openapi`` for the docs.
"""

from bot.sandbox.page.playground import Command, Playground, Shortcut

__all__ = ["Command", "Playground", "Shortcut"]
