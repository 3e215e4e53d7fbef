"""Keeps the App Homes that are probably open up to date, at a low price.

A round asks each instance once what is running, with the bot's own key, and looks into the bot's own rows.
Only if these signs have changed, or a minute is over, the page is made anew, with the rights of its person;
and only if it then shows something else, it is published.
"""

from datetime import timedelta

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.cached import is_fresh
from bot.domain.errors import DSSError, Refusal
from bot.domain.stored_records import KnownJob
from bot.language import language, person_reads
from bot.services.dss_instances import DssInstance
from bot.services.dss_users import IdentityUnavailable
from bot.services.home import HomeService, Rendered, refused, rendered
from bot.services.home_pages import RECENT_LOOKED, HomePages
from bot.services.job_lists import MINE_LOOKED
from bot.services.open_homes import OpenHome, OpenHomes
from bot.services.service import Collaborators, Service
from bot.slack.error_codes import ErrorKind, classify, code_of
from bot.slack.languages import Languages
from bot.store import Store

log = structlog.get_logger(__name__)

AT_LEAST_EVERY = timedelta(minutes=1)
"""How often a page is made whatever the signs say: rights can change, and other instances are asked."""
MOST_PAGES = 10
"""Pages made in one round; the others come in the next ones, those first that waited longest. Slack allows an
app about a hundred ``views.publish`` a minute (SLACK-FACTS.md §1.3, tier 4)."""

_PASSING = frozenset({ErrorKind.RETRY, ErrorKind.RATE, ErrorKind.AUTH, ErrorKind.UNREADABLE})
"""What the next round can try again, for all of them."""


class HomeUpdates(Service):
    """Does rounds over the open App Homes."""

    def __init__(
        self,
        parts: Collaborators,
        home: HomeService,
        pages: HomePages,
        open_homes: OpenHomes,
        languages: Languages,
    ) -> None:
        super().__init__(parts)
        self._languages = languages
        self._home = home
        self._pages = pages
        self._open = open_homes

    def round(self) -> bool:
        """Look at each open App Home; there is never more to do right away."""
        signs = _Signs(self._store)
        made = 0
        for home in sorted(self._open.open_at(self._clock()), key=lambda one: one.made):
            if made >= MOST_PAGES:
                break
            try:
                with person_reads(self._languages.of(home.user_id, home.tab.team_id)):
                    made += self._keep_current(home, signs)
            except (DSSError, IdentityUnavailable) as error:
                # It says as of when it is; the next round tries again.
                log.info("home.not_looked", user=home.user_id, error=str(error))
            except (OSError, SlackClientError) as error:
                if not self._goes_on(home, error):
                    break
        return False

    def _keep_current(self, home: OpenHome, signs: "_Signs") -> bool:
        """Bring one up to date; return whether its page was made for that."""
        now = self._clock()
        thorough = not is_fresh(home.thorough, now, AT_LEAST_EVERY)
        jobs = signs.of(self._pages.instance_of(home.tab.showing))
        seen = hash((jobs, self._own(home.user_id), language()))
        if seen == home.signs and not thorough:
            return False
        tab, user_id = home.tab, home.user_id
        others = self._pages.others(user_id, tab, recorded=False) if thorough else home.others
        shown: Rendered
        try:
            shown = rendered(self._pages.page(user_id, tab, others, recorded=False), home.answer)
        except IdentityUnavailable:
            raise
        except Refusal as error:
            shown = refused(error, tab, home.answer)
        self._home.update(
            home,
            shown,
            signs=seen if shown.page is not None else None,
            made=now,
            thorough=now if thorough else home.thorough,
            others=others,
        )
        return True

    def _own(self, user_id: str) -> tuple[object, ...]:
        """Return what has to be the same for a person's own rows to be unchanged."""
        recent = self._store.jobs.recent_of(user_id, MINE_LOOKED)
        favorites = tuple(self._store.favorites.of_owner(user_id))
        return (*((watch.id, job.version, watch.closed_at) for watch, job in recent), favorites)

    def _goes_on(self, home: OpenHome, error: Exception) -> bool:
        """Return whether to publish others after Slack didn't take one."""
        kind = classify(error) if isinstance(error, SlackApiError) else ErrorKind.RETRY
        code = code_of(error) if isinstance(error, SlackApiError) else type(error).__name__
        log.info("home.not_updated", user=home.user_id, error=code)
        if kind not in _PASSING:  # above all hash_conflict: another replica shows something newer there
            self._open.replace(home, None)
        return kind not in _PASSING


class _Signs:
    """What each instance looked like in one round."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: dict[str, object] = {}

    def of(self, instance: DssInstance) -> object:
        """Return what has to be the same for the jobs of an instance to be unchanged.

        Raises:
            DSSError: DSS doesn't answer; it's asked once in a round.
        """
        if instance.name not in self._read:
            try:
                self._read[instance.name] = self._look(instance)
            except DSSError as error:
                self._read[instance.name] = error
        read = self._read[instance.name]
        if isinstance(read, DSSError):
            raise read
        return read

    def _look(self, instance: DssInstance) -> object:
        running = instance.dss.running_jobs() or ()
        known = self._store.known_jobs.of([job.ref for job in running]).values()
        ended = self._store.known_jobs.ended(instance.name, RECENT_LOOKED)
        return (
            frozenset((job.ref, job.state) for job in running),
            frozenset((one.job.info.ref, one.job.version, _threads(one)) for one in known),
            tuple((job.info.ref, job.version) for job in ended),
        )


def _threads(known: KnownJob) -> tuple[object, ...]:
    return tuple((one.watch.id, one.ts) for one in known.threads)
