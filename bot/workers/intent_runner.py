"""Runs intents: claims one, carries it out, and closes it with an answer if that fails."""

import threading
from collections import Counter
from typing import assert_never

import structlog

from bot import views
from bot.domain import (
    AbortAll,
    AbortJob,
    Build,
    DecideApproval,
    DeleteFavorite,
    FollowJob,
    ListDatasets,
    ListJobs,
    ListProjects,
    MyLastJob,
    Overview,
    ReadLog,
    RenameFavorite,
    SaveFavorite,
    SendLog,
    SetDefault,
    ShowFavorites,
    ShowStatus,
    ShowThread,
    UnfollowJob,
)
from bot.domain.audit import Outcome
from bot.domain.errors import BotError, DSSError, Refusal
from bot.domain.stored_records import Draft, Intent, IntentState, UnreadableIntent, Urgency
from bot.language import person_reads
from bot.services import audit
from bot.services.abort import AbortService
from bot.services.approvals import ApprovalService
from bot.services.build import BuildService
from bot.services.dss_users import IdentityUnavailable
from bot.services.error_messages import error_message, short_reference
from bot.services.favorites import FavoriteService
from bot.services.follow import FollowService
from bot.slack.languages import Languages
from bot.slack.private_messages import PrivateMessages
from bot.store import IntentStore, StoreTrouble

log = structlog.get_logger(__name__)

LEASE_SECONDS = 20.0
"""A killed process's intents are taken over after this time; a running one renews its leases."""
PATIENCE = 8
"""How many times an intent is postponed because Slack doesn't say who asked: about two minutes."""
LONGEST_PAUSE = 30.0
"""Seconds between two tries."""


TRIES = 5
"""How many times an intent is claimed after an internal error interrupted it."""
TRY_AGAIN = 5.0
"""Seconds between two tries."""


SHARE = 3
"""How many intents of one person are carried out at a time: each can wait two minutes for DSS, and others
must not wait for that."""


class IntentRunner:
    """One worker; several run in parallel."""

    def __init__(
        self,
        intents: IntentStore,
        build_service: BuildService,
        abort_service: AbortService,
        follow_service: FollowService,
        approval_service: ApprovalService,
        favorite_service: FavoriteService,
        private_messages: PrivateMessages,
        *,
        owner: str,
        languages: Languages,
    ) -> None:
        self._intents = intents
        self._build_service = build_service
        self._abort_service = abort_service
        self._follow_service = follow_service
        self._approval_service = approval_service
        self._favorite_service = favorite_service
        self._private_messages = private_messages
        self._owner = owner
        self._languages = languages
        self._working: dict[str, str] = {}
        """Intents that are being carried out, and who asked for each."""
        self._claiming = threading.Lock()

    def renew(self) -> None:
        """Keep the leases of the intents that are being carried out."""
        self._intents.renew(self._owner, tuple(self._working.copy()), LEASE_SECONDS)

    def round(self) -> bool:
        """Carry out one intent; return whether there was one."""
        intent = self._claim()
        if intent is None:
            return False
        try:
            if isinstance(intent, UnreadableIntent):
                self.set_aside(intent)
            else:
                self._try(intent)
        finally:
            self._working.pop(intent.id, None)
        return True

    def _claim(self) -> Intent | UnreadableIntent | None:
        """Claim an intent that no runner of this process is working on, of somebody with less than a share.

        Leases can't say that: a clock that jumps ends them, and then the same build would start twice.
        """
        with self._claiming:
            working = self._working.copy()
            enough = [person for person, times in Counter(working.values()).items() if times >= SHARE]
            intent = self._intents.claim(self._owner, LEASE_SECONDS, working=tuple(working), enough=enough)
            if intent is not None:
                self._working[intent.id] = intent.user_id
            return intent

    def _try(self, intent: Intent) -> None:
        with person_reads(self._languages.of(intent.user_id, intent.team_id)):
            try:
                self._carry_out(intent)
            except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
                self._failed(intent, error)

    def set_aside(self, row: UnreadableIntent) -> None:
        """Notify the person through an outbox row, so that it happens exactly once, whatever crashes."""
        log.error("intent.set_aside", intent=row.id, user=row.user_id, reason=row.reason)
        told = Draft(
            id=f"{row.id}:set-aside",
            channel_id=row.user_id,
            message=views.set_aside(row),
            urgency=Urgency.END,
            asker=row.user_id,
        )
        self._intents.set_aside(row, told, audit=audit.set_aside(row))

    def _carry_out(self, intent: Intent) -> None:
        match intent.request:
            case Build() as request:
                self._build_service.build(intent, request)
            case AbortJob() as request:
                self._abort_service.abort(intent, request)
            case AbortAll() as request:
                self._abort_service.abort_all(intent, request)
            case FollowJob() as request:
                self._follow_service.follow(intent, request)
            case UnfollowJob() as request:
                self._follow_service.unfollow(intent, request)
            case DecideApproval() as request:
                self._approval_service.decide(intent, request)
            case SaveFavorite() | RenameFavorite() | DeleteFavorite() | SetDefault() as request:
                self._favorite_service.change(intent, request)
            case (
                Overview()
                | ListJobs()
                | ShowStatus()
                | ShowThread()
                | ReadLog()
                | SendLog()
                | MyLastJob()
                | ListProjects()
                | ListDatasets()
                | ShowFavorites()
            ):
                raise BotError(f"{type(intent.request).__name__} is a query: it is answered at once")
            case _:
                assert_never(intent.request)

    def _failed(self, intent: Intent, error: Exception) -> None:
        """Close an intent with an answer, unless its effect isn't recorded yet: then leave it open.

        If a build's job was started but not recorded, the next claim finds and adopts it. If the database
        wasn't available, the intent is claimed again when its lease expires.
        """
        if isinstance(error, StoreTrouble) and intent.attempts < TRIES:
            log.error("intent.store_trouble", intent=intent.id, error=str(error))
            return
        begun = self._intents.state_of(intent.id) is IntentState.STARTING
        if begun and not isinstance(error, DSSError | Refusal) and intent.attempts < TRIES:
            log.error("intent.interrupted", intent=intent.id, exc_info=error)
            self._intents.again(intent.id, self._owner, TRY_AGAIN)
            return
        if isinstance(error, IdentityUnavailable) and intent.attempts < PATIENCE:
            # Slack is down: it wouldn't answer, and our answer wouldn't arrive either.
            self._intents.again(intent.id, self._owner, min(2.0**intent.attempts, LONGEST_PAUSE))
            return
        message = error_message(
            error,
            doing=type(intent.request).__name__,
            request=intent.request,
            reference=short_reference(intent.id),
        )
        outcome = Outcome.REFUSED if isinstance(error, Refusal) else Outcome.FAILED
        if begun and not isinstance(error, DSSError | Refusal):
            outcome = Outcome.UNKNOWN
        entry = audit.outcome_of(intent, outcome, note=audit.reason(error))
        self._intents.close(intent.id, IntentState.REFUSED, note=str(error)[:500], audit=entry)
        self._private_messages.send(intent.place, intent.user_id, message)
