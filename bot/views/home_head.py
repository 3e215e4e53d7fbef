"""The top of App Home: whom the bot takes its reader for, what they may do, and the other instances."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from bot.domain import Overview
from bot.domain.allowances import Extent
from bot.domain.policy import Capability
from bot.language import either, listed, mark, t, tn
from bot.views import action_ids, wording
from bot.views.blocks import Block, button, context, section_with
from bot.views.escape import code

SHOWN_INSTANCES = 5
"""How many other instances are shown."""
FIRST_INSTANCE = 4
"""Number of the first instance's button; those before it are the filters."""

_DOES = {
    Capability.VIEW: mark("see jobs"),
    Capability.LOG: mark("read logs"),
    Capability.FOLLOW: mark("follow jobs"),
    Capability.BUILD: mark("build"),
    Capability.BUILD_UPSTREAM: mark("build what's upstream, too"),
    Capability.ABORT_OWN: mark("abort your own jobs"),
    Capability.ABORT_ANY: mark("abort any job"),
    Capability.APPROVE: mark("approve builds"),
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
        t(
            "instance {name} at {address}",
            name=code(reader.instance, 80),
            address=code(reader.address, 200),
        ),
        t("as of {time}", time=wording.at(at, at)),
    )
    if may := " ".join(_may(reader)):
        yield context(may)


def instance_lines(reader: Reader, showing: Overview) -> Iterator[Block]:
    """Say what runs on the other instances, each with a button that shows it."""
    for number, one in enumerate(reader.others[:SHOWN_INSTANCES], FIRST_INSTANCE):
        there = msgspec.structs.replace(showing, instance=one.name)
        show = button(t("On {name}", name=one.name), action_ids.HOME_SHOW, there, number=number)
        yield section_with(_running_there(one), show)
    if len(reader.others) > SHOWN_INSTANCES:
        left = reader.others[SHOWN_INSTANCES:]
        names = wording.names([one.name for one in left])
        yield context(t("and {names}: `/dss-jobs --on INSTANCE`", names=names))


def _taken_for(reader: Reader) -> str:
    if reader.login is None:
        return t("The bot doesn't know your DSS login. It acts with its own key.")
    if reader.own_key:
        rights = t("The bot acts with the key that you connected.")
    elif reader.acts_as_them:
        rights = t("The bot acts with your rights.")
    else:
        rights = t("The bot acts with its own key.")
    login = t("In DSS you are {login}.", login=code(reader.login, 80))
    return f"{login} {rights}"


def _may(reader: Reader) -> Iterator[str]:
    if reader.allowed is not None:
        yield from _by_rules(reader.allowed)
    elif not reader.acts_as_them:
        yield t("Every member of this workspace may do here what the bot's key may.")
    if reader.acts_as_them:
        if reader.projects is not None:
            yield tn("You can see {number} project.", "You can see {number} projects.", reader.projects)
        if reader.allowed is None:
            yield t("DSS decides, project by project, what you may do.")
        else:
            yield t("DSS also decides, project by project, what you may do.")
        yield t("`/dss-jobs projects` lists yours.")


def _by_rules(allowed: Mapping[Capability, Extent]) -> Iterator[str]:
    def does(extent: Extent) -> list[str]:
        return [t(words) for one, words in _DOES.items() if allowed.get(one) is extent and not _implied(one)]

    def _implied(one: Capability) -> bool:
        """Return whether aborting any job says it already."""
        return one is Capability.ABORT_OWN and allowed.get(Capability.ABORT_ANY) is allowed.get(one)

    if everywhere := does(Extent.EVERYWHERE):
        yield t("The bot's rules let you {actions}.", actions=listed(everywhere))
    if somewhere := does(Extent.SOMEWHERE):
        actions = listed(somewhere)
        yield (
            t("In parts of this DSS, they let you {actions}.", actions=actions)
            if everywhere
            else t("In parts of this DSS, the bot's rules let you {actions}.", actions=actions)
        )
    if nowhere := does(Extent.NOWHERE):
        yield t("They don't let you {actions}.", actions=either(nowhere))


def _running_there(one: OtherInstance) -> str:
    name = code(one.name, 80)
    if one.trouble == "refused":
        return t("Instance {name}: you can't use it.", name=name)
    if one.trouble == "silent":
        return t("Instance {name}: it doesn't answer right now.", name=name)
    if one.trouble == "unlisted":
        return t("Instance {name}: it has no list of all running jobs.", name=name)
    if one.running is None:
        return t("Instance {name}: …", name=name)
    if not one.running:
        return t("Instance {name}: nothing running.", name=name)
    return tn(
        "Instance {name}: {number} job running.",
        "Instance {name}: {number} jobs running.",
        one.running,
        name=name,
    )
