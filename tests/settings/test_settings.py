"""Settings: what is read, and that all mistakes are reported at once, by name."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import (
    NAMES,
    DatabaseAddress,
    Secret,
    Settings,
    SettingsError,
    read_database_address,
    read_settings,
)

ENV = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "DKU_DSS_URL": "https://dss.example.com:11200/",
    "DKU_API_KEY": "dkuaps-secret",
}
DATA = Path("/data")


def read(env: Mapping[str, str], files: Mapping[str, str] | None = None) -> Settings:
    def read_file(path: str) -> str:
        if path in (files or {}):
            return (files or {})[path]
        raise FileNotFoundError(2, "No such file or directory", path)

    return read_settings(env, read_file, DATA)


def problems(env: Mapping[str, str], files: Mapping[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read(env, files)
    return caught.value.problems


def with_toml(text: str, **env: str) -> tuple[dict[str, str], dict[str, str]]:
    return {**ENV, "DSS_BOT_CONFIG": "bot.toml", **env}, {"bot.toml": text}


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in ENV.items() if name not in names}


def test_the_environment_alone_is_enough() -> None:
    """Four variables are enough for a bot that can start; everything else has the documented default."""
    settings = read(ENV)
    assert settings.slack.socket_mode
    assert settings.slack.api_url == "https://slack.com/api/"
    assert (settings.slack.port, settings.health.host, settings.health.port) == (3000, "127.0.0.1", 8081)
    [instance] = settings.instances
    assert (instance.name, instance.url, instance.ui_url) == (
        "default",
        "https://dss.example.com:11200",
        "https://dss.example.com:11200",
    )
    assert (instance.base_path, instance.auth, instance.verify) == ("/public/api", "basic", True)
    assert settings.default_instance == "default"
    assert settings.access == "dss"
    assert settings.store.database_url.reveal() == "sqlite:////data/dss-bot.sqlite3"
    following = settings.following
    assert (following.tick_seconds, following.limit_days, following.requests_per_second) == (2.0, 7, 5.0)
    assert settings.store.keep_days == 30
    assert (settings.log.format, settings.log.level) == ("auto", "info")


def test_nothing_set_names_everything_that_is_needed() -> None:
    """With an empty environment, the error lists everything that is missing, not just the first item."""
    said = problems({})
    assert [sentence.split(":")[0] for sentence in said] == [
        "DKU_DSS_URL",
        "DKU_API_KEY",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN, SLACK_SIGNING_SECRET",
    ]
    assert "Socket Mode" in said[-1]
    assert "HTTP mode" in said[-1]


@pytest.mark.parametrize("slash", ["", "/", "//"])
def test_the_slack_address_always_ends_with_one_slash(slash: str) -> None:
    """`SLACK_API_URL` works with and without the trailing slash."""
    settings = read({**ENV, "SLACK_API_URL": f"http://127.0.0.1:9/api{slash}"})
    assert settings.slack.api_url == "http://127.0.0.1:9/api/"


def test_signing_secret_alone_means_http_mode() -> None:
    """Without an app token, the signing secret selects HTTP; with both, Socket Mode wins."""
    http = read({**without("SLACK_APP_TOKEN"), "SLACK_SIGNING_SECRET": "s", "PORT": "3100"})
    assert not http.slack.socket_mode
    assert http.slack.port == 3100
    assert read({**ENV, "SLACK_SIGNING_SECRET": "s"}).slack.socket_mode


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1", "starts with xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-1", "starts with xapp-"),
        ("SLACK_API_URL", "slack.com/api", "http(s) address"),
        ("DKU_DSS_URL", "dss.example.com:11200", "http(s) address"),
        ("DKU_DSS_URL", "http://", "http(s) address"),
        ("DKU_DSS_URL", "http://[broken", "http(s) address"),
        ("DKU_DSS_URL", "https://dss/?x=1", "query"),
        ("DKU_DSS_URL", "https://me:pw@dss", "password"),
        ("PORT", "http", "whole number from 1 to 65535"),
        ("PORT", "0", "whole number from 1 to 65535"),
        ("DSS_BOT_HTTP_PORT", "70000", "whole number from 0 to 65535"),
        ("DSS_BOT_HTTP_PORT", "tcp://10.0.0.1:80", "whole number"),
        ("DSS_BOT_LOG_LEVEL", "verbose", "debug, info, warning or error"),
        ("DSS_BOT_LOG_FORMAT", "jsonl", "did you mean json?"),
        ("DSS_BOT_ACCESS", "rule", "(did you mean rules?)"),
        ("DSS_BOT_ACCESS", "opne", "did you mean open?"),
        ("DATABASE_URL", "mysql://h/d", "postgresql+psycopg://"),
        ("DATABASE_URL", "postgresql://", "no host"),
        ("DATABASE_URL", "postgresql://u:p@h:five/d", "a port that is not a number"),
        ("DATABASE_URL", "postgresql://u:hun@ter2@h/d", "written as %40"),
        ("DATABASE_URL", "postgresql://[broken/d", "an invalid host"),
        ("DATABASE_URL", "bot.sqlite3", "sqlite:///"),
        ("DATABASE_URL", "sqlite://", "in-memory"),
        ("DATABASE_URL", "sqlite:///:memory:", "in-memory"),
        ("DSS_BOT_CONFIG", "gone.toml", "No such file"),
        ("DSS_BOT_ACESS", "open", "Did you mean DSS_BOT_ACCESS"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(name: str, value: str, said: str) -> None:
    """Each bad variable gives exactly one problem: it starts with the name and says what is right."""
    [problem] = problems({**ENV, name: value})
    assert problem.startswith(f"{name}: ")
    assert said in problem


def test_all_problems_come_at_once() -> None:
    """Problems of the environment and of the file are reported together."""
    env, files = with_toml(
        "[following]\ntick_secnds = 3\n[store]\nkeep_days = 0", PORT="x", SLACK_BOT_TOKEN="t"
    )
    assert {p.split(":")[0] for p in problems(env, files)} == {
        "SLACK_BOT_TOKEN",
        "PORT",
        "[following] tick_secnds",
        "[store] keep_days",
    }


def test_an_empty_variable_is_not_set() -> None:
    """Compose files pass empty variables for values that aren't set."""
    assert read({**ENV, "SLACK_SIGNING_SECRET": "", "PORT": " ", "DSS_BOT_CONFIG": ""}) == read(ENV)


def test_secrets_come_from_files() -> None:
    """`NAME_FILE` works for every secret; the newline at the end of the file isn't part of it."""
    env = {**without("DKU_API_KEY", "SLACK_BOT_TOKEN"), "DKU_API_KEY_FILE": "k", "SLACK_BOT_TOKEN_FILE": "t"}
    settings = read(env, {"k": "key\n", "t": "xoxb-2\n"})
    assert settings.instances[0].api_key == Secret("key")
    assert settings.slack.bot_token == Secret("xoxb-2")


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({**ENV, "DKU_API_KEY_FILE": "k"}, "DKU_API_KEY: is set, and so is DKU_API_KEY_FILE"),
        (
            {**without("SLACK_APP_TOKEN"), "SLACK_APP_TOKEN_FILE": "gone"},
            "SLACK_APP_TOKEN_FILE: gone can't be read",
        ),
        (
            {**without("SLACK_APP_TOKEN"), "SLACK_APP_TOKEN_FILE": "empty"},
            "SLACK_APP_TOKEN_FILE: empty is empty",
        ),
    ],
)
def test_a_wrong_secret_file_is_named(env: dict[str, str], said: str) -> None:
    """A secret set twice, or in an unusable file, is a problem with the name of the variable."""
    assert problems(env, {"k": "key", "empty": "\n"})[0].startswith(said)


@pytest.mark.parametrize("text", [repr, str, "{}".format, lambda settings: f"{settings}"])
def test_no_secret_shows_itself(text: object) -> None:
    """Neither the settings nor a problem ever contain a secret."""
    assert callable(text)
    env = {**ENV, "SLACK_SIGNING_SECRET": "5167ab", "DATABASE_URL": "postgresql+psycopg://u:hunter2@h/d"}
    shown = text(read(env))
    for value in ("xoxb-1", "xapp-1", "dkuaps-secret", "5167ab", "hunter2"):
        assert value not in shown
    told = " ".join(problems({**ENV, "SLACK_BOT_TOKEN": "hush", "SLACK_APP_TOKEN": "hush"}))
    assert "hush" not in told


def test_all_secrets_are_listed_for_masking() -> None:
    """The log can get every secret, including the database's password."""
    settings = read({**ENV, "SLACK_SIGNING_SECRET": "s", "DATABASE_URL": "postgresql://u:p%40w@h/d"})
    listed = {secret.reveal() for secret in settings.secrets()}
    assert listed == {"xoxb-1", "xapp-1", "s", "dkuaps-secret", "p@w"}


def test_the_short_postgresql_address_gets_the_driver() -> None:
    """Hosting services use `postgres://`; SQLAlchemy needs the driver that the bot has."""
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        url = read({**ENV, "DATABASE_URL": f"{scheme}://u:p@h/d"}).store.database_url.reveal()
        assert url == "postgresql+psycopg://u:p@h/d"


def test_kubernetes_service_variables_are_no_problem() -> None:
    """A Kubernetes service named dss-bot sets environment variables with our prefix."""
    extra = {
        "DSS_BOT_SERVICE_HOST": "10.0.0.1",
        "DSS_BOT_PORT": "tcp://10.0.0.1:80",
        "DSS_BOT_SERVICE_PORT": "80",
    }
    assert read({**ENV, **extra}) == read(ENV)


def test_both_ports_the_same_is_a_problem_only_in_http_mode() -> None:
    """Nothing listens on `PORT` in Socket Mode, so it can't collide."""
    assert read({**ENV, "PORT": "8081"}).slack.port == 8081
    http = {**without("SLACK_APP_TOKEN"), "SLACK_SIGNING_SECRET": "s", "PORT": "8081"}
    assert problems(http)[0].startswith("DSS_BOT_HTTP_PORT: 8081 is also PORT")


FILE = """
[instances.prod]
url = "https://prod.example.com/"
api_key_env = "PROD_KEY"
ui_url = "https://dss.example.com/"
base_path = "/dip/publicapi"
auth = "bearer"
ca_file = "/etc/ca.pem"
client_cert = ["/c.pem", "/k.pem"]
connect_timeout = 2
read_timeout = 12.5

[instances.test]
url = "http://test:11200"
api_key_file = "test.key"
verify = false

[defaults]
instance = "prod"

[following]
tick_seconds = 1
limit_days = 3
requests_per_second = 20

[store]
keep_days = 90
"""


def test_a_file_gives_several_instances() -> None:
    """The settings have every documented key in the file; the environment's own instance can be left out."""
    env = {**without("DKU_DSS_URL", "DKU_API_KEY"), "DSS_BOT_CONFIG": "bot.toml", "PROD_KEY": "pk"}
    settings = read(env, {"bot.toml": FILE, "test.key": "tk\n"})
    prod, test = settings.instances
    assert (prod.name, prod.url, prod.api_key.reveal()) == ("prod", "https://prod.example.com", "pk")
    assert (prod.ui_url, prod.base_path, prod.auth) == ("https://dss.example.com", "/dip/publicapi", "bearer")
    assert (prod.verify, prod.client_cert) == ("/etc/ca.pem", ("/c.pem", "/k.pem"))
    assert (prod.connect_timeout, prod.read_timeout) == (2.0, 12.5)
    assert (test.api_key.reveal(), test.verify, test.ui_url) == ("tk", False, "http://test:11200")
    assert settings.default_instance == "prod"
    assert settings.following.tick_seconds == 1.0
    assert settings.following.limit_days == 3
    assert settings.following.requests_per_second == 20.0
    assert settings.store.keep_days == 90


def test_the_environment_wins_over_the_default_instance_of_the_file() -> None:
    """`[instances.default]` tunes the instance whose address and key stay in the environment."""
    env, files = with_toml("[instances.default]\nread_timeout = 99\nurl = 'http://other'\n")
    [instance] = read(env, files).instances
    assert (instance.url, instance.api_key.reveal(), instance.read_timeout) == (
        "https://dss.example.com:11200",
        "dkuaps-secret",
        99.0,
    )


PROD = "[instances.p]\nurl='http://p'\napi_key='k'\n"


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (PROD + "read_timout=1", "[instances.p] read_timout: is not a setting. Did you mean read_timeout"),
        ("[instances.p]\nurl='http://p'", "[instances.p] api_key: is not set"),
        (PROD + "api_key_env='K'", "[instances.p] api_key: is given in more than one way"),
        (
            "[instances.p]\nurl='http://p'\napi_key_env='NOPE'",
            "[instances.p] api_key_env: the variable NOPE is not set",
        ),
        (
            "[instances.p]\nurl='http://p'\napi_key_file='gone'",
            "[instances.p] api_key_file: gone can't be read",
        ),
        ("[instances.p]\napi_key='k'", "[instances.p] url: is not set"),
        ("[instances.p]\nurl='p'\napi_key='k'", "[instances.p] url: 'p' is not an http(s) address"),
        (PROD + "auth='digest'", "[instances.p] auth: 'digest' is not known"),
        (PROD + "verify='no'", "[instances.p] verify: 'no' is not true or false"),
        (PROD + "verify=false\nca_file='c'", "[instances.p] verify: is false, but ca_file"),
        (PROD + "base_path='api'", "[instances.p] base_path: 'api' is not a path"),
        (PROD + "client_cert=1", "[instances.p] client_cert: is not one or two paths"),
        ("[instances.p]\nurl=1\napi_key='k'", "[instances.p] url: is not a string"),
        (
            "[instances.'my prod']\nurl='http://p'\napi_key='k'",
            "[instances.my prod]: has a name that can't be typed",
        ),
        ("instances = 3", "[instances]: is not a table"),
        ("[folowing]\ntick_seconds=1", "[folowing]: is not a setting. Did you mean following"),
        (
            "[rules]",
            "[rules]: is not a setting. Known here: access, approvals, defaults,",
        ),
        ("[approvals]\nmodes=['al']", "[approvals] modes: 'al' is not known (did you mean all?)"),
        ("[approvals]\nmodes='all'", "[approvals] modes: is not a list of strings"),
        ("[approvals]\ninstances=['prod']", "[approvals] instances: 'prod' is not known"),
        ("[approvals]\npartitions=-1", "[approvals] partitions: -1 is not a whole number in range"),
        ("[approvals]\nchannel='#data'", "[approvals] channel: '#data' is not the ID of a channel"),
        ("[approvals]\nvalid_minutes=0", "[approvals] valid_minutes: 0 is not a whole number in range"),
        ("[approvals]\nproject=['A']", "[approvals] project: is not a setting. Did you mean projects"),
        ("[approvals.hours]\nzone='Mars'", "[approvals.hours] zone: 'Mars' is not a time zone"),
        ("[approvals.hours]\nbegin='8'", "[approvals.hours] begin: '8' is not a time"),
        ("[approvals.hours]\nend='07:00'", "[approvals.hours] end: is not after begin"),
        ("[approvals.hours]\ndays=['monday']", "[approvals.hours] days: 'monday' is not known"),
        ("[following]\ntick_seconds=0", "[following] tick_seconds: 0 is not a number in range"),
        ("[following]\ntick_seconds=true", "[following] tick_seconds: True is not a number"),
        ("[following]\nlimit_days='7'", "[following] limit_days: '7' is not a whole number"),
        ("[following]\nlimit_days=0.5", "[following] limit_days: 0.5 is not a whole number in range. Give"),
        ("[following]\nlimit_days=0", "[following] limit_days: 0 is not a whole number in range"),
        ("[redaction]\npatterns='x'", "[redaction] patterns: is not a list of strings"),
        ("[redaction]\npatterns=['tok_[a-z]{9}', 'a(']", "[redaction] patterns, number 2: isn't a regular"),
        ("[redaction]\npatterns=['(a+)+b']", "[redaction] patterns, number 1: could take very long"),
        ("[redaction]\npatterns=['.']", "[redaction] patterns, number 1: matches ordinary lines"),
        ("[redaction]\npattern=['x']", "[redaction] pattern: is not a setting. Did you mean patterns"),
        ("[store]\nkeep_days=1.5", "[store] keep_days: 1.5 is not a whole number"),
        (
            "[defaults]\ninstance='defualt'",
            "[defaults] instance: 'defualt' is not known (did you mean default?)",
        ),
        ("[following", "DSS_BOT_CONFIG: bot.toml is not TOML"),
    ],
)
def test_a_wrong_line_of_the_file_is_named(toml: str, said: str) -> None:
    """Each mistake in the file is reported with its table and key, including near misses."""
    env, files = with_toml(toml)
    assert any(problem.startswith(said) for problem in problems(env, files)), problems(env, files)


def test_the_database_alone_needs_its_address_only() -> None:
    """A migration needs no Slack or DSS settings; mistakes in its own settings are reported."""

    def read_database(env: Mapping[str, str]) -> DatabaseAddress:
        return read_database_address(env, {"url": "postgres://u:p%40w@h/d\n"}.__getitem__, DATA)

    default = read_database({})
    assert (default.url.reveal(), default.is_default) == ("sqlite:////data/dss-bot.sqlite3", True)
    given = read_database({"DATABASE_URL_FILE": "url", "DSS_BOT_CONFIG": "gone", "SLACK_BOT_TOKEN": "no"})
    assert (given.url.reveal(), given.is_default) == ("postgresql+psycopg://u:p%40w@h/d", False)
    with pytest.raises(SettingsError) as caught:
        read_database({"DATABASE_URL": "mysql://h/d"})
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["DATABASE_URL"]


def test_several_instances_need_a_default() -> None:
    """The instance of a command without `--on` is never guessed."""
    env = {**without("DKU_DSS_URL", "DKU_API_KEY"), "DSS_BOT_CONFIG": "c"}
    toml = "[instances.a]\nurl='http://a'\napi_key='k'\n[instances.b]\nurl='http://b'\napi_key='k'\n"
    [problem] = problems(env, {"c": toml})
    assert "a or b" in problem


@given(
    st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30), max_size=len(NAMES)),
    st.one_of(st.none(), st.text(max_size=200)),
)
def test_any_text_gives_settings_or_problems(env: dict[str, str], file: str | None) -> None:
    """Whatever is in the variables and files, reading ends with settings or with `SettingsError`."""
    with contextlib.suppress(SettingsError):
        read({**ENV, **env}, None if file is None else dict.fromkeys(env.values(), file))


def test_what_channels_see() -> None:
    """Patterns of projects and channels in their own tables; the default is everything."""
    assert read(ENV).visibility.channels.shown(["PAYROLL"], "C1") == "full"
    text = '[visibility]\ndefault = "outcome"\n[visibility.projects]\n"PAY*" = "Private"\nCHURN = "full"\n'
    shown = read(*with_toml(f'{text}[visibility.channels]\nC0123 = "outcome"')).visibility.channels.shown
    seen = [("PAYROLL", "C1"), ("SALES", "C1"), ("CHURN", "C1"), ("CHURN", "C0123")]
    assert [shown([project], channel) for project, channel in seen] == [
        "private",
        "outcome",
        "full",
        "outcome",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[visibility]\ndefault = "outcomes"', "[visibility] default: 'outcomes' is not known (did you mean"),
        ('[visibility]\ndefaults = "full"', "[visibility] defaults: is not a setting. Did you mean default"),
        ('[visibility.projects]\nCHURN = "hidden"', "[visibility.projects] CHURN: 'hidden' is not known"),
        ("[visibility.projects]\nCHURN = true", "[visibility.projects] CHURN: is not a string"),
        (
            '[visibility.channels]\n"#data" = "private"',
            "#data: is not the id of a channel. Give",
        ),
    ],
)
def test_mistakes_in_what_channels_see(text: str, said: str) -> None:
    """A word or a name that means nothing must not show more than somebody wanted."""
    assert any(said in problem for problem in problems(*with_toml(text)))
