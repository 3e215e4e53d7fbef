"""What keeps the bot from starting is exit code 2 and a sentence, not a traceback."""

from pathlib import Path

import pytest

from bot.running import run
from bot.settings import read_settings


def test_a_database_that_cannot_be_opened_ends_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anybody is asked anything; the setting is named."""
    file = tmp_path / "bot.sqlite3"
    file.write_bytes(b"this is no database" * 100)
    env = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "DKU_DSS_URL": "http://127.0.0.1:1",
        "DKU_API_KEY": "key",
        "DATABASE_URL": f"sqlite:///{file}",
    }
    with pytest.raises(SystemExit) as ended:
        run(read_settings(env, str, tmp_path))
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert "DATABASE_URL: can't be opened: " in said.out + said.err
