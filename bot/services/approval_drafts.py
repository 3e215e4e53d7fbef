"""What is written about a request for an approval: its message, what the requester is told, and the audit."""

from collections.abc import Callable
from datetime import datetime

from bot import views
from bot.commands.rendering import as_command, can_be_typed
from bot.domain import Build
from bot.domain.approvals import Approval, ApprovalState
from bot.domain.audit import AuditEntry
from bot.domain.errors import Refusal
from bot.domain.stored_records import BuildPlan, Draft, Urgency
from bot.domain.visibility import Visibility
from bot.language import everyone_reads, t
from bot.services.dss_instances import DssInstances
from bot.services.viewers import Viewers
from bot.store.approvals import Unreadable


class ApprovalDrafts:
    """Writes what a request's channel and its requester see, going by what the channel may see now."""

    def __init__(self, viewers: Viewers, instances: DssInstances, clock: Callable[[], datetime]) -> None:
        self._viewers = viewers
        self._instances = instances
        self._clock = clock

    def hidden_in(self, channel_id: str, plan: BuildPlan) -> list[str]:
        """Return the projects of a build of which a channel isn't shown what is built there."""
        return [one for one in plan.projects if self._viewers.shown([one], channel_id) is not Visibility.FULL]

    def check(self, approval: Approval, asked: Build) -> None:
        """Check that somebody else can see and decide what a new request shows.

        Args:
            approval: the request.
            asked: the build as it was asked for.

        Raises:
            Refusal: nobody could.
        """
        if approval.channel_id[:1] not in {"C", "G"}:
            raise Refusal(
                t(
                    "This build needs an approval, and nobody else can see it here. {reasons} "
                    "Ask for it in a channel where somebody can approve it.",
                    reasons=" ".join(approval.why),
                ),
                example=as_command(asked) if can_be_typed(asked) else None,
            )
        if hidden := self.hidden_in(approval.channel_id, approval.plan):
            raise Refusal(
                t(
                    "This build needs an approval, and the channel for that doesn't show what is built in "
                    "{projects}, so nobody could approve it. Nothing was started. Ask for it in a channel "
                    "that does, or ask the bot's administrator for one.",
                    projects=", ".join(hidden),
                )
            )
        if not views.approval_fits(approval):
            raise Refusal(
                t(
                    "This build needs an approval, and its outputs don't all fit into one message. Nothing "
                    "was started. Name fewer of them in one command."
                )
            )

    @everyone_reads()
    def request(self, approval: Approval, *, followed_here: bool = False) -> Draft:
        """Return the message with the request, as it is now.

        Args:
            approval: the request.
            followed_here: whether the approved build has its thread in the same channel.
        """
        outcome = t("The job is followed here.") if followed_here else None
        label = self._instances.label(approval.plan.instance)
        if self.hidden_in(approval.channel_id, approval.plan):
            shown = views.approval_hidden(approval)
        else:
            shown = views.approval_request(approval, self._clock(), instance_label=label, outcome=outcome)
        return Draft(
            id=approval.message_id,
            channel_id=approval.channel_id,
            message=shown,
            urgency=Urgency.ROOT,
            asker=approval.user_id,
        )

    def is_told_in_thread(self, approval: Approval) -> bool:
        """Return whether the requester learns the outcome in the thread of the request."""
        same = approval.channel_id == approval.place.channel_id
        return same and not self.hidden_in(approval.channel_id, approval.plan)

    @everyone_reads()
    def outcome(self, approval: Approval, name: str = "") -> Draft:
        """Return what the requester is told about a decision of somebody else, or that time is over."""
        return self._outcome(approval, name)

    def own_outcome(self, approval: Approval, name: str) -> Draft:
        """Return what the requester is told about their own start: a direct message is in their language."""
        return (self.outcome if self.is_told_in_thread(approval) else self._outcome)(approval, name)

    def _outcome(self, approval: Approval, name: str) -> Draft:
        """Return what the requester is told: in the thread of the request, if that is where they asked.

        Elsewhere they might not see it, so it's a direct message. After a crash, the bot can look for a reply
        that might have been sent, but not for a direct message.

        Args:
            approval: the request, which is over.
            name: tells apart what follows an approval from the approval itself; each is told once.
        """
        command = as_command(approval.request) if can_be_typed(approval.request) else None
        here = self.is_told_in_thread(approval)
        return Draft(
            id=f"{approval.outcome_id}{name}",
            channel_id=approval.channel_id if here else approval.user_id,
            message=views.approval_outcome(approval, command, mention=here),
            urgency=Urgency.END,
            root_id=approval.message_id if here else None,
            asker=approval.user_id,
        )


def unreadable_draft(row: Unreadable) -> Draft:
    """Return what the requester is told when their request can't be read any more."""
    return Draft(
        id=f"approval:{row.id}:unreadable",
        channel_id=row.user_id,
        message=views.approval_unreadable(),
        urgency=Urgency.END,
        asker=row.user_id,
    )


def audit_entry(approval: Approval, user_id: str, team_id: str, verb: str, act_as: str | None) -> AuditEntry:
    """Return the audit's entry about what somebody did with a request."""
    why = f": {approval.reason}" if approval.reason else ""
    return AuditEntry(
        user_id=user_id,
        team_id=team_id,
        verb=verb,
        instance=approval.plan.instance,
        project=approval.plan.project,
        target=", ".join(approval.labels),
        allowed=approval.state is not ApprovalState.DECLINED,
        act_as=act_as,
        reference=approval.id,
        note=f"request {approval.id} of {approval.user_id}{why}",
    )
