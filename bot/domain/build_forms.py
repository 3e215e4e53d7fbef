"""What somebody has entered in the build dialog, and what the bot says about it before it's submitted."""

import hashlib
from typing import Literal

import msgspec

from bot.domain.build_modes import DEFAULT_MODE, OUTPUT_KINDS, BuildMode
from bot.domain.errors import Refusal
from bot.domain.requests import Build, RequestedOutput
from bot.language import t

MOST_OUTPUTS = 20
"""One job can build at most this many outputs."""

Field = Literal["instance", "project", "outputs", "partition", "typed", "mode", "favorite"]

_WORDS = {kind: word for word, kind in OUTPUT_KINDS.items()}
_SEPARATOR = "|"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """An option: ``value`` is sent, ``text`` is shown."""

    value: str
    text: str


class BuildForm(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the dialog's fields."""

    instance: str | None = None
    """``None`` if there is only one."""
    project: Choice | None = None
    outputs: tuple[Choice, ...] = ()
    partition: str | None = None
    mode: BuildMode = DEFAULT_MODE
    privately: bool = False
    """Whether the job is followed in a direct message instead of where the dialog was opened."""
    by_hand: bool = False
    """Whether names are typed instead of chosen."""
    typed: str = ""
    """What was typed for the outputs."""
    favorite: str = ""
    """The name under which the build is saved, too; as typed."""

    @property
    def digest(self) -> str:
        """A short text that differs for forms that mean different builds."""
        means = msgspec.structs.replace(self, privately=False, favorite="")
        return hashlib.sha256(msgspec.json.encode(means)).hexdigest()[:16]


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field, in plain text."""

    field: Field
    text: str


class BuildPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a build before anybody submits it."""

    problem: FieldProblem | None = None
    """Why it wouldn't start as it is."""
    remark: str | None = None
    """Why the bot can't say more: DSS doesn't answer, or somebody asked too often."""
    busy: tuple[str, ...] = ()
    """Names of the outputs that a running job builds."""
    busy_by: str = ""
    """The login that started that job."""
    usual_seconds: float | None = None
    """How long the same build usually takes."""
    mode: BuildMode = DEFAULT_MODE


def output_value(output: RequestedOutput) -> str | None:
    """Return the value of an output's option; ``None`` for a kind that the dialog doesn't offer."""
    word = _WORDS.get(output.kind)
    return None if word is None else _SEPARATOR.join((word, output.project, output.name))


def read_output(value: str) -> RequestedOutput:
    """Read an output's option.

    Raises:
        Refusal: another version of the bot wrote it, or it's damaged.
    """
    word, _, rest = value.partition(_SEPARATOR)
    project, _, name = rest.partition(_SEPARATOR)
    if word not in OUTPUT_KINDS or not project or not name:
        raise Refusal(t("The bot can't read this choice. Choose again."))
    return RequestedOutput(project=project, name=name, kind=OUTPUT_KINDS[word])


def build_of(form: BuildForm, outputs: tuple[RequestedOutput, ...]) -> Build:
    """Return the build that a form means, with outputs that were read from it."""
    return Build(outputs=outputs, mode=form.mode, partition=form.partition or None, instance=form.instance)
