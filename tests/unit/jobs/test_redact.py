"""What of a log may be shown."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.jobs import redact as module
from bot.jobs.redact import HIDDEN, MOST_CHARACTERS, excerpt, plain, redact

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
    """Each kind of secret goes, and what is around it can still be read."""
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
    """A log that is all black tells nothing."""
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
    """The mark itself is never taken for a new secret with something left over."""
    once = redact(text)
    assert redact(once) == once


@given(
    st.sampled_from(
        ['{"password": "%s"}', "token=%s ", "--api-key %s x", "https://u:%s@h", "Authorization: Basic %s"]
    ),
    st.text("abcdefghijklmnopqrstuvwxyzABCDEF0123456789_-+.%$!", min_size=12, max_size=80),
)
def test_no_secret_of_ordinary_characters_survives(form: str, secret: str) -> None:
    """Whatever the value looks like, none of it is shown."""
    secret = f"q{secret}"
    assert secret not in redact(f"before {form % secret} after")


def _repeats(parsed: Any) -> Iterator[tuple[str, int]]:
    """Walk a parsed pattern; give the kind and the upper bound of each repeat."""
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


def _patterns() -> list[str]:
    return [pattern for _, patterns in module._RULES for pattern in patterns] + [module._XML_PROPERTY.pattern]


@pytest.mark.parametrize("pattern", _patterns())
def test_no_pattern_can_go_back_over_more_than_a_fixed_number_of_characters(pattern: str) -> None:
    """Backtracking is what makes a regex slow: repeats are either possessive, or short and bounded."""
    parser = importlib.import_module("re._parser")
    repeats = list(_repeats(parser.parse(pattern)))
    assert repeats, "every pattern here repeats something: the walk has missed it"
    assert all(name == "POSSESSIVE_REPEAT" or most <= 200 for name, most in repeats)


@pytest.mark.parametrize(
    "piece", ['"\\', "://a:", "eyJ-eyJ.", "<a", "--a", "-----BEGIN A-----", "A" * 70 + "\n", "password='\\"]
)
def test_a_megabyte_of_hostile_text_comes_back(piece: str) -> None:
    """It ends (the suite's own time limit would tell), and idempotently so."""
    text = (piece * (1_000_000 // len(piece)))[:1_000_000]
    assert len(redact(text)) <= len(text) + 1_000_000


LOG = """\
[2026/11/23-08:15:57.000] [ActivityExecutor-65] [INFO] [dku.flow] running compute_x_NP - start
[2026/11/23-08:15:57.101] [null-err-68] [INFO] [dku.utils]  - Traceback (most recent call last):
[2026/11/23-08:15:57.101] [null-err-68] [INFO] [dku.utils]  -   File "x.py", line 3, in <module>
[2026/11/23-08:15:57.102] [null-out-67] [INFO] [dku.utils]  - noise
[2026/11/23-08:15:57.103] [null-err-68] [INFO] [dku.utils]  -     df["amount"]
[2026/11/23-08:15:57.103] [null-err-68] [INFO] [dku.utils]  - KeyError: 'amount'
[2026/11/23-08:15:58.778] [ActivityExecutor-65] [ERROR] [dku.flow.jobrunner] running x - Activity failed
java.lang.Exception: Error in Python process: KeyError: 'amount'
\tat com.dataiku.X.y(X.java:3)
Caused by: password=hunter2
\t... 3 more
[2026/11/23-08:15:59.000] [main] [INFO] [dku.job] - Job ended
[2026/11/23-08:15:59.001] [main] [INFO] [dku.job] - Cleaning up
"""


def test_an_excerpt_is_the_traceback_and_the_last_error() -> None:
    """Neither other threads' lines, nor Java's frames, nor what came after it; and no secret."""
    assert excerpt(LOG).splitlines() == [
        "Traceback (most recent call last):",
        '  File "x.py", line 3, in <module>',
        '    df["amount"]',
        "KeyError: 'amount'",
        "08:15:58 ERROR running x - Activity failed",
        "java.lang.Exception: Error in Python process: KeyError: 'amount'",
        f"Caused by: password={HIDDEN}",
    ]


def test_an_excerpt_without_an_error_is_the_end() -> None:
    """The last lines are the best there is, shortened to what people read."""
    quiet = "".join(line + "\n" for line in LOG.splitlines()[-2:])
    assert excerpt(quiet) == "08:15:59 INFO - Job ended\n08:15:59 INFO - Cleaning up"
    assert excerpt("a\n\nb\nc", lines=2) == "…\nc"
    assert excerpt("") == ""


def test_a_long_excerpt_keeps_its_end() -> None:
    """An ellipsis says that something before it is left out."""
    text = "\n".join(f"line {number} " + "x" * 1_000 for number in range(30))
    found = excerpt(text)
    assert len(found) <= MOST_CHARACTERS
    assert found.startswith("…\n")
    assert found.splitlines()[-1].startswith("line 29 ")
    assert len(excerpt("\n".join("x" for _ in range(99)), 25).splitlines()) == 25


@given(
    st.lists(
        st.sampled_from([*LOG.splitlines(), "x" * 900, "", "  File y", "Traceback (most recent call last)"])
    ),
    st.integers(-1, 40),
)
def test_an_excerpt_of_anything_keeps_its_limits(lines: list[str], most: int) -> None:
    """Whatever the log holds, it fits."""
    found = excerpt("\n".join(lines), most)
    assert len(found) <= MOST_CHARACTERS
    assert len(found.splitlines()) <= max(1, most)
    assert "hunter2" not in found


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
    """What stands between the letters for a terminal does not keep a secret from being seen."""
    shown = redact(text)
    for secret in ("hunter2", "8f14e45f", "eyJhbG", "notareal", "0123456789abcdef"):
        assert secret not in shown
    assert "redacted" in shown
    assert E not in shown


def test_a_text_is_shown_as_a_terminal_shows_it() -> None:
    """Colours, titles, the addresses of links and what was written over are gone; the words stay."""
    assert plain(f"{E}[1;31mdbt error{E}[0m\r\nnext") == "dbt error\nnext"
    assert plain("\r 10%|#  | 1/10\r 20%|## | 2/10") == " 20%|## | 2/10"
    assert plain(f"{E}]0;title\x07text{E}]8;;http://a\x07link{E}]8;;\x07") == "textlink"
    assert plain(f"a{E}[") == "a"
    assert plain(f"{E}]unfinished\nnext") == "\nnext"
    assert plain("tab\tand\nline") == "tab\tand\nline"
    assert plain("\u202eevil\u2066") == "evil"


@given(st.text(alphabet=st.sampled_from("\x1b\x9b\x9d[]()0;mPX^_\\\x07\r\nab=:/@"), max_size=200))
def test_nothing_for_a_terminal_is_left(text: str) -> None:
    """Whatever was sent, broken or not."""
    shown = plain(text)
    assert not set(shown) & set("\x1b\x9b\x9d\x07\r\0")
