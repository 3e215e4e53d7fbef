"""A database with jobs that are already followed: rows as the bot writes them, and their Slack messages."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import bindparam, select, update

from bot.domain import Message, Place
from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import FollowedJob, FollowState, Urgency, Watch
from bot.dss import DSSClient
from bot.dss.gateway import DssGateway
from bot.sandbox.slack import Message as Posted
from bot.sandbox.slack import SlackSandbox
from bot.store import Database, Recording, Store, migrate
from bot.store.codec import load
from bot.store.tables import messages
from bot.views.job_messages import job_card, root_draft

UNLIMITED = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)
INSTANCE = "default"
"""The bot's name for the instance that the environment variables configure."""


def open_store(address: str, clock: Callable[[], datetime] | None = None) -> Store:
    """Create a new database and open it."""
    database = Database(address, clock=clock)
    migrate(database)
    return Store(database)


def follow_all(store: Store, dss: Mapping[str, str], slack: SlackSandbox, channel: str) -> None:
    """Write a row, a watch, and a root message for every job that is running in DSS."""
    gateway = DssGateway(DSSClient(dss["url"], dss["key"]), instance=INSTANCE)
    now = datetime.now(UTC)
    for info in gateway.running_jobs() or ():
        watch = Watch(
            id=uuid4().hex,
            ref=info.ref,
            place=Place(channel_id=slack.channel_id(channel)),
            asker=slack.user_id("alice"),
            asker_name="alice",
            root_id=uuid4().hex,
            created_at=now,
        )
        job = FollowedJob(info=info, follow_state=FollowState(followed_since=now, told=("started",)))
        card = job_card(job, watch, ui_url=gateway.job_url(info.ref.project, info.ref.job_id))
        root = root_draft(watch, card, now, Urgency.ROOT)
        store.jobs.record(Recording(job=job, watch=watch, drafts=(root,)))
    gateway.close()


def show_roots(store: Store, slack: SlackSandbox) -> list[str]:
    """Put every root message into the workspace and mark it as sent; return their timestamps.

    This bypasses the wire protocol: another benchmark measures sending.
    """
    shown: list[dict[str, str]] = []
    world = slack._world  # noqa: SLF001 - there is no fast way in from outside
    with store.database.read() as connection:
        for row in connection.execute(select(messages)):
            message = load(row.body, Message)
            ts = world.next_ts()
            posted = Posted(
                channel=row.channel_id,
                ts=ts,
                user=slack.bot_user_id,
                text=message.text,
                blocks=list(message.blocks),
            )
            world.messages.setdefault(row.channel_id, {})[ts] = posted
            shown.append({"row": row.id, "slack_ts": ts})
    sent = (
        update(messages)
        .where(messages.c.id == bindparam("row"))
        .values(ts=bindparam("slack_ts"), state="sent", shown=1)
    )
    with store.database.write() as connection:
        connection.execute(sent, shown)
    return [one["slack_ts"] for one in shown]
