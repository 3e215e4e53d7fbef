"""People's actions reach a real Bolt app in the documented format."""

from typing import Any

import pytest
from slack_bolt import Ack, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackSandbox
from tests.sandbox.slack.apps import (
    Json,
    actions,
    bolt_app,
    button,
    modal,
    plain,
    section,
    socket,
    socket_mode,
    text_input,
    web_client,
)


def test_the_whole_way_through_bolt(slack: SlackSandbox) -> None:
    """Command, message, button with a confirmation, modal, submission, all with Bolt's own listeners."""
    app = bolt_app(slack)
    submitted: list[str] = []

    @app.command("/dss-build")
    def build(ack: Ack, command: Json, client: WebClient) -> None:
        ack()
        client.chat_postMessage(
            channel=command["channel_id"], text=command["text"], blocks=[actions(button("open", "Open"))]
        )

    @app.action("open")
    def opened(ack: Ack, body: Json, client: WebClient, respond: Respond) -> None:
        ack()
        respond(text="opening", replace_original=False)
        client.views_open(trigger_id=body["trigger_id"], view=modal(text_input()))

    @app.view("dialog")
    def submit(ack: Ack, view: Json) -> None:
        submitted.append(view["state"]["values"]["name"]["typed"]["value"])
        ack()

    with socket_mode(slack, app):
        alice = slack.as_user("alice")
        assert alice.command("/dss-build", "CHURN.scored", "#data").wait().acked
        (message,) = slack.wait_until(lambda: slack.messages("#data"))
        assert message.text == "CHURN.scored"
        assert alice.press(message, text="Open").wait().acked
        (view,) = slack.wait_until(lambda: slack.views("alice"))
        assert alice.submit(view, {"typed": "Ada"}).wait().acked
    assert submitted == ["Ada"]
    assert slack.views("alice") == []
    assert [one.text for one in slack.ephemerals("alice")] == ["opening"]


def received(slack: SlackSandbox, act: Any) -> Json:
    """Run an action with a bare socket connected; returns the acknowledged payload."""
    with socket(slack) as app:
        delivery = act()
        frame = app.frame()
        app.ack(frame)
        delivery.wait()
    payload: Json = frame["payload"]
    return payload


def test_the_payload_of_a_command(slack: SlackSandbox) -> None:
    """All the documented keys and no thread_ts."""
    payload = received(slack, lambda: slack.as_user("alice").command("/dss-jobs", " CHURN ", "#data"))
    assert set(payload) == {
        *("token", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name"),
        *("command", "text", "api_app_id", "is_enterprise_install", "response_url", "trigger_id"),
    }
    assert (payload["text"], payload["channel_name"]) == ("CHURN", "data")


def test_clients_and_slack_change_the_text(slack: SlackSandbox) -> None:
    """Phones change dashes and quotes; Slack escapes three characters."""
    alice = slack.as_user("alice")
    typed = '--since "2015/09/24" it\'s a & <b>'
    smart = received(slack, lambda: alice.command("/x", typed, "#data", smart=True))["text"]
    assert smart == "—since “2015/09/24” it\u2019s a &amp; &lt;b&gt;"
    assert received(slack, lambda: alice.command("/x", "<b>", "#data", raw=True))["text"] == "<b>"


def test_names_of_channels_in_commands(slack: SlackSandbox) -> None:
    """Private channels and direct messages have no own name there; strangers need a shared channel."""
    alice = slack.as_user("alice")
    private = slack.add_channel("secret", private=True, bot_member=False)
    assert received(slack, lambda: alice.command("/x", "", private))["channel_name"] == "privategroup"
    dm = slack.dm("alice")
    assert received(slack, lambda: alice.command("/x", "", dm))["channel_name"] == "directmessage"
    with pytest.raises(PermissionError):
        slack.as_user("stranger").command("/x", "", "#data")
    shared = slack.add_channel("shared", shared=True)
    payload = received(slack, lambda: slack.as_user("stranger").command("/x", "", shared))
    assert payload["user_id"] == slack.user_id("stranger")


def test_the_payload_of_a_button_in_a_thread(slack: SlackSandbox, web: WebClient) -> None:
    """The container, the message with its metadata, the action, and the response URL are present."""
    root = web.chat_postMessage(channel="#data", text="root")
    metadata = {"event_type": "row", "event_payload": {}}
    web.chat_postMessage(
        channel="#data",
        text="reply",
        thread_ts=root["ts"],
        metadata=metadata,
        blocks=[actions(button("abort", "Abort", "J1", style="danger"), block_id="b1")],
    )
    reply = slack.messages("data")[0].replies[0]
    payload = received(slack, lambda: slack.as_user("bob").press(reply, action_id="abort"))
    (action,) = payload["actions"]
    assert action.pop("action_ts")
    assert action == {
        "action_id": "abort",
        "block_id": "b1",
        "text": plain("Abort"),
        "value": "J1",
        "style": "danger",
        "type": "button",
    }
    assert payload["container"] == {
        "type": "message",
        "message_ts": reply.ts,
        "channel_id": slack.channel_id("data"),
        "is_ephemeral": False,
        "thread_ts": root["ts"],
    }
    assert payload["message"]["metadata"] == metadata
    assert payload["user"] == {
        "id": slack.user_id("bob"),
        "username": "bob",
        "name": "bob",
        "team_id": slack.team_id,
    }
    assert payload["response_url"].startswith("http://127.0.0.1:")
    assert payload["state"] == {"values": {}}


def test_a_declined_confirmation_sends_nothing(slack: SlackSandbox, web: WebClient) -> None:
    """The app isn't notified when the person declines the confirmation dialog."""
    dialog = {
        "title": plain("Sure?"),
        "text": plain("It stops."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    web.chat_postMessage(channel="#data", text="a", blocks=[actions(button("go", confirm=dialog))])
    message = slack.messages("data")[0]
    assert not slack.as_user("alice").press(message, action_id="go", confirm=False).sent
    payload = received(slack, lambda: slack.as_user("alice").press(message, action_id="go"))
    assert payload["actions"][0]["action_id"] == "go"


def test_buttons_that_are_not_there(slack: SlackSandbox, web: WebClient) -> None:
    """A missing button, an ambiguous one, and a deleted message are errors."""
    blocks = [actions(button("a", value="1")), actions(button("a", value="2"))]
    post = web.chat_postMessage(channel="#data", text="a", blocks=blocks)
    message, alice = slack.messages("data")[0], slack.as_user("alice")
    with pytest.raises(LookupError, match="0 times"):
        alice.press(message, text="Abort")
    with pytest.raises(LookupError, match="2 times"):
        alice.press(message, action_id="a")
    assert received(slack, lambda: alice.press(message, value="2"))["actions"][0]["value"] == "2"
    web.chat_delete(channel=post["channel"], ts=post["ts"])
    with pytest.raises(LookupError, match="gone"):
        alice.press(message, value="2")


def test_a_stale_client_presses_an_old_button(slack: SlackSandbox, web: WebClient) -> None:
    """A press uses the current message, unless the client hasn't seen the edit."""
    post = web.chat_postMessage(channel="#data", text="a", blocks=[actions(button("abort", "Abort"))])
    old, alice = slack.messages("data")[0], slack.as_user("alice")
    web.chat_update(channel=post["channel"], ts=post["ts"], text="done")
    with pytest.raises(LookupError):
        alice.press(old, action_id="abort")
    payload = received(slack, lambda: alice.press(old, action_id="abort", stale=True))
    assert payload["actions"][0]["action_id"] == "abort"


def test_of_an_ephemeral_message_only_the_place_is_told(slack: SlackSandbox, web: WebClient) -> None:
    """The payload has no message, and its container is marked as ephemeral."""
    web.chat_postEphemeral(channel="#data", user=slack.user_id("alice"), text="a", blocks=[actions(button())])
    payload = received(slack, lambda: slack.as_user("alice").press(slack.ephemerals("alice")[0], text="Go"))
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload


def menu(**other: object) -> Json:
    """Return a select with two options."""
    options = [{"text": plain(text), "value": text.lower()} for text in ("Only", "All")]
    return {"type": "static_select", "action_id": "mode", "options": options, **other}


def test_choosing_in_a_menu(slack: SlackSandbox, web: WebClient) -> None:
    """The payload has the whole option, which stays chosen for the same person's next press."""
    web.chat_postMessage(channel="#data", text="a", blocks=[actions(menu(), button(), block_id="b")])
    message, alice = slack.messages("data")[0], slack.as_user("alice")
    chosen = received(slack, lambda: alice.select(message, "mode", "All"))
    option = {"text": plain("All"), "value": "all"}
    assert chosen["actions"][0]["selected_option"] == option
    later = received(slack, lambda: alice.press(message, text="Go"))
    assert later["state"]["values"]["b"]["mode"]["selected_option"] == option
    others = received(slack, lambda: slack.as_user("bob").press(message, text="Go"))
    assert others["state"]["values"]["b"]["mode"]["selected_option"] is None
    with pytest.raises(LookupError, match="no option"):
        alice.select(message, "mode", "None")


def test_a_modal_changes_while_it_is_filled_in(slack: SlackSandbox, web: WebClient) -> None:
    """A dispatching input sends block_actions with the view, its state, and a trigger."""
    block = {
        "type": "input",
        "block_id": "m",
        "label": plain("Mode"),
        "element": menu(),
        "dispatch_action": True,
    }
    command = received(slack, lambda: slack.as_user("alice").command("/x", "", "#data"))
    web.views_open(trigger_id=command["trigger_id"], view=modal(block, text_input()))
    view = slack.views("alice")[0]
    payload = received(slack, lambda: slack.as_user("alice").select(view, "mode", "only"))
    assert payload["container"] == {"type": "view", "view_id": view.id}
    assert payload["view"]["state"]["values"]["m"]["mode"]["selected_option"]["value"] == "only"
    assert payload["view"]["state"]["values"]["name"]["typed"]["value"] is None
    web.views_update(view_id=view.id, view=modal(section("only"), block))
    assert slack.views("alice")[0].values["m"]["mode"]["selected_option"]["value"] == "only"


def test_a_global_shortcut_has_no_channel(slack: SlackSandbox, web: WebClient) -> None:
    """It has a trigger that opens a view, and nothing that says where it was used."""
    payload = received(slack, lambda: slack.as_user("alice").global_shortcut("build"))
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "build")
    assert not payload.keys() & {"channel", "message", "response_url", "view"}
    web.views_open(trigger_id=payload["trigger_id"], view=modal(section("a")))
    assert len(slack.views("alice")) == 1


def test_suggestions(slack: SlackSandbox, web: WebClient) -> None:
    """Typing requests options; the answer is the app's acknowledgement."""
    select = {"type": "external_select", "action_id": "dataset", "min_query_length": 0}
    web.chat_postMessage(channel="#data", text="a", blocks=[actions(select, block_id="b")])
    answer = {"options": [{"text": plain("scored"), "value": "CHURN.scored"}]}
    with socket(slack) as app:
        delivery = slack.as_user("alice").suggest(slack.messages("data")[0], "dataset", "sco")
        frame = app.frame()
        app.ack(frame, answer)
        assert delivery.wait().ack_payload == answer
    payload = frame["payload"]
    assert (payload["type"], payload["value"]) == ("block_suggestion", "sco")
    assert (payload["action_id"], payload["block_id"]) == ("dataset", "b")


def test_suggestions_with_too_long_values_are_a_violation(careless: SlackSandbox) -> None:
    """Options are checked like a block's."""
    select = {"type": "external_select", "action_id": "dataset", "min_query_length": 0}
    web_client(careless).chat_postMessage(channel="#data", text="a", blocks=[actions(select)])
    with socket(careless) as app:
        delivery = careless.as_user("alice").suggest(careless.messages("data")[0], "dataset", "x")
        app.ack(app.frame(), {"options": [{"text": plain("a"), "value": "v" * 151}]})
        delivery.wait()
    assert len(careless.violations) == 1


def test_mentions_and_direct_messages_are_events(slack: SlackSandbox) -> None:
    """A mention in a thread has its thread_ts; the app isn't notified of other messages."""
    alice = slack.as_user("alice")
    assert alice.say("hello all", "#data") is None
    root = slack.messages("data")[0].ts
    mention = f"<@{slack.bot_user_id}> abort"
    event = received(slack, lambda: alice.say(mention, "#data", thread_ts=root))["event"]
    assert (event["type"], event["thread_ts"]) == ("app_mention", root)
    direct = received(slack, lambda: alice.say("help", slack.dm("alice")))
    assert (direct["event"]["type"], direct["event"]["channel_type"]) == ("message", "im")
    assert direct["authorizations"][0]["user_id"] == slack.bot_user_id


def test_changes_are_told(slack: SlackSandbox, web: WebClient) -> None:
    """A listener is called for a post and an edit, and can read the workspace meanwhile."""
    heard: list[tuple[str, int]] = []
    slack.on_change(lambda change: heard.append((change.kind, len(slack.messages("data")))))
    post = web.chat_postMessage(channel="#data", text="a")
    web.chat_update(channel=post["channel"], ts=post["ts"], text="b")
    slack.wait_until(lambda: ("edited", 1) in heard)
    assert ("posted", 1) in heard
    with pytest.raises(TimeoutError):
        slack.wait_until(lambda: slack.messages("random"), timeout=0.05)


def test_the_bot_can_be_thrown_out(slack: SlackSandbox, web: WebClient) -> None:
    """After its removal from a channel, the bot can't post; after an invitation, it can."""
    slack.change_channel("data", bot_member=False)
    with pytest.raises(SlackApiError):
        web.chat_postMessage(channel="#data", text="a")
    slack.change_channel("data", bot_member=True)
    web.chat_postMessage(channel="#data", text="a")


CHOICES: list[tuple[Json, object, Json]] = [
    (
        {"type": "overflow", "options": [{"text": plain("Log"), "value": "log"}]},
        "Log",
        {"selected_option": {"text": plain("Log"), "value": "log"}},
    ),
    ({"type": "datepicker"}, "2015-09-24", {"selected_date": "2015-09-24"}),
    ({"type": "users_select"}, "U1", {"selected_user": "U1"}),
    ({"type": "conversations_select"}, "C1", {"selected_conversation": "C1"}),
    (
        {"type": "checkboxes", "options": [{"text": plain(one), "value": one} for one in "ab"]},
        ["b"],
        {"selected_options": [{"text": plain("b"), "value": "b"}]},
    ),
]


@pytest.mark.parametrize(("element", "choice", "sent"), CHOICES, ids=[row[0]["type"] for row in CHOICES])
def test_each_kind_of_element_sends_its_own_field(
    slack: SlackSandbox, web: WebClient, element: Json, choice: object, sent: Json
) -> None:
    """The choice is sent in the field of the element's type."""
    web.chat_postMessage(channel="#data", text="a", blocks=[actions({**element, "action_id": "it"})])
    message = slack.messages("data")[0]
    (action,) = received(slack, lambda: slack.as_user("alice").select(message, "it", choice))["actions"]
    assert {key: action[key] for key in sent} == sent
    assert action["type"] == element["type"]


def test_an_answer_that_is_no_message_is_a_violation(careless: SlackSandbox) -> None:
    """A slash command's acknowledgement is checked like a message."""
    with socket(careless) as app:
        delivery = careless.as_user("alice").command("/x", "", "#data")
        app.ack(app.frame(), {"blocks": [section("")]})
        assert delivery.wait().acked
    assert "invalid_blocks" in careless.violations[0]
    assert careless.ephemerals("alice") == []


def test_a_message_shortcut_works_in_a_thread(slack: SlackSandbox, web: WebClient) -> None:
    """The payload has the message with its thread, a trigger, and a response URL, but no state or actions."""
    root = web.chat_postMessage(channel="#data", text="root")
    web.chat_postMessage(channel="#data", text="reply", thread_ts=root["ts"])
    reply = slack.messages("data")[0].replies[0]
    payload = received(slack, lambda: slack.as_user("bob").shortcut("job_log", reply))
    assert (payload["type"], payload["callback_id"]) == ("message_action", "job_log")
    assert payload["message_ts"] == payload["message"]["ts"] == reply.ts
    assert payload["message"]["thread_ts"] == root["ts"]
    assert payload["channel"] == {"id": slack.channel_id("data"), "name": "data"}
    assert payload["trigger_id"]
    assert payload["response_url"].startswith("http://127.0.0.1:")
    with pytest.raises(PermissionError):
        slack.as_user("stranger").shortcut("job_log", reply)


def test_the_block_tells_equal_elements_apart(slack: SlackSandbox, web: WebClient) -> None:
    """Two menus of a list can have the same action id, and two buttons the same value too."""
    rows = [actions(button("log", "Log", "J"), block_id=row) for row in ("first", "second")]
    web.chat_postMessage(channel="#data", text="list", blocks=rows)
    (message,) = slack.messages("data")
    bob = slack.as_user("bob")
    with pytest.raises(LookupError, match="2 times button"):
        bob.press(message, action_id="log")
    payload = received(slack, lambda: bob.press(message, action_id="log", block_id="second"))
    assert payload["actions"][0]["block_id"] == "second"


def test_a_message_is_found_as_one_person_sees_it(slack: SlackSandbox, web: WebClient) -> None:
    """An ephemeral message exists only for its addressee."""
    alice = slack.user_id("alice")
    web.chat_postEphemeral(channel=slack.channel_id("data"), user=alice, text="only you")
    (told,) = slack.ephemerals("alice")
    assert slack.seen_message("data", told.ts, "alice") == told
    with pytest.raises(LookupError, match="no message"):
        slack.seen_message("data", told.ts, "bob")


def test_deliveries_can_be_watched(slack: SlackSandbox, impatient: SlackSandbox) -> None:
    """A watcher is told when a delivery is sent, and again when it was answered or has failed."""
    seen: list[tuple[str, bool, str | None]] = []
    for workspace in (slack, impatient):
        workspace.on_delivery(lambda one: seen.append((one.what, one.acked, one.error)))
    with socket(slack) as app:
        slack.as_user("alice").command("/dss-jobs", "", "data")
        app.ack(app.frame())
        slack.wait_until(lambda: len(seen) == 2)
    with socket(impatient):
        impatient.as_user("alice").command("/dss-jobs", "", "data")
        impatient.wait_until(lambda: len(seen) == 4)
    sent = ("/dss-jobs", False, None)
    assert seen == [sent, ("/dss-jobs", True, None), sent, ("/dss-jobs", False, "operation_timeout")]


def test_a_refusal_keeps_its_reason(careless: SlackSandbox) -> None:
    """`Call.messages` says which block Slack would not accept, and which scope is missing."""
    web = web_client(careless)
    with pytest.raises(SlackApiError):
        web.chat_postMessage(channel="#data", text="x", blocks=[{"type": "nonsense"}])
    careless.drop_scope("users:read")
    with pytest.raises(SlackApiError):
        web.users_info(user=careless.user_id("alice"))
    blocks, scope = careless.calls[-2:]
    assert "json-pointer:/blocks/0/type" in blocks.messages[0]
    assert scope.messages == ("[ERROR] missing scope: users:read",)


def test_a_changed_account_is_an_event(slack: SlackSandbox) -> None:
    """With the whole account as it is now; an app without ``users:read`` gets none."""
    alice = slack.as_user("alice")
    with socket(slack) as app:
        event = alice.change_account(guest=True, email="a@example.com")
        frame = app.frame()
        app.ack(frame)
        assert event is not None
        assert event.wait().acked
        slack.drop_scope("users:read")
        assert alice.change_account(deleted=True) is None
    said = frame["payload"]["event"]
    assert (said["type"], said["user"]["id"], said["user"]["is_restricted"]) == (
        "user_change",
        alice.id,
        True,
    )
    assert said["user"]["profile"]["email"] == "a@example.com"
