"""What all services work with, in one record, and their base class, which unpacks it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import Build, FollowJob, JobInfo, Place, Request
from bot.domain.approvals import ApprovalRules
from bot.domain.features import Features
from bot.domain.stored_records import Intent, Watch
from bot.domain.visibility import Visibility
from bot.services.access import AccessControl
from bot.services.catalog import Catalog
from bot.services.dss_instances import DssInstances
from bot.services.limits import RequestLimiter
from bot.services.viewers import Viewers
from bot.slack.file_uploads import FileUploads
from bot.slack.private_messages import PrivateMessages
from bot.store import Store

CLOCKS_DIFFER = timedelta(seconds=10)
"""How far the clocks of this machine and of the database can be apart."""


@dataclass(frozen=True, kw_only=True)
class Collaborators:
    """The parts of the bot that services share. `bot.app.wiring` creates this record."""

    store: Store
    access: AccessControl
    instances: DssInstances
    catalog: Catalog
    private_messages: PrivateMessages
    files: FileUploads
    viewers: Viewers
    """Knows what may be shown where a job is followed."""
    clock: Callable[[], datetime]
    """Returns the current time, timezone-aware."""
    limiter: RequestLimiter
    """Refuses what is too much for a minute."""
    owner: str
    """Identifies this process in leases."""
    wake_sender: Callable[[], None]
    """Called after messages are written to the outbox, so that they go out right away."""
    ask_before_first_post: bool = False
    """Whether the first post about a project in a public channel needs a yes."""
    workspace: str = ""
    """The Slack workspace's address, for links to threads."""
    features: Features = Features()  # noqa: RUF009 - frozen
    """What works with the scopes that were granted."""
    approvals: ApprovalRules = ApprovalRules()  # noqa: RUF009 - frozen
    """Which builds need a second person."""


class Service:
    """Base class of the services: gives them the parts in `Collaborators`."""

    def __init__(self, parts: Collaborators) -> None:
        self._store = parts.store
        self._access = parts.access
        self._instances = parts.instances
        self._catalog = parts.catalog
        self._private_messages = parts.private_messages
        self._files = parts.files
        self._viewers = parts.viewers
        self._clock = parts.clock
        self._limiter = parts.limiter
        self._owner = parts.owner
        self._wake_sender = parts.wake_sender
        self._asks_first = parts.ask_before_first_post
        self._workspace = parts.workspace
        self._rules = parts.approvals
        self._features = parts.features

    def _follow_in(self, place: Place, user_id: str, projects: Sequence[str], request: Request) -> Place:
        """Return where to follow a job that was asked for in a place: maybe in direct messages instead.

        That's so where the channel sees nothing of one of its projects, or where the person chose it.
        """
        direct = isinstance(request, Build | FollowJob) and request.post == "direct"
        if direct or self._viewers.shown(projects, place.channel_id) is Visibility.PRIVATE:
            return Place(channel_id=user_id)
        return place

    def _seen(self, watch: Watch, job: JobInfo) -> Visibility:
        """Return what may be shown where a person has just asked to follow a job."""
        return self._viewers.visibility(watch, job, self._instances.named(watch.ref.instance).dss, ask=False)

    def _waited(self, intent: Intent, pause: float) -> timedelta:
        """Return how long ago the call of an intent was made, which is looked at every ``pause`` seconds.

        If the clock was set back since then, only the number of looks can say it.
        """
        if self._was_set_back(intent):
            return timedelta(seconds=pause * intent.attempts)
        return self._clock() - (intent.starting_at or intent.created_at)

    def _was_set_back(self, intent: Intent) -> bool:
        """Return whether the clock was set back since the call of an intent was made."""
        return (intent.starting_at or intent.created_at) > self._clock() + CLOCKS_DIFFER
