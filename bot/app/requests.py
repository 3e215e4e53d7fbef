"""Wires what carries out stored requests."""

from bot.services.abort import AbortService
from bot.services.approvals import ApprovalService
from bot.services.build import BuildService
from bot.services.favorites import FavoriteService
from bot.services.follow import FollowService
from bot.services.service import Collaborators
from bot.slack.languages import Languages
from bot.store import IntentStore
from bot.workers.intent_runner import IntentRunner


def wire_runner(
    parts: Collaborators,
    intents: IntentStore,
    approvals: ApprovalService,
    languages: Languages,
    *,
    owner: str,
) -> IntentRunner:
    """Return the runner of intents, with a service for each kind of request."""
    return IntentRunner(
        intents,
        BuildService(parts),
        AbortService(parts),
        FollowService(parts),
        approvals,
        FavoriteService(parts),
        parts.private_messages,
        owner=owner,
        languages=languages,
    )
