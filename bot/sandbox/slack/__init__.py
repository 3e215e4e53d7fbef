"""A stand-in for a Slack workspace that speaks the real protocols: `SlackSandbox`.

::

    with SlackSandbox() as slack:
        ...  # start an app with slack.bot_token, slack.app_token and slack.api_url
        slack.as_user("alice").command("/dss-build", "CHURN.scored", "#data").wait()
        slack.wait_until(lambda: slack.messages("#data"))
"""

from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.limits import NEWER as NEWER_BLOCKS
from bot.sandbox.slack.model import Call, Change, Edit, Failure, File, Message, View
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.workspace import DEFAULT_SCOPES, SlackSandbox

__all__ = [
    "DEFAULT_SCOPES",
    "NEWER_BLOCKS",
    "Call",
    "Change",
    "Delivery",
    "Edit",
    "Failure",
    "File",
    "Message",
    "Person",
    "SlackSandbox",
    "View",
]
