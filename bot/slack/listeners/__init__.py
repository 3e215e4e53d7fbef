"""What Bolt calls: acknowledge, read, hand over. Registered once, from the tables in these modules."""

from bot.slack.listeners.register import register

__all__ = ["register"]
