"""Checks whether one command can build the request, and suggests several commands if not."""

from collections.abc import Callable, Sequence

import msgspec

from bot.commands.option_values import option_of
from bot.commands.partition_dates import InWords, no_words
from bot.commands.partitions import fit_partition, spelled, unfit_in_dialog
from bot.commands.rendering import as_command
from bot.commands.tokens import short
from bot.domain import DEFAULT_MODE, Build, BuildMode, Dimension, ListDatasets, OutputKind, RequestedOutput
from bot.domain.errors import Refusal
from bot.language import listed, t
from bot.services.catalog import UnknownOutput


class WrongPartition(Refusal):
    """The partition doesn't fit what is built.

    Attributes:
        in_dialog: the same where people choose the partition instead of typing it.
    """

    in_dialog: str


class Partitioning(msgspec.Struct, frozen=True, kw_only=True):
    """How one output is partitioned in DSS."""

    dimensions: tuple[Dimension, ...] | None
    """Empty when it isn't partitioned; ``None`` when DSS doesn't say."""
    listed: Callable[[], Sequence[str]] = tuple
    """Reads which partitions it has; empty when DSS doesn't say."""
    in_words: InWords = no_words
    """Reads dates in words."""

    def fit(self, partition: str | None, dataset: str | None = None) -> str | None:
        """Return a partition as DSS spells it; raise `Refusal` if it doesn't fit."""
        return fit_partition(partition, self.dimensions or (), self.listed, self.in_words, dataset=dataset)


def put_right(request: Build, wrong: RequestedOutput, found: UnknownOutput) -> Refusal:
    """Return the refusal of an output, with a complete corrected command."""
    if not found.near:
        names = as_command(ListDatasets(project=wrong.project, instance=request.instance))
        return Refusal(str(found), example=names)
    best = found.near[0]
    if best.kind is wrong.kind:
        outputs = tuple(best if output == wrong else output for output in request.outputs)
        right = msgspec.structs.replace(request, outputs=tuple(dict.fromkeys(outputs)))
        return Refusal(str(found), example=as_command(right), suggestions=found.suggestions)
    alone = as_command(msgspec.structs.replace(request, outputs=(best,)))
    others = tuple(output for output in request.outputs if output != wrong)
    if not others:
        return Refusal(str(found), example=alone, suggestions=found.suggestions)
    return Refusal(
        t("{problem} One command builds one type, so you need two commands.", problem=found),
        example=alone,
        then=as_command(msgspec.structs.replace(request, outputs=others)),
        suggestions=found.suggestions,
    )


def option_left_out(request: Build, is_there: Callable[[RequestedOutput], bool]) -> Refusal | None:
    """Say that a word is no output but the value of an option, as in ``SALES.days 2026-11-23``.

    Args:
        request: the request; one of its outputs isn't in DSS.
        is_there: whether DSS has an output.
    """
    right, said = request, ""
    for output in request.outputs[1:]:
        found = option_of(output.name)
        if found is None or is_there(output):
            continue
        name, value = found
        option = f"--{name} {output.name}"
        said = said or t(
            "{project} has no output {name}: write it as {option}.",
            project=output.project,
            name=short(output.name),
            option=option,
        )
        kept = tuple(one for one in right.outputs if one != output)
        right = msgspec.structs.replace(right, outputs=kept)
        if isinstance(value, OutputKind):
            typed = tuple(msgspec.structs.replace(one, kind=value) for one in right.outputs)
            right = msgspec.structs.replace(right, outputs=typed)
        elif isinstance(value, BuildMode) and right.mode is DEFAULT_MODE:
            right = msgspec.structs.replace(right, mode=value)
        elif isinstance(value, str) and right.partition is None:
            right = msgspec.structs.replace(right, partition=value)
    return Refusal(said, example=as_command(right)) if said else None


def check_fit(request: Build, partition: str | None, found: Sequence[Partitioning]) -> str | None:
    """Check that a partition fits every output, and return it as DSS spells it.

    Args:
        request: the request, with its outputs in the order of ``found``.
        partition: the requested partition.
        found: how each output is partitioned.

    Raises:
        Refusal: it doesn't fit; outputs that can't share a partition each get their own command.
    """
    groups = _groups(request.outputs, found)
    if len(groups) > 1:
        raise _apart(request, partition, groups)
    fitted = None if partition is None else spelled(partition)
    for output, one in zip(request.outputs, found, strict=True):
        if one.dimensions is None:
            continue
        name = f"{output.project}.{short(output.name)}"
        try:
            fitted = one.fit(partition, name) or fitted
        except Refusal as refused:
            right = msgspec.structs.replace(request, partition=refused.example)
            wrong = WrongPartition(str(refused), example=as_command(right), suggestions=refused.suggestions)
            wrong.in_dialog = unfit_in_dialog(partition, one.dimensions, name) or str(refused)
            raise wrong from refused
    return fitted


class _Group(msgspec.Struct):
    """Outputs that can share a partition."""

    partitioning: Partitioning
    outputs: tuple[RequestedOutput, ...]

    def __str__(self) -> str:
        first = self.outputs[0]
        name = f"{first.project}.{short(first.name)}"
        if not self.partitioning.dimensions:
            return t("{dataset} is not partitioned", dataset=name)
        dimensions = listed([one.name for one in self.partitioning.dimensions])
        return t("{dataset} is partitioned by {dimensions}", dataset=name, dimensions=dimensions)

    def fitting(self, partition: str | None) -> str | None:
        """Return the partition if it fits the first output, otherwise one that does."""
        try:
            return self.partitioning.fit(partition)
        except Refusal as refused:
            return refused.example


def _groups(outputs: Sequence[RequestedOutput], found: Sequence[Partitioning]) -> list[_Group]:
    """Group outputs by their number of dimensions; those that DSS doesn't know go to the first group."""
    groups: dict[int, _Group] = {}
    unknown: list[RequestedOutput] = []
    for output, one in zip(outputs, found, strict=True):
        if one.dimensions is None:
            unknown.append(output)
        else:
            group = groups.setdefault(len(one.dimensions), _Group(one, ()))
            group.outputs += (output,)
    made = list(groups.values())
    if made:
        made[0].outputs += tuple(unknown)
    return made


def _apart(request: Build, partition: str | None, groups: Sequence[_Group]) -> Refusal:
    """Say that these outputs need separate commands, and suggest the first two."""
    commands = []
    for group in groups:
        fitting = group.fitting(partition)
        alone = msgspec.structs.replace(request, outputs=group.outputs, partition=fitting)
        commands.append(as_command(alone))
    said = t("{reasons}: each needs its own command.", reasons=t(", and ").join(map(str, groups)))
    return Refusal(said, example=commands[0], then=commands[1])
