"""conversations.*, users.*, team, bots, and user groups."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackSandbox
from tests.sandbox.slack.apps import refused, web_client


def test_history_is_newest_first_and_paged(slack: SlackSandbox, web: WebClient) -> None:
    """Only roots, newest first, page by page, also with the SDK's iterator."""
    channel = slack.channel_id("data")
    roots = [web.chat_postMessage(channel=channel, text=str(number))["ts"] for number in range(5)]
    web.chat_postMessage(channel=channel, text="reply", thread_ts=roots[0])
    pages = [
        ([one["text"] for one in page["messages"]], page["has_more"])
        for page in web.conversations_history(channel=channel, limit=2)
    ]
    assert pages == [(["4", "3"], True), (["2", "1"], True), (["0"], False)]


def test_history_between_two_moments(slack: SlackSandbox, web: WebClient) -> None:
    """The bounds are excluded unless inclusive."""
    channel = slack.channel_id("data")
    ts = [web.chat_postMessage(channel=channel, text=str(number))["ts"] for number in range(4)]
    texts = {
        flag: [
            one["text"]
            for one in web.conversations_history(channel=channel, oldest=ts[0], latest=ts[2], inclusive=flag)[
                "messages"
            ]
        ]
        for flag in (False, True)
    }
    assert texts == {False: ["1"], True: ["2", "1", "0"]}


def test_metadata_is_read_back_on_demand(slack: SlackSandbox, web: WebClient) -> None:
    """Metadata is shown only with include_all_metadata."""
    channel = slack.channel_id("data")
    metadata = {"event_type": "row", "event_payload": {"id": 7}}
    ts = web.chat_postMessage(channel=channel, text="a", metadata=metadata)["ts"]
    for flag in (False, True):
        listed = web.conversations_history(channel=channel, include_all_metadata=flag)["messages"]
        thread = web.conversations_replies(channel=channel, ts=ts, include_all_metadata=flag)["messages"]
        expected = metadata if flag else None
        assert [one.get("metadata") for one in (*listed, *thread)] == [expected, expected]


def test_replies_start_with_the_root(slack: SlackSandbox, web: WebClient) -> None:
    """The root, then the replies in order; the root has their count."""
    channel = slack.channel_id("data")
    root = web.chat_postMessage(channel=channel, text="root")["ts"]
    for text in "ab":
        web.chat_postMessage(channel=channel, text=text, thread_ts=root)
    messages = web.conversations_replies(channel=channel, ts=root)["messages"]
    assert [one["text"] for one in messages] == ["root", "a", "b"]
    assert messages[0]["reply_count"] == 2
    with pytest.raises(SlackApiError) as caught:
        web.conversations_replies(channel=channel, ts="1.000001")
    assert refused(caught.value) == "thread_not_found"


def test_reading_needs_membership_and_joining_gives_it(slack: SlackSandbox, web: WebClient) -> None:
    """not_in_channel until the bot has joined; private channels can't be joined."""
    channel = slack.add_channel("elsewhere", bot_member=False)
    with pytest.raises(SlackApiError) as caught:
        web.conversations_history(channel=channel)
    assert refused(caught.value) == "not_in_channel"
    web.conversations_join(channel=channel)
    assert web.conversations_history(channel=channel)["messages"] == []
    with pytest.raises(SlackApiError) as caught:
        web.conversations_join(channel=slack.add_channel("secret", private=True))
    assert refused(caught.value) == "method_not_supported_for_channel_type"


def test_info_tells_the_kind_of_channel(slack: SlackSandbox, web: WebClient) -> None:
    """Shared, private, archived, and direct conversations are distinguishable."""
    shared = web.conversations_info(channel=slack.add_channel("shared", shared=True))["channel"]
    assert (shared["is_ext_shared"], shared["is_member"], shared["is_private"]) == (True, True, False)
    direct = web.conversations_info(channel=slack.dm("alice"))["channel"]
    assert (direct["is_im"], direct["user"]) == (True, slack.user_id("alice"))


def test_opening_direct_messages_twice_is_the_same(slack: SlackSandbox, web: WebClient) -> None:
    """The second call returns already_open."""
    alice = slack.user_id("alice")
    first, second = (web.conversations_open(users=[alice]) for _ in range(2))
    assert first["channel"]["id"] == second["channel"]["id"] == slack.dm("alice")
    assert second["already_open"]
    with pytest.raises(SlackApiError) as caught:
        web.conversations_open(users=slack.add_user("gone", deleted=True))
    assert refused(caught.value) == "user_disabled"


def test_members(slack: SlackSandbox, web: WebClient) -> None:
    """Strangers are only in shared channels."""
    stranger = slack.user_id("stranger")
    assert stranger not in web.conversations_members(channel=slack.channel_id("data"))["members"]
    shared = slack.add_channel("shared", shared=True)
    assert stranger in web.conversations_members(channel=shared)["members"]
    few = slack.add_channel("few", private=True, members=[slack.user_id("bob")])
    assert slack.user_id("bob") in web.conversations_members(channel=few)["members"]
    assert slack.user_id("alice") not in web.conversations_members(channel=few)["members"]


def test_users_info_tells_guests_and_strangers(slack: SlackSandbox, web: WebClient) -> None:
    """The answer has everything that an access rule needs to know about a person."""
    alice = web.users_info(user=slack.user_id("alice"))["user"]
    assert alice["profile"]["email"] == "alice@example.com"
    assert (alice["is_restricted"], alice["team_id"], alice["tz"]) == (False, slack.team_id, "Europe/Paris")
    assert web.users_info(user=slack.user_id("guest"))["user"]["is_restricted"]
    ultra = web.users_info(user=slack.add_user("single", ultra_guest=True))["user"]
    assert ultra["is_restricted"]
    assert ultra["is_ultra_restricted"]
    stranger = web.users_info(user=slack.user_id("stranger"))["user"]
    assert stranger["is_stranger"]
    assert stranger["team_id"] != slack.team_id
    assert "email" not in stranger["profile"]
    assert web.users_info(user=slack.add_user("gone", deleted=True))["user"]["deleted"]
    with pytest.raises(SlackApiError) as caught:
        web.users_info(user="U404")
    assert refused(caught.value) == "user_not_found"


def test_the_email_needs_its_scope(slack: SlackSandbox, web: WebClient) -> None:
    """Without users:read.email, the profile has no email."""
    slack.drop_scope("users:read.email")
    assert "email" not in web.users_info(user=slack.user_id("alice"))["user"]["profile"]
    with pytest.raises(SlackApiError) as caught:
        web.users_lookupByEmail(email="alice@example.com")
    assert refused(caught.value) == "missing_scope"


def test_lookup_by_email(slack: SlackSandbox, web: WebClient) -> None:
    """Letter case doesn't matter; strangers and deleted people aren't found."""
    slack.add_user("gone", deleted=True)
    assert web.users_lookupByEmail(email="Alice@Example.com")["user"]["id"] == slack.user_id("alice")
    for email in ("stranger@example.com", "gone@example.com", "nobody@example.com"):
        with pytest.raises(SlackApiError) as caught:
            web.users_lookupByEmail(email=email)
        assert refused(caught.value) == "users_not_found"


def test_users_list_is_paged(slack: SlackSandbox, web: WebClient) -> None:
    """Everybody is listed once, including the bot."""
    names = [one["name"] for page in web.users_list(limit=2) for one in page["members"]]
    assert sorted(names) == ["alice", "bob", "carol", "dss-bot", "guest", "stranger"]


def test_team_bot_and_usergroups(slack: SlackSandbox, web: WebClient) -> None:
    """The workspace, the bot, and a group describe themselves."""
    assert web.team_info()["team"]["id"] == slack.team_id
    assert web.bots_info(bot=web.auth_test()["bot_id"])["bot"]["user_id"] == slack.bot_user_id
    group = slack.add_usergroup([slack.user_id("bob")])
    assert web.usergroups_users_list(usergroup=group)["users"] == [slack.user_id("bob")]
    with pytest.raises(SlackApiError) as caught:
        web.usergroups_users_list(usergroup="S404")
    assert refused(caught.value) == "no_such_subteam"


def test_usergroups_are_listed_with_their_handles(slack: SlackSandbox, web: WebClient) -> None:
    """The members come only on request."""
    bob = slack.user_id("bob")
    group = slack.add_usergroup([bob], "data-team")
    [listed] = web.usergroups_list()["usergroups"]
    assert (listed["id"], listed["handle"], listed["date_delete"]) == (group, "data-team", 0)
    assert "users" not in listed
    assert web.usergroups_list(include_users=True)["usergroups"][0]["users"] == [bob]


def test_real_slack_client_of_another_workspace(slack: SlackSandbox) -> None:
    """Two workspaces don't know each other's tokens."""
    with SlackSandbox() as other, pytest.raises(SlackApiError):
        web_client(slack, other.bot_token).auth_test()


@pytest.mark.parametrize(
    ("window", "error"), [({"limit": 0}, "invalid_limit"), ({"cursor": "x"}, "invalid_cursor")]
)
def test_pages_that_do_not_exist(
    slack: SlackSandbox, web: WebClient, window: dict[str, object], error: str
) -> None:
    """A zero limit and a foreign cursor are refused."""
    with pytest.raises(SlackApiError) as caught:
        web.api_call("conversations.history", params={"channel": slack.channel_id("data"), **window})
    assert refused(caught.value) == error
