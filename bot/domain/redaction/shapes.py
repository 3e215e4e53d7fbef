"""Secrets that can be recognized by what stands around them: headers, addresses, SQL."""

import re
from collections.abc import Callable, Iterator

from bot.domain.redaction.values import (
    HIDDEN,
    has_letters_and_digits,
    is_reference,
    is_userinfo,
    looks_random,
)

Span = tuple[int, int]
Check = Callable[[str], bool]
Finder = Callable[[str], Iterator[Span]]

_Q = r"""(?:\\{1,3}["']|["']|&quot;)"""
_END = rf"(?:{_Q})?"
_IS = r"[ \t]{0,8}+(?>=>|[:=,])[ \t]{0,8}+"
_WORD = r"(?:\"(?:[^\"\\\n]|\\.)++|'[^'\n]++|[^\s\"';|&<>]++)"


_RESULT = re.compile(
    r"(?i)enabled|disabled|required|optional|needed|none|on|off|true|false|ok|passed|failed|granted|denied|"
    r"succeeded|successful|pending|skipped|missing|invalid|expired|rejected"
)


def _always(_value: str) -> bool:
    return True


def _long(value: str) -> bool:
    return looks_random(value, least=20)


def _secret(value: str) -> bool:
    return not is_reference(value.strip("\"'"))


def _header(value: str) -> bool:
    """Return whether it's the value of a header, rather than a setting or a result: ``enabled``, ``OK``."""
    return _secret(value) and not _RESULT.fullmatch(value.strip(" \t.,;"))


def _no_word(value: str) -> bool:
    return len(value) > 16 or not value.rstrip(".").isalpha()


def _has_digit(value: str) -> bool:
    return any(character.isdigit() for character in value)


_RULES: tuple[tuple[str, str, Check], ...] = (
    # Headers, as curl, Python and Java print them. Digest contains quotes: its whole line is masked.
    ("authorization", rf"(?i)authorization{_END}{_IS}{_END}(?:digest|aws4)\b([^\n]*+)", _always),
    ("authorization", rf"(?i)authorization{_END}{_IS}(?:b?{_Q})?([^\"'\\\n]++)", _header),
    # Calls that set a password, and credentials as one word.
    (
        "password(",
        (
            r"(?i)(?:set|with)_?password\([ \t]?(?:[\"'][^\"'\n]{0,80}[\"'],[ \t]?){0,2}"
            r"[\"']([^\"'\n]{1,200})[\"'][ \t]?\)"
        ),
        _secret,
    ),
    *(
        (
            word,
            (
                rf"(?i)(?<![\w.-]){word}(?:entials?|s)?[ \t]?[:= ][ \t]?[\w.@-]{{1,60}}[:/]"
                r"([^\s\"',;/:]{6,100}+)(?![/:])"
            ),
            has_letters_and_digits,
        )
        for word in ("cred", "auth")
    ),
    ("otp", r"(?i)(?<![\w-])otp(?:[ _-]?code)?[ \t]?[:=][ \t]?(\d{4,8})(?!\d)", _always),
    ("enter pin", r"(?i)enter pin[ \t]?[:=][ \t]?(\d{4,8})(?!\d)", _always),
    ("rclone", r"(?i)rclone obscure[ \t]{1,4}(\S{1,200}+)", _secret),
    # A key with its secret, as in a file of credentials.
    (
        "akia",
        r"AKIA[A-Z0-9]{16}[\"']?[ \t]{0,4}[:/|,;\t ][ \t]{0,4}[\"']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        _always,
    ),
    (
        "asia",
        r"ASIA[A-Z0-9]{16}[\"']?[ \t]{0,4}[:/|,;\t ][ \t]{0,4}[\"']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        _always,
    ),
    ("cookie", r"(?i)(?<![\w.])(?:set-)?cookie2?[ \t]?:[ \t]{0,8}([^\"'\n]++)", _secret),
    ("cookie", rf"(?i)(?<![\w.])(?:set-)?cookie{_Q}{_IS}(?:b?{_Q})([^\"'\n]++)", _secret),
    ("bearer", r"(?i)(?<![\w-])bearer[ \t+]{1,8}([\w.~+/=-]{8,}+)", _no_word),
    ("bearer", r"(?i)(?<![\w-])bearer%20([\w.~+/=%-]{8,}+)", _always),
    ("basic", r"(?i)(?<![\w-])basic[ \t]{1,8}([A-Za-z0-9+/]{6,}+={0,2})", is_userinfo),
    ("negotiate", r"(?i)(?<![\w-])(?:negotiate|ntlm)[ \t]{1,8}([A-Za-z0-9+/]{20,}+={0,2})", _has_digit),
    ("apikey", r"(?i)(?<![\w-])apikey[ \t]{1,8}([\w.+/=-]{16,}+)", _long),
    # Addresses that work for whoever has them.
    (
        "hooks.slack.com/",
        r"hooks\.slack\.com/(?:services|workflows|triggers|commands|actions|app)/([\w/%-]++)",
        _always,
    ),
    (
        "webhook",
        r"(?i)(?:webhook\.office\.com|outlook\.office(?:365)?\.com)/webhook(?:b2)?/([^\s\"'<>]++)",
        _always,
    ),
    ("api/webhooks/", r"(?i)discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/([\w/-]++)", _always),
    ("/hooks/", r"(?i)://[\w.:-]{1,100}/(?:v\d/|api/|api/v\d/)?hooks/((?:catch/)?[\w/-]{16,}+)", _always),
    ("/trigger", r"(?i)maker\.ifttt\.com/trigger/[\w-]{1,60}/(?:json/)?with/key/([\w-]++)", _always),
    ("events.pagerduty", r"(?i)events\.pagerduty\.com/integration/([\w-]++)", _always),
    ("api.telegram.org/", r"(?i)api\.telegram\.org/(?:file/)?bot([\w:-]++)", _always),
    ("/v2/hook/", r"(?i)open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/([\w-]++)", _always),
    ("/t/", r"://[^\s/\"']{1,100}/t/([\w-]{10,200}+)/", _has_digit),
    ("_auth", r"(?i)_AUTH[ \t]?[=:][ \t]?[\"']?[\w.-]{1,60}/([^\s\"'/]{3,200}+)", _secret),
    ("hc-ping.com/", r"hc-ping\.com/([\w-]{16,}+)", _always),
    (
        "webhook",
        r"(?i)://[^\s/\"']{1,100}/(?:[\w-]{1,40}/){0,5}(?:incoming-?)?webhooks?/([\w./-]{16,200}+)",
        lambda v: looks_random(v.rsplit("/", 1)[-1]),
    ),
    ("outlook", r"(?i)powerautomate[^\s\"']{0,200}?sig(?:=|%3d)([\w%-]++)", _always),
    # SQL.
    (
        "identified",
        (
            rf"(?i)\bidentified[ \t]++(?:with[ \t]++[\w`'\"]{{1,40}}[ \t]++)?(?:by|as)[ \t]++(?:password[ "
            rf"\t]++|values[ \t]++)?({_WORD})"
        ),
        _secret,
    ),
    ("password", r"(?i)\bpassword[ \t]++(?:'([^'\n]++)')", _secret),
    ("secret_access_key", rf"(?i)\bsecret_access_key[ \t]++({_WORD})", _secret),
    (
        "credentials",
        r"(?i)\bcredentials[ \t]++(?:as[ \t]++)?'([^'\n]++)'",
        lambda v: "=" in v or looks_random(v),
    ),
    # {"name": "DB_PASSWORD", "value": "x"} is in `named_values`; docker's {"auth": "dXNlcjpwYXNz"} here.
    ("auth", rf"(?i)auth{_Q}[ \t]?:[ \t]?{_Q}([A-Za-z0-9+/]{{6,}}+={{0,2}})", is_userinfo),
    (":_auth", r"(?i):_(?:auth(?:Token)?|password)[ \t]?=[ \t]?[\"']?([^\s\"']++)", _secret),
    (
        "machine login",
        r"(?i)\bmachine[ \t]++\S{1,100}[ \t]++login[ \t]++\S{1,100}[ \t]++password[ \t]++(\S++)",
        _secret,
    ),
    (":5432: :3306:", r"(?<![\w/:])[\w.*-]{1,80}:(?:5432|\*):[\w*-]{1,60}:[\w*-]{1,60}:(\S++)", _secret),
    ("oracle", r"(?i)jdbc:oracle:[a-z]{1,10}:[^\s/@]{1,60}/([^\s@]{1,200})(?=@)", _secret),
    ("verified http", r"(?i)X-(?:Amz|Goog)-Signature(?:=|%3D)([0-9a-fA-F]{16,}+)", _always),
    (
        "signature",
        r"(?i)\bSignature=([\w%+/=~-]{12,}+)",
        lambda v: looks_random(v.replace("%", ""), least=12),
    ),
    ("sig", r"(?i)(?:[?&;]|\\u0026|%26|&amp;|(?<!\w))sig(?:=|%3d|\\u003d)([\w%+/=~-]{8,}+)", _has_digit),
)

_PORT = re.compile(r"\d{1,5}(?:[/?#]|$)")
_STOP = re.compile(r"[\s\"'<>`|]")
_HOST_AFTER = re.compile(r"@[A-Za-z0-9\[][\w.\-\[\]]{0,120}(?::\d{1,5})?(?:[/?,;#\s\"'<>)\]]|$)")


def _in_addresses(line: str) -> Iterator[Span]:
    """Yield where passwords are in addresses; they may contain ``/``, ``:`` and ``@``."""
    at = 0
    while (found := line.find("://", at)) >= 0:
        start = found + 3
        at = start
        stop = _STOP.search(line, start, start + 600)
        end = stop.start() if stop else min(len(line), start + 600)
        span = _userinfo(line, start, end)
        if span:
            at = span[1]
            yield span


def _userinfo(line: str, start: int, end: int) -> Span | None:
    following = line.find("://", start, end)
    end = following if following >= 0 else end
    slash = min((place for sign in "/?#" if (place := line.find(sign, start, end)) >= 0), default=end)
    last = line.rfind("@", start, slash)
    if last < 0:
        colon = line.find(":", start, slash)
        if colon < 0 or _PORT.match(line, colon + 1, end):
            return None
        host = _HOST_AFTER.search(line, colon, end)
        last = host.start() if host else -1
    if last < 0:
        return None
    colon = line.find(":", start, last)
    if colon < 0:
        token = line[start:last]
        return (start, last) if looks_random(token) and HIDDEN not in token else None
    value = line[colon + 1 : last]
    return (colon + 1, last) if value and HIDDEN not in value and not is_reference(value) else None


def _finder(pattern: re.Pattern[str], check: Check) -> Finder:
    def find(line: str) -> Iterator[Span]:
        for found in pattern.finditer(line):
            value = found[1]
            if value and HIDDEN not in value and check(value):
                start, end = found.span(1)
                yield start + (value[0] in "\"'" and len(value) > 1), end

    return find


RULES: tuple[tuple[tuple[str, ...], Finder], ...] = (
    *((tuple(needles.split()), _finder(re.compile(pattern), check)) for needles, pattern, check in _RULES),
    (("://",), _in_addresses),
)
"""What the lowercased line must contain, and what finds the secrets then."""
