"""The check at the end of every scenario: what it allows and what it rejects."""

import json

import pytest

from bot.sandbox.dss.logs import SECRET_PASSWORD, SECRET_TICKET
from tests.scenario import safety


@pytest.mark.parametrize(
    "text",
    [
        "<!channel>",
        "<!here|here>",
        "<!subteam^S1>",
        "<@U0SOMEBODY>",
        "see <https://evil.example|this>",
        f"ticket {SECRET_TICKET}",
        f"password={SECRET_PASSWORD}",
        "x" * 4_001,
    ],
)
def test_what_must_not_be_shown_is_found(text: str) -> None:
    """Anywhere in a payload, including blocks sent as a string."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    for payload in ({"text": text}, {"blocks": [section]}, {"blocks": json.dumps([section])}):
        with pytest.raises(AssertionError):
            safety.check([payload], ["U0ALICE"])


def test_what_may_be_shown_passes() -> None:
    """Escaped text, dates, known people, and data that isn't shown."""
    texts = "&lt;!channel&gt; <@U0ALICE> <!date^1|x> `a<b`".replace("<b", "&lt;b")
    button = {"type": "button", "text": {"type": "plain_text", "text": "Log"}, "value": "<!channel>"}
    safety.check([{"text": texts, "blocks": [{"elements": [button]}]}], ["U0ALICE"])
