"""Whether one command can build what was asked for, and the commands that can if it cannot."""

from collections.abc import Sequence

import msgspec

from bot.errors import Refusal
from bot.facts import Build, WantedOutput
from bot.jobs.names import WrongOutput
from bot.jobs.partitions import check_partition
from bot.jobs.render import as_command
from bot.jobs.words import short

Dimensions = tuple[str, ...] | None
"""Of one output, as DSS names them: empty when it is not partitioned, ``None`` when DSS does not tell."""


def put_right(wish: Build, wrong: WantedOutput, found: WrongOutput) -> Refusal:
    """Return the refusal of an output, with the whole command as it would have been right."""
    if not found.near:
        return found
    best = found.near[0]
    if best.kind is wrong.kind:
        outputs = tuple(best if output == wrong else output for output in wish.outputs)
        right = msgspec.structs.replace(wish, outputs=tuple(dict.fromkeys(outputs)))
        return Refusal(str(found), example=as_command(right), suggestions=found.suggestions)
    alone = as_command(msgspec.structs.replace(wish, outputs=(best,)))
    others = tuple(output for output in wish.outputs if output != wrong)
    if not others:
        return Refusal(str(found), example=alone, suggestions=found.suggestions)
    return Refusal(
        f"{found} One command builds one type: these need two.",
        example=alone,
        then=as_command(msgspec.structs.replace(wish, outputs=others)),
        suggestions=found.suggestions,
    )


def check_fit(wish: Build, partition: str | None, found: Sequence[Dimensions]) -> None:
    """Check that a partition fits every output.

    Args:
        wish: what was asked for, its outputs in the order of ``found``.
        partition: the one that was asked for, in DSS's spelling.
        found: dimensions of each output.

    Raises:
        Refusal: it does not fit; outputs that no partition fits together get a command each.
    """
    groups = _groups(wish.outputs, found)
    if len(groups) > 1:
        raise _apart(wish, partition, groups)
    for group in groups:
        if refused := _misfit(partition, group.dimensions):
            right = msgspec.structs.replace(wish, partition=refused.example)
            said = str(refused).replace("This dataset", group.name, 1)
            raise Refusal(said, example=as_command(right)) from refused


class _Group(msgspec.Struct):
    """Outputs that one partition can fit."""

    dimensions: tuple[str, ...]
    outputs: tuple[WantedOutput, ...]

    @property
    def name(self) -> str:
        return f"{self.outputs[0].project}.{short(self.outputs[0].name)}"

    def __str__(self) -> str:
        how = f"partitioned by {' and '.join(self.dimensions)}" if self.dimensions else "not partitioned"
        return f"{self.name} is {how}"


def _groups(outputs: Sequence[WantedOutput], found: Sequence[Dimensions]) -> list[_Group]:
    """Put outputs together by how many dimensions they have; what DSS does not tell goes with the first."""
    groups: dict[int, _Group] = {}
    unknown: list[WantedOutput] = []
    for output, dimensions in zip(outputs, found, strict=True):
        if dimensions is None:
            unknown.append(output)
        else:
            group = groups.setdefault(len(dimensions), _Group(dimensions, ()))
            group.outputs += (output,)
    made = list(groups.values())
    if made:
        made[0].outputs += tuple(unknown)
    return made


def _apart(wish: Build, partition: str | None, groups: Sequence[_Group]) -> Refusal:
    """Say that these outputs need a command each, and give the first two."""
    commands = []
    for group in groups:
        refused = _misfit(partition, group.dimensions)
        fitting = refused.example if refused else partition
        alone = msgspec.structs.replace(wish, outputs=group.outputs, partition=fitting)
        commands.append(as_command(alone))
    said = ", and ".join(str(group) for group in groups)
    return Refusal(f"{said}: each needs a command of its own.", example=commands[0], then=commands[1])


def _misfit(partition: str | None, dimensions: tuple[str, ...]) -> Refusal | None:
    try:
        check_partition(partition, dimensions)
    except Refusal as refused:
        return refused
    return None
