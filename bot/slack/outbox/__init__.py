"""Everything that goes to Slack: durable messages, private answers; and who somebody is."""

from bot.slack.outbox.answers import Answers
from bot.slack.outbox.lookup import Lookup
from bot.slack.outbox.people import People, UnknownPerson
from bot.slack.outbox.sender import Sender
from bot.slack.outbox.verdicts import Verdict, judge

__all__ = ["Answers", "Lookup", "People", "Sender", "UnknownPerson", "Verdict", "judge"]
