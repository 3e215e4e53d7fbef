"""What does Bolt call?

A listener acknowledges, reads the payload and hands a request to the `Dispatcher`. It never waits for DSS.
May import services, workers, views and commands.

Example of a change: for a new button, add an action id to `bot.views.action_ids` and a line to a table in
`actions`.
"""
