"""Wires the dialogs."""

from bot.listeners.build_dialog import BuildDialogs
from bot.listeners.dialogs import DialogServices
from bot.listeners.dispatcher import Dispatcher
from bot.listeners.log_dialog import LogDialogs
from bot.services.build_dialog import BuildDialogService
from bot.services.connect import ConnectService
from bot.services.log_dialog import LogDialogService
from bot.services.personal_keys import PersonalKeys
from bot.services.service import Collaborators
from bot.services.typeahead import Typeahead
from bot.slack.block_support import BlockSupport
from bot.slack.dialog_updates import DialogUpdates
from bot.slack.dialogs import Dialogs
from bot.workers.query_pool import QueryPool
from bot.workers.timely import Patience, TimelyAnswers

FILLERS = 8
"""Dialogs filled or updated at the same time: while DSS is slow, each of the first waits 2.2 s."""


def wire_dialogs(
    parts: Collaborators,
    dispatcher: Dispatcher,
    dialogs: Dialogs,
    keys: PersonalKeys,
    queries: QueryPool,
    filling: QueryPool,
    *,
    support: BlockSupport,
    keys_are_used: bool,
    waits: Patience = Patience(),  # noqa: B008 - frozen
) -> DialogServices:
    """Return the services behind the dialogs.

    Args:
        parts: what services share.
        dispatcher: takes what is submitted.
        dialogs: opens dialogs.
        keys: people's personal keys.
        queries: runs what asks DSS.
        filling: runs what fills dialogs, on `FILLERS` threads.
        support: knows which newer blocks the workspace accepts.
        keys_are_used: whether the bot acts with personal keys.
        waits: how long a dialog or a select waits for DSS.
    """
    connect = ConnectService(parts, keys, dialogs, is_used=keys_are_used)
    updates = DialogUpdates(dialogs.client, support)
    build = BuildDialogs(
        dispatcher,
        dialogs,
        updates,
        BuildDialogService(parts),
        Typeahead(parts),
        parts.store.favorites,
        filling=filling,
        first=TimelyAnswers(queries, patience=waits.options, waiters=FILLERS),
        suggested=TimelyAnswers(queries, patience=waits.options),
        clock=parts.clock,
    )
    return DialogServices(
        dialogs=dialogs,
        connect=connect,
        build=build,
        log=LogDialogs(dispatcher, dialogs, updates, LogDialogService(parts)),
        favorites=parts.store.favorites,
        features=parts.features,
    )
