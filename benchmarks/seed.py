"""A database with jobs that are followed already: rows as the bot writes them, their messages in Slack."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

from slack_sdk import WebClient

from bot.dss import DSSClient
from bot.dss.gateway import DssGateway
from bot.facts import Place
from bot.facts.rates import Rates
from bot.facts.records import Draft, FollowedJob, Memory, Urgency, Watch
from bot.following.telling import card_of, root_draft
from bot.sandbox.slack import SlackSandbox
from bot.slack.outbox import Sender
from bot.store import Database, Recording, Store, migrate

UNLIMITED = Rates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)


def open_store(address: str) -> Store:
    """Make a new database and open it."""
    database = Database(address)
    migrate(database)
    return Store(database)


def follow_all(store: Store, *, url: str, key: str, instance: str, channel: str, asker: str) -> int:
    """Write a row, a watch and a root message for every job that runs in DSS; return how many."""
    gateway = DssGateway(DSSClient(url, key), instance=instance)
    running = gateway.running_jobs() or ()
    now = datetime.now(UTC)
    for facts in running:
        watch = Watch(
            id=uuid4().hex,
            ref=facts.ref,
            place=Place(channel_id=channel),
            asker=asker,
            asker_name="Alice",
            root_id=uuid4().hex,
            created_at=now,
        )
        job = FollowedJob(facts=facts, memory=Memory(followed_since=now, told=("started",)))
        draft = _root(job, watch, gateway.job_url(facts.ref.project, facts.ref.job_id), now)
        store.jobs.record(Recording(job=job, watch=watch, drafts=(draft,)))
    gateway.close()
    return len(running)


def send_all(store: Store, slack: SlackSandbox) -> None:
    """Bring every message that is due to the workspace, with no rates."""
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    with ThreadPoolExecutor(4) as pool:
        sender = Sender(store.outbox, client, owner="seed", rates=UNLIMITED, pool=pool)
        while sender.round():
            pass


def _root(job: FollowedJob, watch: Watch, url: str, now: datetime) -> Draft:
    return root_draft(watch, card_of(job, watch, ui_url=url), now, Urgency.ROOT)
