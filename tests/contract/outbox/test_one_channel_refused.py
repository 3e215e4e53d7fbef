"""Slack refuses the token in one channel only: that is about the channel, and nobody else waits for it."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.domain.stored_records import Urgency
from bot.slack.sender import OutboxSender
from tests.contract.outbox.post import Post


class Refusing(WebClient):
    """A client to which Slack says the same in some channels."""

    def __init__(self, post: Post, *channels: str, code: str) -> None:
        super().__init__(
            token=post.slack.bot_token, base_url=post.slack.api_url, timeout=60, retry_handlers=[]
        )
        self.channels = channels
        self.code = code
        self.refused = 0

    def chat_postMessage(self, *, channel: str, **said: Any) -> SlackResponse:  # noqa: N802 - as slack_sdk has it
        if channel in self.channels:
            self.refused += 1
            error: SlackApiError = SlackApiError("refused", {"ok": False, "error": self.code})  # type: ignore[no-untyped-call]
            raise error
        return super().chat_postMessage(channel=channel, **said)


@pytest.mark.parametrize("code", ["missing_scope", "org_login_required"])
def test_a_channel_that_refuses_the_token_stops_no_other(post: Post, code: str) -> None:
    """Its messages go to the person who asked. The others wait for a minute, once."""
    client = Refusing(post, post.data, code=code)
    sender = OutboxSender(post.store.outbox, client, owner="one", rates=post.rates)
    for number in range(5):
        root = post.root(f"here {number}")
        post.reply(root, f"end {number}", Urgency.END)
    post.run(5, sender=sender)
    for number in range(5):
        post.root(f"there {number}", channel_id=post.slack.channel_id("random"))
    post.run(70, sender=sender)
    assert len(post.texts("random")) == 5
    post.run(120, sender=sender)
    for number in range(5, 10):
        post.root(f"here {number}")
        post.root(f"there {number}", channel_id=post.slack.channel_id("random"))
        post.run(5, sender=sender)
        assert len(post.texts("random")) == number + 1
    post.run(30, sender=sender)
    assert sorted(message.text for message in post.dm()) == [f"here {number}" for number in range(10)]
    assert (sender.trouble, post.texts(), post.waiting().get("dead", 0)) == (None, [], 0)


def test_a_token_that_stops_working_moves_nothing(post: Post) -> None:
    """It worked everywhere a moment ago: no thread begins in a direct message because of that."""
    random = post.slack.channel_id("random")
    client = Refusing(post, code="missing_scope")
    sender = OutboxSender(post.store.outbox, client, owner="one", rates=post.rates)
    post.root("there", channel_id=random)
    post.root("here")
    post.run(5, sender=sender)
    client.channels = (post.data, random, post.alice)
    post.root("there again", channel_id=random)
    post.root("here again")
    post.run(900, step=2, sender=sender)
    assert (post.dm(), sender.trouble) == ([], "missing_scope")
    assert client.refused <= 16
    client.channels = ()
    post.run(140, sender=sender)
    assert (post.texts("random"), post.texts()) == (["there", "there again"], ["here", "here again"])
