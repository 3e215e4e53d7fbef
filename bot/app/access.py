"""Wires what decides who may do what."""

from collections.abc import Callable
from datetime import datetime

from bot.app.connections import slack_client
from bot.domain import JobRef
from bot.domain.policy import AccessMode
from bot.services.access import AccessControl
from bot.services.catalog import Catalog
from bot.services.loaded_rules import LoadedRules
from bot.services.personal_keys import PersonalKeys
from bot.settings import Settings
from bot.slack.identity import BotIdentity
from bot.slack.users import SlackUsers
from bot.store import Store
from bot.store.encryption import Encryption
from bot.store.personal_keys import PersonalKeyStore


def wire_people(
    settings: Settings, store: Store, identity: BotIdentity, clock: Callable[[], datetime]
) -> SlackUsers:
    """Return what knows people in Slack.

    Args:
        settings: the whole configuration.
        store: tells the replicas which accounts have changed.
        identity: whose workspace it is.
        clock: returns the current time, timezone-aware.
    """
    return SlackUsers(
        slack_client(settings, retries=True),
        team_id=identity.team_id,
        enterprise_id=identity.enterprise_id,
        clock=clock,
        changes=store.slack_accounts,
    )


def wire_access(
    settings: Settings,
    store: Store,
    users: SlackUsers,
    catalog: Catalog,
    rules: LoadedRules | None,
    *,
    label: Callable[[str], str | None],
    requested_by: Callable[[JobRef], str | None],
    clock: Callable[[], datetime],
) -> tuple[PersonalKeys, AccessControl]:
    """Return people's personal keys, and what decides about access.

    Args:
        settings: the whole configuration.
        store: has keys and the audit.
        users: knows people in Slack.
        catalog: knows projects.
        rules: the policy file, if there is one.
        label: returns an instance's name if there are several.
        requested_by: returns the Slack user who had the bot start a job.
        clock: returns the current time, timezone-aware.
    """
    mode = AccessMode(settings.access)
    rows = PersonalKeyStore(store.database, Encryption(settings.encryption_keys))
    keys = PersonalKeys(rows, label, is_used=mode is not AccessMode.OPEN)
    access = AccessControl(
        mode,
        users,
        store.audit,
        clock,
        label,
        settings.identity,
        keys,
        rules=rules,
        contact=settings.contact,
        catalog=catalog,
        requested_by=requested_by,
    )
    return keys, access
