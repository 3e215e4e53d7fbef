"""The picture of a finished job's timeline, in its root message."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from bot.sandbox.slack import Call, Message
from bot.store import Picture
from tests.scenario.test_live_root import steps
from tests.scenario.world import Scenario, shown

SCOPES = ("files:write", "files:read")


def pictures(message: Message) -> list[dict[str, object]]:
    """Return the message's blocks with a picture."""
    return [block for block in message.blocks if block["type"] == "image"]


def build(scenario: Scenario, activities: int = 4) -> Message:
    """Build something with that many activities, and wait for the end; return the root message."""
    scenario.dss.world.plan_next(activities=steps(activities, seconds=2))
    scenario.type("/dss-build CHURN.scored")
    root = scenario.root("CHURN.scored")
    scenario.reply(root, "Done")
    return root


def file_calls(scenario: Scenario) -> list[Call]:
    """Return the calls about files."""
    return [call for call in scenario.slack.calls if call.method.startswith("files.")]


@pytest.fixture
def scenario(make_scenario: Callable[..., Scenario]) -> Scenario:
    """The bot with the scopes for files."""
    made = make_scenario(scopes=SCOPES)
    made.slack._world.file_processing = 0
    return made


def waiting(scenario: Scenario) -> Sequence[Picture]:
    """Return the pictures on their way."""
    return scenario.bot.store.pictures.due(datetime.max.replace(tzinfo=UTC))


def with_picture(scenario: Scenario) -> Message:
    """Wait for the picture; return the root message."""
    return scenario.until(lambda: next((one for one in scenario.roots() if pictures(one)), None))


def test_the_picture_comes_into_the_message_and_nowhere_else(scenario: Scenario) -> None:
    """An edit shows it: nobody is notified, and there's no message with a file."""
    root = build(scenario)
    final = with_picture(scenario)
    assert final.ts == root.ts
    (block,) = pictures(final)
    (file,) = scenario.slack.files
    assert block["slack_file"] == {"id": file.id}
    assert (file.content or b"").startswith(b"\x89PNG")
    assert file.channels == ()
    assert not any(one.files for one in [*scenario.roots(), *final.replies])
    for words in ("Timeline of 4 activities", "compute_d0", "compute_d3", "done"):
        assert words in str(block["alt_text"])
    assert "Done" in shown(final)
    assert [call.method for call in file_calls(scenario)][:2] == [
        "files.getUploadURLExternal",
        "files.completeUploadExternal",
    ]


def test_a_short_job_has_none(scenario: Scenario) -> None:
    """Two activities: the message says as much."""
    build(scenario, activities=2)
    build(scenario, activities=3)
    with_picture(scenario)
    assert len(scenario.slack.files) == 1


@pytest.mark.parametrize(
    ("scopes", "config"), [((), ""), (SCOPES, "[slack]\ntimelines = false\n")], ids=["no scope", "turned off"]
)
def test_nothing_is_uploaded(
    make_scenario: Callable[..., Scenario], scopes: tuple[str, ...], config: str
) -> None:
    """Without the scope, or turned off."""
    scenario = make_scenario(scopes=scopes, config=config)
    build(scenario)
    assert not waiting(scenario)
    assert not file_calls(scenario)


def test_the_scope_is_taken_away(scenario: Scenario) -> None:
    """The job's messages don't suffer, and nothing is tried again and again."""
    scenario.slack.drop_scope("files:write")
    build(scenario)
    scenario.until(lambda: not waiting(scenario))
    assert [call.error for call in file_calls(scenario)] == ["missing_scope"]
    scenario.root("Done", "4 of 4 activities done")


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info"]
)
def test_a_step_that_fails_is_done_again(scenario: Scenario, method: str) -> None:
    """Once, with an error of Slack's."""
    scenario.slack.faults.add(re.escape(method), kind="500")
    build(scenario)
    scenario.until(lambda: any(picture.attempts for picture in waiting(scenario)))
    scenario.later(seconds=60)
    assert pictures(with_picture(scenario))


def test_slack_refuses_the_picture(scenario: Scenario) -> None:
    """The message stays as it was; the next job's picture is tried again."""
    scenario.slack.refuse_blocks({"image"})
    build(scenario)
    refused = scenario.until(
        lambda: [call for call in scenario.slack.calls if call.error == "invalid_blocks"]
    )
    assert refused
    assert not pictures(scenario.root("Done"))
    scenario.slack.refuse_blocks(set())
    build(scenario)
    with_picture(scenario)


def test_a_channel_that_sees_outcomes_only_has_none(make_scenario: Callable[..., Scenario]) -> None:
    """The picture has the names of recipes."""
    config = '[visibility]\ndefault = "outcome"\n'
    scenario = make_scenario(scopes=SCOPES, config=config)
    scenario.dss.world.plan_next(activities=steps(4, seconds=1))
    scenario.type("/dss-build CHURN.scored")
    scenario.until(lambda: [one for one in scenario.roots() if "Done" in shown(one)])
    scenario.until(lambda: not waiting(scenario))
    assert not file_calls(scenario)


def test_a_restart_in_between_loses_nothing(scenario: Scenario) -> None:
    """The upload failed, the bot is restarted, and the picture comes."""
    scenario.slack.faults.add(r"files\.completeUploadExternal", kind="500")
    build(scenario)
    scenario.until(lambda: [call for call in file_calls(scenario) if not call.ok])
    scenario.stop_bot()
    scenario.later(seconds=60)
    scenario.start_bot()
    with_picture(scenario)
    assert len(scenario.slack.files) == 1
