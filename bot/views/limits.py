"""Slack's limits, in Unicode code points or items (source: SLACK-FACTS.md §1.3)."""

MESSAGE_TEXT = 3_900
"""Our limit: ``chat.update`` rejects 4,001 (``msg_too_long``), and ``chat.postMessage`` splits from 4,041."""
MESSAGE_BLOCKS = 50
"""Blocks of one message."""
VIEW_BLOCKS = 100
"""Blocks of a modal or of App Home."""
SECTION_TEXT = 3_000
"""Text of a section block."""
CONTEXT_TEXT = 2_000
"""Our limit: Slack documents no limit for a context block's text element apart from a field's."""
ACTIONS = 25
"""Elements of an actions block."""
HEADER_TEXT = 150
"""Text of a header block."""
BUTTON_TEXT = 75
"""Label of a button."""
BUTTON_VALUE = 2_000
"""Value of a button."""
BUTTON_URL = 3_000
"""URL of a link button."""
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
METADATA = 3_000
"""``private_metadata`` of a modal."""
DECLINE_REASON = 500
"""Our limit for the reason why a build is declined: what `bot.domain.DecideApproval` accepts."""
PLAN_TITLE = 250
"""Our limit for the title of a plan: Slack documents none."""
TASK_NAME = 120
"""Our limit for the name in the title of a task: Slack documents none."""
OPTION_DESCRIPTION = 75
"""Second line of a radio button's option."""
TYPED_OUTPUTS = 3_000
"""Text of a ``plain_text_input``."""
LOG_SEARCH = 200
"""Our limit for what a log is searched for."""
PARTITION = 500
"""Our limit: what `bot.commands.partitions` accepts."""
FIELD_ERROR = 300
"""Our limit for what is said about a field: Slack documents none."""
CONTAINER_TITLE = 150
"""Title of a ``container``."""
TABLE_ROWS = 100
"""Rows of a ``data_table`` below its header."""
TABLE_CHARACTERS = 9_000
"""Our limit for all cells of a ``data_table`` together: reports say that Slack takes 10,000."""
TABLE_CELL = 200
"""Our limit for one cell."""
TABLE_PAGE = 15
"""Rows of a ``data_table`` that are shown at a time."""
ALERT_TEXT = 200
"""Text of an ``alert``."""
