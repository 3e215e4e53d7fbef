"""Texts that people read go through `t` and `tn`, in a form in which ``make texts`` finds them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import bot

HERE = Path(bot.__file__).parent
SAYING = {"t", "tn"}
"""Functions whose results are in the reader's language."""
TEXTS = {
    "Problem": (0, "text"),
    "Mistake": (None, "problem"),
    "NotFound": (None, "reason"),
    "Decision": (None, "reason"),
    "BuildPreview": (None, "remark"),
    "FieldProblem": (None, "text"),
    "_no": (0, "reason"),
    "_plain_mistake": (1, "problem"),
    "_unusable": (1, "why"),
    "_errors": (1, "text"),
}
"""Where people's texts are passed besides refusals: the position, and the name of the parameter."""
_WORD = re.compile(r"[A-Za-z]{2,}")


@cache
def modules() -> dict[str, ast.Module]:
    """Return the syntax trees of the bot, by path."""
    return {
        str(path.relative_to(HERE)): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(HERE.rglob("*.py"))
        if path.relative_to(HERE).parts[0] not in {"sandbox", "demo"}
    }


@cache
def refusals() -> dict[str, tuple[int | None, str]]:
    """Return `Refusal` and its subclasses, and where each takes its text."""
    found: dict[str, tuple[int | None, str]] = {"Refusal": (0, "message")}
    classes = [one for tree in modules().values() for one in ast.walk(tree) if isinstance(one, ast.ClassDef)]
    before = 0
    while before != len(found):
        before = len(found)
        for one in classes:
            bases = {base.id for base in one.bases if isinstance(base, ast.Name)}
            if one.name not in found and bases & found.keys():
                found[one.name] = _position(one)
    return found


def _position(made: ast.ClassDef) -> tuple[int | None, str]:
    for one in made.body:
        if isinstance(one, ast.FunctionDef) and one.name == "__init__":
            names = [arg.arg for arg in one.args.args[1:]]
            return (names.index("message") if "message" in names else None), "message"
    return 0, "message"


def test_what_people_are_told_is_translated() -> None:
    """A refusal, a problem or a reason that is written out would stay English in every language.

    Views are drawn in another language instead (`tests.language`).
    """
    places = TEXTS | refusals()
    assert len(places) > 20
    wrong = [
        f"{path}:{literal.lineno} {ast.unparse(literal)}"
        for path, tree in modules().items()
        for scope, call in _calls(tree)
        if (name := _name(call)) in places
        for literal in _bare(_passed(call, *places[name]), scope)
    ]
    assert wrong == []


def test_every_text_is_found_by_the_extractor() -> None:
    """A text in an f-string, or one that is made of one, would be missing in the languages' files."""
    wrong = []
    for path, tree in modules().items():
        for one in ast.walk(tree):
            inside = ast.walk(one) if isinstance(one, ast.JoinedStr) else ()
            wrong += [
                f"{path}: {ast.unparse(call)} in an f-string" for call in inside if _says_literally(call)
            ]
            if isinstance(one, ast.Call) and _name(one) in {*SAYING, "mark"}:
                wrong += [f"{path}:{one.lineno}" for arg in one.args if isinstance(arg, ast.JoinedStr)]
    assert wrong == []


def test_every_place_of_a_text_gets_its_value() -> None:
    """Else the answer would be an error, in every language; and a text without values isn't formatted."""
    wrong = [
        f"{path}:{call.lineno} {text!r}"
        for path, tree in modules().items()
        for _, call in _calls(tree)
        if _name(call) in SAYING
        for text in (arg.value for arg in call.args if isinstance(arg, ast.Constant))
        if _places(str(text)) - {_name(call) == "tn" and "number", *(one.arg for one in call.keywords)}
    ]
    assert wrong == []


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _says_literally(node: ast.AST) -> bool:
    called = isinstance(node, ast.Call) and _name(node) in {*SAYING, "mark"}
    return called and any(isinstance(arg, ast.Constant) for arg in getattr(node, "args", ()))


def _calls(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Yield each call with the function that it is in, or the module."""

    def within(scope: ast.AST, node: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                yield scope, child
            inner = child if isinstance(child, ast.FunctionDef | ast.Lambda) else scope
            yield from within(inner, child)

    yield from within(tree, tree)


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _passed(call: ast.Call, position: int | None, keyword: str) -> ast.expr | None:
    for one in call.keywords:
        if one.arg == keyword:
            return one.value
    skipped = position is not None and position < len(call.args)
    return call.args[position or 0] if skipped else None


def _bare(text: ast.AST | None, scope: ast.AST, *, deep: bool = True) -> Iterator[ast.expr]:
    """Yield the literals with words in an expression, and in what its variables were set to."""
    match text:
        case ast.Constant(value=str(said)) if _WORD.search(said):
            yield text
        case ast.JoinedStr(values=parts):
            yield from (
                one for one in parts if isinstance(one, ast.Constant) and _WORD.search(str(one.value))
            )
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, op=ast.Add(), right=other):
            yield from _bare(one, scope, deep=deep)
            yield from _bare(other, scope, deep=deep)
        case ast.BoolOp(values=parts):
            for part in parts:
                yield from _bare(part, scope, deep=deep)
        case ast.Name(id=name) if deep:
            for value in _set_to(name, scope):
                yield from _bare(value, scope, deep=False)


def _set_to(name: str, scope: ast.AST) -> Iterator[ast.AST]:
    for one in ast.walk(scope):
        targets = one.targets if isinstance(one, ast.Assign) else [getattr(one, "target", None)]
        if isinstance(one, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and any(
            isinstance(target, ast.Name) and target.id == name for target in targets
        ):
            yield getattr(one, "value", None) or ast.Pass()
