"""The documentation matches the code."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from prometheus_client import generate_latest

from bot.http import proxies
from bot.ops.metrics import GAUGES, Metrics
from bot.settings import NAMES, VARIABLES, read_settings
from tests.meta import help_text
from tests.meta.tree import ROOT

CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
FILE = "".join(re.findall(r"```toml\n(.*?)```", CONFIGURATION, flags=re.DOTALL))


def test_every_setting_is_documented_and_nothing_else() -> None:
    """The names in docs/configuration.md are exactly those that are read, including `_FILE` variants."""
    named = set(re.findall(r"`([A-Z][A-Z_]+)`", CONFIGURATION))
    assert named == set(NAMES) | set(proxies.VARIABLES)  # the libraries read these too


def test_the_documented_defaults_are_the_real_ones() -> None:
    """Each row of the table has the default that the reader uses."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| ", CONFIGURATION, flags=re.MULTILINE)
    shown = {name: default.strip("`") for name, default in rows}
    for variable in VARIABLES:
        if variable.default:
            assert shown[variable.name] == variable.default
    env = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s",
        "DKU_DSS_URL": "http://dss",
        "DKU_API_KEY": "k",
    }
    stated = {variable.name: variable.default for variable in VARIABLES}
    assert read_settings({**stated, **env}, str, Path("/d")) == read_settings(env, str, Path("/d"))


def test_the_example_file_can_be_used_as_it_is() -> None:
    """The documentation's TOML is accepted."""
    env = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "DSS_PROD_KEY": "k",
        "DSS_BOT_CONFIG": "f",
    }
    settings = read_settings(env, {"f": FILE}.__getitem__, Path("/d"))
    assert [instance.name for instance in settings.instances] == ["prod"]


def test_the_example_file_shows_the_defaults_and_every_key() -> None:
    """Numbers in the example are the defaults, and it has all the keys of an instance."""
    shown = tomllib.loads(FILE)
    env = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "DKU_DSS_URL": "http://d",
        "DKU_API_KEY": "k",
    }
    settings = read_settings(env, str, Path("/d"))
    following = settings.following
    assert shown["following"] == {
        "tick_seconds": following.tick_seconds,
        "limit_days": following.limit_days,
        "requests_per_second": following.requests_per_second,
    }
    assert shown["store"] == {"keep_days": settings.store.keep_days}
    instance = settings.instances[0]
    prod = shown["instances"]["prod"]
    for key in ("base_path", "auth", "verify", "connect_timeout", "read_timeout"):
        assert prod[key] == getattr(instance, key)
    for key in ("api_key", "api_key_file", "ca_file", "client_cert"):
        assert re.search(rf"^# {key} = ", FILE, flags=re.MULTILINE)


def test_the_help_in_the_docs_is_current() -> None:
    """docs/operations.md shows the current `--help`. To update: `python -m tests.meta.help_text`."""
    page = help_text.PAGE.read_text(encoding="utf-8")
    assert page == help_text.expected(page)


def test_every_metric_is_documented_and_nothing_else() -> None:
    """The metrics in docs/operations.md are exactly those in `/metrics`."""
    metrics = Metrics(lambda: dict.fromkeys(GAUGES, 0.0), dict)
    shown = set(re.findall(r"^# HELP (\w+)", generate_latest(metrics.registry).decode(), flags=re.MULTILINE))
    page = help_text.PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(dss_bot_\w+)`", page, flags=re.MULTILINE)) == shown


def test_the_alert_rules_name_metrics_that_there_are() -> None:
    """The rules in docs/operations.md can be pasted: they are YAML, and their metrics exist."""
    metrics = Metrics(lambda: dict.fromkeys(GAUGES, 0.0), dict)
    shown = {metric.name for metric in metrics.registry.collect()}
    [text] = re.findall(r"```yaml\n(.*?)```", help_text.PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    rules = yaml.safe_load(text)["groups"][0]["rules"]
    assert len(rules) >= 3
    for rule in rules:
        assert set(re.findall(r"dss_bot_\w+", rule["expr"])) <= shown
        assert rule["annotations"]["summary"]


def test_the_table_of_contributing_names_files_that_there_are() -> None:
    """Each path in "Where do I change …" exists, including the short names after the first in a row."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for row in re.findall(r"^\| .* \| (`.*) \|$", page, flags=re.MULTILINE):
        folder = ROOT
        for name in re.findall(r"`([\w./*-]+)`", row):
            path = ROOT / name if (ROOT / name.split("/")[0]).exists() else folder / name
            assert list(path.parent.glob(path.name)), name
            folder = path.parent


def test_compose_passes_on_every_setting_and_nothing_else() -> None:
    """The container accepts every documented setting; an unset one is as if it didn't exist."""
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    passed = compose["services"]["bot"]["environment"]
    assert passed == {name: f"${{{name}:-}}" for name in NAMES}


def test_each_attack_names_a_test_that_there_is() -> None:
    """The last column of the table in docs/security.md."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/.]+)::(\w+)` \|$", page, flags=re.MULTILINE)
    assert len(named) == len(re.findall(r"^\| (?!Attack |---)", page, flags=re.MULTILINE))
    for file, function in named:
        assert f"def {function}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{function}"


LINKING = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]


@pytest.mark.parametrize("page", [str(path.relative_to(ROOT)) for path in LINKING])
def test_links_between_files_lead_somewhere(page: str) -> None:
    """A relative link names an existing file and an existing heading in it."""
    path = ROOT / page
    for target in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", path.read_text(encoding="utf-8")):
        name, _, heading = target.partition("#")
        linked = path.parent / name if name else path
        assert linked.exists(), f"{page} links to {target}"
        if heading:
            titles = re.findall(r"^#+ (.*)$", linked.read_text(encoding="utf-8"), flags=re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
            assert heading in anchors, f"{page} links to {target}"
