"""Modals and the Home tab."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackSandbox
from tests.sandbox.slack.apps import (
    Clock,
    Json,
    Socket,
    actions,
    button,
    modal,
    plain,
    refused,
    section,
    socket,
    text_input,
    web_client,
)


def trigger(slack: SlackSandbox, app: Socket) -> str:
    """Return a fresh trigger id for alice, from an acknowledged command."""
    delivery = slack.as_user("alice").command("/dss-build", "", "#data")
    app.ack(app.frame())
    return delivery.wait().trigger_id


def test_a_trigger_opens_one_view(slack: SlackSandbox, web: WebClient) -> None:
    """The second use gets exchanged_trigger_id, an invented id gets invalid_trigger_id."""
    with socket(slack) as app:
        trigger_id = trigger(slack, app)
    view = web.views_open(trigger_id=trigger_id, view=modal(section()))["view"]
    assert [one.id for one in slack.views("alice")] == [view["id"]]
    for wrong, error in ((trigger_id, "exchanged_trigger_id"), ("1.2.3", "invalid_trigger_id")):
        with pytest.raises(SlackApiError) as caught:
            web.views_open(trigger_id=wrong, view=modal(section()))
        assert refused(caught.value) == error


def test_a_trigger_lives_three_seconds(slack: SlackSandbox, web: WebClient, clock: Clock) -> None:
    """At 3 s it works; after that, it has expired."""
    with socket(slack) as app:
        in_time, too_late = trigger(slack, app), trigger(slack, app)
    clock.advance(3.0)
    web.views_open(trigger_id=in_time, view=modal(section()))
    clock.advance(0.1)
    with pytest.raises(SlackApiError) as caught:
        web.views_open(trigger_id=too_late, view=modal(section()))
    assert refused(caught.value) == "expired_trigger_id"


def test_a_refused_view_leaves_the_trigger_usable(slack: SlackSandbox, web: WebClient) -> None:
    """An error in the blocks doesn't use up the trigger; the answer says where the error is."""
    with socket(slack) as app:
        trigger_id = trigger(slack, app)
    with pytest.raises(SlackApiError) as caught:
        web.views_open(trigger_id=trigger_id, view=modal(section(""), title=plain("x" * 25)))
    assert refused(caught.value) == "invalid_arguments"
    assert "/view/title/text" in caught.value.response["response_metadata"]["messages"][0]
    web.views_open(trigger_id=trigger_id, view=modal(section()))


def test_a_stack_is_three_deep(slack: SlackSandbox, web: WebClient) -> None:
    """Two views can be pushed on the first; the third push is refused."""
    with socket(slack) as app:
        first = web.views_open(trigger_id=trigger(slack, app), view=modal(section()))["view"]
        pushed = [
            web.views_push(trigger_id=trigger(slack, app), view=modal(section()))["view"] for _ in range(2)
        ]
        last = trigger(slack, app)
    assert [one["root_view_id"] for one in pushed] == [first["id"]] * 2
    assert pushed[0]["previous_view_id"] == first["id"]
    with pytest.raises(SlackApiError) as caught:
        web.views_push(trigger_id=last, view=modal(section()))
    assert refused(caught.value) == "push_limit_reached"


def test_updates_keep_what_was_typed(slack: SlackSandbox, web: WebClient) -> None:
    """Inputs with the same ids keep their content; a stale hash or a closed view is refused."""
    with socket(slack) as app:
        opened = web.views_open(trigger_id=trigger(slack, app), view=modal(text_input()))["view"]
        alice = slack.as_user("alice")
        alice.submit(slack.views("alice")[0], {"typed": "Ada"})
        app.ack(app.frame(), {"response_action": "errors", "errors": {"name": "too short"}})
        slack.wait_until(lambda: slack.views("alice")[0].errors)
        updated = web.views_update(view_id=opened["id"], view=modal(section(), text_input()))["view"]
        assert updated["state"]["values"]["name"]["typed"]["value"] == "Ada"
        assert slack.views("alice")[0].errors == {}
        with pytest.raises(SlackApiError) as caught:
            web.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(section()))
        assert refused(caught.value) == "hash_conflict"
        assert not alice.close(slack.views("alice")[0]).sent
    with pytest.raises(SlackApiError) as caught:
        web.views_update(view_id=opened["id"], view=modal(section()))
    assert refused(caught.value) == "not_found"


def test_a_view_is_found_by_its_external_id(slack: SlackSandbox, web: WebClient) -> None:
    """external_id identifies one view."""
    with socket(slack) as app:
        web.views_open(trigger_id=trigger(slack, app), view=modal(section(), external_id="mine"))
    web.views_update(external_id="mine", view=modal(section("new"), external_id="mine"))
    assert slack.views("alice")[0].blocks[0]["text"]["text"] == "new"


SUBMISSIONS: list[tuple[object, list[str]]] = [
    (None, []),
    ({"response_action": "clear"}, []),
    ({"response_action": "update", "view": modal(section(), title=plain("Second"))}, ["Second"]),
    ({"response_action": "push", "view": modal(section(), title=plain("Over"))}, ["Title", "Over"]),
    ({"response_action": "errors", "errors": {"name": "no"}}, ["Title"]),
]


@pytest.mark.parametrize(("answer", "titles"), SUBMISSIONS)
def test_what_the_answer_to_a_submission_does(
    slack: SlackSandbox, web: WebClient, answer: object, titles: list[str]
) -> None:
    """Close, clear, update, push, and errors change the person's screen."""
    with socket(slack) as app:
        web.views_open(trigger_id=trigger(slack, app), view=modal(text_input(), private_metadata="mine"))
        delivery = slack.as_user("alice").submit(slack.views("alice")[0], {"typed": "Ada"})
        frame = app.frame()
        app.ack(frame, answer)
        assert delivery.wait().acked
    payload: Json = frame["payload"]
    assert payload["type"] == "view_submission"
    assert payload["view"]["private_metadata"] == "mine"
    assert payload["view"]["state"]["values"]["name"]["typed"] == {
        "type": "plain_text_input",
        "value": "Ada",
    }
    assert [one.title for one in slack.views("alice")] == titles


def test_a_wrong_answer_to_a_submission_is_a_violation(careless: SlackSandbox) -> None:
    """Errors for a block that isn't an input are recorded; the modal stays."""
    with socket(careless) as app:
        trigger_id = trigger(careless, app)
        web_client(careless).views_open(trigger_id=trigger_id, view=modal(text_input()))
        delivery = careless.as_user("alice").submit(careless.views("alice")[0], {"typed": "Ada"})
        app.ack(app.frame(), {"response_action": "errors", "errors": {"nowhere": "no"}})
        delivery.wait()
    assert len(careless.violations) == 1
    assert len(careless.views("alice")) == 1


def test_the_client_checks_before_it_submits(slack: SlackSandbox, web: WebClient) -> None:
    """An empty required input or a text that is too long never reaches the app."""
    with socket(slack) as app:
        web.views_open(trigger_id=trigger(slack, app), view=modal(text_input(max_length=3)))
    alice, view = slack.as_user("alice"), slack.views("alice")[0]
    with pytest.raises(ValueError, match="fill in 'Name'"):
        alice.submit(view)
    with pytest.raises(ValueError, match="too long"):
        alice.submit(view, {"typed": "four"})


def test_a_closed_view_is_told_when_asked_for(slack: SlackSandbox, web: WebClient) -> None:
    """notify_on_close sends view_closed."""
    with socket(slack) as app:
        web.views_open(trigger_id=trigger(slack, app), view=modal(section(), notify_on_close=True))
        delivery = slack.as_user("alice").close(slack.views("alice")[0])
        frame = app.frame()
        app.ack(frame)
        assert delivery.wait().acked
    assert frame["payload"]["type"] == "view_closed"
    assert frame["payload"]["is_cleared"] is False
    assert slack.views("alice") == []


def test_the_home_tab(slack: SlackSandbox, web: WebClient) -> None:
    """Opening it is an event; publishing fills it; its buttons act like a view's."""
    with socket(slack) as app:
        alice = slack.as_user("alice")
        opened = alice.open_home()
        frame = app.frame()
        app.ack(frame)
        assert opened.wait().acked
        event = frame["payload"]["event"]
        assert (event["type"], event["tab"], event["user"]) == ("app_home_opened", "home", alice.id)
        assert "view" not in event
        web.views_publish(user_id=alice.id, view={"type": "home", "blocks": [actions(button())]})
        home = slack.home("alice")
        assert home is not None
        alice.press(home, text="Go")
        pressed = app.frame()
        app.ack(pressed)
    assert pressed["payload"]["container"] == {"type": "view", "view_id": home.id}
    assert "response_url" not in pressed["payload"]
