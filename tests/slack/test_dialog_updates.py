"""An open dialog shows what belongs to its latest change."""

from functools import partial

from slack_sdk import WebClient

from bot.domain.build_forms import BuildForm
from bot.sandbox.slack import NEWER_BLOCKS, SlackSandbox
from bot.slack.dialog_updates import DialogUpdates
from bot.views import build_dialog, loading_dialog, refused_dialog


def test_only_the_latest_turn_is_shown_and_each_update_knows_the_one_before() -> None:
    """An answer that comes late is dropped; the next one doesn't conflict with the last."""
    with SlackSandbox(rates=False) as slack:
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        alice = slack.as_user("alice")
        with slack._world.edit():
            trigger = slack._world.new_trigger(alice.id)
        view = client.views_open(trigger_id=trigger, view=loading_dialog())["view"]
        updates = DialogUpdates(client)
        first = updates.begin(view["id"], view["hash"])
        assert updates.update(view["id"], first, refused_dialog("one"))
        second = updates.begin(view["id"], view["hash"])
        assert not updates.update(view["id"], first, refused_dialog("late"))
        assert updates.update(view["id"], second, refused_dialog("two"))
        assert "two" in str(slack.views("alice")[0].payload)
        assert not updates.update("V0UNKNOWN", 1, refused_dialog("three"))
        alice.close(slack.views("alice")[0])
        assert not updates.update(view["id"], second, refused_dialog("closed"))


def test_a_workspace_without_alerts_gets_classic_blocks_from_then_on() -> None:
    """The refusal names the block, so no other dialog tries it."""
    with SlackSandbox(rates=False) as slack:
        slack.refuse_blocks(NEWER_BLOCKS)
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        updates = DialogUpdates(client)
        form = BuildForm(by_hand=True)
        make = partial(build_dialog, form, "{}", trouble="DSS is slow.")
        for _ in range(2):
            with slack._world.edit():
                trigger = slack._world.new_trigger(slack.user_id("alice"))
            view = client.views_open(trigger_id=trigger, view=loading_dialog())["view"]
            turn = updates.begin(view["id"], view["hash"])
            assert updates.update(view["id"], turn, make(), newer=make(alerts=True))
            assert "DSS is slow" in str(slack.views("alice")[-1].payload)
        refused = [call for call in slack.calls if call.method == "views.update" and not call.ok]
        assert len(refused) == 1
        slack.refuse_blocks(())
        assert updates.update(view["id"], turn, make(), newer=make(alerts=True))
        assert "alert" not in [block["type"] for block in slack.views("alice")[-1].payload["blocks"]]
