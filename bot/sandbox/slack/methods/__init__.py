"""The Web API, one module per family of methods."""

from bot.sandbox.slack.methods import chat, conversations, files, people, views
from bot.sandbox.slack.methods.spec import Args, Context, Method

METHODS: dict[str, Method] = {
    method.name: method for family in (chat, conversations, files, people, views) for method in family.METHODS
}

__all__ = ["METHODS", "Args", "Context", "Method"]
