"""The top of App Home: whom the bot takes its reader for, what they may do, and the other instances."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from bot.domain import Overview
from bot.domain.allowances import Extent
from bot.domain.policy import Capability
from bot.views import action_ids, wording
from bot.views.blocks import Block, button, context, section_with
from bot.views.escape import code

SHOWN_INSTANCES = 5
"""How many other instances are shown."""
FIRST_INSTANCE = 4
"""Number of the first instance's button; those before it are the filters."""

_DOES = {
    Capability.VIEW: "see jobs",
    Capability.LOG: "read logs",
    Capability.FOLLOW: "follow jobs",
    Capability.BUILD: "build",
    Capability.BUILD_UPSTREAM: "build what's upstream, too",
    Capability.ABORT_OWN: "abort your own jobs",
    Capability.ABORT_ANY: "abort any job",
    Capability.APPROVE: "approve builds",
}
"""In the order in which they are shown."""


class OtherInstance(msgspec.Struct, frozen=True, kw_only=True):
    """What runs on another instance, as far as the reader can see it."""

    name: str
    running: int | None = None
    """``None`` if nobody has looked yet, or `trouble` says why that isn't known."""
    trouble: Literal["refused", "silent", "unlisted"] | None = None
    """The person can't use it; it doesn't answer; it doesn't list all running jobs."""


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the bot takes a person for, and on which DSS."""

    login: str | None
    """Their DSS login; ``None`` when the bot doesn't know it."""
    acts_as_them: bool
    """Whether the bot's calls have the person's rights; otherwise those of its own key."""
    own_key: bool = False
    """Whether it acts with an API key that the person connected."""
    instance: str
    """The instance's name in the settings."""
    address: str
    """Where people open it."""
    projects: int | None = None
    """How many projects the person can see; ``None`` if DSS doesn't say."""
    allowed: Mapping[Capability, Extent] | None = None
    """What the rules allow the person here; ``None`` without rules."""
    others: tuple[OtherInstance, ...] = ()
    """The other instances."""


def identity_lines(reader: Reader, at: datetime) -> Iterator[Block]:
    """Say whom the bot takes the reader for, and what they may do."""
    yield context(
        _taken_for(reader),
        f"instance {code(reader.instance, 80)} at {code(reader.address, 200)}",
        f"as of {wording.at(at, at)}",
    )
    if may := " ".join(_may(reader)):
        yield context(may)


def instance_lines(reader: Reader, showing: Overview) -> Iterator[Block]:
    """Say what runs on the other instances, each with a button that shows it."""
    for number, one in enumerate(reader.others[:SHOWN_INSTANCES], FIRST_INSTANCE):
        there = msgspec.structs.replace(showing, instance=one.name)
        show = button(f"On {one.name}", action_ids.HOME_SHOW, there, number=number)
        yield section_with(f"Instance {code(one.name, 80)}: {_running_there(one)}", show)
    if len(reader.others) > SHOWN_INSTANCES:
        left = reader.others[SHOWN_INSTANCES:]
        yield context(f"and {wording.names([one.name for one in left])}: `/dss-jobs --on INSTANCE`")


def _taken_for(reader: Reader) -> str:
    if reader.login is None:
        return "The bot doesn't know your DSS login. It acts with its own key."
    rights = "The bot acts with your rights." if reader.acts_as_them else "The bot acts with its own key."
    if reader.own_key:
        rights = "The bot acts with the key that you connected."
    return f"In DSS you are {code(reader.login, 80)}. {rights}"


def _may(reader: Reader) -> Iterator[str]:
    if reader.allowed is not None:
        yield from _by_rules(reader.allowed)
    elif not reader.acts_as_them:
        yield "Every member of this workspace may do here what the bot's key may."
    if reader.acts_as_them:
        count = reader.projects
        seen = "" if count is None else f"You can see {wording.count(count, 'project')}. "
        also = "DSS also decides" if reader.allowed is not None else "DSS decides"
        yield f"{seen}{also}, project by project, what you may do. `/dss-jobs projects` lists yours."


def _by_rules(allowed: Mapping[Capability, Extent]) -> Iterator[str]:
    def does(extent: Extent) -> list[str]:
        return [words for one, words in _DOES.items() if allowed.get(one) is extent and not _implied(one)]

    def _implied(one: Capability) -> bool:
        """Return whether aborting any job says it already."""
        return one is Capability.ABORT_OWN and allowed.get(Capability.ABORT_ANY) is allowed.get(one)

    if everywhere := does(Extent.EVERYWHERE):
        yield f"The bot's rules let you {_listed(everywhere)}."
    if somewhere := does(Extent.SOMEWHERE):
        yield (
            f"In parts of this DSS, they let you {_listed(somewhere)}."
            if everywhere
            else (f"In parts of this DSS, the bot's rules let you {_listed(somewhere)}.")
        )
    if nowhere := does(Extent.NOWHERE):
        yield f"They don't let you {_listed(nowhere, last='or')}."


def _listed(words: Sequence[str], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _running_there(one: OtherInstance) -> str:
    if one.trouble == "refused":
        return "you can't use it."
    if one.trouble == "silent":
        return "it doesn't answer right now."
    if one.trouble == "unlisted":
        return "it has no list of all running jobs."
    if one.running is None:
        return "…"
    return f"{wording.count(one.running, 'job')} running." if one.running else "nothing running."
