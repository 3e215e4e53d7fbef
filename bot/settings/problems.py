"""Read single values. A value that can't be read becomes a problem, and reading continues with the default.

This way, a person sees all problems at once, not one after each restart.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process

from bot.settings.models import SettingsError

ReadFile = Callable[[str], str]
"""Returns the text of a file; raises `OSError` or `UnicodeDecodeError`."""

_Word = TypeVar("_Word", bound=str)

_NEAR = 75.0
"""Minimum similarity, 0 to 100, at which a name is suggested."""


class Problems:
    """The problems found in the configuration so far."""

    def __init__(self) -> None:
        self._sentences: list[str] = []

    def add(self, name: str, wrong: str, right: str) -> None:
        """Record a setting that can't be used: its name, what's wrong, and what would be correct."""
        self._sentences.append(f"{name}: {wrong}. {right}.")

    def extend(self, sentences: Iterable[str]) -> None:
        """Record problems that are whole sentences already."""
        self._sentences += sentences

    def raise_any(self) -> None:
        """Raise an error if there are any problems.

        Raises:
            SettingsError: with all problems at once.
        """
        if self._sentences:
            raise SettingsError(self.sentences)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All problems, in the order in which they were found."""
        return tuple(self._sentences)


def near_miss(name: str, known: Iterable[str], least: float = _NEAR) -> str | None:
    """Return the known name that the person probably meant."""
    found = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=least)
    return found[0] if found else None


def list_words(words: Iterable[str]) -> str:
    """Join words for a sentence: ``a, b or c``."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def check_url(problems: Problems, name: str, value: str, example: str) -> str:
    """Return an http(s) address without its trailing slash; record a problem if it isn't an address."""
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        problems.add(name, f"{value!r} is not an http(s) address", f"It looks like {example}")
    elif parts.query or parts.fragment:
        problems.add(name, "has a query or a fragment", f"Give the address alone, like {example}")
    elif parts.username or parts.password:
        problems.add(name, "has a user name or password in it", f"Give the address alone, like {example}")
    return value.rstrip("/")


class Environment:
    """Reads environment variables by type. An empty variable counts as not set, as in compose files."""

    def __init__(self, env: Mapping[str, str], read_file: ReadFile, problems: Problems) -> None:
        self._env = env
        self._read_file = read_file
        self._problems = problems

    def text(self, name: str, default: str = "") -> str:
        """Return a variable without surrounding spaces."""
        return self._env.get(name, "").strip() or default

    def secret(self, name: str) -> str:
        """Return a secret from ``NAME``, or from the file that ``NAME_FILE`` names; empty if not given."""
        value, path = self.text(name), self.text(f"{name}_FILE")
        if value and path:
            self._problems.add(name, f"is set, and so is {name}_FILE", "Set only one of the two")
        return value or (self.file(f"{name}_FILE", path) if path else "")

    def file(self, name: str, path: str) -> str:
        """Return the content of a secret's file, without surrounding whitespace."""
        try:
            text = self._read_file(path).strip()
        except (OSError, UnicodeDecodeError) as exc:
            self._problems.add(name, f"{path} can't be read ({_reason(exc)})", "Name a readable text file")
            return ""
        if not text:
            self._problems.add(name, f"{path} is empty", "The file must contain the value and nothing else")
        return text

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number between two bounds, inclusive."""
        raw = self.text(name)
        if not raw:
            return default
        if not (raw.isascii() and raw.isdigit() and low <= int(raw) <= high):
            right = f"Give a whole number from {low} to {high}, such as {default}"
            self._problems.add(name, f"{raw!r} is not a number in range", right)
            return default
        return int(raw)

    def choice(self, name: str, choices: tuple[_Word, ...], default: _Word) -> _Word:
        """Return one of the allowed words; case doesn't matter."""
        raw = self.text(name)
        if not raw:
            return default
        for word in choices:
            if word == raw.lower():
                return word
        near = near_miss(raw.lower(), choices)
        hint = f" (did you mean {near}?)" if near else ""
        self._problems.add(name, f"{raw!r} is not known{hint}", f"Give {list_words(choices)}")
        return default


class Table:
    """Reads one table of the TOML file by type. Keys that were never read become problems at the end."""

    def __init__(self, name: str, values: Mapping[str, object], problems: Problems) -> None:
        self.name = name
        self._values = values
        self._problems = problems
        self._known: list[str] = []

    def label(self, key: str) -> str:
        """Return a key's name as a person finds it in the file."""
        return f"[{self.name}] {key}" if self.name else f"[{key}]"

    def _take(self, key: str) -> object:
        self._known.append(key)
        return self._values.get(key)

    def text(self, key: str, default: str = "") -> str:
        """Return a string."""
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, str) and value.strip():
            return value.strip()
        self._problems.add(self.label(key), "is not a string", f'Write {key} = "…"')
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of strings; empty if it's missing."""
        value = self._take(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value):
            return tuple(one.strip() for one in value)
        self._problems.add(self.label(key), "is not a list of strings", f'Write {key} = ["…", "…"]')
        return ()

    def path_or_pair(self, key: str) -> str | tuple[str, str] | None:
        """Return one path or a pair of paths."""
        match self._take(key):
            case None:
                return None
            case str(path) | [str(path)] if path:
                return path
            case [str(first), str(second)] if first and second:
                return first, second
        self._problems.add(self.label(key), "is not one or two paths", f'Write {key} = "…" or ["…", "…"]')
        return None

    def number(self, key: str, default: float, *, low: float = 0.0, high: float = 1e6) -> float:
        """Return a number greater than ``low`` and at most ``high``."""
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, int | float) and not isinstance(value, bool) and low < value <= high:
            return float(value)
        right = f"Give a number above {low:g} and at most {high:g}, such as {default:g}"
        self._problems.add(self.label(key), f"{value!r} is not a number in range", right)
        return default

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """Return a whole number between two bounds, inclusive."""
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        right = f"Give a whole number from {low} to {high}, such as {default}"
        self._problems.add(self.label(key), f"{value!r} is not a whole number in range", right)
        return default

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._take(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self._problems.add(self.label(key), f"{value!r} is not true or false", "Write it without quotes")
        return default

    def choice(self, key: str, choices: tuple[_Word, ...], default: _Word) -> _Word:
        """Return one of the allowed words; case doesn't matter."""
        said = self.text(key, default)
        for word in choices:
            if word == said.lower():
                return word
        near = near_miss(said.lower(), choices)
        hint = f" (did you mean {near}?)" if near else ""
        self._problems.add(self.label(key), f"{said!r} is not known{hint}", f"Give {list_words(choices)}")
        return default

    def auth(self, key: str) -> Literal["basic", "bearer"]:
        """Return how an API key is sent."""
        value = self.text(key, "basic")
        if value not in {"basic", "bearer"}:
            self._problems.add(self.label(key), f"{value!r} is not known", "Give basic or bearer")
        return "bearer" if value == "bearer" else "basic"

    def table(self, key: str) -> "Table":
        """Return a table inside this one; empty if it's missing."""
        value = self._take(key)
        name = f"{self.name}.{key}" if self.name else key
        if value is not None and not isinstance(value, dict):
            self._problems.add(self.label(key), "is not a table", f"Write [{name}] on a line of its own")
            value = None
        return Table(name, value or {}, self._problems)

    def names(self) -> tuple[str, ...]:
        """List the existing keys, for a table whose keys are names that people choose."""
        return tuple(self._values)

    def entries(self) -> Mapping[str, object]:
        """Return everything in the table, for one whose keys are names that people choose."""
        self._known.extend(self._values)
        return self._values

    def finish(self) -> None:
        """Record a problem for each key that was never read."""
        for key in self._values:
            if key in self._known:
                continue
            near = near_miss(key, self._known)
            right = f"Did you mean {near}" if near else f"Known here: {', '.join(sorted(self._known))}"
            self._problems.add(self.label(key), "is not a setting", right)


def _reason(exc: OSError | UnicodeDecodeError) -> str:
    return (exc.strerror or type(exc).__name__) if isinstance(exc, OSError) else "not UTF-8"
