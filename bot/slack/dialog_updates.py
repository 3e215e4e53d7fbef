"""Keeps an open dialog up to date while somebody fills it in (``views.update``)."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.domain import Message, NewerBlocks
from bot.slack.block_support import BlockSupport
from bot.slack.error_codes import code_of

log = structlog.get_logger(__name__)

View = dict[str, Any]

REMEMBERED = 2_000
"""Open dialogs whose latest content is remembered."""


class _Latest:
    def __init__(self, known: str) -> None:
        self.hash = known
        self.turn = 0
        self.missed = 0
        self.updating = threading.Lock()
        """Held during a call: the hash of the next one is in its answer."""


class DialogUpdates:
    """The dialogs on people's screens.

    What changes a dialog is found out beside the listener: an older answer can come after a newer one. Each
    change of its fields begins a turn, and only the latest turn may update the dialog.
    """

    def __init__(self, client: WebClient, support: BlockSupport | None = None) -> None:
        self._client = client
        self._support = support or BlockSupport()
        self._lock = threading.Lock()
        self._latest: OrderedDict[str, _Latest] = OrderedDict()

    def begin(self, view_id: str, known: str) -> int:
        """Begin a turn of a dialog and return its number.

        Args:
            view_id: the dialog.
            known: its hash in the payload, in case another process updated it last.
        """
        with self._lock:
            latest = self._latest.setdefault(view_id, _Latest(known))
            latest.turn += 1
            self._latest.move_to_end(view_id)
            while len(self._latest) > REMEMBERED:
                self._latest.popitem(last=False)
            return latest.turn

    def missed(self, view_id: str, known: str) -> int:
        """Count that names couldn't be offered in time; return how often that happened in this dialog."""
        with self._lock:
            latest = self._latest.setdefault(view_id, _Latest(known))
            latest.missed += 1
            return latest.missed

    def forget(self, view_id: str) -> None:
        """End a dialog's turns: something else is going to change it, after which it has another hash."""
        with self._lock:
            self._latest.pop(view_id, None)

    def turn(self, view_id: str) -> int:
        """Return the latest turn."""
        with self._lock:
            return self._latest[view_id].turn if view_id in self._latest else 0

    def update(self, view_id: str, turn: int, view: View, *, newer: View | None = None) -> bool:
        """Change a dialog unless a newer turn has begun; return whether it was changed.

        Args:
            view_id: the dialog.
            turn: of the fields that it shows.
            view: what to show, in classic blocks.
            newer: the same with newer blocks in the place of some, for where Slack takes them.
        """
        with self._lock:
            latest = self._latest.get(view_id)
        if latest is None:
            return False
        with latest.updating:
            if latest.turn != turn:
                return False
            try:
                shown = self._call(view_id, latest.hash, view, newer or view)
            except (OSError, SlackClientError) as error:
                # Closed meanwhile (not_found), or another process updated it (hash_conflict).
                log.info("dialog.not_updated", error=_reason(error))
                return False
            latest.hash = str(shown.get("hash") or "")
            return True

    def _call(self, view_id: str, known: str, view: View, newer: View) -> Mapping[str, object]:
        def call(form: Message) -> SlackResponse:
            shown = {**view, "blocks": list(form.blocks)}
            return self._client.views_update(view_id=view_id, hash=known or None, view=shown)

        told = self._support.show(_forms(view, newer), view_id, call).get("view")
        return told if isinstance(told, Mapping) else {}


def _forms(view: View, newer: View) -> Message:
    """Return the blocks of a view as those of a message, which can have two forms."""
    classic, new = view["blocks"], newer["blocks"]
    others = [
        NewerBlocks(blocks=(after,), start=at, count=1)
        for at, (before, after) in enumerate(zip(classic, new, strict=True))
        if before != after
    ]
    return Message(text="", blocks=tuple(classic), newer=tuple(others))


def _reason(error: Exception) -> str:
    return code_of(error) if isinstance(error, SlackApiError) else type(error).__name__
