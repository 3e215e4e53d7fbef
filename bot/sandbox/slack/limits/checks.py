"""Small checks that combine into the shape of a block. Each adds problems; none stops at the first."""

import re
from collections.abc import Callable, Mapping
from typing import Any


class Problems(list[str]):
    """The problems found, each in Slack's format: ``[ERROR] what [json-pointer:/where]``."""

    def add(self, where: str, what: str) -> None:
        """Record a problem at a JSON pointer."""
        self.append(f"[ERROR] {what} [json-pointer:{where}]")


Value = Any
Check = Callable[[Value, str, Problems], None]


def anything(_value: Value, _where: str, _problems: Problems) -> None:
    """Accept anything (a part that this stand-in doesn't check)."""


def string(maximum: int, minimum: int = 1, pattern: str | None = None) -> Check:
    """Accept a string with a limited number of Unicode code points."""

    def check(value: Value, where: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add(where, "must be a string")
        elif len(value) > maximum:
            problems.add(where, f"must be less than {maximum + 1} characters")
        elif len(value) < minimum:
            problems.add(where, f"must be more than {minimum - 1} characters")
        elif pattern and not re.fullmatch(pattern, value):
            problems.add(where, "invalid value")

    return check


def boolean(value: Value, where: str, problems: Problems) -> None:
    """Accept true or false."""
    if not isinstance(value, bool):
        problems.add(where, "must be a boolean")


def integer(minimum: int, maximum: int) -> Check:
    """Accept an integer within bounds."""

    def check(value: Value, where: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.add(where, "must be an integer")
        elif not minimum <= value <= maximum:
            problems.add(where, f"must be between {minimum} and {maximum}")

    return check


def number(value: Value, where: str, problems: Problems) -> None:
    """Accept a number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        problems.add(where, "must be a number")


def one_of(*allowed: str) -> Check:
    """Accept one of several words."""

    def check(value: Value, where: str, problems: Problems) -> None:
        if value not in allowed:
            problems.add(where, f"invalid value; allowed: {', '.join(allowed)}")

    return check


def array(item: Check, minimum: int, maximum: int) -> Check:
    """Accept a list with a limited number of items."""

    def check(value: Value, where: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add(where, "must be an array")
            return
        if len(value) > maximum:
            problems.add(where, f"no more than {maximum} items allowed")
        if len(value) < minimum:
            problems.add(where, f"no less than {minimum} items allowed")
        for index, one in enumerate(value):
            item(one, f"{where}/{index}", problems)

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Accept an object with these keys and no others."""
    known = {**required, **(optional or {})}

    def check(value: Value, where: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(where, "must be an object")
            return
        for key in required:
            if value.get(key) is None:
                problems.add(where, f"missing required field: {key}")
        for key, inner in value.items():
            if key not in known:
                problems.add(where, f"invalid additional property: {key}")
            elif inner is not None:
                known[key](inner, f"{where}/{key}", problems)

    return check


def tagged(table: Mapping[str, Check], what: str) -> Check:
    """Accept an object whose ``type`` is in the table."""

    def check(value: Value, where: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(where, "must be an object")
        elif value.get("type") not in table:
            problems.add(f"{where}/type", f"unsupported type: {value.get('type')} is no {what} here")
        else:
            table[value["type"]](value, where, problems)

    return check


def both(*checks: Check) -> Check:
    """Accept what all of the checks accept."""

    def check(value: Value, where: str, problems: Problems) -> None:
        for one in checks:
            one(value, where, problems)

    return check


def at_least_one_of(*keys: str) -> Check:
    """Accept an object that has at least one of the keys."""

    def check(value: Value, where: str, problems: Problems) -> None:
        if isinstance(value, dict) and not any(value.get(key) is not None for key in keys):
            problems.add(where, f"must have one of: {', '.join(keys)}")

    return check
