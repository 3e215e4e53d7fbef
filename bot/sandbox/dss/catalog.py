"""The contents of a project, as JSON (DSS-API.md §4)."""

from bot.sandbox.dss.auth import Caller
from bot.sandbox.dss.model import (
    DATASET,
    FOLDER,
    KNOWLEDGE_BANK,
    MODEL,
    NOT_PARTITIONED,
    STREAM,
    Dimension,
    Item,
    Project,
    Ref,
)
from bot.sandbox.dss.problems import not_found

Json = dict[str, object]
COMPUTABLES = {
    DATASET: "COMPUTABLE_DATASET",
    FOLDER: "COMPUTABLE_FOLDER",
    MODEL: "COMPUTABLE_SAVED_MODEL",
    STREAM: "COMPUTABLE_STREAMING_ENDPOINT",
    KNOWLEDGE_BANK: "COMPUTABLE_RETRIEVABLE_KNOWLEDGE",
}


def projects(caller: Caller) -> list[object]:
    """List the projects that the caller can see."""
    found = [caller.world.projects[key] for key in sorted(caller.world.projects)]
    return [summary(project) for project in found if caller.rights(project.key) is not None]


def summary(project: Project) -> Json:
    """Summarize a project."""
    return {
        "projectKey": project.key,
        "name": project.name,
        "ownerLogin": project.owner,
        "shortDesc": project.short_desc,
        "tags": list(project.tags),
        "projectStatus": "Draft",
    }


def metadata(project: Project) -> Json:
    """Return the label, tags, and description."""
    return {
        "label": project.name,
        "shortDesc": project.short_desc,
        "tags": list(project.tags),
        "checklists": {"checklists": []},
        "customFields": {},
    }


def datasets(project: Project, tags: str | None) -> list[object]:
    """List the datasets; if ``tags`` are given, only those with one of them."""
    wanted = set(filter(None, (tags or "").split(",")))
    return [
        {"projectKey": project.key, "name": item.name, "type": item.type, "managed": item.managed}
        | {"tags": list(item.tags), "partitioning": _partitioning(item)}
        for item in project.of_kind(DATASET)
        if not wanted or wanted & set(item.tags)
    ]


def dataset(project: Project, name: str) -> Json:
    """Return the settings of a dataset."""
    item = _dataset(project, name)
    return {
        "projectKey": project.key,
        "name": item.name,
        "type": item.type,
        "managed": item.managed,
        "tags": list(item.tags),
        "params": {"connection": "filesystem_managed", "path": f"{project.key}/{item.name}"},
        "formatType": "csv",
        "partitioning": _partitioning(item),
        "schema": {"columns": [{"name": "id", "type": "bigint"}, {"name": "amount", "type": "double"}]},
    }


def partitions(project: Project, name: str) -> list[object]:
    """List the partitions of a dataset."""
    item = _dataset(project, name)
    return list(item.partitions) if item.dimensions else [NOT_PARTITIONED]


def folders(project: Project) -> list[object]:
    """List the managed folders."""
    return _listed(project, FOLDER)


def models(project: Project) -> list[object]:
    """List the saved models."""
    return _listed(project, MODEL)


def streams(project: Project) -> list[object]:
    """List the streaming endpoints, whose ids are their names (`DSSStreamingEndpointListItem`)."""
    return [{"projectKey": project.key, "id": item.id, "type": item.type} for item in project.of_kind(STREAM)]


def knowledge_banks(project: Project) -> list[object]:
    """List the knowledge banks."""
    return _listed(project, KNOWLEDGE_BANK)


def recipes(project: Project) -> list[object]:
    """List the recipes."""
    return [
        {
            "projectKey": project.key,
            "name": recipe.name,
            "type": recipe.type,
            "inputs": {"main": {"items": [{"ref": ref.id} for ref in recipe.inputs]}},
            "outputs": {"main": {"items": [{"ref": ref.id} for ref in recipe.outputs]}},
        }
        for recipe in project.recipes.values()
    ]


def scenarios(project: Project) -> list[object]:
    """List the scenarios."""
    return [
        {"projectKey": project.key, "id": one.id, "name": one.name, "active": one.active}
        for one in project.scenarios
    ]


def graph(project: Project) -> Json:
    """Return the flow as a graph of objects and the recipes between them."""
    nodes: dict[str, object] = {}
    made = {ref: recipe.name for recipe in project.recipes.values() for ref in recipe.outputs}
    for ref in project.items:
        users = [recipe.name for recipe in project.recipes.values() if ref in recipe.inputs]
        nodes[ref.id] = _node(COMPUTABLES[ref.kind], ref.id, [made[ref]] if ref in made else [], users)
    for recipe in project.recipes.values():
        before, after = [ref.id for ref in recipe.inputs], [ref.id for ref in recipe.outputs]
        nodes[recipe.name] = _node("RUNNABLE_RECIPE", recipe.name, before, after)
    return {"nodes": nodes}


def _node(kind: str, ref: str, predecessors: list[str], successors: list[str]) -> Json:
    return {"type": kind, "ref": ref, "predecessors": predecessors, "successors": successors}


def _listed(project: Project, kind: str) -> list[object]:
    return [
        {"projectKey": project.key, "id": item.id, "name": item.name, "type": item.type}
        for item in project.of_kind(kind)
    ]


def _dataset(project: Project, name: str) -> Item:
    item = project.items.get(Ref(DATASET, name))
    if item is None:
        raise not_found(f"dataset does not exist: {project.key}.{name}")
    return item


def _partitioning(item: Item) -> Json:
    return {"dimensions": [_dimension(one) for one in item.dimensions], "ignoreNonMatchingFile": False}


def _dimension(one: Dimension) -> Json:
    params: Json = {"period": one.period, "mappedPeriod": one.period} if one.kind == "time" else {}
    return {"name": one.name, "type": one.kind, "params": params}
