"""Approvals: a build that needs a second person waits for one, and starts once as the person who asked."""

from datetime import timedelta
from uuid import uuid4

import msgspec
import structlog

from bot import views
from bot.domain import Build, DecideApproval, Place
from bot.domain.approvals import Approval, ApprovalState, Reason, fingerprint, over, why_needed, why_not
from bot.domain.errors import (
    DSSError,
    DSSNotFound,
    DSSNotVisible,
    DSSRefused,
    DSSServerError,
    DSSUnavailable,
    DSSUnreachable,
    DSSUnreadable,
    Refusal,
)
from bot.domain.stored_records import BuildPlan, Draft, Intent, IntentState
from bot.language import t
from bot.services.access import Authorized
from bot.services.approval_drafts import ApprovalDrafts, audit_entry, unreadable_draft
from bot.services.dss_users import IdentityUnavailable
from bot.services.error_messages import error_message
from bot.services.service import Collaborators, Service
from bot.slack.permalinks import permalink
from bot.store.approvals import Effects, Unreadable

log = structlog.get_logger(__name__)

HOPE_FOR = timedelta(minutes=30)
"""How long the start of an approved build is tried again while DSS or Slack doesn't answer."""
MOST_TRIES = 40
"""The same in tries, for a clock that was set back; fewer than `bot.store.intents.MOST_ATTEMPTS`."""
LONGEST_PAUSE = 60.0
"""Seconds between two tries."""

_PASSING = (DSSUnreachable, DSSUnavailable, DSSUnreadable, DSSServerError, IdentityUnavailable)
"""Errors before the start that can pass by themselves."""

_STATES = {
    "approve": ApprovalState.APPROVED,
    "decline": ApprovalState.DECLINED,
    "cancel": ApprovalState.CANCELED,
}


class ApprovalService(Service):
    """Asks for approvals, and carries out `DecideApproval` intents.

    `BuildService` asks `may_start` before each start: no other code decides whether a build has to wait.
    """

    def __init__(self, parts: Collaborators) -> None:
        super().__init__(parts)
        self._drafts = ApprovalDrafts(parts.viewers, parts.instances, parts.clock)

    # -- before a start

    def may_start(self, intent: Intent, request: Build, plan: BuildPlan, authorized: Authorized) -> bool:
        """Return whether a planned build may start now. If not, the person knows what it waits for.

        Args:
            intent: the intent of the build.
            request: the build, with every output's project.
            plan: what would be sent to DSS.
            authorized: the person who asked, with their rights of now.

        Raises:
            Refusal: an approver can't be asked, or may no longer approve.
            DSSError: DSS can't say whether the approver still may.
        """
        approval = self._store.approvals.started_by(intent.id)
        if approval is None:
            because = why_needed(self._rules, plan, self._clock())
            if because:
                self._ask(intent, request, plan, authorized, because)
            return not because
        if fingerprint(plan, intent.user_id, intent.team_id) != approval.fingerprint:
            self._ask(intent, request, plan, authorized, approval.because, replaces=approval)
            return False
        self._check_approver(approval)
        return True

    def is_start(self, intent: Intent) -> bool:
        """Return whether an intent starts an approved build."""
        return self._store.approvals.started_by(intent.id) is not None

    def started(self, intent: Intent) -> tuple[tuple[Draft, ...], str]:
        """Return what a started build adds to its record: drafts, and a note for the audit."""
        approval = self._store.approvals.started_by(intent.id)
        if approval is None:
            return (), ""
        here = approval.place.channel_id == approval.channel_id
        return (self._drafts.request(approval, followed_here=here),), f"approved by {approval.decided_by}"

    def not_started(self, intent: Intent, error: Refusal | DSSError) -> bool:
        """Deal with a failed start of an approved build: try again if that can help, else say so.

        Returns:
            False if the intent doesn't start an approved build.
        """
        approval = self._store.approvals.started_by(intent.id)
        if approval is None:
            return False
        waits = self._clock() - (approval.decided_at or intent.created_at) < HOPE_FOR
        passing = isinstance(error, _PASSING)
        new = self._store.intents.state_of(intent.id) is IntentState.NEW
        if passing and new and waits and intent.attempts < MOST_TRIES:
            log.warning("approval.start_later", approval=approval.id, error=str(error))
            pause = min(2.0 ** min(intent.attempts, 6), LONGEST_PAUSE)
            self._store.intents.again(intent.id, self._owner, pause)
            return True
        reason = str(error) if isinstance(error, Refusal) else t(error.hint)
        self._give_up(approval, reason, closes=intent.id)
        if self._drafts.is_told_in_thread(approval):
            why = error_message(error, doing="Build", request=approval.request)
            self._private_messages.send(approval.place, approval.user_id, why)
        return True

    def _give_up(
        self,
        approval: Approval,
        reason: str,
        *,
        closes: str | None,
        state: ApprovalState = ApprovalState.NOT_STARTED,
    ) -> None:
        ended = msgspec.structs.replace(approval, state=state, reason=reason[:500])
        told = self._drafts.own_outcome(ended, ":not-started")
        effects = Effects(drafts=(self._drafts.request(ended), told), closes=closes)
        if self._store.approvals.not_started(ended, effects):
            log.warning("approval.not_started", approval=approval.id, reason=reason)
        self._wake_sender()

    def _check_approver(self, approval: Approval) -> None:
        """Make sure that whoever approved still may, at the moment of the start.

        Raises:
            Refusal: they may not.
        """
        asked = DecideApproval(approval=approval.id, fingerprint=approval.fingerprint, verdict="approve")
        who = approval.decided_by or "", approval.decided_team or ""
        try:
            approver = self._authorize(approval, asked, Place(channel_id=approval.channel_id), *who)
            if self._same_login(approval, approver):
                raise Refusal(t("Whoever approved it has the requester's login by now."))
        except IdentityUnavailable:
            raise
        except Refusal as refused:
            raise Refusal(
                t("The person who approved it may no longer do that. Ask again, so that somebody else can.")
            ) from refused

    # -- asking

    def _ask(
        self,
        intent: Intent,
        request: Build,
        plan: BuildPlan,
        authorized: Authorized,
        because: tuple[Reason, ...],
        replaces: Approval | None = None,
    ) -> None:
        approval = self._new(intent, request, plan, because)
        waiting = self._still_waiting(plan)
        if waiting is None:
            drafts = [self._drafts.request(approval)]
            if replaces is not None:
                gone = msgspec.structs.replace(replaces, state=ApprovalState.REPLACED)
                drafts += [self._drafts.request(gone), self._drafts.outcome(gone, ":replaced")]
            asker = intent.user_id, intent.team_id
            entry = audit_entry(approval, *asker, "approval asked", authorized.act_as)
            effects = Effects(drafts=tuple(drafts), audit=entry)
            written = self._store.approvals.ask(
                approval, intent.id, effects, replaces=replaces.id if replaces else None
            )
            if written:
                log.info("approval.asked", approval=approval.id, user=intent.user_id)
                self._wake_sender()
                if approval.channel_id != intent.place.channel_id or intent.place.home is not None:
                    answer = views.approval_asked(approval)
                    self._private_messages.send(intent.place, intent.user_id, answer)
                return
            waiting = self._store.approvals.waiting(plan)
        if waiting is None:
            if self._store.intents.state_of(intent.id) is IntentState.NEW:
                raise Refusal(
                    t(
                        "The bot can't read an earlier request for an approval of this build. "
                        "It ends by itself after its time. Nothing was started."
                    )
                )
            return  # another process has dealt with the intent
        if replaces is not None:
            raise Refusal(t("The same build is waiting for another approval already."))
        self._store.intents.close(intent.id, IntentState.REFUSED, note="waits for an approval already")
        answer = views.approval_waiting(waiting, intent.user_id, self._clock(), self._link(waiting))
        self._private_messages.send(intent.place, intent.user_id, answer)

    def _new(self, intent: Intent, request: Build, plan: BuildPlan, because: tuple[Reason, ...]) -> Approval:
        now = self._clock()
        channel = self._rules.channel or intent.place.channel_id
        approval = Approval(
            id=uuid4().hex,
            fingerprint=fingerprint(plan, intent.user_id, intent.team_id),
            request=msgspec.structs.replace(request, confirmed=True),
            plan=msgspec.structs.replace(plan, known_ids=()),
            because=because,
            user_id=intent.user_id,
            team_id=intent.team_id,
            # By the time of the start, the response URL doesn't work, and App Home shows something else.
            place=Place(channel_id=intent.place.channel_id, thread_ts=intent.place.thread_ts),
            channel_id=channel,
            created_at=now,
            expires_at=now + self._rules.valid_for,
        )
        self._drafts.check(approval, request)
        return approval

    def _still_waiting(self, plan: BuildPlan) -> Approval | None:
        """Return the pending request for the same build; one whose time is over lapses now."""
        waiting = self._store.approvals.waiting(plan)
        if waiting is not None and waiting.expires_at <= self._clock():
            self._lapse(waiting)
            return None
        return waiting

    def _link(self, approval: Approval) -> str | None:
        posted = self._store.outbox.ts_of(approval.message_id)
        return permalink(self._workspace, posted[0], posted[1]) if posted and posted[1] else None

    # -- deciding

    def decide(self, intent: Intent, request: DecideApproval) -> None:
        """Approve, decline or cancel a request, if it's still pending and the person may.

        Raises:
            Refusal: they may not, or it was too late.
            DSSError: DSS can't say who they are: the request goes on waiting.
        """
        approval = self._store.approvals.get(request.approval)
        if approval is None:
            raise Refusal(
                t(
                    "The bot doesn't know this request for an approval any more. Nothing was changed. "
                    "Whoever needs the build can ask for it again."
                )
            )
        authorized = self._authorize(approval, request, intent.place, intent.user_id, intent.team_id)
        now = self._clock()
        same = self._same_login(approval, authorized)
        refused = why_not(approval, request, intent.user_id, same_login=same, now=now)
        if refused is not None:
            raise Refusal(refused)
        decided = msgspec.structs.replace(
            approval,
            state=_STATES[request.verdict],
            decided_by=intent.user_id,
            decided_team=intent.team_id,
            decided_at=now,
            reason=request.reason.strip() if request.verdict == "decline" else "",
            start_id=f"approved-{approval.id}" if request.verdict == "approve" else None,
        )
        if not self._store.approvals.decide(decided, now, self._effects(decided, intent, authorized)):
            latest = self._store.approvals.get(approval.id) or approval
            raise Refusal(
                t("Somebody was quicker: {outcome} Your press changed nothing.", outcome=over(latest))
            )
        log.info("approval.decided", approval=approval.id, state=decided.state, by=intent.user_id)
        self._wake_sender()
        self._private_messages.send(intent.place, intent.user_id, views.approval_decided(decided))

    def _effects(self, decided: Approval, intent: Intent, authorized: Authorized) -> Effects:
        drafts = [self._drafts.request(decided)]
        if decided.state is not ApprovalState.CANCELED:
            drafts.append(self._drafts.outcome(decided))
        start = None
        if decided.start_id is not None:
            start = Intent(
                id=decided.start_id,
                request=decided.request,
                user_id=decided.user_id,
                team_id=decided.team_id,
                place=decided.place,
                created_at=self._clock(),
            )
        verb = f"approval {decided.state}"
        entry = audit_entry(decided, intent.user_id, intent.team_id, verb, authorized.act_as)
        return Effects(drafts=tuple(drafts), closes=intent.id, start=start, audit=entry)

    def _authorize(
        self, approval: Approval, request: DecideApproval, place: Place, user_id: str, team_id: str
    ) -> Authorized:
        authorized = self._access.authorize(
            user_id,
            team_id,
            request,
            self._instances.named(approval.plan.instance).dss,
            place=place,
            outputs=approval.request.outputs,
            project=approval.plan.project,
            target=", ".join(approval.labels),
        )
        if request.verdict != "cancel":
            self._check_right(approval, authorized)
        return authorized

    def _check_right(self, approval: Approval, authorized: Authorized) -> None:
        """Make sure that somebody may build in each project, where DSS knows who they are.

        Raises:
            Refusal: they may not, or DSS doesn't say.
        """
        if authorized.act_as is not None:
            for project in approval.plan.projects:
                self._check_project(project, approval, authorized)

    def _check_project(self, project: str, approval: Approval, authorized: Authorized) -> None:
        try:
            permissions = self._instances.named(approval.plan.instance).dss.permissions(project)
            may = permissions.let_build(authorized.dss.who_am_i())
        except (DSSNotVisible, DSSRefused, DSSNotFound) as error:
            log.warning("approval.permissions_refused", project=project, error=str(error))
            raise Refusal(
                t(
                    "DSS doesn't tell the bot who may build in {project}, so you can't decide about its "
                    "builds. The bot's administrator has to give it a global API key with admin rights.",
                    project=project,
                )
            ) from error
        if not may:
            raise Refusal(
                t(
                    "You may not build in {project} in DSS, so you can't decide about its builds. "
                    "The project's administrator can give you the right to write its content.",
                    project=project,
                )
            )

    def _same_login(self, approval: Approval, authorized: Authorized) -> bool:
        """Return whether somebody is the requester in DSS, with another account in Slack.

        Raises:
            IdentityUnavailable: DSS doesn't say it now. Nobody is taken for somebody else meanwhile.
        """
        dss, asker = self._instances.named(approval.plan.instance).dss, (approval.user_id, approval.team_id)
        theirs = authorized.act_as or self._access.login_of(authorized.person, dss, passing=False)
        mine = approval.plan.act_as or self._access.login_of_user(*asker, dss, passing=False)
        return theirs is not None and mine is not None and theirs.casefold() == mine.casefold()

    # -- what happens by itself

    def round(self) -> bool:
        """Let requests lapse whose time is over, and settle approvals whose build wasn't started."""
        found = [*self._store.approvals.lapsed(self._clock()), *self._store.approvals.unsettled()]
        for one in found:
            if isinstance(one, Unreadable):
                log.error("approval.set_aside", approval=one.id, user=one.user_id)
                self._store.approvals.set_aside(one, unreadable_draft(one))
            elif one.state is ApprovalState.PENDING:
                self._lapse(one)
            else:
                self._settle(one)
        if found:
            self._wake_sender()
        return bool(found)

    def _settle(self, approval: Approval) -> None:
        """Say that an approved build wasn't started: its intent is closed, and the requester knows why."""
        if self._store.intents.state_of(approval.start_id or "") is IntentState.UNKNOWN:
            self._give_up(approval, "", closes=None, state=ApprovalState.UNKNOWN)
        else:
            self._give_up(approval, t("The bot told you what went wrong."), closes=None)

    def _lapse(self, approval: Approval) -> None:
        lapsed = msgspec.structs.replace(approval, state=ApprovalState.LAPSED)
        drafts = (self._drafts.request(lapsed), self._drafts.outcome(lapsed))
        entry = audit_entry(lapsed, approval.user_id, approval.team_id, "approval lapsed", None)
        if self._store.approvals.decide(lapsed, self._clock(), Effects(drafts=drafts, audit=entry)):
            log.info("approval.lapsed", approval=approval.id)
