"""Publishes App Home: for a person who opened it, and with the answer to a button that was pressed there."""

from datetime import UTC, datetime
from hashlib import sha256

import msgspec
import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot import views
from bot.domain import HomeTab, Message, Place
from bot.services.error_messages import error_message
from bot.services.home_pages import HomePages
from bot.services.open_homes import OpenHome, OpenHomes
from bot.services.service import Collaborators, Service

log = structlog.get_logger(__name__)

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """App Home, ready to be published."""

    view: dict[str, object]
    content: bytes
    """As in `OpenHome`."""
    page: views.HomePage | None
    """``None`` if it says why there is none."""


class HomeService(Service):
    """Publishes App Home views.

    Args:
        parts: what services share.
        client: makes the calls.
        pages: makes the pages.
        open_homes: remembers what was published, to keep it up to date.
    """

    def __init__(
        self, parts: Collaborators, client: WebClient, pages: HomePages, open_homes: OpenHomes
    ) -> None:
        super().__init__(parts)
        self._client = client
        self._pages = pages
        self._open = open_homes

    def publish(self, user_id: str, tab: HomeTab) -> None:
        """Show a person what is running and what ended, or why they can't see it."""
        try:
            shown = self._show(user_id, tab, None)
            if shown is not None and shown[1].page is not None and shown[1].page.reader.others:
                self._look_elsewhere(shown[0], shown[1].page)
        except (OSError, SlackClientError) as error:
            log.warning("home.not_shown", user=user_id, error=str(error))

    def answer(self, place: Place, user_id: str, message: Message) -> None:
        """Show the answer to a button of App Home above the jobs as they are now.

        Raises:
            SlackClientError: Slack doesn't take it.
        """
        if place.home is not None:
            self._show(user_id, place.home, message)

    def _put(self, user_id: str, view: dict[str, object], known: str | None = None) -> str:
        """Publish a view and return its hash.

        Args:
            user_id: whose App Home it is.
            view: what it shows.
            known: the hash of the view that it replaces; Slack refuses if another one is there by now.

        Raises:
            SlackClientError: Slack doesn't take it.
        """
        answer = self._client.views_publish(user_id=user_id, view=view, hash=known)
        shown = answer.get("view")
        return str(shown.get("hash") or "") if isinstance(shown, dict) else ""

    def _show(self, user_id: str, tab: HomeTab, answer: Message | None) -> tuple[OpenHome, Rendered] | None:
        """Publish a page, unless its person asked for another one meanwhile; an answer is shown anyway."""
        turn, before = self._open.begin(user_id), self._open.get(user_id)
        others = before.others if before is not None else ()
        try:
            shown = rendered(self._pages.page(user_id, tab, others), answer)
        except Exception as error:  # noqa: BLE001 - the person sees the reason in place of the jobs
            shown = refused(error, tab, answer)
        with self._open.publishing(user_id):
            if answer is None and not self._open.is_latest(user_id, turn):
                return None
            known, now = self._put(user_id, shown.view), self._clock()
            home = OpenHome(
                user_id=user_id,
                tab=tab,
                answer=answer,
                hash=known,
                content=shown.content,
                signs=None,
                made=now,
                thorough=now,
                touched=now,
                others=others,
            )
            self._open.put(home)
        return home, shown

    def update(self, home: OpenHome, shown: Rendered, **looked: object) -> None:
        """Publish what an App Home shows by now, if that's something else than before.

        Args:
            home: what was published.
            shown: what it shows by now.
            looked: further fields of `OpenHome` to remember.

        Raises:
            SlackClientError: Slack doesn't take it; another replica might have published something newer.
        """
        with self._open.publishing(home.user_id):
            if self._open.get(home.user_id) is not home:
                return
            known = home.hash
            if shown.content != home.content:
                known = self._put(home.user_id, shown.view, home.hash)
            later = msgspec.structs.replace(home, hash=known, content=shown.content, **looked)
            self._open.replace(home, later)

    def _look_elsewhere(self, home: OpenHome, page: views.HomePage) -> None:
        """Add what runs on the other instances, for which the person didn't have to wait."""
        others = self._pages.others(home.user_id, home.tab)
        known = {one.name: one for one in others}
        named = tuple(known.get(one.name, one) for one in page.reader.others)
        page = msgspec.structs.replace(page, reader=msgspec.structs.replace(page.reader, others=named))
        self.update(home, rendered(page, home.answer), others=others)
        self._open.note_others(home.user_id, home.tab, others)


def rendered(page: views.HomePage, answer: Message | None) -> Rendered:
    """Draw a page."""
    timeless = views.home(msgspec.structs.replace(page, at=_ANY_TIME), answer)
    return Rendered(view=views.home(page, answer), content=_identify(timeless), page=page)


def refused(error: Exception, tab: HomeTab, answer: Message | None) -> Rendered:
    """Draw the reason why there is no page."""
    view = views.home_refused(error_message(error, doing="home"), tab.showing, answer)
    return Rendered(view=view, content=_identify(view), page=None)


def _identify(view: dict[str, object]) -> bytes:
    return sha256(msgspec.json.encode(view)).digest()
