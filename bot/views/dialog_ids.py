"""Ids of dialogs and of their inputs, which tell listeners what was submitted."""

CONNECT = "connect"
"""Callback id; the metadata is the instance's name."""
CONNECT_CONFIRM = "connect_confirm"
"""Callback id; the metadata is the id of the stored key."""

DECLINE = "decline_dialog"
"""Callback id; the metadata is a `DeclineDialog`."""

BUILD = "build_dialog"
"""Callback id; the metadata is a `BuildDialog`."""

FAVORITE = "favorite_dialog"
"""Callback id; the metadata is a `FavoriteDialog`."""

LOG = "log_dialog"
"""Callback id; the metadata is a `LogDialog`."""

ALL = (BUILD, CONNECT, CONNECT_CONFIRM, DECLINE, FAVORITE, LOG)
"""Every callback id of a dialog that can be submitted. The listeners must cover all of them."""

KEY = "personal_key"
"""Input of the dialog `CONNECT`: block id and action id."""
DECLINE_REASON = "decline_reason"
"""Input of the dialog `DECLINE`: block id and action id."""

FAVORITE_NAME = "favorite_name"
"""Text of the dialog `FAVORITE`: block id and action id."""
FAVORITE_OWNER = "favorite_owner"
"""Radio buttons of the dialog `FAVORITE`, block id and action id: `MINE` or `SHARED`."""
MINE, SHARED = "mine", "shared"

BUILD_SHORTCUT = "build_in_dss"
"""Callback id of the global shortcut that opens the dialog `BUILD`; it's in the manifest."""

BUILD_INSTANCE = "build_instance"
"""Static select of the build dialog."""
BUILD_PROJECT = "build_project"
"""External select; an option's value is the project's key."""
BUILD_OUTPUTS = "build_outputs"
"""External select of several; read a value with `bot.domain.build_forms.read_output`."""
BUILD_PARTITION = "build_partition"
"""External select of the partition, where what was typed is an option too."""
BUILD_MODE = "build_mode"
"""Radio buttons."""
BUILD_WHERE = "build_where"
"""Radio buttons: where the job is followed."""
BUILD_TYPED = "build_typed"
"""Text instead of the project and the outputs, when DSS lists no names."""
BUILD_TYPED_PARTITION = "build_typed_partition"
"""Text instead of the partition."""
BUILD_FAVORITE = "build_favorite"
"""Text: the name under which the build is saved, too. Slack tells it with the submission only."""

BUILD_FIELDS = (
    BUILD_INSTANCE,
    BUILD_PROJECT,
    BUILD_OUTPUTS,
    BUILD_PARTITION,
    BUILD_MODE,
    BUILD_WHERE,
    BUILD_TYPED,
    BUILD_TYPED_PARTITION,
)
"""Fields of the build dialog: Slack tells each change."""
SUGGESTED = (BUILD_PROJECT, BUILD_OUTPUTS, BUILD_PARTITION)
"""Fields for which Slack asks the bot for options."""

LOG_PART = "log_part"
"""Static select of the log dialog: an activity, or the whole job."""
LOG_SEARCH = "log_search"
"""Text of the log dialog: block id and action id. Slack tells it on Enter, and with the submission."""
LOG_OLDER = "log_older"
"""Button to the lines before those that are shown; value: the number of the page."""
LOG_NEWER = "log_newer"
"""Button to the lines after them, or to those that are new; value: the number of the page."""

LOG_FIELDS = (LOG_PART, LOG_SEARCH, LOG_OLDER, LOG_NEWER)
"""What can be changed in the log dialog."""
