"""What does a request do?

There is one service for each kind of request. It asks `access` who the person is and what they may do, calls
DSS through the port in `bot.domain.ports`, writes rows, and answers with a view. It contains no SQL and no
HTTP. May import the store, `bot.slack`, views, commands and the domain.

Example of a change: for a new query, add a request to `bot.domain.requests` and a method to
`queries.QueryService`.
"""
