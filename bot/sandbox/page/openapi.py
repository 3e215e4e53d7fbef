"""The control interface as an OpenAPI document, made from the routes."""

import re
from typing import Any

import msgspec

from bot.sandbox.page import bodies
from bot.sandbox.page.routes import ROUTES, Route

Json = dict[str, Any]

_DESCRIPTION = (
    "Drives the playground of `dss-bot demo`; docs/sandbox.md explains it. The server listens on loopback "
    "only. Send `Content-Type: application/json` with everything but GET."
)


def document() -> Json:
    """Return the document, in the order of the routes."""
    types: set[type[bodies.Body]] = {bodies.Refused}
    types.update(type_ for route in ROUTES for type_ in (route.body, route.answer) if type_ is not None)
    named = sorted(types, key=lambda one: one.__name__)
    _, schemas = msgspec.json.schema_components(named, ref_template="#/components/schemas/{name}")
    paths: Json = {"/events": {"get": _events()}, "/files/{file}": {"get": _file()}}
    for route in ROUTES:
        paths.setdefault(f"/{route.path}", {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The playground's control interface", "version": "1", "description": _DESCRIPTION},
        "servers": [
            {
                "url": "http://127.0.0.1:{port}/{token}",
                "description": "The address that the demo prints.",
                "variables": {"port": {"default": "8400"}, "token": {"default": "TOKEN"}},
            }
        ],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(route: Route) -> Json:
    shown: Json = {"summary": route.summary, "operationId": _operation_id(route)}
    parameters = re.findall(r"\{(\w+)\}", route.path)
    if parameters:
        shown["parameters"] = [_parameter(name) for name in parameters]
    if route.body is not None:
        shown["requestBody"] = {"required": True, "content": _content(_reference(route.body))}
    answer = {"type": "object"} if route.answer is None else _reference(route.answer)
    shown["responses"] = {
        "200": {"description": "Done.", "content": _content(answer)},
        "default": {"description": "Nothing was done.", "content": _content(_reference(bodies.Refused))},
    }
    return shown


def _operation_id(route: Route) -> str:
    words = re.findall(r"[a-z]+", f"{route.method} {route.path}".lower())
    return "_".join(word for word in words if word not in {"person", "number", "channel"})


def _parameter(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _content(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _reference(type_: type[bodies.Body]) -> Json:
    return {"$ref": f"#/components/schemas/{type_.__name__}"}


def _events() -> Json:
    after = {
        "name": "after",
        "in": "query",
        "description": "The number of the last event that you have; `Last-Event-ID` does the same.",
        "schema": {"type": "integer"},
    }
    return {
        "summary": "The stream of events (server-sent events): a snapshot, then what changes.",
        "operationId": "get_events",
        "parameters": [after],
        "responses": {
            "200": {
                "description": "Goes on until you hang up.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            }
        },
    }


def _file() -> Json:
    return {
        "summary": "The content of an uploaded file.",
        "operationId": "get_files",
        "parameters": [_parameter("file")],
        "responses": {
            "200": {"description": "The content."},
            "default": {
                "description": "There is no such file.",
                "content": _content(_reference(bodies.Refused)),
            },
        },
    }
