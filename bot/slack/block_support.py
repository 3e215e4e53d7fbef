"""Which newer blocks the workspace accepts (WIRE-FACTS §4): a kind that Slack refuses is given up."""

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol, TypeVar

import structlog
from slack_sdk.errors import SlackApiError

from bot.domain import Message
from bot.slack.error_codes import ErrorKind, classify, code_of

log = structlog.get_logger(__name__)

RETRIED_AFTER = 30 * 86_400.0
"""Seconds after which a refused kind is tried again: Slack rolls new blocks out over months."""
LOOK_EVERY = 60.0
"""Seconds between two looks at what other processes on the database have learned."""

DOUBTS = 2
"""So many messages have to be refused before a kind is given up, if Slack doesn't name the block."""

_ABOUT_A_FILE = frozenset({"image"})
"""Kinds whose refusal is about the file that they show: other messages can have them."""

_AT = re.compile(r"\[json-pointer:(?:/view)?/blocks/(\d{1,4})(?:/[^\]]*)?\]")

T = TypeVar("T")


class RefusedKinds(Protocol):
    """Remembers refusals."""

    def refused(self, workspace: str, within_seconds: float) -> frozenset[str]:
        """Return the kinds of blocks that the workspace refused recently."""

    def refuse(self, workspace: str, kinds: Collection[str]) -> None:
        """Remember a refusal."""


class BlockSupport:
    """Shows messages in the newest form that the workspace accepts. Threads share one instance.

    Args:
        rows: remembers refusals; ``None`` means only as long as this process runs.
        workspace: its id.
        enabled: whether to use newer blocks at all.
        uptime: a clock in seconds that nobody sets.
    """

    def __init__(
        self,
        rows: RefusedKinds | None = None,
        workspace: str = "",
        *,
        enabled: bool = True,
        uptime: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rows = rows
        self._workspace = workspace
        self._enabled = enabled
        self._uptime = uptime
        self._known: frozenset[str] = frozenset()
        self._doubted: dict[str, set[str]] = {}
        """Kind → messages that were refused with it, without Slack's saying which block it was."""
        self._looked_at: float | None = None

    def form(self, message: Message) -> Message:
        """Return the message with the newer blocks that the workspace accepts, as far as the bot knows."""
        return message.without(self._refused(message)) if message.newer else message

    def show(self, message: Message, key: str, call: Callable[[Message], T]) -> T:
        """Call Slack with the newest form that it accepts.

        A refusal for the content has no effect in Slack, so it's safe to call again. What was refused is
        remembered only if the same content is then accepted in classic blocks: otherwise it's not about them.

        Args:
            message: what to show.
            key: identifies the message; an edit has the same one.
            call: calls Slack.

        Raises:
            SlackApiError: of the last call, also if Slack refuses the classic form for its content.
            Exception: whatever else ``call`` raises.
        """
        doubted = {kind for kind, messages in list(self._doubted.items()) if key in messages}
        without = self._refused(message) | doubted
        named: frozenset[str] = frozenset()
        suspects: frozenset[str] = frozenset()
        while True:
            form = message.without(without)
            used = message.kinds - without
            try:
                result = call(form)
            except SlackApiError as error:
                if not used or classify(error) is not ErrorKind.CONTENT:
                    raise
                log.warning("blocks.refused", kinds=sorted(used), error=code_of(error), details=_said(error))
                blamed = _blamed(_said(error), form.blocks) & used
                named |= blamed
                suspects |= blamed or used
                without |= blamed or used
            else:
                self.refuse(named)
                self.doubt(suspects - named, key)
                return result

    def doubt(self, kinds: Collection[str], key: str) -> None:
        """Note that Slack refused a message with these kinds, and accepted it without them.

        It might have been about that message alone: a second one has to be refused as well.
        """
        for kind in kinds:
            messages = self._doubted.setdefault(kind, set())
            messages.add(key)
            if len(messages) >= DOUBTS:
                self.refuse([kind])
                messages.clear()

    def refuse(self, kinds: Collection[str]) -> None:
        """Remember that the workspace doesn't accept these kinds of blocks."""
        new = frozenset(kinds) - self._known - _ABOUT_A_FILE
        if not new:
            return
        log.warning("blocks.given_up", kinds=sorted(new), workspace=self._workspace)
        self._known |= new
        if self._rows is not None:
            try:
                self._rows.refuse(self._workspace, new)
            except Exception as error:  # noqa: BLE001 - the message is shown; the next refusal is noted again
                log.warning("blocks.not_noted", error=type(error).__name__)

    def _refused(self, message: Message) -> frozenset[str]:
        if not message.newer:
            return frozenset()
        if not self._enabled:
            return message.kinds
        now = self._uptime()
        if self._rows is not None and (self._looked_at is None or now - self._looked_at >= LOOK_EVERY):
            self._looked_at = now
            try:
                self._known = self._rows.refused(self._workspace, RETRIED_AFTER)
            except Exception as error:  # noqa: BLE001 - the database's trouble doesn't keep a message back
                log.warning("blocks.not_read", error=type(error).__name__)
        return self._known


def _blamed(said: Sequence[str], blocks: Sequence[Mapping[str, object]]) -> frozenset[str]:
    """Return the types of the blocks that Slack's error texts point at."""
    places = {int(found[1]) for text in said for found in _AT.finditer(text)}
    return frozenset(str(blocks[at].get("type")) for at in places if at < len(blocks))


def _said(error: SlackApiError) -> Sequence[str]:
    """Return the texts that Slack sends with an error code."""
    data = error.response.data if hasattr(error.response, "data") else None
    metadata = data.get("response_metadata") if isinstance(data, dict) else None
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    return (
        [text[:500] for text in messages[:20] if isinstance(text, str)] if isinstance(messages, list) else []
    )
