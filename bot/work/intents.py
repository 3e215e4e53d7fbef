"""The runner of intents: claims one, has it carried out, and closes it with an answer if that failed."""

from typing import assert_never

import structlog

from bot.errors import BotError
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
from bot.facts.records import Intent, IntentState
from bot.slack.outbox import Answers
from bot.store import IntentStore
from bot.work.aborter import Aborter
from bot.work.builder import Builder
from bot.work.failing import explain
from bot.work.followings import Followings
from bot.work.keeper import LEASE_SECONDS

log = structlog.get_logger(__name__)


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

    def round(self) -> bool:
        """Carry out one intent; say whether there was one."""
        intent = self._intents.claim(self._owner, LEASE_SECONDS)
        if intent is None:
            return False
        try:
            self._carry_out(intent)
        except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
            self._failed(intent, error)
        return True

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
        message = explain(error, doing=type(intent.wish).__name__)
        self._intents.close(intent.id, IntentState.REFUSED, note=str(error)[:500])
        self._answers.tell(intent.place, intent.user_id, message)
