"""People who read what the test wants."""

from bot.domain import Person
from bot.slack.languages import Languages
from bot.slack.users import UnknownUser


class Locales:
    """Knows people's locales, and counts how often it was asked.

    Args:
        locales: a user's ID → their locale; nobody else is known.
    """

    def __init__(self, **locales: str) -> None:
        self.locales = locales
        self.cached: dict[str, Person] = {}
        self.asked: list[str] = []

    def known(self, user_id: str) -> Person | None:
        """Return somebody whom the test has cached."""
        return self.cached.get(user_id)

    def person(self, user_id: str, team_id: str) -> Person:
        """Return somebody.

        Raises:
            UnknownUser: the test named no locale for them.
        """
        self.asked.append(user_id)
        if user_id not in self.locales:
            raise UnknownUser("user_not_found", passing=False)
        return Person(user_id=user_id, team_id=team_id, locale=self.locales[user_id])


def english() -> Languages:
    """Return languages for a test that isn't about them."""
    return Languages(Locales(), "en")
