"""Stand-ins for DSS and for a Slack workspace: they know the wire protocols, never the bot."""
