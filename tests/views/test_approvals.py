"""What is approved is shown as a whole, and the dialog remembers what it is about."""

import msgspec
import pytest

from bot import views
from bot.domain import DecideApproval, Output
from bot.sandbox.slack.limits import check_view
from tests.views.approvals_gallery import APPROVAL
from tests.views.cards import NOW

DECISION = DecideApproval(approval=APPROVAL.id, fingerprint=APPROVAL.fingerprint, verdict="decline")


def building(count: int, name: str) -> object:
    outputs = tuple(Output(project="CHURN", id=f"{name}{number}") for number in range(count))
    return msgspec.structs.replace(APPROVAL, plan=msgspec.structs.replace(APPROVAL.plan, outputs=outputs))


@pytest.mark.parametrize(("count", "name"), [(1, "a"), (60, "customers_"), (2, "x" * 900), (15, "&" * 30)])
def test_a_request_that_fits_shows_every_output(count: int, name: str) -> None:
    """Nobody approves what they couldn't read."""
    approval = building(count, name)
    assert views.approval_fits(approval)  # type: ignore[arg-type]
    shown = str(views.approval_request(approval, NOW).blocks[0])  # type: ignore[arg-type]
    escaped = name.replace("&", "&amp;")
    assert all(f"`CHURN.{escaped}{number}`" in shown for number in range(count))


@pytest.mark.parametrize(("count", "name"), [(400, "customers_"), (3, "x" * 990), (40, "&" * 30)])
def test_a_request_with_more_than_a_message_takes_does_not_fit(count: int, name: str) -> None:
    """It's refused instead of being cut."""
    assert not views.approval_fits(building(count, name))  # type: ignore[arg-type]


def test_the_dialog_is_one_that_slack_takes() -> None:
    """Slack's limits hold, and what it remembers can be read back."""
    remembered = views.DeclineDialog(
        decision=DECISION, channel_id="C0DATA", response_url="https://hooks.example/actions/1"
    )
    dialog = views.decline_dialog(views.encode_dialog(remembered))
    checked = check_view(dialog, "modal", lambda kind: f"{kind}1")
    assert views.read_dialog(str(checked["private_metadata"])) == remembered


@pytest.mark.parametrize(
    "text", ["", "v1:", "v1:{}", "v2:{}", 'v1:{"decision":{"type":"Build"}}', "v1:" + "[" * 2_000]
)
def test_a_damaged_dialog_is_an_old_button(text: str) -> None:
    """It's never guessed."""
    with pytest.raises(views.OldButton):
        views.read_dialog(text)


def test_a_choice_of_a_reason_is_a_decision_to_decline() -> None:
    """Whatever the block says: a select can't approve."""
    for verdict in ("approve", "decline", "cancel"):
        block_id = views.encode_decision(msgspec.structs.replace(DECISION, verdict=verdict))
        chosen = views.read_decline_choice(block_id, "Not needed")
        assert (chosen.verdict, chosen.reason) == ("decline", "Not needed")


def test_a_reason_is_kept_within_what_can_be_stored() -> None:
    """Half an emoji, NUL, and a long text don't stop a decision."""
    declined = views.declined(DECISION, "a\0\ud83d" + "b" * 900)
    assert declined.reason == "a" + "b" * 499
    assert views.decode(views.encode(declined)) == declined
