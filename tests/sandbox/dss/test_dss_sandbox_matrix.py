"""The coverage matrix in the documentation matches the code exactly."""

import ast
import re
from pathlib import Path

from bot.sandbox.dss.routes import INSTANCE, ROUTES, VERSIONED

HERE = Path(__file__).parent
MATRIX = HERE.parents[2] / "docs" / "sandbox-dss.md"
ROW = re.compile(r"^\| `(GET|POST) (\S+)` \|[^|]+\| (.+) \|$", re.MULTILINE)


def rows() -> list[tuple[str, str, list[str]]]:
    found = ROW.findall(MATRIX.read_text(encoding="utf-8"))
    return [(method, path, re.findall(r"`(test_\w+)`", tests)) for method, path, tests in found]


def names_of_tests() -> set[str]:
    names = set()
    for path in HERE.glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return names


def test_matrix_and_routes_are_equal() -> None:
    """Every route has one row, and every row is a route."""
    routes = [(method, path) for method, path, _ in (*ROUTES, *VERSIONED)] + [INSTANCE]
    assert sorted((method, path) for method, path, _ in rows()) == sorted(routes)


def test_named_tests_exist() -> None:
    """Each row names at least one test, and each named test is in this folder."""
    assert [row for row in rows() if not row[2]] == []
    assert {name for _, _, tests in rows() for name in tests} <= names_of_tests()
