"""The views of approvals, for the gallery."""

from collections.abc import Callable
from datetime import timedelta

import msgspec

from bot import views
from bot.domain import Build, BuildMode, DecideApproval, Message, Output, Place, RequestedOutput
from bot.domain.approvals import Approval, ApprovalState, Reason
from bot.domain.stored_records import BuildPlan
from tests.views.cards import NOW, ago

APPROVAL = Approval(
    id="a1" * 16,
    fingerprint="f0" * 32,
    request=Build(outputs=(RequestedOutput(project="CHURN", name="scored"),), mode=BuildMode.ALL),
    plan=BuildPlan(
        instance="main",
        project="CHURN",
        outputs=(
            Output(project="CHURN", id="scored", partition="NP"),
            Output(project="CHURN", id="daily_sessions", partition="2026-11-20"),
        ),
        mode=BuildMode.ALL,
        act_as="alice",
        usual_seconds=252.0,
    ),
    because=(Reason(kind="project", name="CHURN"), Reason(kind="mode", mode=BuildMode.ALL)),
    user_id="U0ALICE",
    team_id="T1",
    place=Place(channel_id="C0DATA"),
    channel_id="C0APPROVERS",
    created_at=ago(minutes=2),
    expires_at=NOW + timedelta(minutes=58),
)


def approval(state: ApprovalState, reason: str = "") -> Approval:
    """Return the request after a decision of Bob's."""
    return msgspec.structs.replace(
        APPROVAL, state=state, decided_by="U0BOB", decided_team="T1", decided_at=NOW, reason=reason
    )


WHY = "Not *before* the <release>, see _notes_"
LINK = "https://example.slack.com/archives/C0APPROVERS/p1764080748000100"
COMMAND = "/dss-build CHURN.scored --mode all"

APPROVALS: dict[str, Callable[[], Message]] = {
    "approval_request": lambda: views.approval_request(APPROVAL, NOW),
    "approval_request_on_instance": lambda: views.approval_request(APPROVAL, NOW, instance_label="main"),
    "approval_request_started": lambda: views.approval_request(
        approval(ApprovalState.APPROVED), NOW, outcome="The job is followed here."
    ),
    **{
        f"approval_request_{state}": lambda state=state: views.approval_request(approval(state, WHY), NOW)  # type: ignore[misc]
        for state in ApprovalState
        if state is not ApprovalState.PENDING
    },
    **{
        f"approval_outcome_{state}": lambda state=state: views.approval_outcome(approval(state, WHY), COMMAND)  # type: ignore[misc]
        for state in ApprovalState
        if state not in {ApprovalState.PENDING, ApprovalState.CANCELED, ApprovalState.UNREADABLE}
    },
    **{
        f"approval_decided_{state}": lambda state=state: views.approval_decided(approval(state))  # type: ignore[misc]
        for state in (ApprovalState.APPROVED, ApprovalState.DECLINED, ApprovalState.CANCELED)
    },
    "approval_hidden": lambda: views.approval_hidden(approval(ApprovalState.DECLINED, WHY)),
    "approval_outcome_in_thread": lambda: views.approval_outcome(
        approval(ApprovalState.DECLINED, WHY), COMMAND, mention=True
    ),
    "approval_outcome_not_started_in_thread": lambda: views.approval_outcome(
        approval(ApprovalState.NOT_STARTED, WHY), COMMAND, mention=True
    ),
    "approval_asked": lambda: views.approval_asked(APPROVAL),
    "approval_waiting": lambda: views.approval_waiting(APPROVAL, "U0BOB", NOW, LINK),
    "approval_waiting_mine": lambda: views.approval_waiting(APPROVAL, "U0ALICE", NOW, None),
    "approval_moved": lambda: views.approval_moved("C0APPROVERS", "is_archived"),
    "approval_unreadable": views.approval_unreadable,
    "decline_reasons": lambda: views.decline_reasons(
        views.encode_decision(
            DecideApproval(approval=APPROVAL.id, fingerprint=APPROVAL.fingerprint, verdict="decline")
        )
    ),
}
"""Every view of approvals that is a message."""
