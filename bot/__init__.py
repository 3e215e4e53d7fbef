"""A Slack bot that builds, follows, aborts and reads the logs of Dataiku DSS jobs."""
