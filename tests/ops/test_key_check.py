"""What the doctor says about personal keys."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ops.doctor import examine
from bot.ops.key_check import check_personal_keys
from bot.ops.user_trace import trace
from bot.sandbox.dss import DssSandbox
from bot.sandbox.dss.model import Key, Rights
from bot.sandbox.slack import SlackSandbox
from bot.settings import Secret, Settings, read_settings
from bot.store.encryption import Encryption, new_key
from bot.store.opening import open_store
from bot.store.personal_keys import PersonalKeyStore

OLD, NEW = Secret(new_key()), Secret(new_key())


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def dss() -> Iterator[DssSandbox]:
    with DssSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def settings(slack: SlackSandbox, dss: DssSandbox, tmp_path: Path) -> Settings:
    """A bot whose key only reads."""
    reading = dss.world.add_key(Key(secret="glob-reads", label="bot", rights={"CHURN": Rights(run=False)}))
    env = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DKU_DSS_URL": dss.url,
        "DKU_API_KEY": reading.secret,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'bot.sqlite3'}",
    }
    return replace(read_settings(env, str, Path()), encryption_keys=(OLD,))


def put(settings: Settings, user_id: str, login: str, key: str, *, refused: bool = False) -> None:
    """Store a key, encrypted with the first key of the settings."""
    store = open_store(settings.store.database_url)
    rows = PersonalKeyStore(store.database, Encryption(settings.encryption_keys))
    row_id = rows.put("default", user_id, login, Secret(key), confirmed=True)
    if refused:
        rows.mark_refused(row_id)
    store.close()


def said(settings: Settings) -> str:
    """Return the one finding about personal keys."""
    [finding] = check_personal_keys(settings)
    return str(finding)


def test_off(settings: Settings) -> None:
    """That's fine, unless people are connected."""
    off = replace(settings, encryption_keys=())
    assert said(off).startswith("ok    personal keys: off: `dss-bot keys generate`")
    put(settings, "U1", "alice", "k1")
    assert said(off).startswith(
        "fix   personal keys: 1 person connected, but DSS_BOT_ENCRYPTION_KEYS is not set"
    )


def test_on(settings: Settings) -> None:
    """How many people, and what to do about keys that can't be decrypted."""
    assert said(settings) == "ok    personal keys: on: 0 people connected"
    put(settings, "U1", "alice", "k1")
    put(settings, "U2", "bob", "k2", refused=True)
    assert (
        said(settings) == "ok    personal keys: on: 2 people connected, 1 of them with a key that DSS refused"
    )
    assert said(replace(settings, encryption_keys=(NEW, OLD))).startswith("ok ")
    wrong = said(replace(settings, encryption_keys=(NEW,)))
    assert wrong.startswith("fix   personal keys: 2 of 2 can't be decrypted. Add the key")
    assert list(check_personal_keys(replace(settings, access="open"))) == []


def test_a_key_without_admin_rights_is_enough(settings: Settings) -> None:
    """With personal keys, a bot's key that can't act as people is worth a warning; else it's to be fixed."""
    about = [str(finding) for finding in examine(settings) if "may not act as a person" in finding.detail]
    assert len(about) == 1
    assert about[0].startswith("warn  DSS default: ")
    assert "/dss-jobs connect" in about[0]
    off = examine(replace(settings, encryption_keys=()))
    assert any(finding.level == "fix" and "DSS_BOT_ENCRYPTION_KEYS" in finding.detail for finding in off)


def test_the_way_of_a_person(settings: Settings, slack: SlackSandbox, dss: DssSandbox) -> None:
    """By personal key; and what's wrong with it, if it can't be used."""
    alice = slack.user_id("alice")
    put(settings, alice, "alice", dss.key_of("alice"))
    assert "alice acts as alice, by personal key" in str(list(trace(settings, alice))[-1])
    dss.world.revoke_key(dss.key_of("alice"))
    assert str(list(trace(settings, alice))[-1]).startswith("fix   DSS default: the personal key of alice: ")
    assert "can't be decrypted" in str(list(trace(replace(settings, encryption_keys=(NEW,)), alice))[-1])
    put(settings, alice, "alice", "k", refused=True)
    assert "DSS no longer accepts the personal key of alice" in str(list(trace(settings, alice))[-1])
