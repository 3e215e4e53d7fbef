"""Which parts of a log can be shown."""

import importlib
import re
from collections.abc import Iterator
from pkgutil import iter_modules
from time import process_time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain import redaction as package
from bot.domain.redaction import HIDDEN, commands, plain, redact, shapes, vendor_tokens

KEY_LINE = "MIIEowIBAAKCAQEA" + "x" * 48


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"jobTicketSecret":"abc","x":1}', f'{{"jobTicketSecret":"{HIDDEN}","x":1}}'),
        ('"apiTicket" : "a\\"b", "n": 2', f'"apiTicket" : "{HIDDEN}", "n": 2'),
        (r"{\"password\":\"hunter2\",\"u\":1}", rf"{{\"password\":\"{HIDDEN}\",\"u\":1}}"),
        ("{'passwd': 'hunter2', 'a': 1}", f"{{'passwd': '{HIDDEN}', 'a': 1}}"),
        ('"pwd": 1234, "x": 2', f'"pwd": {HIDDEN}, "x": 2'),
        ("spring.datasource.password=ab,cd", f"spring.datasource.password={HIDDEN}"),
        ("db_pass: hunter2 x", f"db_pass: {HIDDEN} x"),
        ("api-key => 'abc' x", f"api-key => '{HIDDEN}' x"),
        ("AWS_SECRET_ACCESS_KEY=abc/def PATH=/bin", f"AWS_SECRET_ACCESS_KEY={HIDDEN} PATH=/bin"),
        ("myCredentials = abc", f"myCredentials = {HIDDEN}"),
        ("privateKey: abc", f"privateKey: {HIDDEN}"),
        ("run --password hunter2 --user bob", f"run --password {HIDDEN} --user bob"),
        ("<db.password>hunter2</db.password>", f"<db.password>{HIDDEN}</db.password>"),
        (
            "<name>fs.s3a.secret.key</name>\n  <value>abc</value>",
            f"<name>fs.s3a.secret.key</name>\n  <value>{HIDDEN}</value>",
        ),
        ("Authorization: Basic YWJjOg==", f"Authorization: {HIDDEN}"),
        ("-H 'Authorization: Bearer abcdefghij' https://x", f"-H 'Authorization: {HIDDEN}' https://x"),
        ("{'Authorization': 'Token abc', 'X': 'y'}", f"{{'Authorization': '{HIDDEN}', 'X': 'y'}}"),
        ('authorization: Digest username="bob", response="abc"', f"authorization: {HIDDEN}"),
        ("sent bearer abcdefghij.k ok", f"sent bearer {HIDDEN} ok"),
        ("Set-Cookie: a=b; c=d", f"Set-Cookie: {HIDDEN}"),
        ("id AKIAIOSFODNN7EXAMPLE.", f"id AKIA{HIDDEN}."),
        ("xoxb-12-34-ab xapp-1-A2", f"xoxb-{HIDDEN} xapp-{HIDDEN}"),
        ("https://hooks.slack.com/services/T1/B2/abc x", f"https://hooks.slack.com/services/{HIDDEN} x"),
        ("jdbc:mysql://bob:hunter2@h/db", f"jdbc:mysql://bob:{HIDDEN}@h/db"),
        ("ftp://bob:p@ss@h/x", f"ftp://bob:{HIDDEN}@h/x"),
        ("https://0123456789abcdef@h/x", f"https://{HIDDEN}@h/x"),
        ("jdbc:oracle:thin:scott/tiger@h:1521/x", f"jdbc:oracle:thin:scott/{HIDDEN}@h:1521/x"),
        (
            "jdbc:postgresql://h/db?user=u&password=p&ssl=1",
            f"jdbc:postgresql://h/db?user=u&password={HIDDEN}&ssl=1",
        ),
        ("jdbc:sqlserver://h;user=u;password=p;x=1", f"jdbc:sqlserver://h;user=u;password={HIDDEN};x=1"),
        ("with dkuaps-abcdefghijklmnop0123 now", f"with dkuaps-{HIDDEN} now"),
        ("key=0123456789abcdef0123456789abcdef", f"key={HIDDEN}"),
        ("jwt eyJhbGciOiJI.eyJzdWIiOiIx.abc done", f"jwt eyJ{HIDDEN} done"),
        ("ghp_0123456789abcdefghij x", f"ghp_{HIDDEN} x"),
        (
            f"a\n-----BEGIN RSA PRIVATE KEY-----\n{KEY_LINE}\nab==\n-----END RSA PRIVATE KEY-----\nb",
            f"a\n{HIDDEN}\n\nb",
        ),
        (f"a\n-----BEGIN PRIVATE KEY-----\n{KEY_LINE}", f"a\n{HIDDEN}\n"),
        (f"{KEY_LINE}\n-----END PRIVATE KEY-----", f"{HIDDEN}\n-----END PRIVATE KEY-----"),
        (
            r"pem -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- after",
            f"pem {HIDDEN} after",
        ),
    ],
)
def test_secrets_are_hidden_and_the_rest_stays(text: str, shown: str) -> None:
    """Every kind of secret is hidden, and the text around it stays readable."""
    assert redact(text).rstrip("\n") == shown.replace("\n\n", "\n").rstrip("\n")


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'amount'",
        "passed: 3, bypass=1, keys: a b",
        '"password": null',
        "password=",
        "https://dss.example/projects/CHURN/jobs/Build_a_2026/",
        "mail to bob@example.com: done",
        "key=orders_clean",
        '  File "/opt/dss/python/x.py", line 3, in <module>',
        "-----",
        "",
    ],
)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    """A completely redacted log says nothing."""
    assert redact(text) == text


_PIECES = [
    "password",
    "token",
    "=",
    ":",
    '"',
    "'",
    "\\",
    " ",
    "\n",
    "abc",
    "key",
    "Bearer ",
    "://",
    "@",
    "Authorization",
]
_TEXTS = st.lists(
    st.sampled_from([*_PIECES, "-----BEGIN X-----", "-----END X-----", "<", ">", "&", ";", "eyJ", "."])
)


@given(_TEXTS.map("".join) | st.text())
@example("-----BEGIN X-----\n-----END X-----" + "password" + "Authorization" * 4)
def test_redacting_twice_changes_nothing(text: str) -> None:
    """The mask itself never counts as a new secret, even in part."""
    once = redact(text)
    assert redact(once) == once


@given(
    st.sampled_from(
        ['{"password": "%s"}', "token=%s ", "--api-key %s x", "https://u:%s@h", "Authorization: Basic %s"]
    ),
    st.text("abcdefghijklmnopqrstuvwxyzABCDEF0123456789_-+.%$!", min_size=12, max_size=80),
)
def test_no_secret_of_ordinary_characters_survives(form: str, secret: str) -> None:
    """Whatever the value looks like, no part of it is shown."""
    secret = f"q{secret}"
    assert secret not in redact(f"before {form % secret} after")


def _repeats(parsed: Any) -> Iterator[tuple[str, int]]:
    """Walk a parsed pattern; yield the kind and the upper bound of each repeat."""
    for operator, argument in parsed:
        name = str(operator)
        if name.endswith("_REPEAT"):
            yield name, int(argument[1])
            yield from _repeats(argument[2])
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from _repeats(branch)
        elif name in {"SUBPATTERN", "ASSERT", "ASSERT_NOT"}:
            yield from _repeats(argument[-1])
        elif name == "ATOMIC_GROUP":
            yield from _repeats(argument)


def _compiled(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _compiled(part)


def _patterns() -> list[str]:
    """Find every pattern of the package's modules."""
    modules = [
        importlib.import_module(f"{package.__name__}.{one.name}") for one in iter_modules(package.__path__)
    ]
    found = {one.pattern for module in modules for value in vars(module).values() for one in _compiled(value)}
    tables = {
        *(pattern for _, pattern, _ in shapes._RULES),
        *(pattern for command in commands._COMMANDS for pattern in (command.name, command.secret)),
        *(pattern for _, pattern in (*vendor_tokens.FORMATS, *vendor_tokens.BARE)),
    }
    return sorted(found | tables)


def test_no_pattern_can_go_back_over_more_than_a_fixed_number_of_characters() -> None:
    """Backtracking makes a regex slow: repeats are either possessive, or short and bounded."""
    parser = importlib.import_module("re._parser")
    patterns = _patterns()
    assert len(patterns) > 200, "the walk has missed the tables"
    slow = [
        pattern
        for pattern in patterns
        if not all(
            name == "POSSESSIVE_REPEAT" or most <= 300 for name, most in _repeats(parser.parse(pattern))
        )
    ]
    assert slow == []


@pytest.mark.parametrize(
    "piece",
    [
        '"\\', "://a:", "eyJ-eyJ.", "<a", "--a", "-----BEGIN A-----", "A" * 70 + "\n", "password='\\", "sig=",
        'key="', "password=x[redacted]", "password\n", "- password:\n", "curl -u ", "auth('a',", "key: a{", "://a@b:",
        "a\b", "\x1b[", "name=password ", "mysql -p",
    ],
)  # fmt: skip
def test_hostile_text_takes_linear_time(piece: str) -> None:
    """Sixteen times the text takes far less than 16 x 16 times as long (processor time, not the clock's)."""
    small, large = (_processor_time((piece * (size // len(piece) + 1))[:size]) for size in (15_625, 250_000))
    assert large < 64 * max(small, 0.02)


def _processor_time(text: str) -> float:
    began = process_time()
    redact(text)
    return process_time() - began


E = "\x1b"


@pytest.mark.parametrize(
    "text",
    [
        f"{E}[36mpassword{E}[0m={E}[35mhunter2secret{E}[0m",
        f"{E}[36mapi_key{E}[0m={E}[35m'8f14e45fceea167a5a36dedd4bea2543'{E}[0m",
        f"Authorization: {E}[33mBearer {E}[1meyJhbGciOiJIUzI1NiJ9abcdef{E}[0m",
        f"token{E}[0m: {E}[32mghs_notareal0123456789{E}[0m",
        f"{E}[32mdkuaps-0123456789abcdef0123456789abcdef{E}[0m",
        f"dkuaps-0123456789{E}[0mabcdef0123456789abcdef",
        f"{E}]8;;https://x{E}\\pass{E}]8;;{E}\\word=hunter2secret",
        f"pass{E}(Bword=hunter2secret",
        "pass\x9b31mword=hunter2secret",
        "pass\u200bword=hunter2secret",
        "pass\x00word=hunter2secret",
        "pass\xadword=hunter2secret",
        f"postgresql://bob:{E}[31mhunter2secret{E}[0m@db/x",
        f"{E}[38;2;255;0;0mpassword{E}[m: hunter2secret",
        "progress 1%\rprogress 2%\rpassword=hunter2secret",
    ],
)
def test_colours_hide_no_secret(text: str) -> None:
    """Terminal codes between the letters don't hide a secret from detection."""
    shown = redact(text)
    for secret in ("hunter2", "8f14e45f", "eyJhbG", "notareal", "0123456789abcdef"):
        assert secret not in shown
    assert "redacted" in shown
    assert E not in shown


def test_a_text_is_shown_as_a_terminal_shows_it() -> None:
    """Colors, titles, link addresses, and overwritten text are gone; the words stay."""
    assert plain(f"{E}[1;31mdbt error{E}[0m\r\nnext") == "dbt error\nnext"
    assert plain("\r 10%|#  | 1/10\r 20%|## | 2/10") == " 20%|## | 2/10"
    assert plain(f"{E}]0;title\x07text{E}]8;;http://a\x07link{E}]8;;\x07") == "textlink"
    assert plain(f"a{E}[") == "a"
    assert plain(f"{E}]unfinished\nnext") == "\nnext"
    assert plain("tab\tand\nline") == "tab\tand\nline"
    assert plain("\u202eevil\u2066") == "evil"
    assert plain("passx\bword=1\n\b\bok") == "password=1\nok"


@given(st.text(alphabet=st.sampled_from("\x1b\x9b\x9d[]()0;mPX^_\\\x07\r\nab=:/@"), max_size=200))
def test_nothing_for_a_terminal_is_left(text: str) -> None:
    """Whatever was sent, broken or not."""
    shown = plain(text)
    assert not set(shown) & set("\x1b\x9b\x9d\x07\r\0")
