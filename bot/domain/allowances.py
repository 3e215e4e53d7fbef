"""What the rules let a person do at all, for App Home: everywhere, in some places, or nowhere."""

from collections.abc import Mapping
from enum import StrEnum

from bot.domain.policy import Capability
from bot.domain.rules import Rights, Target


class Extent(StrEnum):
    """Where something is allowed on one instance."""

    EVERYWHERE = "everywhere"
    SOMEWHERE = "somewhere"
    NOWHERE = "nowhere"


def extents(rights: Rights, instance: str) -> Mapping[Capability, Extent]:
    """Return where on an instance the rules allow a person each capability, in the order of the capabilities.

    A capability that is allowed everywhere but in what a rule denies counts as allowed somewhere.
    """
    return {capability: _extent(rights, capability, instance) for capability in Capability}


def _extent(rights: Rights, capability: Capability, instance: str) -> Extent:
    if rights.verdict(capability, Target(instance=instance, whole=True)).allowed:
        return Extent.EVERYWHERE
    if rights.verdict(capability, Target(instance=instance)).allowed:
        return Extent.SOMEWHERE
    return Extent.NOWHERE
