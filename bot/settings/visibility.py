"""Read ``[visibility]``: what channels see of the jobs of a project."""

import re

from bot.domain.visibility import ChannelVisibility, Patterns, Visibility
from bot.settings.models import VisibilitySettings
from bot.settings.problems import Problems, Table

_CHANNEL = re.compile(r"[CG*?][A-Z0-9*?]*", re.ASCII)


def read_visibility(table: Table, problems: Problems) -> VisibilitySettings:
    """Read the table and the two tables of patterns in it."""
    settings = VisibilitySettings(
        channels=ChannelVisibility(
            default=_visibility(table, "default"),
            projects=_patterns(table.table("projects")),
            channels=_channels(table.table("channels"), problems),
        ),
        ask_before_first_post=table.flag("ask_before_first_post", default=True),
    )
    table.finish()
    return settings


def _patterns(table: Table) -> Patterns:
    found = tuple((pattern, _visibility(table, pattern)) for pattern in table.names())
    table.finish()
    return found


def _channels(table: Table, problems: Problems) -> Patterns:
    for pattern in table.names():
        if not _CHANNEL.fullmatch(pattern):
            right = (
                "Give a channel's id, such as C0123ABCD: Slack shows it at the end of the channel's details"
            )
            problems.add(table.label(pattern), "is not the id of a channel", right)
    return _patterns(table)


def _visibility(table: Table, key: str) -> Visibility:
    return Visibility(table.choice(key, tuple(Visibility), Visibility.FULL))
