"""Slack's limits, in Unicode code points or items, each with its source (SLACK-FACTS.md §1.3)."""

MESSAGE_TEXT = 3_900
"""Ours: ``chat.update`` refuses 4,001 (``msg_too_long``), and ``chat.postMessage`` splits from 4,041 on."""
MESSAGE_BLOCKS = 50
"""Blocks of one message."""
VIEW_BLOCKS = 100
"""Blocks of a modal or of App Home."""
SECTION_TEXT = 3_000
"""Text of a section block."""
CONTEXT_TEXT = 2_000
"""Ours: Slack names no limit for one text element of a context block that differs from a field's."""
ACTIONS = 25
"""Elements of an actions block."""
HEADER_TEXT = 150
"""Text of a header block."""
BUTTON_TEXT = 75
"""Label of a button."""
BUTTON_VALUE = 2_000
"""Value of a button."""
BUTTON_URL = 3_000
"""Address of a link button."""
OPTIONS = 100
"""Options of a static select."""
OPTION_TEXT = 75
"""Label of an option."""
OPTION_VALUE = 150
"""Value of an option."""
PLACEHOLDER = 150
"""Placeholder of a select."""
CONFIRM_TITLE = 100
"""Title of a confirmation dialog."""
CONFIRM_TEXT = 300
"""Text of a confirmation dialog."""
CONFIRM_BUTTON = 30
"""Each of the two buttons of a confirmation dialog."""
ID = 255
"""``action_id``, ``block_id`` and ``callback_id``."""
