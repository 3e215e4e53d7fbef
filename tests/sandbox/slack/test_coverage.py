"""The coverage matrix matches the code."""

import ast
import re
from pathlib import Path

import pytest

from bot.sandbox.slack import client, person
from bot.sandbox.slack import payloads as payloads_module
from bot.sandbox.slack.methods import METHODS

HERE = Path(__file__).parent
MATRIX = HERE.parents[2] / "docs" / "sandbox-slack.md"


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its header row."""
    text = MATRIX.read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def test_every_method_is_in_the_matrix_and_the_other_way_round() -> None:
    """A method without a row, or a row without a method, fails."""
    assert [row[0].strip("`") for row in rows("Web API")] == sorted(METHODS)


@pytest.mark.parametrize("row", rows("Web API"), ids=lambda row: row[0].strip("`"))
def test_the_matrix_has_the_right_scope_and_rate(row: list[str]) -> None:
    """The scope and rate in a row match the code."""
    method = METHODS[row[0].strip("`")]
    if method.scope:
        assert row[1] == f"`{method.scope}`"
    else:
        assert row[1] in {"none", "app token", "`{family}:read`", "`{family}:history`"}
    assert (row[1] == "app token") == method.app_token
    assert row[2] == method.rate


def test_every_delivery_is_in_the_matrix() -> None:
    """The payload types in the code match the table."""
    source = "".join(
        Path(str(module.__file__)).read_text(encoding="utf-8") for module in (person, client, payloads_module)
    )
    kinds = {"slash_commands", "app_home_opened", "user_change", "app_mention", "message"}
    kinds |= set(re.findall(r'_base\("(\w+)"', source))
    assert {row[0].strip("`") for row in rows("What people send to the app")} == kinds
    assert all(f'"{kind}"' in source for kind in kinds)


def test_every_named_test_exists() -> None:
    """Each row names a test function in this directory."""
    named = re.findall(r"`(test_\w+\.py)::(\w+)`", MATRIX.read_text(encoding="utf-8"))
    assert len(named) == sum(
        len(rows(heading)) for heading in ("Web API", "What people send to the app", "The ways in and out")
    )
    for file, function in named:
        tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert function in functions, f"{file}::{function}"
