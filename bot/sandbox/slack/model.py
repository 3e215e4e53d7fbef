"""The records of a workspace. They are frozen: a change makes a new record, so a snapshot needs no copy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
"""A JSON object as sent over the wire."""


class ApiError(Exception):
    """The refusal of a Web API call: the ``error`` of the answer and its other fields."""

    def __init__(self, code: str, *messages: str, **extra: object) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages
        self.extra = extra

    def body(self) -> Json:
        """Return the answer's body, with Slack's ``response_metadata.messages`` if there are any."""
        answer: Json = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            answer["response_metadata"] = {"messages": list(self.messages)}
        if self.code == "invalid_blocks":
            answer["errors"] = [message.removeprefix("[ERROR] ") for message in self.messages]
        return answer


@dataclass(frozen=True, kw_only=True)
class User:
    """A person or a bot."""

    id: str
    name: str
    team_id: str
    email: str | None
    tz: str
    locale: str = "en-US"
    guest: bool = False  # multi-channel guest, `is_restricted`
    ultra_guest: bool = False  # single-channel guest, `is_ultra_restricted`
    stranger: bool = False  # a person from another organization, met in a shared channel
    deleted: bool = False
    bot: bool = False


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A conversation: public, private, or direct with one person."""

    id: str
    name: str
    created: int
    private: bool = False
    archived: bool = False
    shared: bool = False  # Slack Connect, `is_ext_shared`
    bot_member: bool = True
    im_user: str | None = None  # the person, if this is a direct message
    members: frozenset[str] | None = None  # None: everybody; strangers only if it is shared

    @property
    def scope_family(self) -> str:
        """The word in ``…:history`` and ``…:read`` scopes for this kind of conversation."""
        if self.im_user:
            return "im"
        return "groups" if self.private else "channels"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """The content of a message before an edit."""

    ts: str  # when the edit replaced it
    text: str
    blocks: list[Json]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message in its current state. ``ts`` identifies it within its channel."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None  # the root's ts, if this is a reply
    broadcast: bool = False
    by_bot: bool = True
    to: str | None = None  # the only person who sees it, if it is ephemeral
    files: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()  # older versions, oldest first
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replies: tuple["Message", ...] = ()  # filled in for roots by `SlackSandbox.messages`

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it, and only until the client reloads."""
        return self.to is not None


@dataclass(frozen=True, kw_only=True)
class View:
    """A modal in a person's stack, or a Home tab."""

    id: str
    user: str
    type: str
    payload: Json  # as the app sent it, with ids filled in
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)  # state.values
    errors: Mapping[str, str] = field(default_factory=dict)  # shown under inputs, by block_id

    @property
    def callback_id(self) -> str:
        """The app's name for this kind of view."""
        return str(self.payload.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        """Data that the app keeps in the view."""
        return str(self.payload.get("private_metadata", ""))

    @property
    def title(self) -> str:
        """The title that the person sees; empty for a Home tab."""
        return str(self.payload.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        """The blocks, with generated ids."""
        blocks: list[Json] = self.payload["blocks"]
        return blocks


@dataclass(frozen=True, kw_only=True)
class File:
    """An uploaded file."""

    id: str
    name: str
    title: str
    length: int
    user: str
    created: int
    content: bytes | None = None
    complete: bool = False
    processed_at: float = 0.0
    """When Slack has looked at it: until then its type isn't known, and no block can show it."""
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Call:
    """One incoming HTTP request: a Web API method, ``response_url``, or ``upload``."""

    method: str
    args: Json
    ok: bool
    error: str | None
    status: int
    time: float
    retry_after: int | None = None
    messages: tuple[str, ...] = ()  # why it was refused, as in `response_metadata.messages`


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that a person could notice, for `SlackSandbox.on_change`.

    ``kind``: posted, edited, deleted, ephemeral, view, home, file, reaction, call, delivery, or sockets.
    """

    kind: str
    user: str | None = None
    channel: str | None = None
    ts: str | None = None


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A person saw an error from Slack instead of an answer from the app."""

    user: str
    what: str  # the command, or the action
    error: str  # operation_timeout, dispatch_failed, or an HTTP status
