"""Whether a value can be a secret, and where it ends."""

import base64
import binascii
import re
from itertools import pairwise

from bot.domain.redaction.names import Secrecy

HIDDEN = "[redacted]"
"""Replaces a secret."""

_LONGEST_JUDGED = 300
"""A longer value is masked if its name says that it's a secret, whatever it looks like."""

_NO_SECRET = re.compile(
    r"(?i)(?:null|none|nil|na|n/a|nan|true|false|yes|no|on|off|ok|undefined|empty|unset|default|"
    r"required|optional|missing|"
    r"invalid|expired|unknown|not|is|are|was|were|has|have|must|should|cannot|can't|could|will|"
    r"may|too|at|the|a|an|for|of|in|"
    r"to|and|or|from|with|wrong|incorrect|failed|mismatch|denied|provided|given|found|set|str|"
    r"string|bytes|text|int|"
    r"integer|varchar2?|char|secretstr|any|object|bool|boolean|password|secret|token|encrypted|"
    r"hidden|masked|"
    r"redacted|removed|omitted|changeit_not|get|getpass|input|self|this|function|new|return|if|"
    r"else|select|where|"
    r"Optional\[.{0,40}|Union\[.{0,40}|(?:Optional|String|Option)|"
    r"[*•.xX#-]{1,60}|<[\w /.-]{1,40}>|\[[\w /.-]{1,40}\]|\.{2,60}|…|\(\w{0,20}\)|"
    r"\$\{.{0,80}|\$\(.{0,80}|\$[A-Za-z_]\w{0,60}|%\(?\w{0,40}\)?[sd%]|\{\{.{0,80}|\{[A-Za-z_]{0,40}\d?\}|%\w{1,40}%|"
    r"(?:os\.|process\.env|System\.|getenv|env\[|config\.|self\.|settings\.|args\.|conf\.|"
    r"params\.|dbutils\.|Sys\.|"
    r"variables\.|props\.|options\.|kwargs|request\.|getpass\.|st\.secrets|keyring\.|ENV\[|"
    r"secrets\.|var\.|vault:|"
    r"projects/|arn:aws:secretsmanager|ssm:|sm://|vault://|file:|env:|op://|@Microsoft|ref\+)\S{0,200}|"
    r"[A-Za-z_.]{1,60}[\[(].{0,100}|[\])}>,;.:|]{0,5})"
)
"""Values that say nothing: placeholders, references, types, and the next words of a sentence."""

_REFERENCE_CALL = re.compile(
    r"(?i)(?:[\w.]{0,60})(?:environ|getenv|get_env|get_secret\w{0,20}|getSecret\w{0,20}|"
    r"get_auth_info|getpass|input|prompt|read|open|load|"
    r"lookup|get|fetch)\b(?:\.get)?[\[(]"
)
UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORDS = re.compile(
    r"[A-Za-z]{1,11}|[-+]?[\d.,%]{1,15}|[^\w\s]{1,3}|[A-Z][A-Z_]{1,30}|(?=.{3,12}\Z)[a-z]{1,10}[_-][a-z]{1,10}|"
    r"[\d:./T-]{1,30}"
)
_DATE = re.compile(r"\d{4}[-/]\d\d[-/]\d\d")
_RUN = re.compile(r"[A-Za-z0-9+/=]{12,}+")
_HEX = re.compile(r"(?:0x)?(?=[0-9]{0,40}[a-fA-F])(?=[a-fA-F]{0,40}[0-9])[0-9a-fA-F]{16,}+")


def looks_random(value: str, *, uuid: bool = True, least: int = 16) -> bool:
    """Return whether a value looks generated: long, of letters and digits, without the shape of a name."""
    if UUID.fullmatch(value):
        return uuid
    if (
        len(value) < least
        or value.startswith(("/", "./", "~/", "["))
        or "://" in value
        or _DATE.search(value)
    ):
        return False
    if _HEX.fullmatch(value):
        return True
    run = max(_RUN.findall(value[:100]), key=len, default="")
    if len(set(run)) < 8:
        return False
    kinds = [_kind(character) for character in run]
    changes = sum(1 for one, other in pairwise(kinds) if one != other)
    return changes >= 4 and "d" in kinds and len(set(kinds)) > 1


def _kind(character: str) -> str:
    return "d" if character.isdigit() else "u" if character.isupper() else "l" if character.isalpha() else "o"


def is_userinfo(encoded: str) -> bool:
    """Return whether a text is the base64 of ``user:password``, as in basic authentication."""
    try:
        decoded = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return False
    return ":" in decoded and decoded.isprintable()


def is_reference(value: str) -> bool:
    """Return whether a value is a placeholder, a variable or an ordinary word rather than a secret."""
    return HIDDEN in value or (
        len(value) <= _LONGEST_JUDGED
        and (_NO_SECRET.fullmatch(value) is not None or _REFERENCE_CALL.match(value) is not None)
    )


def is_secret(value: str, name_says: Secrecy) -> bool:
    """Return whether to mask a value, given what its name says."""
    if name_says is Secrecy.NONE or is_reference(value):
        return False
    if name_says is Secrecy.ALWAYS:
        return True
    if name_says is Secrecy.IF_NO_WORD:
        return not _WORDS.fullmatch(value[:_LONGEST_JUDGED])
    return looks_random(value) or (len(value) >= 8 and value.endswith("=") and is_userinfo(value))


def has_letters_and_digits(value: str, least: int = 6) -> bool:
    """Return whether a word in a sentence is probably no ordinary word."""
    return (
        len(value) >= least
        and any(c.isdigit() for c in value)
        and any(c.isalpha() for c in value)
        and not _DATE.search(value)
        and not value.startswith("/")
    )
