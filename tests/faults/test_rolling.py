"""A rolling restart: two bots on one PostgreSQL are replaced while people keep asking."""

import dataclasses
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app.wiring import Bot
from bot.domain.slack_rates import SlackRates
from bot.sandbox.dss import DssSandbox
from bot.sandbox.slack import Message, SlackSandbox
from bot.settings.reading import read_settings
from bot.store import Database, migrate
from tests.faults.report import REPORT
from tests.scenario.world import shown
from tests.support.databases import postgres_database

PARTITIONS = [f"2026-11-{day:02}" for day in range(1, 17)]
"""Each is a separate build and can run in parallel with the others."""
QUICK = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


@pytest.fixture
def address(postgres: str) -> Iterator[str]:
    """A migrated database."""
    with postgres_database(postgres, "rolling") as url:
        database = Database(url)
        migrate(database)
        database.close()
        yield url


def new_bot(dss: DssSandbox, slack: SlackSandbox, address: str, folder: Path) -> Bot:
    """Start another bot on the database."""
    env = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DKU_DSS_URL": dss.url,
        "DKU_API_KEY": dss.admin_key,
        "DSS_BOT_ACCESS": "open",
        "DSS_BOT_HTTP_PORT": "0",
        "DATABASE_URL": address,
    }
    settings = read_settings(env, str, folder)
    often = dataclasses.replace(settings.following, tick_seconds=0.1, requests_per_second=50.0)
    unasked = dataclasses.replace(settings.visibility, ask_before_first_post=False)
    bot = Bot(dataclasses.replace(settings, following=often, visibility=unasked), rates=QUICK)
    bot.start()
    return bot


def ask(slack: SlackSandbox, partition: str) -> None:
    """Type a build; repeat it while Slack shows an error instead of the acknowledgement, as a person does."""
    for _ in range(5):
        text = f"CHURN.daily_sessions --partition {partition}"
        if slack.as_user("alice").command("/dss-build", text, "data").wait(15).acked:
            return
    raise AssertionError(f"nobody took {partition}")


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_a_rolling_restart_under_load_loses_and_doubles_nothing(address: str, tmp_path: Path) -> None:
    """Sixteen builds while both bots are replaced: each starts once, is shown once, and ends once."""
    with DssSandbox(speed=10) as dss, SlackSandbox(rates=False, scopes=HISTORY) as slack:
        bots = [new_bot(dss, slack, address, tmp_path) for _ in range(2)]
        for number, partition in enumerate(PARTITIONS):
            ask(slack, partition)
            if number in {4, 10}:
                bots.append(new_bot(dss, slack, address, tmp_path))
                assert bots.pop(0).stop()

        def ended() -> bool:
            roots = slack.messages("data")
            return len(roots) >= len(PARTITIONS) and all(ends(root) for root in roots)

        slack.wait_until(ended, 120)
        for bot in bots:
            assert bot.stop()
        roots = slack.messages("data")
        started = Counter(
            output["partition"]
            for call in dss.requests
            if call.method == "POST" and call.path.rstrip("/").endswith("/jobs")
            for output in dict(call.body or {})["outputs"]  # type: ignore[call-overload]
        )
        differences = [
            *(f"{partition} was started {count} times" for partition, count in started.items() if count != 1),
            *(f"{partition} has no root" for partition in PARTITIONS if not roots_of(roots, partition)),
            *(f"{root.text} has {len(ends(root))} ends" for root in roots if len(ends(root)) != 1),
            *([f"{len(roots)} roots"] if len(roots) != len(PARTITIONS) else []),
            *(f"{root.text} is not final" for root in roots if "Done" not in shown(root)),
        ]
        REPORT.tried += 1
        REPORT.differences += differences
        assert differences == []
        assert slack.violations == []


def ends(root: Message) -> list[Message]:
    """Return the replies in a thread that report the end."""
    return [reply for reply in root.replies if "Done after" in shown(reply)]


def roots_of(roots: list[Message], partition: str) -> list[Message]:
    """Return the root messages for a partition's build."""
    return [root for root in roots if partition in shown(root)]
