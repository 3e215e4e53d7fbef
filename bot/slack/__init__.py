"""How do we talk to Slack?

Who the bot and its users are, the delivery of outbox rows, private answers, and what each error code
means. May import views and `bot.http`; accesses the database only through `outbox_ports`.

Example of a change: to handle a new Slack error code, add a line to `error_codes`.
"""
