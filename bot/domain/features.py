"""What the bot can offer with the scopes that it was granted: some parts of its manifest are optional."""

from collections.abc import Collection, Mapping

import msgspec

SCOPE_OF: Mapping[str, str] = {
    "mentions": "app_mentions:read",
    "files": "files:write",
    "pictures": "files:read",
    "dm": "im:history",
    "groups": "usergroups:read",
}
"""The optional parts of the manifest, as ``dss-bot manifest --with`` names them, and the scope of each."""

OFF: Mapping[str, str] = {
    "mentions": "people can't mention the bot, which answers in threads, where there are no slash commands",
    "files": "nobody gets a whole log as a file, and there are no pictures of timelines",
    "pictures": "a picture of a timeline comes 15 s after the end of its job, not at once",
    "dm": "people can't write to the bot in its Messages tab",
    "groups": "a rule that names a user group allows nobody anything",
}
"""What doesn't work without each part."""


class Features(msgspec.Struct, frozen=True, kw_only=True):
    """Which optional parts are on."""

    mentions: bool = True
    files: bool = True
    pictures: bool = True
    dm: bool = True
    groups: bool = True


def features_of(scopes: Collection[str]) -> Features:
    """Return what works with these scopes; everything, when Slack didn't say which were granted."""
    return Features(**{part: not scopes or scope in scopes for part, scope in SCOPE_OF.items()})
