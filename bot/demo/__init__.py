"""How do people try the bot?

``dss-bot demo``: the bot connected to the two stand-ins, on a page or in a terminal. It can import the app
and the sandbox.

Example of a change: `blocks` renders a new kind of block.
"""
