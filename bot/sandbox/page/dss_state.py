"""The DSS instance as JSON for the page. Call these functions while the world's lock is held."""

from typing import Any

from bot.sandbox.dss import Item, Job, Project, Recipe, Ref
from bot.sandbox.dss.plan import Progress, progress
from bot.sandbox.dss.wire import failure_message

Json = dict[str, Any]

ACTIVITIES = 60
"""How many activities of one job are sent, the first ones; the counts are of all."""


def project(one: Project) -> Json:
    """A project with its flow: ids of items are unique in it, and recipes name the ids."""
    return {
        "key": one.key,
        "name": one.name,
        "owner": one.owner,
        "description": one.short_desc,
        "items": [_item(item, one) for item in one.items.values()],
        "recipes": [_recipe(recipe) for recipe in one.recipes.values()],
        "scenarios": [{"id": each.id, "name": each.name, "active": each.active} for each in one.scenarios],
    }


def _item(item: Item, owner: Project) -> Json:
    return {
        "id": _id(item.ref),
        "ref": item.id,
        "kind": item.kind,
        "name": item.name,
        "type": item.type,
        "partitions": len(item.partitions) if item.dimensions else None,
        "built": owner.producer(item.ref) is not None,
    }


def _recipe(recipe: Recipe) -> Json:
    return {
        "name": recipe.name,
        "type": recipe.type,
        "inputs": [_id(ref) for ref in recipe.inputs],
        "outputs": [_id(ref) for ref in recipe.outputs],
        "fails": recipe.failure is not None,
    }


def _id(ref: Ref) -> str:
    return f"{ref.kind}:{ref.id}"


def job(one: Job, now: int) -> Json:
    """A job at ``now`` (ms since 1970), with its activities."""
    head = one.head(now)
    steps = progress(one.plan, one.life, now)
    return {
        "project": one.project,
        "id": one.id,
        "state": head.state,
        "initiator": one.initiator,
        "initiator_name": one.initiator_name,
        "triggered_from": one.triggered_from,
        "mode": one.mode,
        "initiated": one.life.initiated,
        "started": head.start,
        "ended": head.end,
        "warnings": head.warnings,
        "outputs": [
            {"project": output.project, "id": f"{output.kind}:{output.id}", "partition": output.partition}
            for output in one.outputs
        ],
        "activities": [_activity(step) for step in steps[:ACTIVITIES]],
        "activity_count": len(steps),
    }


def _activity(step: Progress) -> Json:
    return {
        "id": step.step.id,
        "recipe": step.step.recipe,
        "type": step.step.recipe_type,
        "state": step.state,
        "percent": round(step.fraction * 100),
        "message": failure_message(step.step) if step.state == "FAILED" else "",
    }
