"""Which language a person reads, known in time or not at all."""

import threading
from concurrent.futures import ThreadPoolExecutor

from bot.domain import Person
from bot.slack.languages import PAUSE, Languages
from bot.slack.users import UnknownUser
from tests.support.languages import Locales


class Uptime:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


class Hanging(Locales):
    """A Slack that doesn't answer until the test lets it."""

    def __init__(self, **locales: str) -> None:
        super().__init__(**locales)
        self.answers = threading.Event()

    def person(self, user_id: str, team_id: str) -> Person:
        """Wait, then answer."""
        self.answers.wait(30)
        return super().person(user_id, team_id)


def test_the_locale_decides_and_the_channels_language_for_all_others() -> None:
    """A language that the bot doesn't speak is answered as the channels are."""
    people = Locales(U1="fr-FR", U2="en-GB", U3="de-DE", U4="", U5="fr-CA", U6="absurd locale!")
    english, french = Languages(people, "en"), Languages(people, "fr")
    assert [english.of(one, "T1") for one in people.locales] == ["fr", "en", "en", "en", "fr", "en"]
    assert [french.of(one, "T1") for one in people.locales] == ["fr", "en", "fr", "fr", "fr", "fr"]


def test_what_has_no_person_asks_nobody() -> None:
    """Some events are nobody's doing."""
    people = Locales()
    assert Languages(people, "fr").of("", "") == "fr"
    assert people.asked == []


def test_what_slack_said_last_counts_while_it_does_not_answer() -> None:
    """A French person doesn't get English answers because Slack has a bad minute."""
    people, uptime = Locales(U1="fr-FR"), Uptime()
    known = Languages(people, "en", uptime=uptime)
    assert known.of("U1", "T1") == "fr"
    people.locales.clear()
    assert known.of("U1", "T1") == "fr"
    assert known.of("U2", "T1") == "en"


class Failing(Locales):
    """A Slack that is down for those without a locale."""

    def person(self, user_id: str, team_id: str) -> Person:
        """Answer, or fail.

        Raises:
            UnknownUser: Slack might say it later.
        """
        try:
            return super().person(user_id, team_id)
        except UnknownUser:
            raise UnknownUser("internal_error", passing=True) from None


def test_after_a_failure_nobody_waits_for_a_while() -> None:
    """Else each delivery would wait, while Slack is down."""
    people, uptime = Failing(), Uptime()
    known = Languages(people, "en", uptime=uptime)
    known.of("U1", "T1")
    known.of("U1", "T1")
    assert people.asked == ["U1"]
    uptime.now += PAUSE + 1
    people.locales["U1"] = "fr-FR"
    assert known.of("U1", "T1") == "fr"


def test_somebody_whom_slack_does_not_know_changes_nothing_for_others() -> None:
    """It's an answer about one person: everybody else is still asked about."""
    people = Locales(U2="fr-FR")
    known = Languages(people, "en")
    assert [known.of(one, "T1") for one in ("U1", "U2", "U1")] == ["en", "fr", "en"]


def test_a_burst_is_answered_while_slack_hangs() -> None:
    """Fifty people whom the bot doesn't know yet, on ten threads; that each waits once has a test above."""
    people = Hanging()
    known = Languages(people, "fr")
    with ThreadPoolExecutor(10) as listeners:
        said = list(listeners.map(lambda number: known.of(f"U{number}", "T1"), range(50)))
    assert set(said) == {"fr"}
    people.answers.set()
    known.close()


def test_a_slack_that_hangs_holds_up_no_listener() -> None:
    """The acknowledgement has three seconds."""
    people = Hanging(U1="fr-FR")
    known = Languages(people, "en")
    assert known.of("U1", "T1") == "en"
    people.answers.set()
    known.close()


def test_somebody_known_is_not_asked_about() -> None:
    """The cache of people is enough."""
    people = Locales()
    people.cached["U1"] = Person(user_id="U1", team_id="T1", locale="fr-FR")
    assert Languages(people, "en").of("U1", "T1") == "fr"
    assert people.asked == []
