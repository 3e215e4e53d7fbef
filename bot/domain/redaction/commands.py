"""Secrets among arguments of commands, calls: ``mysql -pX``, ``curl -u bob:X``, ``DSSClient(url, "X")``."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bot.domain.redaction.values import HIDDEN, is_reference, looks_random

Span = tuple[int, int]
Finder = Callable[[str], Iterator[Span]]

WINDOW = 600
"""How many characters after a command's or function's name can hold its arguments. Windows don't overlap, so
the time is linear in the text."""

_WORD = r"(?:\"((?:[^\"\\\n]|\\.){1,300}+)|'([^'\n]{1,300}+)|([^\s\"',;|&<>)\]]{1,300}+))"
_GAP = r"(?<![^\s'\",(\[])"
_SEP = r"[ '\",=]{1,4}"
_STR = r"[bru]{0,2}[\"']"
_ARG = rf"{_STR}[^\"'\n]{{0,100}}[\"'][ \t]?,[ \t]?"
_NAMED = r"(?:\w{1,20}[ \t]?=[ \t]?)?"


class Command(NamedTuple):
    """A command or function and where its secret is."""

    needles: str
    """The lowercased line must contain one of these, which are separated by spaces."""
    name: str
    """A pattern for its name."""
    secret: str
    """A pattern for the secret after the name. The last group that matched is masked."""
    check: Callable[[str], bool]


def _secret(value: str) -> bool:
    return not is_reference(value)


def _password_of_pair(value: str) -> bool:
    return not is_reference(value) and not value.startswith(("/", "$"))


def _key(value: str) -> bool:
    return not is_reference(value) and (looks_random(value, least=12) or len(value) >= 24)


def _short_option(letter: str, *, glued: bool = True) -> str:
    return rf"{_GAP}-{letter}(?:{_SEP}{'|' if glued else ''}){_WORD}"


_USER_OPTION = (
    rf"{_GAP}(?:-[uU]|--(?:user|proxy-user))[ "
    rf"'\",=]{{0,4}}[^\s:'\"]{{0,100}}:([^\s'\"]{{1,300}}+)"
)

_COMMANDS = (
    Command("curl", r"\bcurl(?:\.exe)?\b", _USER_OPTION, _password_of_pair),
    Command(
        "curl",
        r"\bcurl(?:\.exe)?\b",
        rf"{_GAP}(?:-u|--user)[ '\",=]{{0,4}}([^\s:'\"]{{12,200}}+):?(?![^\s'\"])",
        _key,
    ),
    Command(
        "http xh",
        r"(?<![\w:/.])(?:https?|httpie|xh)(?= )",
        rf"{_GAP}(?:-a|--auth)[ =][\"']?[^\s:'\"]{{1,100}}:([^\s'\"]{{1,300}}+)",
        _password_of_pair,
    ),
    Command(
        "mysql mariadb mycli",
        r"\b(?:mysql|mysqldump|mysqladmin|mysqlimport|mysqlsh|mariadb|mariadb-dump|mycli)\b",
        rf"{_GAP}-p{_WORD}",
        _secret,
    ),
    Command("sshpass", r"\bsshpass\b", _short_option("p"), _secret),
    Command(
        "login",
        (
            r"\b(?:docker|podman|nerdctl|buildah|skopeo|helm|crane|oras|az|oc|cf|ibmcloud|argocd|"
            r"rancher)\b(?=[^\n]{0,80}\blogin\b)"
        ),
        _short_option("p", glued=False),
        _secret,
    ),
    Command(
        "vault",
        r"\bvault[ \t]{1,4}login\b",
        r"^[ \t]{1,4}(?:-\S{1,60}[ \t]{1,4}){0,4}(?:token=)?([\w.-]{8,200}+)(?![=\w])",
        _secret,
    ),
    Command(
        "twine beeline mongo impala-shell psftp lftp",
        r"\b(?:twine|beeline|mongo(?:sh|dump|restore|export|import)?|influx)\b",
        _short_option("p", glued=False),
        _secret,
    ),
    Command("lftp", r"\blftp\b", rf"{_GAP}-u{_SEP}[^\s,'\"]{{1,80}},([^\s'\"]{{1,300}}+)", _secret),
    Command(
        "sqlcmd bcp isql osql plink pscp",
        r"\b(?:sqlcmd|bcp|isql|osql|freebcp)\b",
        _short_option("P"),
        _secret,
    ),
    Command("plink pscp psftp", r"\b(?:plink|pscp|psftp)\b", rf"{_GAP}-pw{_SEP}{_WORD}", _secret),
    Command("redis-cli", r"\bredis-cli\b", rf"{_GAP}(?:-a|--pass){_SEP}{_WORD}", _secret),
    Command("ldap", r"\bldap(?:search|modify|add|whoami|passwd|delete)\b", _short_option("w"), _secret),
    Command(
        "smbclient rpcclient",
        r"\b(?:smbclient|rpcclient|smbmap|net)\b",
        rf"{_GAP}(?:-U|--user)[ '\",=]{{0,4}}[^\s%'\"]{{1,80}}%([^\s'\"]{{1,300}}+)",
        _secret,
    ),
    Command("zip", r"\b(?:un)?zip\b", _short_option("P"), _secret),
    Command("7z", r"\b7z[ar]?\b", rf"{_GAP}-p{_WORD}", _secret),
    Command("openssl", r"\bopenssl\b", rf"{_GAP}-[kK]{_SEP}{_WORD}", _secret),
    Command(
        "htpasswd",
        r"\bhtpasswd\b",
        (
            rf"^[ \t]{{1,4}}-[a-zA-Z]{{0,6}}b[a-zA-Z]{{0,6}}[ \t]{{1,4}}(?:\S{{1,200}}[ "
            rf"\t]{{1,4}}){{1,2}}{_WORD}[ \t]*+$"
        ),
        _secret,
    ),
    Command(
        "sqlplus sqlldr impdp expdp rman sqlcl",
        r"\b(?:sqlplus|sqlldr|impdp|expdp|rman|sqlcl|userid)\b",
        r"(?<=[ '\"=])[\w.$#]{1,60}/([^\s@/'\"]{2,100}+)@",
        _secret,
    ),
    Command(
        "logon",
        r"(?i)\.logon\b",
        (
            r"^[ \t]{1,4}[\w.:-]{1,80}/[\w.-]{1,60},[ "
            r"\t]?([^\s;'\"]{1,300}+)"
        ),
        _secret,
    ),
    Command(
        "from-literal",
        r"--from-literal(?=[= '\",])",
        r"^[= '\",]{1,3}[\w.-]{1,100}=([^\s'\"]{1,300}+)",
        _secret,
    ),
    Command("/user:", r"(?i)\bnet[ \t]++use\b", r"(?i)/user:\S{1,80}[ \t]{1,4}([^\s/*]\S{0,300}+)", _secret),
    Command(
        "/user:",
        r"(?i)\bnet[ \t]++use\b",
        r"(?i)[ \t]\\\\\S{1,100}[ \t]{1,4}([^\s/*]\S{0,300}+)[ \t]{1,4}/user:",
        _secret,
    ),
    Command("cmdkey", r"(?i)\bcmdkey\b", r"(?i)/pass:([^\s'\"]{1,300}+)", _secret),
    Command(
        "configure",
        r"\baws[ \t]{1,4}configure[ \t]{1,4}set\b",
        rf"^[ \t]{{1,4}}\S{{0,60}}(?:secret|token|key)\S{{0,30}}[ \t]{{1,4}}{_WORD}",
        _secret,
    ),
    Command(
        "echo printf",
        r"\b(?:echo|printf)\b",
        r"^(?:[ \t]-[neE]{1,3})?[ \t]{1,4}(?:['\"]?%s(?:\\n)?['\"]?[ \t]{1,4})?"
        rf"(?:[\"']?[\w.-]{{1,40}}:(?=[^\n]{{1,60}}chpasswd))?{_WORD}[\"']?[ \t]{{0,4}}\|[ \t]{{0,4}}"
        r"(?:sudo|docker|podman|helm|gh|chpasswd|kinit|crane|oras|passwd|vault|cryptsetup|gpg)\b",
        _secret,
    ),
    Command(
        "<<<",
        r"(?:--with-token|--password-stdin|\bkinit\b|sudo -S|chpasswd)",
        r"<<<[ \t]{0,4}[\"']?(?:[\w.-]{1,40}:)?([^\s'\"]{1,300}+)",
        _secret,
    ),
    Command(
        "--user --auth --cred --basic-auth --login",
        (
            r"(?<![\w-])--(?:user|auth|credentials?|basic-auth|login|userpass|http-auth|proxy-user|"
            r"creds)(?=[ =])"
        ),
        r"^[ =][\"']?[^\s:'\"/]{1,80}:([^\s'\"]{3,300}+)",
        _password_of_pair,
    ),
    Command("pass:", r"(?<![\w-])pass(?=:)", r"^:([^\s'\"]{3,300}+)", _secret),
    Command(
        "machine",
        r"\bmachine[ \t]++\S{1,100}",
        r"^\s{1,4}login\s{1,4}\S{1,100}\s{1,4}password\s{1,4}(\S{1,300}+)",
        _secret,
    ),
    # Calls whose arguments have no names.
    Command(
        "client remote_dss remotedss",
        (
            r"(?i)(?:(?:DSS|APINode|APINodeAdmin|FM|Govern)Client\w{0,8}|set_?remote_?dss|"
            r"dkuSetRemoteDSS)[ \t]?(?=\()"
        ),
        (
            rf"^\([ \t]{{0,4}}(?:{_NAMED}(?:{_STR}[^\"'\n]{{0,200}}[\"']|[\w.\[\]]{{1,60}})[ \t]?,[ "
            rf"\t]{{0,4}}){{1,3}}{_NAMED}{_STR}([\w+/=.~-]{{12,200}}+)[\"']"
        ),
        _key,
    ),
    Command(
        "auth",
        r"(?i)(?:basic|digest|ntlm|http|proxy)?_?auth(?:entication)?[ \t]?(?=[=:(])",
        rf"^[=:(][ \t]?[(\[]?[ \t]?{_NAMED}{_ARG}{_NAMED}{_STR}([^\"'\n]{{1,300}}+)[\"'][ \t]?[)\]]",
        _secret,
    ),
    Command(
        "credential usernamepassword passwordauthentic .login( authenticate(",
        (
            r"(?i)(?:\w{0,40}Credentials?|UsernamePassword\w{0,40}|PasswordAuthentication|\.login|"
            r"\bauthenticate|\.signIn)(?=\()"
        ),
        rf"^\([ \t]?{_NAMED}{_ARG}{_NAMED}{_STR}([^\"'\n]{{1,300}}+)[\"']",
        _secret,
    ),
    Command(
        "getconnection(",
        r"(?i)getConnection(?=\()",
        rf",[ \t]?{_ARG}{_STR}([^\"'\n]{{1,300}}+)[\"'][ \t]?\)",
        _secret,
    ),
    Command(
        "client(",
        r"\b[A-Z]\w{0,40}Client(?=\()|\bClient(?=\()",
        rf"^\([ \t]{{0,4}}(?:{_NAMED}(?:{_STR}[^\"'\n]{{0,200}}[\"']|[\w.\[\]]{{1,60}})[ \t]?,[ \t]{{0,4}})"
        rf"{{1,3}}{_STR}([\w+/=.~-]{{20,200}}+)[\"']",
        lambda value: looks_random(value, uuid=False, least=20),
    ),
    Command(
        "oracle",
        r"(?i)oracle\w{0,10}\.connect(?=\()",
        rf"^\([ \t]?{_ARG}{_STR}([^\"'\n]{{1,300}}+)[\"']",
        _secret,
    ),
    Command(
        "connect(",
        r"(?i)\bconnect(?=\()",
        rf"^\([ \t]?{_STR}[\w.$#]{{1,60}}/([^\s@/'\"]{{1,100}}+)@",
        _secret,
    ),
    Command(
        "add_user change_password",
        r"\b(?:add_user|change_password)\b",
        rf"^[ \t]{{1,4}}[\w.@-]{{1,60}}[ \t]{{1,4}}{_WORD}",
        _secret,
    ),
    Command(
        "alias config",
        r"\bmc[ \t]{1,4}(?:alias|config host)[ \t]{1,4}(?:set|add)\b",
        rf"^(?:[ \t]{{1,4}}\S{{1,200}}){{3}}[ \t]{{1,4}}{_WORD}",
        _secret,
    ),
    Command(
        "sp_addlogin sp_password",
        r"(?i)\bsp_(?:addlogin|password)\b",
        rf"^[ \t]{{1,4}}N?{_ARG}N?{_STR}([^\"'\n]{{1,300}}+)",
        _secret,
    ),
    Command(
        "securestring",
        r"(?i)ConvertTo-SecureString\b",
        rf"(?i)^[ \t]{{1,4}}(?:-String[ \t]{{1,4}})?{_WORD}",
        _secret,
    ),
    Command(
        "connect( ftp( ftp_tls( key_set_with_value(",
        r"(?i)\b(?:connect|ftp|ftp_tls|key_set_with_value)(?=\()",
        rf"^\([ \t]?{_ARG}{_ARG}{_STR}([^\"'\n]{{1,300}}+)[\"']",
        _secret,
    ),
)


def _finder(name: re.Pattern[str], secret: re.Pattern[str], check: Callable[[str], bool]) -> Finder:
    def find(line: str) -> Iterator[Span]:
        at = 0
        while found := name.search(line, at):
            start = found.end()
            at = start
            for match in secret.finditer(line[start : start + WINDOW]):
                value = match[match.lastindex or 0]
                if HIDDEN not in value and check(value):
                    begin, end = match.span(match.lastindex or 0)
                    yield start + begin, start + end
                    at = max(at, start + end)
            if len(line) > 20 * WINDOW:
                at = max(at, start + WINDOW)

    return find


RULES: tuple[tuple[tuple[str, ...], Finder], ...] = tuple(
    (tuple(one.needles.split()), _finder(re.compile(one.name), re.compile(one.secret), one.check))
    for one in _COMMANDS
)
"""What the lowercased line must contain, and what finds the secrets then."""
