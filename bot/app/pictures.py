"""Wires the pictures of finished jobs."""

from collections.abc import Mapping

from bot.domain.ports import Dss
from bot.services.service import Collaborators
from bot.workers.loop import Loop
from bot.workers.timeline_pictures import DRAW_EVERY, TimelinePictures


def wire_pictures(parts: Collaborators, instances: Mapping[str, Dss]) -> Loop:
    """Return the loop that draws timelines and shows them."""
    drawing = TimelinePictures(
        parts.store,
        instances,
        parts.files,
        parts.viewers,
        label=parts.instances.label,
        owner=parts.owner,
        clock=parts.clock,
        on_drafts=parts.wake_sender,
    )
    return Loop("pictures", drawing.round, DRAW_EVERY)
