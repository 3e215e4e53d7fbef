"""The Slack app's manifest is valid, requests few scopes, and matches the code."""

import json
import os
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.domain.features import SCOPE_OF
from bot.ops.doctor import OPTIONAL_SCOPES, REQUIRED_SCOPES
from bot.ops.manifest import with_parts
from tests.meta.tree import ROOT

TEXT = (ROOT / "manifest.yml").read_text(encoding="utf-8")
MANIFEST: dict[str, Any] = yaml.safe_load(TEXT)
ALL_TEXT = with_parts(TEXT, SCOPE_OF)
EVERYTHING: dict[str, Any] = yaml.safe_load(ALL_TEXT)
INSTALL = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
SCOPES: dict[str, list[str]] = EVERYTHING["oauth_config"]["scopes"]
PARTS = [parts for size in range(len(SCOPE_OF) + 1) for parts in combinations(SCOPE_OF, size)]


def manifest_with(*parts: str) -> dict[str, Any]:
    """Return the manifest with some of its optional parts."""
    manifest: dict[str, Any] = yaml.safe_load(with_parts(TEXT, parts))
    return manifest


@pytest.mark.parametrize("parts", PARTS, ids="+".join)
def test_slack_would_take_it(parts: tuple[str, ...]) -> None:
    """Every variant matches Slack's published schema, which isn't part of this repository."""
    path = os.environ.get("SLACK_MANIFEST_SCHEMA")
    if not path:
        pytest.skip("SLACK_MANIFEST_SCHEMA does not name Slack's schema of manifests")
    schema = json.loads(Path(path).read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(manifest_with(*parts))


@pytest.mark.parametrize("parts", PARTS, ids="+".join)
def test_each_part_asks_for_its_own_scope_and_nothing_else(parts: tuple[str, ...]) -> None:
    """No part is needed for another, no mark is left, and manifest.yml itself is the base."""
    scopes = manifest_with(*parts)["oauth_config"]["scopes"]
    base = MANIFEST["oauth_config"]["scopes"]
    for kind in ("bot", "bot_optional"):
        assert set(scopes[kind]) == {*base[kind], *(SCOPE_OF[part] for part in parts)}
    assert not re.search(r"#[+-]\w", with_parts(TEXT, parts))
    assert manifest_with() == MANIFEST
    read_only = manifest_with(*parts)["features"]["app_home"]["messages_tab_read_only_enabled"]
    assert read_only is ("dm" not in parts)


def test_slash_commands_are_the_documented_ones() -> None:
    """The two commands that the bot answers, each with a hint, and without an address in Socket Mode."""
    commands = {command["command"]: command for command in MANIFEST["features"]["slash_commands"]}
    assert set(commands) == {"/dss-build", "/dss-jobs"}
    for command in commands.values():
        assert command["usage_hint"]
        assert "url" not in command
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True


def test_optional_scopes_are_marked_and_the_rest_is_needed() -> None:
    """An optional scope is in both lists; the doctor requires those that are only in the first list."""
    optional = SCOPES["bot_optional"]
    assert tuple(optional) == OPTIONAL_SCOPES
    assert tuple(scope for scope in SCOPES["bot"] if scope not in optional) == REQUIRED_SCOPES
    assert set(optional) <= set(SCOPES["bot"])
    assert not [scope for scope in REQUIRED_SCOPES if scope.endswith(":history")]


@pytest.mark.parametrize("scope", sorted({*SCOPES["bot"], *SCOPES["bot_optional"]}))
def test_each_scope_has_its_reason(scope: str) -> None:
    """Each scope has a comment that says why, and a row in the table in docs/install.md."""
    assert re.search(rf"#.*\n +- {re.escape(scope)}\n", ALL_TEXT)
    rows = [row for row in INSTALL.splitlines() if row.startswith("| `")]
    assert any(f"`{scope}`" in row.split(" | ")[0] for row in rows)
