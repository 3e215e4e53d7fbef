"""Turn a build request into the activities of a job: what the four build modes do to a flow."""

from dataclasses import dataclass, field

from bot.sandbox.dss.model import MODEL, NOT_PARTITIONED, Item, Project, Recipe, Ref
from bot.sandbox.dss.plan import Source, Step, Target

ONLY = "NON_RECURSIVE_FORCED_BUILD"
MODIFIED = "RECURSIVE_BUILD"
ALL = "RECURSIVE_FORCED_BUILD"
MISSING = "RECURSIVE_MISSING_ONLY_BUILD"
MODES = frozenset({ONLY, MODIFIED, ALL, MISSING})


@dataclass(slots=True)
class Resolver:
    """Collects the steps of a job. Call `want` for each output and partition, then read ``steps``."""

    project: Project
    mode: str
    steps: dict[str, Step] = field(default_factory=dict)
    _seen: dict[tuple[Ref, str], str | None] = field(default_factory=dict)

    def want(self, ref: Ref, partition: str, *, asked: bool = True) -> str | None:
        """Add the steps that build this output.

        Returns:
            The id of the activity that builds it, or ``None`` if nothing needs to be done.
        """
        if (ref, partition) in self._seen:
            return self._seen[ref, partition]
        recipe = self.project.producer(ref)
        item = self.project.items[ref]
        self._seen[ref, partition] = None  # stops at a loop in the flow
        if recipe is None or (item.explicit and not asked):
            return None
        inputs = self._inputs(recipe, item, partition)
        needs: list[str] = []
        if self.mode != ONLY:
            needs = [
                need for one, part in inputs if (need := self.want(one.ref, part, asked=False)) is not None
            ]
        reason = self._reason(item, partition, inputs, needs)
        if reason is None:
            return None
        step = self._step(recipe, item, partition, inputs=inputs, needs=needs, reason=reason)
        self.steps[step.id] = step
        for output in recipe.outputs:
            self._seen[output, partition] = step.id
        return step.id

    def _inputs(self, recipe: Recipe, output: Item, partition: str) -> list[tuple[Item, str]]:
        found = []
        for ref in recipe.inputs:
            item = self.project.items[ref]
            found += [(item, part) for part in _needed_partitions(item, output, partition)]
        return found

    def _reason(
        self, item: Item, partition: str, inputs: list[tuple[Item, str]], needs: list[str]
    ) -> str | None:
        if self.mode == ONLY:
            return "NON_RECURSIVE_FORCED_BUILD"
        if self.mode == ALL:
            return "FORCED_RECURSIVE_BUILD"
        built = item.changed_at.get(partition)
        if built is None:
            return "NEVER_EXECUTED"
        if self.mode == MISSING:
            return None
        if needs:
            return "HAS_REQUIRED_DEPS"
        changed = max((one.changed_at.get(part, 0) for one, part in inputs), default=0)
        return "SOURCE_DATA_OUT_OF_DATE" if changed > built else None

    def _step(
        self,
        recipe: Recipe,
        item: Item,
        partition: str,
        *,
        inputs: list[tuple[Item, str]],
        needs: list[str],
        reason: str,
    ) -> Step:
        key = self.project.key
        outputs = [self.project.items[ref] for ref in recipe.outputs]
        return Step(
            id=f"{recipe.name}_{partition}",
            recipe=recipe.name,
            recipe_type=recipe.type,
            engine=recipe.engine,
            duration_ms=round(recipe.seconds * 1000),
            needs=tuple(dict.fromkeys(needs)),
            reason=reason,
            targets=tuple(
                Target(
                    project=key,
                    kind=one.kind,
                    id=one.id,
                    label=one.name,
                    partition=partition if one.dimensions == item.dimensions else NOT_PARTITIONED,
                    records=0 if one.kind == MODEL else one.records,
                    bytes=one.size,
                )
                for one in outputs
            ),
            sources=tuple(
                Source(project=key, kind=one.kind, id=one.id, partition=part, bytes=one.size)
                for one, part in inputs
            ),
            failure=recipe.failure,
            warnings=recipe.warnings,
        )


def _needed_partitions(item: Item, output: Item, partition: str) -> list[str]:
    """Return the input partitions that one output partition is built from."""
    if not item.dimensions:
        return [NOT_PARTITIONED]
    values = dict(zip(output.dimensions, partition.split("|"), strict=False)) if output.dimensions else {}
    if all(dimension in values for dimension in item.dimensions):
        return ["|".join(values[dimension] for dimension in item.dimensions)]
    return list(item.partitions)
