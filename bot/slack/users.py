"""Who a Slack user is according to `users.info`, cached for minutes, or until Slack says they changed."""

import threading
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain import Person
from bot.domain.cached import is_fresh
from bot.domain.errors import BotError
from bot.domain.text import storable
from bot.slack.error_codes import ErrorKind, classify, code_of

FRESH = timedelta(minutes=5)
"""If somebody becomes a guest or is deactivated, the bot notices within this time, even if Slack's event
``user_change`` doesn't arrive."""


class UnknownUser(BotError):
    """Slack doesn't say who somebody is; the text is its error code.

    Attributes:
        passing: whether asking again later might help.
    """

    def __init__(self, code: str, *, passing: bool) -> None:
        super().__init__(code)
        self.passing = passing


class AccountChanges(Protocol):
    """What the replicas tell each other: Slack sends the event ``user_change`` to one of them only."""

    def version(self, user_id: str) -> int | None:
        """Return an account's version; ``None`` if nobody has asked about it lately."""

    def note(self, user_id: str) -> int:
        """Note that Slack is asked about an account now; return its version."""

    def changed(self, user_ids: Collection[str]) -> None:
        """Give accounts that have changed a new version."""


class _Known(NamedTuple):
    """What Slack said about somebody, and for which version of the account."""

    at: datetime
    person: Person
    version: int | None


class SlackUsers:
    """`users.info` with a cache."""

    def __init__(
        self,
        client: WebClient,
        *,
        team_id: str,
        enterprise_id: str | None,
        clock: Callable[[], datetime],
        changes: AccountChanges | None = None,
    ) -> None:
        """Start knowing nobody.

        Args:
            client: a client of Slack's Web API.
            team_id: the bot's workspace.
            enterprise_id: its organization on Enterprise Grid.
            clock: returns the current time, aware.
            changes: shared by all replicas; ``None`` if there are no others.
        """
        self._client = client
        self._changes = changes
        self._team_id = team_id
        self._enterprise_id = enterprise_id
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}
        self._asking: dict[str, object] = {}
        """User ID → the latest question about somebody that Slack hasn't answered yet."""

    def person(self, user_id: str, team_id: str) -> Person:
        """Return who somebody is.

        Args:
            user_id: Slack user ID.
            team_id: the user's workspace according to the delivery; if it isn't ours, the user is a stranger.

        Raises:
            UnknownUser: Slack doesn't say who the user is, so nothing may be allowed.
        """
        now = self._clock()
        with self._lock:
            kept = self._known.get(user_id)
        fresh = kept is not None and is_fresh(kept.at, now, FRESH) and kept.person.team_id == team_id
        if kept is not None and fresh and self._is_unchanged(user_id, kept):
            return kept.person
        question = object()
        with self._lock:
            self._asking[user_id] = question
        version = self._changes.note(user_id) if self._changes is not None else None
        try:
            person = self._ask(user_id, team_id)
        finally:
            with self._lock:
                unchanged = self._asking.get(user_id) is question
                if unchanged:
                    del self._asking[user_id]
        with self._lock:
            self._known = {k: v for k, v in self._known.items() if is_fresh(v.at, now, FRESH)}
            if unchanged:
                self._known[user_id] = _Known(now, person, version)
        return person

    def known(self, user_id: str) -> Person | None:
        """Return somebody about whom Slack needn't be asked now."""
        with self._lock:
            kept = self._known.get(user_id)
        return kept.person if kept is not None and is_fresh(kept.at, self._clock(), FRESH) else None

    def forget(self, user: Mapping[str, object]) -> None:
        """Drop what is known about somebody whom Slack says to have changed.

        Args:
            user: the ``user`` object of the event ``user_change``.
        """
        ids = set(_member_ids(user))
        with self._lock:
            self._known = {
                key: kept for key, kept in self._known.items() if not ids & {key, *kept.person.ids}
            }
            for user_id in ids:
                self._asking.pop(user_id, None)  # Slack might have answered before the change
        if self._changes is not None and ids:
            self._changes.changed(ids)

    def _is_unchanged(self, user_id: str, kept: _Known) -> bool:
        return self._changes is None or self._changes.version(user_id) == kept.version

    def _ask(self, user_id: str, team_id: str) -> Person:
        try:
            user = self._client.users_info(user=user_id, include_locale=True)["user"]
        except SlackApiError as error:
            passing = classify(error) in {ErrorKind.RETRY, ErrorKind.RATE, ErrorKind.UNREADABLE}
            raise UnknownUser(code_of(error), passing=passing) from error
        except Exception as error:  # slack_sdk can raise anything on an absurd answer
            raise UnknownUser(type(error).__name__, passing=True) from error
        if not isinstance(user, Mapping):
            raise UnknownUser("unreadable_answer", passing=True)
        if user_id not in _ids(user):
            # Somebody else's record would let them act with that person's rights.
            raise UnknownUser("another_user", passing=True)
        return read_person(user, team_id, home=self._team_id, enterprise=self._enterprise_id)


def _ids(user: Mapping[str, object]) -> tuple[object, ...]:
    """Return the ids of a ``user`` object: on Enterprise Grid, somebody also has one for the organization."""
    grid = user.get("enterprise_user")
    return user.get("id"), grid.get("id") if isinstance(grid, Mapping) else None


def read_person(user: Mapping[str, object], team_id: str, *, home: str, enterprise: str | None) -> Person:
    """Read the ``user`` object of `users.info`.

    A person from another organization is flagged ``is_stranger``, or belongs to another team; on Enterprise
    Grid, workspaces of the same organization share its ID (SLACK-FACTS.md §1.4).
    """
    profile = user.get("profile")
    profile = profile if isinstance(profile, Mapping) else {}
    grid = user.get("enterprise_user")
    same_organisation = isinstance(grid, Mapping) and enterprise and grid.get("enterprise_id") == enterprise
    said_team = str(user.get("team_id") or team_id)
    teams = {team_id, said_team}
    return Person(
        user_id=storable(str(user.get("id") or "")),
        team_id=team_id,
        # A delivery names the stranger's own workspace or ours: if not, this is somebody else's record.
        ids=_member_ids(user) if teams <= {home, said_team} or same_organisation else (),
        name=storable(str(profile.get("display_name") or user.get("real_name") or user.get("name") or "")),
        email=_email(profile.get("email")),
        tz=storable(str(user.get("tz") or "UTC")),
        locale=storable(str(user.get("locale") or "")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_stranger=bool(user.get("is_stranger")) or (teams != {home} and not same_organisation),
        is_bot=bool(user.get("is_bot") or user.get("is_workflow_bot")),
        is_deleted=bool(user.get("deleted")),
    )


def _member_ids(user: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in _ids(user) if isinstance(one, str) and one))


def _email(said: object) -> str | None:
    """Return an address as it was said, or none: a repaired one might be somebody else's."""
    return said if isinstance(said, str) and said and storable(said) == said else None
