"""Private keys and other PEM blocks, over one line or many."""

import re
from collections.abc import Sequence

from bot.domain.log_lines import read_line
from bot.domain.redaction.values import HIDDEN

_BEGIN = re.compile(r"-{4,5} ?BEGIN [A-Za-z0-9 ]{0,40} ?-{4,5}")
_END = re.compile(r"-{4,5} ?END [A-Za-z0-9 ]{0,40} ?-{4,5}")
_CUT_END = re.compile(r"-{0,5}END [A-Z0-9 ]{3,40}-----")
_BODY = re.compile(
    r"""[>|"' \t,+]{0,20}[A-Za-z0-9+/=\\]{1,200}(?:\\n)?[\\"' \t,+]{0,10}"""
    r"""|[A-Za-z-]{1,30}: .{0,100}|[>|"' \t]{0,8}"""
)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{60,80}={0,2}")
_HEX = re.compile(r"[0-9a-fA-F]++")


def without_private_keys(lines: Sequence[str]) -> list[str]:
    """Drop everything between BEGIN and END, even if the text starts or ends in the middle of a key."""
    kept: list[str] = []
    inside = False
    for line in lines:
        text = line
        if inside:
            end = _END.search(text)
            body = read_line(text).text.strip()
            if end is None and _BODY.fullmatch(body):
                continue
            inside = False
            if end is not None:
                text = text[end.end() :]
                if not text.strip(" \t\"',;)]}"):
                    kept[-1] += text.strip()
                    continue
        elif "-----" not in text:
            kept.append(_without_base64(text))
            continue
        rest, inside = _cut(text)
        kept.append(rest)
    return kept


def _without_base64(line: str) -> str:
    """Mask a line that's only the body of a key: the text can begin in the middle of one."""
    if len(line) < 60 or " " in line[-60:].rstrip():
        return line
    body = read_line(line).text.strip()
    if _BASE64.fullmatch(body) and not _HEX.fullmatch(body):
        return line.replace(body, HIDDEN)
    return line


def _cut(line: str) -> tuple[str, bool]:
    """Cut all keys out of a line, and return whether the last one continues on the next line."""
    kept: list[str] = []
    at = 0
    while begin := _BEGIN.search(line, at):
        kept += line[at : begin.start()], HIDDEN
        end = _END.search(line, begin.end())
        if end is None:
            return "".join(kept), True
        at = end.end()
    return _without_base64("".join(kept) + line[at:]), False
