"""Creates the Bolt app, which passes Slack's requests to the listeners."""

import logging
from concurrent.futures import ThreadPoolExecutor

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.settings import SlackSettings
from bot.slack.identity import BotIdentity

LISTENERS = 10
"""Bolt's listener threads, which only acknowledge and write a row."""


def bolt_app(client: WebClient, identity: BotIdentity, slack: SlackSettings) -> App:
    """Return the app. It knows the bot's identity, so Bolt doesn't ask Slack again in a listener."""
    authorized = AuthorizeResult(
        enterprise_id=identity.enterprise_id,
        team_id=identity.team_id,
        bot_token=client.token,
        bot_id=identity.bot_id,
        bot_user_id=identity.bot_user_id,
    )
    logging.getLogger("slack_bolt.App").addFilter(_not_about_arguments)
    return App(
        client=client,
        signing_secret=slack.signing_secret.reveal() if slack.signing_secret else "",
        authorize=lambda: authorized,
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="listener"),
        request_verification_enabled=not slack.socket_mode,
        # Acknowledge a request only once it is a row, or a crash in between would lose it silently.
        # A listener only writes that row, and gives up in time (IntentStore.add).
        process_before_response=True,
        # So that requests without a listener are acknowledged too (`bot.listeners.registration`).
        raise_error_for_unhandled_request=True,
    )


def _not_about_arguments(record: logging.LogRecord) -> bool:
    """Drop Bolt's warnings about arguments that it doesn't use: that is on purpose."""
    return not record.getMessage().startswith("As ")
