"""People are answered in the language of their Slack; channels read what the setting says."""

from collections.abc import Callable, Iterator

import pytest

from bot.domain.text import storable
from bot.language import person_reads, t
from bot.sandbox.slack import View
from tests.scenario.world import Scenario, shown

FRENCH = "fr-FR"


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """Mentions too, which have no response URL."""
    return {"access": "dss", "scopes": ("app_mentions:read", "im:history")}


@pytest.fixture(autouse=True)
def bob_reads_french(scenario: Scenario) -> Iterator[None]:
    """Bob's Slack is French, alice's English."""
    scenario.until(scenario.idle)
    scenario.change_account("bob", locale=FRENCH)
    yield
    scenario.change_account("bob", locale="en-US")


def french(text: str, **values: object) -> str:
    """Return a text in French, which must be another one than the English."""
    with person_reads("fr"):
        said = t(text, **values)
    assert said != (text.format_map(values) if values else text)
    return said


def acknowledged(scenario: Scenario, command: str, user: str) -> str:
    """Return what the acknowledgement of a command shows."""
    return shown(scenario.type(command, user=user).ack_payload["blocks"])  # type: ignore[index]


def test_each_person_is_answered_in_their_language(scenario: Scenario) -> None:
    """The help is in the acknowledgement: the language is known before it."""
    assert french("*Jobs in DSS*") in acknowledged(scenario, "/dss-jobs help", "bob")
    assert "*Jobs in DSS*" in acknowledged(scenario, "/dss-jobs help", "alice")


def test_a_query_is_answered_in_the_language_of_whoever_asked(scenario: Scenario) -> None:
    """It's answered on a thread of the query pool, which serves both."""
    job = scenario.elsewhere("scored")
    for user, state in (("bob", french("Running")), ("alice", "Running")):
        scenario.type(f"/dss-jobs status {job.project}/{job.id}", user=user)
        scenario.told(f"*{state}*", "CHURN.scored", user=user)


def test_a_mistake_is_explained_in_french_with_commands_as_they_are(scenario: Scenario) -> None:
    """What a suggestion says can be typed by anybody."""
    scenario.type("/dss-jobs CHURN --state broken", user="bob")
    answer = shown(scenario.told("`/dss-jobs CHURN --state failed`", user="bob"))
    assert "For example" not in answer
    assert "can't be" not in answer


def test_a_channel_reads_the_workspaces_language_whoever_asked(scenario: Scenario) -> None:
    """A thread is everybody's, and it goes on when the request is long over."""
    scenario.type("/dss-build CHURN.features_broken", user="bob")
    root = scenario.root("*Failed*", "requested by bob")
    scenario.reply(root, "*Failed*")
    said = "\n".join(shown(one) for one in (scenario.now(root), *scenario.now(root).replies))
    assert french("Failed") not in said


def test_a_refusal_by_dss_is_in_french_too(scenario: Scenario) -> None:
    """It comes from a stored request, which another thread carries out."""
    scenario.type("/dss-build CHURN.no_such_dataset_at_all", user="bob")
    answer = shown(scenario.until(lambda: scenario.answers("bob"))[-1])
    assert "no_such_dataset_at_all" in answer
    assert "There is no" not in answer
    assert "For example" not in answer


def test_a_dialog_and_app_home(scenario: Scenario) -> None:
    """Both are one person's own."""
    scenario.type("/dss-build", user="bob")

    def filled() -> View | None:
        views = scenario.slack.views("bob")
        return next((one for one in views if french("How much to build") in shown(one)), None)

    scenario.until(filled)
    scenario.slack.as_user("bob").open_home().wait(30)
    scenario.until(lambda: french("Running now") in shown(scenario.slack.home("bob")) or None)


def test_a_change_of_language_counts_at_once(scenario: Scenario) -> None:
    """Slack says so with the event ``user_change``."""
    scenario.change_account("bob", locale="en-GB")
    assert "*Jobs in DSS*" in acknowledged(scenario, "/dss-jobs help", "bob")
    scenario.change_account("bob", locale="de-DE")
    assert "*Jobs in DSS*" in acknowledged(scenario, "/dss-jobs help", "bob")


def test_channels_can_read_french(make_scenario: Callable[..., Scenario]) -> None:
    """Then whoever asks in English gets English answers, and the thread is French."""
    scenario = make_scenario(config='[slack]\nlanguage = "fr"\n')
    scenario.slow("scored")
    scenario.type("/dss-build CHURN.scored")
    root = scenario.root(f"*{french('Running')}*")
    scenario.finish_job(scenario.newest())
    scenario.reply(root, french("Done"))
    scenario.type("/dss-jobs help")
    assert "*Jobs in DSS*" in acknowledged(scenario, "/dss-jobs help", "alice")


def test_a_slack_that_says_no_locale_is_answered_as_the_channels_are(scenario: Scenario) -> None:
    """Also an absurd one: it's never a reason for no answer."""
    for locale in ("", "xx", "f" * 500, storable("\ud800")):
        scenario.change_account("bob", locale=locale)
        assert "*Jobs in DSS*" in acknowledged(scenario, "/dss-jobs help", "bob")
