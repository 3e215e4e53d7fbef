"""Wires App Home."""

from datetime import timedelta

from slack_sdk import WebClient

from bot.services.home import HomeService
from bot.services.home_pages import HomePages
from bot.services.home_updates import HomeUpdates
from bot.services.open_homes import OpenHomes
from bot.services.service import Collaborators
from bot.settings import Settings
from bot.slack.languages import Languages
from bot.workers.loop import Loop

TICKS = 5
"""Ticks of the job waiter from one look at the open App Homes to the next: 10 s with the default setting."""


def wire_home(
    parts: Collaborators, client: WebClient, settings: Settings, languages: Languages
) -> tuple[HomeService, Loop]:
    """Return what publishes App Home, and the loop that keeps the open ones up to date."""
    open_homes = OpenHomes(timedelta(minutes=settings.slack.home_minutes))
    pages = HomePages(parts)
    home = HomeService(parts, client, pages, open_homes)
    updates = HomeUpdates(parts, home, pages, open_homes, languages)
    return home, Loop("home", updates.round, TICKS * settings.following.tick_seconds)
