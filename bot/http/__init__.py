"""What do all our HTTP calls and servers share?

Which proxy a call goes through (`proxies`), why one got no answer (`reachability`), answers that end at a
deadline (`deadlines`), and a server that cuts off half-sent requests (`server`). May import
`bot.domain.errors` only.

Example of a change: another environment variable for proxies is read in `proxies`.
"""
