"""Who a Slack user is, as `users.info` says it, kept for a few minutes."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import BotError
from bot.facts import Person
from bot.slack.outbox.verdicts import Verdict, code_of, judge

FRESH = timedelta(minutes=5)
"""Somebody made a guest, or deactivated, is treated so after this time at the latest."""


class UnknownPerson(BotError):
    """Slack does not tell who somebody is; the text is its error code.

    Attributes:
        passing: whether asking again later may help.
    """

    def __init__(self, code: str, *, passing: bool) -> None:
        super().__init__(code)
        self.passing = passing


class People:
    """`users.info` with a memory."""

    def __init__(
        self, client: WebClient, *, team_id: str, enterprise_id: str | None, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._team_id = team_id
        self._enterprise_id = enterprise_id
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[datetime, Person]] = {}

    def person(self, user_id: str, team_id: str) -> Person:
        """Return who somebody is.

        Args:
            user_id: Slack user id.
            team_id: the workspace that the delivery named for the user; another than ours: a stranger.

        Raises:
            UnknownPerson: Slack does not tell: nothing may be allowed then.
        """
        now = self._clock()
        with self._lock:
            kept = self._known.get(user_id)
        if kept is not None and now - kept[0] < FRESH and kept[1].team_id == team_id:
            return kept[1]
        try:
            user = self._client.users_info(user=user_id)["user"]
        except SlackApiError as error:
            passing = judge(error) in {Verdict.RETRY, Verdict.RATE, Verdict.UNREADABLE}
            raise UnknownPerson(code_of(error), passing=passing) from error
        except Exception as error:  # slack_sdk raises whatever an absurd answer makes it stumble over
            raise UnknownPerson(type(error).__name__, passing=True) from error
        if not isinstance(user, Mapping):
            raise UnknownPerson("unreadable_answer", passing=True)
        person = read_person(user, team_id, home=self._team_id, enterprise=self._enterprise_id)
        with self._lock:
            self._known = {k: v for k, v in self._known.items() if now - v[0] < FRESH}
            self._known[user_id] = (now, person)
        return person


def read_person(user: Mapping[str, object], team_id: str, *, home: str, enterprise: str | None) -> Person:
    """Read the ``user`` object of `users.info`.

    A person of another organisation is flagged ``is_stranger``, or belongs to another team; on Enterprise
    Grid, workspaces of the same organisation share its id (SLACK-FACTS.md §1.4).
    """
    profile = user.get("profile")
    profile = profile if isinstance(profile, Mapping) else {}
    grid = user.get("enterprise_user")
    same_organisation = isinstance(grid, Mapping) and enterprise and grid.get("enterprise_id") == enterprise
    teams = {team_id, str(user.get("team_id") or team_id)}
    return Person(
        user_id=str(user.get("id") or ""),
        team_id=team_id,
        name=str(profile.get("display_name") or user.get("real_name") or user.get("name") or ""),
        email=str(profile["email"]) if profile.get("email") else None,
        tz=str(user.get("tz") or "UTC"),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_stranger=bool(user.get("is_stranger")) or (teams != {home} and not same_organisation),
        is_bot=bool(user.get("is_bot") or user.get("is_workflow_bot")),
        is_deleted=bool(user.get("deleted")),
    )
