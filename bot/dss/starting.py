"""Starts a job with the bot's outputs, whichever word this DSS has for a knowledge bank."""

from collections.abc import Sequence

from bot.domain import BuildMode, Output, OutputKind
from bot.domain.errors import DSSInvalidRequest
from bot.dss.project import DSSProject

_OTHER_BANK = "RETRIEVABLE_KNOWLEDGE"
"""The type of a knowledge bank in another place of DSS's own client (DSS-API.md §2.4)."""


def start_job(
    project: DSSProject, outputs: Sequence[Output], mode: BuildMode, *, refresh_metastore: bool
) -> str:
    """Start one job with all the outputs and return its ID. Never repeats what might have started a job.

    A definition with a knowledge bank that DSS found invalid is sent once more, with its other type.

    Raises:
        DSSError: with ``maybe_done`` set if the answer was lost and the job might exist.
    """

    def start(bank: str) -> str:
        builder = project.new_job(mode.value).with_refresh_metastore(refresh_metastore)
        for output in outputs:
            kind = bank if output.kind == OutputKind.KNOWLEDGE else str(output.kind)
            builder.with_output(output.id, kind, output.project, output.partition)
        return builder.start().id

    try:
        return start(OutputKind.KNOWLEDGE.value)
    except DSSInvalidRequest as refused:
        if refused.maybe_done or all(output.kind != OutputKind.KNOWLEDGE for output in outputs):
            raise
        try:
            return start(_OTHER_BANK)
        except DSSInvalidRequest:
            raise refused from None  # the second refusal is perhaps only about the word
