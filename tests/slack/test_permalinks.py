"""Links to messages, made without a call."""

import pytest

from bot.slack.permalinks import permalink


@pytest.mark.parametrize("workspace", ["https://acme.slack.com", "https://acme.slack.com/"])
def test_a_link_is_what_slack_itself_would_give(workspace: str) -> None:
    """The form of ``chat.getPermalink``."""
    link = permalink(workspace, "C0DATA", "1764080748.000100")
    assert link == "https://acme.slack.com/archives/C0DATA/p1764080748000100"


def test_no_link_without_a_workspace() -> None:
    """Slack didn't say its address: no link is better than a wrong one."""
    assert permalink("", "C0DATA", "1764080748.000100") is None
