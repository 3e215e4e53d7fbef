"""Values that belong to a name: ``name=value`` in every form in which programs write it."""

import re

from bot.domain.redaction.assigned_values import (
    CONTINUED,
    QUOTE,
    Open,
    Span,
    read_one,
    read_pair,
    read_value,
)
from bot.domain.redaction.names import FIND, Secrecy, secrecy
from bot.domain.redaction.values import UUID, has_letters_and_digits, is_secret, looks_random

_IN_NAME = re.compile(r"[\w.$-]")
_LONGEST_NAME = 80
_SEPARATOR = re.compile(
    rf"(?:\[\w{{1,10}}\])?(?P<closed>{QUOTE})?[\])]{{0,3}}(?:[ \t]?\([^()\n]{{0,40}}\))?[ \t.]{{0,60}}+"
    r"(?P<sep>(?<=\.\.\.)(?=[^\s.:=])|=>|:=|==|=~|!=|->|<-|=|:(?!:)|[\uff1a\uff1d→|]|\\u003[dD]|%3[DdAa]|&\#61;|,)"
    r"[ \t]{0,40}+(?:!{1,2}[a-z]{1,20}[ \t]{1,4})?"
    r"(?:(?:Optional\[|Option\[|Union\[)?(?:str|bytes|string|String|SecretStr|any)(?: \| "
    r"None)?\]?[ \t]?=[ \t]{0,4})?"
)
_SPACE = re.compile(rf"(?P<closed>{QUOTE})?[ \t]{{1,40}}+")
_PHRASE = re.compile(
    r"(?i)(?:[ \t](?:for|of)[ \t](?:user[ \t])?['\"]?[\w@.\\-]{1,60}['\"]?)?[ \t]{0,3}"
    r"(?:(?:value[ \t])?(?:is now|is set to|was set to|set to|changed to|reset to|is|was|to|"
    r"will be|ist|est|es)[ \t]?:?[ \t]{1,3}|(?:value[ \t]?)?[:=][ \t]{0,3})"
)
_BLOCK = re.compile(r"[|>][+-]?\d?[ \t]{0,40}(?:#.*+)?$")
_TAG = re.compile(
    r"[ \t]{0,4}(?:[A-Za-z:-]{1,20}[ \t]?=[ \t]?[\"'][^\"'<>]{0,60}[\"'][ \t]{0,4}){0,4}>[ \t]{0,4}"
)
_CDATA = re.compile(r"<!\[CDATA\[([^\]<]{1,4000}+)")
_TEXT = re.compile(r"[^<\n]++")
_COLUMN = re.compile(r"[a-z_]\w{0,40}\.[a-z_]\w{0,40}$")
_TAG_END = re.compile(r"[\"'][^<>\"']{0,3}>")
_LINE_END = re.compile(r"[\"' \t,;]{0,20}$")
_BLANK_REST = re.compile(r"[ \t]{0,200}$")
_ESCAPED = re.compile(r"&gt;[ \t]{0,4}([^&\n]{1,4000}+)")
_SECOND = re.compile(r"([^\s,()]{1,4000}+)\)")
_DIRECTORIES = frozenset({"pwd", "oldpwd", "--pwd"})


def spans(line: str) -> tuple[list[Span], Open | None]:
    """Return where the values of secret names are in a line, and what continues on the next line."""
    found: list[Span] = []
    at, still_open = 0, None
    while match := FIND.search(line, at):
        start, end = _whole_name(line, match.start(), match.end())
        at = max(end, at + 1)
        says = secrecy(line[start:end])
        if says is Secrecy.NONE:
            continue
        values, still_open = _values(line, start, end, says)
        for span in values:
            if span[1] > span[0]:
                found.append(span)
                at = max(at, span[1])
        if still_open is not None:
            break
    return found, still_open


def _whole_name(line: str, start: int, end: int) -> Span:
    least, most = max(0, start - _LONGEST_NAME), min(len(line), end + _LONGEST_NAME)
    while start > least and _IN_NAME.match(line[start - 1]):
        start -= 1
    while end < most and _IN_NAME.match(line[end]):
        end += 1
    # "API Key", "access key", "client secret", "mot de passe": FIND has matched only the last word.
    if found := re.search(
        r"(?i)(?:api|access|account|private|shared|encryption|storage|signing|secret|master|license)[ ]$",
        line[max(0, start - 12) : start],
    ):
        start -= len(found.group())
    while end > start and line[end - 1] in ".-":
        end -= 1
    return start, end


def _values(line: str, start: int, end: int, says: Secrecy) -> tuple[list[Span], Open | None]:
    before = line[max(0, start - 80) : start]
    if markup := _in_markup(line, before, end, says):
        return markup
    separator = _SEPARATOR.match(line, end)
    if separator is None:
        return _spaced(line, start, end, says)
    sign, at = separator["sep"], separator.end()
    if sign == ",":
        pair = read_pair if separator["closed"] else _in_tuple
        return pair(line, start, at, says), None
    if _says_nothing(line, before, sign, at):
        return [], None
    if at >= len(line):
        return [], Open("value", _indent(line), says)
    if sign in {":", "\uff1a"} and _BLOCK.match(line, at):
        return [], Open("block", _indent(line), says)
    values, still_open = read_value(line, at, says)
    if line[start:end].lower() in _DIRECTORIES:
        values = [span for span in values if line[span[0]] not in "/~."]
    if " " in line[start:end]:  # "Hive Session ID = 3f0f7c52-…"
        values = [span for span in values if not UUID.fullmatch(line[span[0] : span[1]])]
    return values, still_open


def _says_nothing(line: str, before: str, sign: str, at: int) -> bool:
    """Return whether what looks like a separator is none: of a table, an address, a reference to a column."""
    if sign == "|":
        return re.search(r"\|[ \t]{0,20}$", before) is None or at >= len(line)
    if sign == ":":
        return line.startswith("//", at)
    return sign == "->" and _COLUMN.match(line, at) is not None


def _in_markup(line: str, before: str, end: int, says: Secrecy) -> tuple[list[Span], Open | None] | None:
    if before.endswith("<") and (tag := _TAG.match(line, end)):
        return _element(line, tag.end(), says)
    if before.endswith("&lt;") and (escaped := _ESCAPED.match(line, end)):
        return ([escaped.span(1)] if is_secret(escaped[1], says) else []), None
    if _in_tag(before) and (tag := _TAG_END.match(line, end)):
        return _element(line, tag.end(), says)
    return None


def _in_tuple(line: str, start: int, at: int, says: Secrecy) -> list[Span]:
    """Find the second of two bare words, as Scala prints pairs: ``(password,x)``."""
    if line[start - 1 : start] != "(" or not (pair := _SECOND.match(line, at)):
        return []
    return [pair.span(1)] if not pair[1].isalpha() and is_secret(pair[1], says) else []


def _in_tag(before: str) -> bool:
    return before.rfind("<") > before.rfind(">") and before.endswith(('"', "'"))


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip(" ")))


def _element(line: str, at: int, says: Secrecy) -> tuple[list[Span], Open | None]:
    if cdata := _CDATA.match(line, at):
        return ([cdata.span(1)] if is_secret(cdata[1], says) else []), None
    text = _TEXT.match(line, at)
    if text is None or not text.group().strip():
        return [], (Open("value", "", says) if _BLANK_REST.match(line, at) else None)
    return ([text.span()] if is_secret(text.group().strip(), says) else []), None


def _spaced(line: str, start: int, end: int, says: Secrecy) -> tuple[list[Span], Open | None]:
    """Find a value after a space: a command's option, a properties file, SQL, a sentence."""
    if line[start] == "$" and start == 0 and end == len(line):
        return [], Open("value", "", says)  # R's way to print a list
    space = _SPACE.match(line, end)
    if space is None:
        return [], None
    if line[start] == "-" and CONTINUED.match(line, space.end()):
        return [], Open("value", "", says)
    value = _after_space(line, start, end, space.end(), says)
    return ([value] if value else []), None


def _after_space(line: str, start: int, end: int, at: int, says: Secrecy) -> Span | None:
    name = line[start:end]
    if phrase := _PHRASE.match(line, end):
        value = read_one(line, phrase.end())
        if value and (value[2] or has_letters_and_digits(line[value[0] : value[1]])):
            return value[:2] if is_secret(line[value[0] : value[1]], says) else None
        return None
    value = read_one(line, at)
    if value is None:
        return None
    text = line[value[0] : value[1]]
    last = _LINE_END.match(line, value[1]) is not None
    if name.startswith("-"):
        good = not text.startswith("-") and is_secret(text, max(says, Secrecy.IF_NO_WORD))
    elif value[2] and "pass" in name.lower():
        good = is_secret(text, says)
    elif (
        says is Secrecy.ALWAYS
        and last
        and start <= 100
        and not line[:start].strip()
        and (
            re.search(r"[._]", name)
            or at - end > 1
            or line[end] == "\t"
            or name.endswith("pass")
            or name == "masterauth"
        )
    ):
        good = is_secret(text, says) and (not text.isalpha() or "." in name)
    elif says is Secrecy.ALWAYS and "pass" in name.lower():
        good = has_letters_and_digits(text, 8) and is_secret(text, says) and _is_no_name(text)
    else:
        good = looks_random(text) and is_secret(text, says) and _is_no_name(text)
    return value[:2] if good else None


def _is_no_name(text: str) -> bool:
    """Return whether a word is neither a file, a version, an id with words, nor a unit."""
    return (
        re.fullmatch(
            (
                r"(?i)[a-z]{1,20}[-_.:/]?v?\d{1,8}(?:\.\d{1,4}){0,3}|\d{1,10}[a-z]{1,3}|"
                r"[\w./-]{1,100}\.[a-z]{2,5}|[A-Z]{2,10}-\d{1,6}"
            ),
            text,
        )
        is None
    )
