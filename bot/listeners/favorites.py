"""Favorites by their names, which are looked up before a command is parsed."""

import msgspec

from bot.commands.favorites_parser import read_call
from bot.domain import Build, Mistake
from bot.listeners.dispatcher import RequestContext
from bot.store import FavoriteStore


def favorite_called(text: str, context: RequestContext, favorites: FavoriteStore) -> Build | Mistake | None:
    """Return the build of the favorite that a text after ``/dss-build`` names: mine, or the channel's."""
    called = read_call(text)
    if called is None:
        return None
    found = favorites.find(tuple(dict.fromkeys((context.user_id, context.place.channel_id))), called.name)
    if found is None:
        return None
    build = msgspec.structs.replace(found.build, favorite=found.name) if found.shared else found.build
    return called.of(build)
