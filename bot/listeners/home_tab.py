"""App Home: running jobs and a person's own builds, without typing anything."""

from typing import Any

from slack_bolt import Ack

from bot import views
from bot.domain import HomeTab, Overview
from bot.listeners.dispatcher import Dispatcher, shares_of
from bot.listeners.payloads import Payload, action_of, of_action, of_home, word
from bot.services.home import HomeService
from bot.views import action_ids
from bot.workers.query_pool import PoolFull

EVENTS = ("app_home_opened",)
"""Every event that the app subscribes to."""

SHOWING = (action_ids.HOME_SHOW,)
"""Actions that change what the tab shows."""


def opened(event: Payload, body: Payload, dispatcher: Dispatcher, home: HomeService) -> None:
    """Show the Home tab with the filters it had. Bolt itself acknowledges events."""
    if event.get("tab") not in (None, "home"):  # a list can't be in a set
        return
    user_id, tab = word(event.get("user")), of_home(event.get("view"), _team(body))
    dispatcher.submit(lambda: home.publish(user_id, tab), shares=shares_of(None, user_id))


def show(body: Payload, ack: Ack, dispatcher: Dispatcher, home: HomeService) -> None:
    """Show the Home tab anew, with the filters of the button that was pressed."""
    ack()
    context = of_action(body, replaces=False)
    try:
        showing = views.decode(str(action_of(body).get("value") or ""))
        if not isinstance(showing, Overview):
            raise views.OldButton
        tab = HomeTab(team_id=context.team_id, showing=showing)
        dispatcher.submit(lambda: home.publish(context.user_id, tab), shares=shares_of(None, context.user_id))
    except PoolFull:
        dispatcher.reply(context, views.busy())
    except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
        dispatcher.reply_error(context, error, doing=action_ids.HOME_SHOW)


def _team(body: Payload) -> str:
    listed: Any = body.get("authorizations")
    first = listed[0] if isinstance(listed, list) and listed else None
    told = word(body.get("team_id"))
    return told or (word(first.get("team_id")) if isinstance(first, dict) else "")
