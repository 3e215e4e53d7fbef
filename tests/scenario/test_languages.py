"""People are answered in the language of their Slack; channels read what the setting says."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.domain.errors import DSSRefused, DSSUnreachable
from bot.domain.text import storable
from bot.language import person_reads, t
from bot.sandbox.slack import View
from bot.views import action_ids
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


def test_why_a_job_could_not_be_aborted(scenario: Scenario) -> None:
    """If no answer came, what is known about the call is for the log, and English."""
    scenario.slow("scored")
    scenario.elsewhere("scored")
    scenario.type("/dss-jobs abort --all CHURN", user="bob")
    question = scenario.told("CHURN.scored", user="bob")
    scenario.dss.faults.add("lose_answer", method="POST", path="/abort", times=9)
    scenario.press(question, action_ids.ABORT_ALL_CONFIRM, user="bob")
    told = shown(scenario.told(french(DSSUnreachable.hint), user="bob"))
    assert "no connection" not in told


def test_why_an_approved_build_was_not_started_is_told_to_its_requester(
    make_scenario: Callable[..., Scenario], tmp_path: Path
) -> None:
    """Approvers read the request in the channel; the direct message, with the reason, is one person's."""
    file = tmp_path / "bot.toml"
    file.write_text("")
    scenario = make_scenario(environment={"DSS_BOT_CONFIG": str(file)})
    scenario.change_account("bob", locale=FRENCH)
    approvers = scenario.slack.add_channel("approvers")
    scenario.stop_bot()
    file.write_text(f'[approvals]\nprojects = ["CHURN"]\nchannel = "{approvers}"\n')
    scenario.start_bot()
    scenario.type("/dss-build CHURN.scored", user="bob")
    scenario.told(french("{project} is a protected project.", project="CHURN"), user="bob")
    waiting = scenario.root("Approval needed", "CHURN is a protected project.", channel="approvers")
    scenario.dss.faults.add("status", method="POST", path=r"/jobs/$", times=1, status=403)
    scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="alice")
    said = french("Your build of {what} was approved, but the bot couldn't start it.", what="`CHURN.scored`")
    told = scenario.direct(said, user="bob")
    assert french(DSSRefused.hint) in shown(told)


@pytest.fixture
def approvals(make_scenario: Callable[..., Scenario]) -> Scenario:
    """A bot that asks for approvals, between people who read French and a channel that reads English."""
    scenario = make_scenario(access="dss", config='[approvals]\nprojects = ["CHURN"]\n')
    for name in ("alice", "bob"):
        scenario.change_account(name, locale=FRENCH)
    return scenario


def test_a_request_for_an_approval_is_the_channels_from_beginning_to_end(approvals: Scenario) -> None:
    """It's written while the work is one French person's: who asks, who approves, and the start."""
    approvals.type("/dss-build CHURN.scored")
    request = approvals.root("Approval needed", "CHURN is a protected project.")
    approvals.press(request, action_ids.APPROVAL_APPROVE, user="bob")
    approvals.root("Approved", "The job is followed here.")
    approvals.root("*Done*", "requested by alice")
    said = "\n".join(shown(one) for root in approvals.roots() for one in (root, *root.replies))
    for text in ("Approved", "The job is followed here.", "Done", "Running"):
        assert french(text) not in said


def test_a_slack_that_says_no_locale_is_answered_as_the_channels_are(scenario: Scenario) -> None:
    """Also an absurd one: it's never a reason for no answer."""
    for locale in ("", "xx", "f" * 500, storable("\ud800")):
        scenario.change_account("bob", locale=locale)
        assert "*Jobs in DSS*" in acknowledged(scenario, "/dss-jobs help", "bob")
