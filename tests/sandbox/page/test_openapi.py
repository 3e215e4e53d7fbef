"""docs/sandbox-openapi.yaml and docs/sandbox.md describe the routes that there are."""

import re
from typing import Any

import jsonschema
import pytest
import yaml

from bot.sandbox.page.openapi import document
from bot.sandbox.page.routes import ROUTES
from tests.meta import openapi
from tests.meta.tree import ROOT
from tests.sandbox.page.conftest import Visitor

PAGE = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")


def test_the_file_is_current() -> None:
    """To update: `python -m tests.meta.openapi`."""
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.expected()


def test_every_route_is_in_it_and_nothing_else() -> None:
    """Also the stream and the files, which aren't routes."""
    shown = yaml.safe_load(openapi.FILE.read_text(encoding="utf-8"))["paths"]
    described = {(method.upper(), path) for path, methods in shown.items() for method in methods}
    routes = {(route.method, f"/{route.path}") for route in ROUTES}
    assert described == routes | {("GET", "/events"), ("GET", "/files/{file}")}
    ids = [one["operationId"] for methods in shown.values() for one in methods.values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_each_documented_route_answers(visitor: Visitor, route: Any) -> None:
    """An empty body is either enough or refused for what is missing in it, never unknown."""
    path = route.path.replace("{person}", "alice").replace("{number}", "1")
    answer = visitor.request(route.method, path, None if route.method == "GET" else {})
    if answer.status != 200:
        assert "error" in answer.json
        assert "There is no" not in answer.json["error"]


def test_the_answers_are_as_described(visitor: Visitor) -> None:
    """Two answers and a refusal, checked against the schemas."""
    schemas = document()["components"]["schemas"]

    def check(name: str, value: Any) -> None:
        jsonschema.validate(
            value, {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
        )

    check("Completions", visitor.post("complete", {"text": "/d"}))
    check("Outcome", visitor.post("people/alice/command", {"channel": "data", "text": "/dss-jobs"}))
    check("Refused", visitor.request("POST", "people/alice/command", {}).json)


def test_the_page_lists_every_event_and_nothing_else() -> None:
    """The table of events in docs/sandbox.md has the types that the feed sends."""
    source = (ROOT / "bot" / "sandbox" / "page" / "feed.py").read_text(encoding="utf-8")
    sent = set(re.findall(r'(?:_publish|_once)\(\s*"(\w+)"', source)) | {"snapshot", "traffic"}
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)) == sent


def test_the_front_end_knows_every_event() -> None:
    """`store.js` has a handler for each."""
    source = (ROOT / "bot" / "sandbox" / "page" / "static" / "store.js").read_text(encoding="utf-8")
    handled = set(re.findall(r"^  (\w+)\([^)]*\) \{$", source, flags=re.MULTILINE))
    assert handled == set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE))
