"""The Slack app's manifest is valid, asks for little, and fits the code."""

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.doctor import OPTIONAL_SCOPES, REQUIRED_SCOPES
from tests.meta.tree import ROOT

TEXT = (ROOT / "manifest.yml").read_text(encoding="utf-8")
MANIFEST: dict[str, Any] = yaml.safe_load(TEXT)
INSTALL = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
SCOPES: dict[str, list[str]] = MANIFEST["oauth_config"]["scopes"]


def test_slack_would_take_it() -> None:
    """The manifest fits Slack's published schema, which is not part of this repository."""
    path = os.environ.get("SLACK_MANIFEST_SCHEMA")
    if not path:
        pytest.skip("SLACK_MANIFEST_SCHEMA does not name Slack's schema of manifests")
    schema = json.loads(Path(path).read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(MANIFEST)


def test_slash_commands_are_the_documented_ones() -> None:
    """The two commands that the bot answers, each with a hint, and with no address in Socket Mode."""
    commands = {command["command"]: command for command in MANIFEST["features"]["slash_commands"]}
    assert set(commands) == {"/dss-build", "/dss-jobs"}
    for command in commands.values():
        assert command["usage_hint"]
        assert "url" not in command
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True


def test_optional_scopes_are_marked_and_the_rest_is_needed() -> None:
    """An optional scope is in both lists; what is in the first only is what the doctor insists on."""
    optional = SCOPES["bot_optional"]
    assert tuple(optional) == OPTIONAL_SCOPES
    assert tuple(scope for scope in SCOPES["bot"] if scope not in optional) == REQUIRED_SCOPES
    assert set(optional) <= set(SCOPES["bot"])
    assert not [scope for scope in REQUIRED_SCOPES if scope.endswith(":history")]


@pytest.mark.parametrize("scope", sorted({*SCOPES["bot"], *SCOPES["bot_optional"]}))
def test_each_scope_has_its_reason(scope: str) -> None:
    """Beside each scope stands a comment that says why, and docs/install.md has it in its table."""
    assert re.search(rf"#.*\n +- {re.escape(scope)}\n", TEXT)
    rows = [row for row in INSTALL.splitlines() if row.startswith("| `")]
    assert any(f"`{scope}`" in row.split(" | ")[0] for row in rows)
