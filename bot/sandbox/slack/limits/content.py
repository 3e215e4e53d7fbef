"""Checks of whole messages, metadata, and views."""

import copy
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from bot.sandbox.slack.limits.blocks import check_blocks, elements_of, walk
from bot.sandbox.slack.limits.checks import Check, Problems, anything, array, boolean, one_of, record, string
from bot.sandbox.slack.limits.elements import plain
from bot.sandbox.slack.model import ApiError, Json

TEXT_SPLIT = 4_000  # a longer text is posted as several messages
TEXT_CUT = 40_000  # the rest is lost
TEXT_UPDATE = 4_000  # an update with a longer text is `msg_too_long`
ATTACHMENTS = 100
METADATA_BYTES = 16_384  # "metadata_too_large" has no published limit; many reports give this one
VIEW_BYTES = 250_000

_METADATA = record(
    {"event_type": string(255, pattern=r"[A-Za-z0-9_.:\-]+"), "event_payload": anything},
    {"entities": anything},
)


@dataclass(frozen=True, kw_only=True)
class Content:
    """A message's content after the checks."""

    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)


def message_content(
    text: str | None,
    blocks: object,
    attachments: object,
    new_id: Callable[[str], str],
    unknown: Collection[str] = (),
) -> Content:
    """Check a message's content and fill in the ids that the app omitted.

    Args:
        text: the message's text.
        blocks: the decoded list.
        attachments: the decoded list.
        new_id: generates the ids.
        unknown: types of blocks that an old workspace doesn't know.

    Raises:
        ApiError: ``no_text``, ``invalid_blocks``, ``invalid_blocks_format``, ``invalid_attachments``,
            ``too_many_attachments``.
    """
    if not text and not blocks and not attachments:
        raise ApiError("no_text")
    if blocks is not None and not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    given: list[Json] = blocks or []
    problems = check_blocks(given, "message", unknown=unknown)
    if problems:
        raise ApiError("invalid_blocks", *problems)
    return Content(
        text=text or "", blocks=with_ids(given, new_id), attachments=_attachments(attachments, new_id)
    )


def _attachments(attachments: object, new_id: Callable[[str], str]) -> list[Json]:
    if attachments is None:
        return []
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise ApiError("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise ApiError("too_many_attachments")
    for index, one in enumerate(attachments):
        problems = check_blocks(one.get("blocks", []), "message", f"/attachments/{index}/blocks")
        if problems:
            raise ApiError("invalid_attachments", *problems)
    return [
        {**one, "blocks": with_ids(one["blocks"], new_id)} if "blocks" in one else one for one in attachments
    ]


def with_ids(blocks: list[Json], new_id: Callable[[str], str]) -> list[Json]:
    """Return a copy in which every block has a ``block_id`` and every element an ``action_id``."""
    filled = copy.deepcopy(blocks)
    for block in walk(filled):
        block.setdefault("block_id", new_id("b"))
        for element in elements_of(block):
            if element.get("type") != "image":
                element.setdefault("action_id", new_id("a"))
    return filled


def check_metadata(metadata: object) -> Json | None:
    """Return message metadata after checking it.

    Raises:
        ApiError: ``invalid_metadata_format``, ``invalid_metadata_schema``, ``metadata_too_large``.
    """
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_format")
    problems = Problems()
    _METADATA(metadata, "/metadata", problems)
    if problems or not isinstance(metadata.get("event_payload"), dict):
        raise ApiError("invalid_metadata_schema", *problems)
    if len(json.dumps(metadata).encode()) > METADATA_BYTES:
        raise ApiError("metadata_too_large")
    return metadata


_VIEW_KEYS: dict[str, Check] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_VIEWS = {
    "modal": record(
        {"type": one_of("modal"), "title": plain(24), "blocks": array(anything, 0, 100)},
        {
            **_VIEW_KEYS,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": record({"type": one_of("home"), "blocks": array(anything, 0, 100)}, _VIEW_KEYS),
}


def check_view(
    view: object, surface: str, new_id: Callable[[str], str], unknown: Collection[str] = ()
) -> Json:
    """Return a view, checked and with its ids filled in.

    Args:
        view: the decoded object.
        surface: ``modal`` or ``home``.
        new_id: generates the ids that the app omitted.
        unknown: types of blocks that an old workspace doesn't know.

    Raises:
        ApiError: ``invalid_arguments`` with Slack's messages, ``view_too_large``.
    """
    problems = Problems()
    _VIEWS[surface](view, "/view", problems)
    if problems or not isinstance(view, dict):
        raise ApiError("invalid_arguments", *problems)
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        raise ApiError("view_too_large")
    problems = check_blocks(view["blocks"], surface, "/view/blocks", unknown)
    has_input = any(block.get("type") == "input" for block in view["blocks"])
    if surface == "modal" and has_input and not view.get("submit"):
        problems.add("/view", "missing required field: submit (the view has input blocks)")
    if problems:
        raise ApiError("invalid_arguments", *problems)
    return {**view, "blocks": with_ids(view["blocks"], new_id)}
