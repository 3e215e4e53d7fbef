"""Everything that knows Slack: what is shown (views), how it is delivered (outbox), who is listened to."""
