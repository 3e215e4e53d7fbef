"""The names of favorites as dialogs check them, which mark what is wrong at its field."""

from bot.domain.errors import Refusal
from bot.domain.favorites import MOST, check_name
from bot.language import t
from bot.store import FavoriteStore


def free_name(typed: str, owner: str, favorites: FavoriteStore) -> str:
    """Return a name for a new favorite, tidied up. A command replaces a favorite; a dialog doesn't.

    Args:
        typed: what somebody entered.
        owner: ID of the person or of the channel whose favorite it will be.
        favorites: those that there are.

    Raises:
        Refusal: it can't be a name, it is taken, or there are already as many as there can be.
    """
    name = check_name(typed)
    taken = favorites.find((owner,), name)
    if taken is not None:
        raise Refusal(t("There is already a favorite “{name}”. Choose another name.", name=taken.name))
    if len(favorites.of_owner(owner)) >= MOST:
        raise Refusal(
            t("There are already {most} favorites. Delete one that nobody needs: /dss-build list", most=MOST)
        )
    return name


def said_at_field(refusal: Refusal) -> str:
    """Return what a field says about a name, in plain text, with names that could be."""
    if not refusal.suggestions:
        return str(refusal)
    return t("{problem} Try: {name}", problem=str(refusal), name=", ".join(refusal.suggestions))
