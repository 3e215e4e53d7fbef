"""`dss-bot policy`: what is wrong with the file, and which line decides a question."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.sandbox.slack import SlackSandbox
from bot.settings import NAMES

RULES = """[[rules]]
allow = "view"
everyone = true
[[rules]]
allow = "build"
groups = ["@team"]
projects = "CHURN"
[[rules]]
allow = "log"
users = ["bob@example.com"]
[[guardrails]]
channels = ["C0QUIET"]
allow = "view"
"""


@pytest.fixture
def runner(tmp_path: Path) -> CliRunner:
    """A complete configuration with the rules above; Slack doesn't answer."""
    (tmp_path / "rules.toml").write_text(RULES)
    (tmp_path / "bot.toml").write_text('[access]\nrules_file = "rules.toml"\ncontact = "the data team"\n')
    own = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": "http://127.0.0.1:1/api/",
        "DKU_DSS_URL": "http://127.0.0.1:1",
        "DKU_API_KEY": "key",
        "DSS_BOT_CONFIG": str(tmp_path / "bot.toml"),
    }
    return CliRunner(env={**dict.fromkeys(NAMES, None), **own, "HOME": str(tmp_path)})


def explain(runner: CliRunner, *more: str, user: str = "bob@example.com", do: str = "log") -> tuple[int, str]:
    """Ask without Slack; return the exit code and what is printed."""
    line = ["policy", "explain", "--user", user, "--project", "CHURN", "--do", do, "--offline", *more]
    result = runner.invoke(main, line)
    return result.exit_code, result.stdout


def test_allowed_is_0_and_names_the_line(runner: CliRunner) -> None:
    """DSS has the last word."""
    code, said = explain(runner)
    assert code == 0
    assert "Allowed: bob@example.com / log / CHURN on default / from direct messages" in said
    assert "rules.toml line 8: this rule decides." in said
    assert "DSS has the last word" in said


def test_a_capability_is_read_with_hyphens_too(runner: CliRunner) -> None:
    """As people write it."""
    code, said = explain(runner, do="build-upstream")
    assert code == 1
    assert "bob@example.com / build_upstream / CHURN" in said


def test_denied_is_1_and_says_what_the_person_is_told(runner: CliRunner) -> None:
    """By the lack of a rule, or by a guardrail."""
    code, said = explain(runner, user="carol@example.com")
    assert code == 1
    assert "no rule allows it" in said
    assert "Ask the data team to change that." in said
    code, said = explain(runner, "--channel", "C0QUIET")
    assert code == 1
    assert "line 11: this guardrail lets through no such thing" in said


def test_offline_nobody_is_in_a_group(runner: CliRunner) -> None:
    """And it says so."""
    code, said = explain(runner, do="build")
    assert code == 1
    assert "Not known: who is in team." in said


def test_slack_says_who_is_in_a_group(runner: CliRunner) -> None:
    """By member ID or email address."""
    with SlackSandbox(scopes=("usergroups:read",)) as slack:
        bob = slack.user_id("bob")
        slack.add_usergroup([bob], "team")
        env = {"SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": slack.bot_token}
        for user in (bob, "bob@example.com"):
            line = ["policy", "explain", "--user", user, "--project", "CHURN", "--do", "build"]
            result = runner.invoke(main, line, env=env)
            assert result.exit_code == 0, result.output
            assert "line 4: this rule decides." in result.stdout
        stranger = ["policy", "explain", "--user", "U404404", "--project", "CHURN", "--do", "build"]
        assert runner.invoke(main, stranger, env=env).exit_code == 2


@pytest.mark.parametrize(
    "wrong",
    [
        ("--do", "fly"),
        ("--instance", "nowhere"),
        ("--offline", "--channel", "#quiet"),  # its guardrail would seem not to count
        ("--offline", "--channel", "c0quiet"),
        ("--offline", "--user", "Bob Smith"),
        (),  # Slack doesn't answer
    ],
)
def test_what_cannot_be_answered_is_2(runner: CliRunner, wrong: tuple[str, ...]) -> None:
    """A misspelled option, an unknown instance, something that is no ID, or no answer from Slack."""
    line = ["policy", "explain", "--user", "bob@example.com", "--project", "CHURN", "--do", "log", *wrong]
    result = runner.invoke(main, line)
    assert result.exit_code == 2
    assert not result.stdout
    assert wrong[-1:] == () or wrong[-1] in result.stderr


def test_check_says_what_is_wrong(runner: CliRunner, tmp_path: Path) -> None:
    """Of the configured file, or of any, without a configuration."""
    good = runner.invoke(main, ["policy", "check"])
    assert (good.exit_code, "3 rules, 1 guardrails, no problems" in good.stdout) == (0, True)
    other = tmp_path / "other.toml"
    other.write_text('[[rules]]\nallow = "fly"\neveryone = true\n')
    bare = dict.fromkeys(NAMES, "")
    result = runner.invoke(main, ["policy", "check", str(other)], env=bare)
    assert result.exit_code == 2
    assert "other.toml line 2: 'fly' is not known." in result.stderr
    assert runner.invoke(main, ["policy", "check", str(tmp_path / "no.toml")], env=bare).exit_code == 2


def test_without_a_policy_file_there_is_nothing_to_ask(runner: CliRunner) -> None:
    """It says which setting is missing."""
    result = runner.invoke(main, ["policy", "check"], env={"DSS_BOT_CONFIG": ""})
    assert result.exit_code == 2
    assert "[access] rules_file: is not set" in result.stderr
