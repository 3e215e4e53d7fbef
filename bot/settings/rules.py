"""Read the policy file (docs/rules.md). Every problem names its line."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence

from bot.domain.identity import fold
from bot.domain.policy import Capability
from bot.domain.rule_coverage import glob_covers, unreachable, unreachable_guardrails
from bot.domain.rules import ANY, DIRECT, OTHERS, SHARED, Effect, Guardrail, Policy, Reach, Rule
from bot.settings.models import SettingsError
from bot.settings.problems import list_words, near_miss

_TABLES = ("rules", "guardrails")
_REACH = ("instances", "projects", "datasets")
_RULE_KEYS = ("allow", "deny", "everyone", "users", "groups", "channels", *_REACH)
_GUARDRAIL_KEYS = ("channels", "allow", *_REACH)
_ALL = "*"
"""Stands for all capabilities."""

_MEMBER = re.compile(r"[UW][A-Z0-9]{2,}")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_GROUP_ID = re.compile(r"S[A-Z0-9]{2,}")
_HANDLE = re.compile(r"@?([a-z0-9][a-z0-9._-]*)")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
_GLOB = re.compile(r"[^\[\]{}\s]+")


def read_rules(text: str, name: str, instances: Sequence[str] | None = None) -> Policy:
    """Read a policy file.

    Args:
        text: its content.
        name: what to call it in a problem.
        instances: the names of all DSS instances, if they are known.

    Raises:
        SettingsError: with all problems at once.
    """
    reader = _Reader(text, name, instances)
    policy = reader.policy()
    if reader.problems:
        raise SettingsError(tuple(reader.problems))
    return policy


class _Reader:
    """Reads one file; notes every problem and goes on."""

    def __init__(self, text: str, name: str, instances: Sequence[str] | None) -> None:
        self._lines = text.splitlines()
        self._name = name
        self._instances = instances
        self.problems: list[str] = []
        try:
            self._content: Mapping[str, object] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self._content = {}
            self.problems.append(f"{name} is not TOML: {error}. Fix that part of the file.")

    def policy(self) -> Policy:
        """Return what the file says; only valid without problems."""
        if self.problems:
            return Policy(rules=())
        for key in self._content:
            if key not in _TABLES:
                self._unknown(self._line_of(key), key, _TABLES, "[[{}]]")
        rules = tuple(self._rule(*one) for one in self._tables("rules", _RULE_KEYS))
        guardrails = tuple(self._guardrail(*one) for one in self._tables("guardrails", _GUARDRAIL_KEYS))
        if not self.problems:
            self._check(rules, guardrails)
        return Policy(rules=rules, guardrails=guardrails)

    def _check(self, rules: Sequence[Rule], guardrails: Sequence[Guardrail]) -> None:
        if not any(rule.effect is Effect.ALLOW for rule in rules):
            self._add(1, 'no rule allows anything. Write at least one [[rules]] with allow = ["view"]')
        pairs: list[tuple[Rule | Guardrail, Rule | Guardrail]] = []
        pairs += unreachable(rules)
        pairs += unreachable_guardrails(guardrails)
        for one, other in pairs:
            self._add(
                one.line,
                f"this never decides anything, because line {other.line} covers it. Remove one of them",
            )

    def _tables(self, name: str, known: Sequence[str]) -> Iterator[tuple[int, Mapping[str, object]]]:
        """Yield the tables of a name, each with its line."""
        tables = self._content.get(name, [])
        header = re.compile(rf"\s*\[\[\s*{name}\s*\]\]\s*(#.*)?")
        lines = [number for number, line in enumerate(self._lines, 1) if header.fullmatch(line)]
        if not isinstance(tables, list) or len(tables) != len(lines):
            self._add(self._line_of(name), f"{name} is written in another way. Write [[{name}]] above each")
            return
        for line, table in zip(lines, tables, strict=True):
            for key in table:
                if key not in known:
                    self._unknown(self._line_of(key, line), key, known)
            yield line, table

    def _rule(self, line: int, table: Mapping[str, object]) -> Rule:
        effects = [effect for effect in Effect if effect in table]
        if len(effects) != 1:
            self._add(line, 'give either allow = ["…"] or deny = ["…"]')
        effect = effects[0] if effects else Effect.DENY
        users, groups = self._users(line, table), self._groups(line, table)
        channels = self._channels(line, table, (DIRECT,))
        everyone = table.get("everyone", False)
        if everyone not in (True, False) or (everyone and (users or groups)):
            self._add(
                self._line_of("everyone", line),
                "write everyone = true, without users or groups, or leave it out",
            )
        if not (everyone or users or groups or channels) and not {"users", "groups", "channels"} & set(table):
            self._add(line, "say who: users, groups, channels, or everyone = true")
        return Rule(
            line=line,
            effect=effect,
            capabilities=self._capabilities(line, table, effect),
            everyone=everyone is True,
            users=users,
            groups=groups,
            channels=channels,
            reach=self._reach(line, table),
        )

    def _guardrail(self, line: int, table: Mapping[str, object]) -> Guardrail:
        channels = self._channels(line, table, (DIRECT, SHARED, OTHERS))
        if not channels and "channels" not in table:
            self._add(line, 'say where: channels = ["C0123…"], "direct", "shared" or "others"')
        if Effect.ALLOW not in table:
            self._add(line, 'say what can be done there: allow = ["view"]')
        capabilities = self._capabilities(line, table, Effect.ALLOW)
        return Guardrail(
            line=line, channels=channels, capabilities=capabilities, reach=self._reach(line, table)
        )

    def _capabilities(self, line: int, table: Mapping[str, object], key: str) -> tuple[Capability, ...]:
        known = [one.value for one in Capability]
        found: list[Capability] = []
        for word in self._words(line, table, key):
            name = word.replace("-", "_")  # as people write it
            if name == _ALL:
                found += Capability
            elif name in known:
                found.append(Capability(name))
            else:
                self._unknown(self._line_of(key, line), word, (*known, _ALL))
        return tuple(dict.fromkeys(found))

    def _users(self, line: int, table: Mapping[str, object]) -> tuple[str, ...]:
        found = []
        for word in self._words(line, table, "users"):
            if _MEMBER.fullmatch(word):
                found.append(word)
            elif _EMAIL.fullmatch(word):
                found.append(fold(word))
            else:
                right = "Give a member ID, as in the person's Slack profile under ⋮, or an email address"
                self._add(self._line_of("users", line), f"{word!r} is no user. {right}")
        return tuple(dict.fromkeys(found))

    def _groups(self, line: int, table: Mapping[str, object]) -> tuple[str, ...]:
        found = []
        for word in self._words(line, table, "groups"):
            handle = _HANDLE.fullmatch(word)
            if _GROUP_ID.fullmatch(word):
                found.append(word)
            elif handle:
                found.append(handle[1])
            else:
                right = "Give the handle of a Slack user group, such as @data-team, or its ID, S0123…"
                self._add(self._line_of("groups", line), f"{word!r} is no user group. {right}")
        return tuple(dict.fromkeys(found))

    def _channels(self, line: int, table: Mapping[str, object], words: Sequence[str]) -> tuple[str, ...]:
        found = []
        for word in self._words(line, table, "channels"):
            if word in words or _CHANNEL.fullmatch(word):
                found.append(word)
                continue
            known = list_words(words)
            right = f"Give the ID at the end of the channel's details in Slack, C0123…, or {known}"
            why = " Channels can be renamed, so names don't count." if word.startswith("#") else ""
            self._add(self._line_of("channels", line), f"{word!r} is no channel.{why} {right}")
        return tuple(dict.fromkeys(found))

    def _reach(self, line: int, table: Mapping[str, object]) -> Reach:
        given = {key: self._globs(line, table, key) for key in _REACH}
        known = self._instances
        for word in given["instances"] if known else ():
            if not any(glob_covers(word, name) for name in known or ()):
                self._unknown(self._line_of("instances", line), word, known or ())
        return Reach(
            instances=given["instances"] or ANY,
            projects=given["projects"] or ANY,
            datasets=given["datasets"] or ANY,
        )

    def _globs(self, line: int, table: Mapping[str, object], key: str) -> tuple[str, ...]:
        words = self._words(line, table, key)
        for word in words:
            if not _GLOB.fullmatch(word):
                self._add(
                    self._line_of(key, line), f"{word!r} is no name. Only * and ? stand for other letters"
                )
        return words

    def _words(self, line: int, table: Mapping[str, object], key: str) -> tuple[str, ...]:
        """Return a list of words; a single one needs no brackets. Empty if the key is missing."""
        value = table.get(key)
        if value is None:
            return ()
        words = [value] if isinstance(value, str) else value
        if isinstance(words, list) and words and all(isinstance(one, str) and one.strip() for one in words):
            return tuple(one.strip() for one in words)
        self._add(self._line_of(key, line), f'{key} is no list of words. Write {key} = ["…"]')
        return ()

    def _unknown(self, line: int, word: str, known: Sequence[str], form: str = "{}") -> None:
        near = near_miss(word, known)
        right = (
            f"Did you mean {form.format(near)}?"
            if near
            else f"Known here: {', '.join(form.format(one) for one in known)}."
        )
        self.problems.append(f"{self._name} line {line}: {word!r} is not known. {right}")

    def _add(self, line: int, wrong: str) -> None:
        self.problems.append(f"{self._name} line {line}: {wrong}.")

    def _line_of(self, key: str, first: int | None = None) -> int:
        """Return the line of a key in the table that begins at a line, or that line; or of a table."""
        written = re.compile(rf"""\s*(\[+\s*)?["']?{re.escape(key)}["']?\s*[=\].]""")
        begin = first or 1
        for number, line in enumerate(self._lines[begin - 1 :], begin):
            if first and number > first and line.lstrip().startswith("["):
                break
            if written.match(line):
                return number
        return begin
