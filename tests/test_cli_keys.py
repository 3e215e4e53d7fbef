"""`dss-bot keys`, as its user sees it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.settings import NAMES, Secret
from bot.store.encryption import Encryption
from bot.store.opening import open_store
from bot.store.personal_keys import PersonalKeyStore


@pytest.fixture
def runner(tmp_path: Path) -> CliRunner:
    """A runner without our settings in its environment."""
    database = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    return CliRunner(env={**dict.fromkeys(NAMES, None), "HOME": str(tmp_path), "DATABASE_URL": database})


def generated(runner: CliRunner) -> str:
    """Return a new key."""
    result = runner.invoke(main, ["keys", "generate"])
    assert result.exit_code == 0
    return result.stdout.strip()


def rotated(runner: CliRunner, *keys: str) -> tuple[int, str]:
    """Return the exit code and all output."""
    result = runner.invoke(main, ["keys", "rotate"], env={"DSS_BOT_ENCRYPTION_KEYS": ",".join(keys)})
    return result.exit_code, result.output


def test_rotation(runner: CliRunner, tmp_path: Path) -> None:
    """Needs the old and the new key; afterwards, the new one is enough. No key is printed."""
    old, new = generated(runner), generated(runner)
    assert old != new
    code, said = rotated(runner, new, old)
    assert (code, "there is no file" in said) == (2, True)
    store = open_store(Secret(f"sqlite:///{tmp_path / 'bot.sqlite3'}"))
    PersonalKeyStore(store.database, Encryption([Secret(old)])).put(
        "default", "U1", "alice", Secret("planted"), confirmed=True
    )
    store.close()
    code, said = rotated(runner, new)
    assert code == 1
    assert "1 could not be decrypted. Add the key that they were encrypted with" in said
    code, said = rotated(runner, new, old)
    assert (code, "1 encrypted anew" in said) == (0, True)
    assert not any(secret in said for secret in (old, new, "planted"))
    assert rotated(runner, new)[0] == 0


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [("", "is not set"), ("nonsense", "number 1 of 1 is not an encryption key"), ("A" * 44, "number 1 of 1")],
)
def test_unusable_keys(runner: CliRunner, keys: str, wrong: str) -> None:
    """The answer says which one, and what to do, without repeating it."""
    code, said = rotated(runner, keys)
    assert code == 2
    assert wrong in said
    assert "dss-bot keys generate" in said
    assert not keys or keys not in said
