"""The runner of intents: claims one, has it carried out, and closes it with an answer if that failed."""

from typing import assert_never

import structlog

from bot.errors import BotError, DSSError, Refusal
from bot.facts import (
    AbortAll,
    AbortJob,
    Build,
    FollowJob,
    ListJobs,
    Overview,
    ReadLog,
    ShowStatus,
    UnfollowJob,
)
from bot.facts.records import Draft, Intent, IntentState, UnreadableIntent, Urgency
from bot.slack import views
from bot.slack.outbox import Answers
from bot.store import IntentStore, StoreTrouble
from bot.work.aborter import Aborter
from bot.work.builder import Builder
from bot.work.failing import explain
from bot.work.followings import Followings
from bot.work.gate import NotNow

log = structlog.get_logger(__name__)

LEASE_SECONDS = 20.0
"""A killed process's intents are taken over after this time; a living one's leases are renewed."""
PATIENCE = 8
"""How often an intent is put off because Slack does not tell who asked: some two minutes."""
LONGEST_PAUSE = 30.0
"""Seconds between two tries."""


TRIES = 5
"""How often an intent that a fault of ours interrupted is taken up."""
TRY_AGAIN = 5.0
"""Seconds between two tries."""


class IntentRunner:
    """One worker; several run side by side."""

    def __init__(
        self,
        intents: IntentStore,
        builder: Builder,
        aborter: Aborter,
        followings: Followings,
        answers: Answers,
        *,
        owner: str,
    ) -> None:
        self._intents = intents
        self._builder = builder
        self._aborter = aborter
        self._followings = followings
        self._answers = answers
        self._owner = owner
        self._working: set[str] = set()

    def renew(self) -> None:
        """Keep the leases of the intents that are being carried out."""
        self._intents.renew(self._owner, self._working.copy(), LEASE_SECONDS)

    def round(self) -> bool:
        """Carry out one intent; say whether there was one."""
        intent = self._intents.claim(self._owner, LEASE_SECONDS)
        if intent is None:
            return False
        if isinstance(intent, UnreadableIntent):
            self._set_aside(intent)
            return True
        self._working.add(intent.id)
        try:
            self._carry_out(intent)
        except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
            self._failed(intent, error)
        finally:
            self._working.discard(intent.id)
        return True

    def _set_aside(self, row: UnreadableIntent) -> None:
        """Tell the person, as a row of its own kind: whatever crashes, it is told, and told once."""
        log.error("intent.set_aside", intent=row.id, user=row.user_id, reason=row.reason)
        told = Draft(
            id=f"{row.id}:set-aside",
            channel_id=row.user_id,
            message=views.set_aside(row),
            urgency=Urgency.END,
            asker=row.user_id,
        )
        self._intents.set_aside(row, told)

    def _carry_out(self, intent: Intent) -> None:
        match intent.wish:
            case Build() as wish:
                self._builder.carry_out(intent, wish)
            case AbortJob() as wish:
                self._aborter.carry_out(intent, wish)
            case AbortAll() as wish:
                self._aborter.carry_out_all(intent, wish)
            case FollowJob() as wish:
                self._followings.follow(intent, wish)
            case UnfollowJob() as wish:
                self._followings.unfollow(intent, wish)
            case Overview() | ListJobs() | ShowStatus() | ReadLog():
                raise BotError(f"{type(intent.wish).__name__} is answered at once, not kept as an intent")
            case _:
                assert_never(intent.wish)

    def _failed(self, intent: Intent, error: Exception) -> None:
        """End an intent with an answer, unless what it did is not written down yet: then it goes on.

        A build whose job was started, but not recorded, is found and adopted by the next claim; an intent
        that the database could not be asked about is claimed again when its lease has run out.
        """
        if isinstance(error, StoreTrouble) and intent.attempts < TRIES:
            log.error("intent.store_trouble", intent=intent.id, error=str(error))
            return
        begun = self._intents.state_of(intent.id) is IntentState.STARTING
        if begun and not isinstance(error, DSSError | Refusal) and intent.attempts < TRIES:
            log.error("intent.interrupted", intent=intent.id, exc_info=error)
            self._intents.again(intent.id, self._owner, TRY_AGAIN)
            return
        if isinstance(error, NotNow) and intent.attempts < PATIENCE:
            # Slack is down: its answer would not come, and neither would ours get there.
            self._intents.again(intent.id, self._owner, min(2.0**intent.attempts, LONGEST_PAUSE))
            return
        message = explain(error, doing=type(intent.wish).__name__)
        self._intents.close(intent.id, IntentState.REFUSED, note=str(error)[:500])
        self._answers.tell(intent.place, intent.user_id, message)
