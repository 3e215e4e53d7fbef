"""What stands in for DSS and Slack?

A DSS instance and a Slack workspace on loopback, and a page that shows both. They speak the wire protocols
and know nothing about the bot: they import none of our modules.

Example of a change: a new DSS call is a function and a route in ``dss/routes.py``, and a line in
docs/sandbox-dss.md.
"""
