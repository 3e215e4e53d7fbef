"""A personal key leaves the bot as DSS's credentials only: everything else that left it is searched."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from cryptography.fernet import Fernet
from prometheus_client import generate_latest
from sqlalchemy import MetaData, select

from bot.ops import logging_setup
from bot.sandbox.dss.model import Key
from bot.settings import LogSettings, Secret
from bot.store import Database
from bot.store.encryption import Encryption
from bot.store.personal_keys import PersonalKeyStore
from bot.views import action_ids
from tests.scenario.test_connect import dialog, disconnect, open_dialog, reading_key, submit
from tests.scenario.world import Scenario

PLANTED = "plantedkey{}withoutaformat"
"""No pattern of the redactor knows it."""


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The log at debug; the process's logging is restored afterward."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    logging_setup.configure(LogSettings(format="json", level="debug"), stream=stream)
    yield stream
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def planted(scenario: Scenario, number: int) -> str:
    """Return a new key of alice in DSS."""
    secret = PLANTED.format(number)
    return scenario.dss.world.add_key(Key(secret=secret, label="mine", login="alice")).secret


def everything_sent(scenario: Scenario) -> str:
    """Return what Slack and DSS received, apart from DSS's credentials."""
    to_slack = [(call.method, call.args) for call in scenario.slack.calls]
    to_dss = []
    for call in scenario.dss.requests:
        headers = {name: value for name, value in call.headers.items() if name.lower() != "authorization"}
        to_dss.append((call.method, call.raw_path, call.query, call.body, headers))
    return f"{to_slack} {scenario.acks} {to_dss}"


def everything_kept(scenario: Scenario) -> str:
    """Return every row of every table, and on SQLite the bytes of the file and of its siblings."""
    database: Database = scenario.bot.store.database
    meta = MetaData()
    with database.read() as connection:
        meta.reflect(connection)
        rows = [list(connection.execute(select(table))) for table in meta.sorted_tables]
    files = [file.read_bytes().decode("latin-1") for file in scenario.folder.glob("bot.sqlite3*")]
    return f"{rows} {' '.join(files)}"


@pytest.mark.parametrize("delivery", ["socket", "http"])
def test_a_planted_key_is_nowhere(
    make_scenario: Callable[..., Scenario], stream: io.StringIO, delivery: str
) -> None:
    """Connected, used, replaced, refused by DSS, and disconnected, with every library logging at debug."""
    ours = [Fernet.generate_key().decode() for _ in range(2)]
    scenario = make_scenario(
        access="dss",
        delivery=delivery,
        api_key=reading_key,
        environment={"DSS_BOT_ENCRYPTION_KEYS": ",".join(ours)},
    )
    first, second, mistyped = planted(scenario, 1), planted(scenario, 2), PLANTED.format(3)
    submit(scenario, open_dialog(scenario), f"{mistyped} and more")  # marked at its input
    submit(scenario, open_dialog(scenario), mistyped)
    dialog(scenario, "DSS doesn't know that key")
    for key in (first, second):
        submit(scenario, open_dialog(scenario), key)
        dialog(scenario, "Connected")
        root_of_a_build(scenario)
    turned = Encryption([Secret(key) for key in reversed(ours)])
    assert PersonalKeyStore(scenario.bot.store.database, turned).rotate() == (1, 0)
    scenario.type("/dss-jobs CHURN")
    scenario.told("Jobs of CHURN")
    scenario.dss.world.revoke_key(second)
    scenario.type("/dss-jobs CHURN")
    scenario.told("no longer accepts your personal API key")
    kept = everything_kept(scenario)
    disconnect(scenario)
    assert any("authorization" in {name.lower() for name in call.headers} for call in scenario.dss.requests)
    logged = stream.getvalue()
    shown = {
        "log": logged,
        "sent": everything_sent(scenario),
        "kept": kept + everything_kept(scenario),
        "metrics": generate_latest(scenario.bot.metrics.registry).decode(),
    }
    assert {
        place for place, text in shown.items() if any(key in text for key in ("plantedkey", *ours))
    } == set()
    assert_searched(scenario, logged, delivery)


def root_of_a_build(scenario: Scenario) -> None:
    """Build with the key, read the log, and abort."""
    scenario.begin()
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.press(root, action_ids.JOB_LOG)
    scenario.dialog("Log of")
    scenario.press(root, action_ids.JOB_ABORT)
    scenario.reply(root, "*Aborted*")


def assert_searched(scenario: Scenario, logged: str, delivery: str) -> None:
    """Make sure that the libraries did log, and that no trigger or address for answers is among it."""
    loggers = {json.loads(line)["logger"].split(".")[0] for line in logged.splitlines()}
    assert {"bot", "slack_sdk", "slack_bolt", "urllib3"} <= loggers
    if delivery == "socket":
        assert "on_message invoked: ((content not logged)" in logged
    ids = {str(one) for one in scenario.slack._world.triggers}
    urls = {str(one) for one in scenario.slack._world.response_urls}
    assert ids
    assert urls
    assert {one for one in ids | urls if one in logged} == set()
