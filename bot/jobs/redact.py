"""What of a log may be shown: its telling part, without secrets.

DSS logs hold live tickets of the running job, connection strings and environments (DSS-API.md §1.7). Every
pattern takes time linear in the text: repeats are bounded or possessive (they give nothing back), and what an
unbounded repeat read is not read again from its middle.
"""

import re
from collections.abc import Iterable

import msgspec

HIDDEN = "[redacted]"
"""What stands for a secret."""

MOST_CHARACTERS = 2_500
"""Of an excerpt: it fits a section block (3,000) after escaping and fences."""

_KEY = (
    r"(?:pass(?:word|wd|phrase)|pwd|[_.]pass(?![a-z])|secret|token|ticket|credential|signature|cookie|jwt|"
    r"(?:api|access|account|private|shared|encryption|storage|signing)[ _.-]?key|connection_?string|"
    r"client_?assertion)[\w.-]{0,40}"
)
_END = r"""(?:\\{0,3}["'])?"""  # of a quoted key, also of JSON within JSON
_IS = r"[ \t]{0,8}+(?>=>|[:=])[ \t]{0,8}+"

_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    # Headers as curl, Python and Java print them. Digest has quotes inside, so all of its line goes.
    (
        "authorization cookie bearer",
        (
            rf"(?i)(authorization{_END}{_IS})digest\b[^\r\n]*+",
            rf"(?i)(authorization{_END}{_IS}{_END})[^\"'\\\r\n]++",
            r"(?i)\b((?:set-)?cookie:[ \t]{0,8})[^\r\n]++",
            r"(?i)\b(bearer[ \t]{1,8})[\w.~+/=-]{8,}+",
        ),
    ),
    (
        "pass pwd secret token ticket credential signature cookie jwt key connection assertion",
        (
            # key = "value" with each kind of quote, JSON's bare values, then properties up to a space, & or ;
            rf"(?i)({_KEY}{_END}{_IS}[bru]{{0,2}}\")(?:[^\"\\\n]|\\.)++",
            rf"(?i)({_KEY}{_END}{_IS}[bru]{{0,2}}')(?:[^'\\\n]|\\.)++",
            rf"(?i)({_KEY}{_END}{_IS}\\{{1,3}}[\"'])[^\"'\\\n]++",
            rf"(?i)({_KEY}\\{{0,3}}[\"']{_IS})(?!null\b|true\b|false\b)[\w.+/=-]++",
            rf"(?i)({_KEY}{_IS})(?![bru]{{0,2}}\\{{0,3}}[\"'])[^\s&;]++",
            # --password value; <password>value</password>
            rf"(?i)(?<![\w-])(--[\w-]{{0,30}}{_KEY}[ \t]{{1,4}})(?!-)[^\s]++",
            rf"(?i)(<[\w:.-]{{0,40}}{_KEY}>)[^<]++",
            # Something long and random after a key that says only "key".
            rf"(?i)(key{_END}{_IS}{_END})[\w+/=-]{{24,}}+",
        ),
    ),
    # user:password@host, token@host, and Oracle's user/password@host
    (
        "@",
        (
            r"(://[^\s/@:\"'<>]{0,100}:)[^\s/\"'<>]{1,200}(?=@)",
            r"(://)[^\s/@:\"'<>]{16,200}(?=@)",
            r"(?i)(jdbc:oracle:[a-z]{1,10}:[^\s/@]{1,60}/)[^\s@]{1,200}(?=@)",
        ),
    ),
    # Tokens that are known by their looks: DSS, Slack, AWS, GitHub, GitLab, Google, OpenAI, JWT.
    (
        "dku xox xapp- slack akia asia aroa aida agpa gh glpat- aiza sk- eyj",
        (
            r"\b(dku[a-z]{2,8}-)[\w-]{16,}+",
            r"\b(xox[a-z]-|xapp-)[\w-]++",
            r"(hooks\.slack\.com/(?:services|workflows|triggers)/)[\w/-]++",
            r"\b(AKIA|ASIA|AROA|AIDA|AGPA)[A-Z0-9]{16}\b",
            r"\b(gh[pousr]_|github_pat_|glpat-|AIza|sk-)[\w-]{20,}+",
            r"(?<![\w-])(eyJ)[\w-]{8,}+\.[\w-]{8,}+(?:\.[\w-]*+)?",
        ),
    ),
)
"""What must be in a line, in small letters, for its patterns to be tried; group 1 of each stays."""

_COMPILED = tuple(
    (tuple(needles.split()), tuple(re.compile(pattern) for pattern in patterns))
    for needles, patterns in _RULES
)
_XML_PROPERTY = re.compile(rf"(?i)({_KEY}</name>\s{{0,40}}<value>)[^<]++")
_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,40}-----")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]{60,80}")
_PEM_BODY = re.compile(r"[A-Za-z0-9+/=]{1,80}|[A-Za-z-]{1,30}: .{0,100}|")

_PREFIX = re.compile(
    r"\[\d{4}/\d\d/\d\d-(\d\d:\d\d:\d\d)\.\d{1,6}\] "
    r"\[([^\]\n]{0,200})\] \[([A-Z]{1,10})\] \[[^\]\n]{0,200}\] ?"
)
_SERIOUS = frozenset({"ERROR", "FATAL"})
_TRACEBACK = "Traceback (most recent call last)"
_LONGEST_LINE = 400
_CONTINUED = 8


_ESCAPES = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]{0,4000}(?:\x07|\x1b\\|\x9c)?"  # titles; where links lead
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c\n]{0,4000}(?:\x1b\\|\x9c)?"  # with a text
    r"|(?:\x1b\[|\x9b)[0-?]{0,100}[ -/]{0,10}[@-~]"  # colours, and where the cursor goes
    r"|\x1b[ -/]{0,10}[0-~]"
)
_UNPRINTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Control characters but line feed and tab; marks without a width, and those that turn the direction."""


class _Line(msgspec.Struct, frozen=True):
    """One line of a DSS log, taken apart."""

    text: str
    """Without DSS's prefix."""
    thread: str = ""
    level: str = ""
    """Empty for the further lines of a message."""
    clock: str = ""

    @property
    def shown(self) -> str:
        """The line as people read it: recipes' own output as it is, DSS's with time and level."""
        is_output = not self.level or self.thread.startswith(("null-", "kubectl-"))
        whole = self.text if is_output else f"{self.clock} {self.level} {self.text}"
        return whole if len(whole) <= _LONGEST_LINE else whole[: _LONGEST_LINE - 1] + "…"


def plain(text: str) -> str:
    """Return what a terminal would show of a text: no escape sequences, no control or invisible characters.

    Of a line that was written over, as progress bars are, the last state stays.
    """
    if not _UNPRINTED.search(text):
        return text
    text = _ESCAPES.sub("", text)
    if "\r" in text:
        text = "\n".join(_last_state(line) for line in text.split("\n"))
    return _UNPRINTED.sub("", text)


def _last_state(line: str) -> str:
    return next((state for state in reversed(line.split("\r")) if state), "")


def redact(text: str) -> str:
    """Return ``text`` with every secret that can be recognised replaced; what is around it stays readable.

    Colours and other instructions to a terminal go first: they stand in the middle of keys and values.
    """
    text = plain(text)
    if "</name>" in text:
        text = _XML_PROPERTY.sub(rf"\1{HIDDEN}", text)
    lower = text.lower()
    for needles, patterns in _COMPILED:
        if any(needle in lower for needle in needles):
            lines = text.splitlines(keepends=True)
            text = "".join(_redact_line(line, needles, patterns) for line in lines)
    return _without_pem(text)


def excerpt(log_text: str, lines: int = 25) -> str:
    """Return the part of a log that tells why a job failed, redacted: at most ``lines`` and 2,500 characters.

    That is the last Python traceback and the last message of level ERROR with its further lines, or, when
    there is neither, the end of the log. DSS's prefixes are shortened, frames of Java stacks are left out.
    """
    read = [_read(line) for line in redact(log_text).splitlines()]
    told = sorted({*_traceback(read), *_error(read)})
    if not told:
        told = [at for at, line in enumerate(read) if line.text.strip()]
    return _fit([read[at].shown.rstrip() for at in told], max(1, lines))


def _redact_line(line: str, needles: tuple[str, ...], patterns: tuple[re.Pattern[str], ...]) -> str:
    lower = line.lower()
    if any(needle in lower for needle in needles):
        for pattern in patterns:
            line = pattern.sub(rf"\1{HIDDEN}", line)
    return line


def _without_pem(text: str) -> str:
    """Drop what stands between BEGIN and END lines, also when the text begins or ends in the middle."""
    if "-----" not in text and not _BASE64.search(text):
        return text
    kept: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        body = _read(line).text.strip()
        end = _PEM_END.search(line) if inside else None
        if inside and end is None and _PEM_BODY.fullmatch(body):
            continue
        if end is not None:  # what follows it on the line is a line like any other
            line = line[end.end() :].lstrip("\r\n")  # noqa: PLW2901
            body, inside = _read(line).text.strip(), False
        if _BASE64.fullmatch(body):
            kept.append(line.replace(body, HIDDEN))
            continue
        rest, inside = _cut_pem(line)
        kept.append(rest)
    return "".join(kept)


def _cut_pem(line: str) -> tuple[str, bool]:
    """Cut all keys out of a line; say whether the last one goes on in the next."""
    kept: list[str] = []
    at = 0
    while begin := _PEM_BEGIN.search(line, at):
        kept += line[at : begin.start()], HIDDEN
        end = _PEM_END.search(line, begin.end())
        if end is None:
            return "".join(kept) + "\n", True
        at = end.end()
    return "".join(kept) + line[at:], False


def _read(line: str) -> _Line:
    found = _PREFIX.match(line)
    if found is None:
        return _Line(line)
    clock, thread, level = found.groups()
    rest = line[found.end() :]
    if thread.startswith("null-"):
        rest = rest.removeprefix(" - ").removeprefix("- ")
    return _Line(rest.rstrip(), thread, level, clock)


def _traceback(lines: list[_Line]) -> Iterable[int]:
    """Return where the last Python traceback is: lines of one thread, up to the one that names the error."""
    start = next((at for at in reversed(range(len(lines))) if _TRACEBACK in lines[at].text), None)
    if start is None:
        return ()
    found = [start]
    margin = _margin(lines[start].text)
    for at in range(start + 1, len(lines)):
        line = lines[at]
        if line.level and line.thread != lines[start].thread:
            continue
        found.append(at)
        if line.text.strip() and _margin(line.text) <= margin:
            break
    return found


def _error(lines: list[_Line]) -> Iterable[int]:
    """Return where the last ERROR message is, with its further lines but without the frames of a stack."""
    start = next((at for at in reversed(range(len(lines))) if lines[at].level in _SERIOUS), None)
    if start is None:
        return ()
    further: list[int] = []
    for at in range(start + 1, len(lines)):
        if lines[at].level:
            break
        text = lines[at].text.strip()
        if text and not text.startswith(("at ", "... ")):
            further.append(at)
    return [start, *further[:_CONTINUED]]


def _margin(text: str) -> int:
    return len(text) - len(text.lstrip())


def _fit(shown: list[str], most_lines: int) -> str:
    """Keep the end, and say with an ellipsis that something before it is left out."""
    kept: list[str] = []
    room = MOST_CHARACTERS - 2
    for line in reversed(shown):
        if len(kept) == most_lines or len(line) + 1 > room:
            break
        kept.append(line)
        room -= len(line) + 1
    if len(kept) < len(shown) and most_lines > 1:
        kept[most_lines - 1 :] = []
        kept.append("…")
    return "\n".join(reversed(kept))
