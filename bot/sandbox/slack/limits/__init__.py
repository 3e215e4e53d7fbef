"""Slack's limits: sizes, counts, keys, and allowed places, as in SLACK-FACTS §1.3 and §1.4."""

from bot.sandbox.slack.limits.blocks import NEWER, check_blocks, elements_of, walk
from bot.sandbox.slack.limits.content import Content, check_metadata, check_view, message_content
from bot.sandbox.slack.limits.elements import OPTIONS_ANSWER, STATEFUL

__all__ = [
    "NEWER",
    "OPTIONS_ANSWER",
    "STATEFUL",
    "Content",
    "check_blocks",
    "check_metadata",
    "check_view",
    "elements_of",
    "message_content",
    "walk",
]
