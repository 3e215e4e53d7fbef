"""Text, options, confirmation dialogs, and interactive elements, with the lengths from SLACK-FACTS §1.3.

The keys come from Slack's Block Kit reference and `slack_sdk.models.blocks`.
"""

from bot.sandbox.slack.limits.checks import (
    Check,
    Problems,
    Value,
    anything,
    array,
    at_least_one_of,
    boolean,
    both,
    integer,
    number,
    one_of,
    record,
    string,
    tagged,
)

ACTION_ID = string(255)
URL = string(3000, pattern=r"(https?|mailto|slack):\S+")
DATE = string(10, pattern=r"\d{4}-\d\d-\d\d")
_TAG = one_of("plain_text", "mrkdwn")


def plain(maximum: int, minimum: int = 1) -> Check:
    """Accept a ``plain_text`` object."""
    return record({"type": one_of("plain_text"), "text": string(maximum, minimum)}, {"emoji": boolean})


def mrkdwn(maximum: int, minimum: int = 1) -> Check:
    """Accept a ``mrkdwn`` object."""
    return record({"type": one_of("mrkdwn"), "text": string(maximum, minimum)}, {"verbatim": boolean})


def text(maximum: int, minimum: int = 1) -> Check:
    """Accept a text object of either kind."""
    return tagged({"plain_text": plain(maximum, minimum), "mrkdwn": mrkdwn(maximum, minimum)}, "text object")


CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_OPTION_KEYS = {"description": text(75), "url": URL}
OPTION = record({"text": plain(75), "value": string(150)}, _OPTION_KEYS)
RICH_OPTION = record({"text": text(75), "value": string(150)}, _OPTION_KEYS)  # radio buttons, checkboxes
GROUP = record({"label": plain(75), "options": array(OPTION, 1, 100)})
OPTIONS_ANSWER = both(
    record({}, {"options": array(OPTION, 0, 100), "option_groups": array(GROUP, 0, 100)}),
    at_least_one_of("options", "option_groups"),
)
"""The acknowledgement of a ``block_suggestion``."""


def _initial_is_an_option(value: Value, where: str, problems: Problems) -> None:
    """Check that the initial option equals one of the options in all its keys, as Slack requires."""
    options = list(value.get("options") or [])
    for group in value.get("option_groups") or []:
        options += group.get("options", []) if isinstance(group, dict) else []
    initial = value.get("initial_options") or (
        [value["initial_option"]] if value.get("initial_option") else []
    )
    if any(one not in options for one in initial):
        problems.add(where, "initial option must exactly match one of the provided options")
    values = [one.get("value") for one in options if isinstance(one, dict)]
    if len(values) != len(set(values)):
        problems.add(where, "option values must be unique")


_SELECT = {"action_id": ACTION_ID, "placeholder": plain(150), "confirm": CONFIRM, "focus_on_load": boolean}
_MULTI = {**_SELECT, "max_selected_items": integer(1, 100)}
_STATIC = {"options": array(OPTION, 1, 100), "option_groups": array(GROUP, 1, 100)}
_FILTER = record(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_CONVERSATION = {"default_to_current_conversation": boolean, "filter": _FILTER}
_IDS = array(string(50), 1, 100)
_TYPED = {
    "action_id": ACTION_ID,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "dispatch_action_config": record(
        {}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
    ),
}
_CHOICE = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}


def _element(
    name: str, required: dict[str, Check] | None = None, optional: dict[str, Check] | None = None
) -> Check:
    return record({"type": one_of(name), **(required or {})}, optional)


def _static(name: str, optional: dict[str, Check]) -> Check:
    return both(
        _element(name, None, {**optional, **_STATIC}),
        at_least_one_of("options", "option_groups"),
        _initial_is_an_option,
    )


IMAGE = both(
    _element(
        "image",
        {"alt_text": string(2000)},
        {"image_url": URL, "slack_file": record({}, {"id": string(50), "url": URL})},
    ),
    at_least_one_of("image_url", "slack_file"),
)
BUTTON = _element(
    "button",
    {"text": plain(75)},
    {
        "action_id": ACTION_ID,
        "value": string(2000),
        "url": URL,
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
SELECTS: dict[str, Check] = {
    "static_select": _static("static_select", {**_SELECT, "initial_option": OPTION}),
    "multi_static_select": _static(
        "multi_static_select", {**_MULTI, "initial_options": array(OPTION, 1, 100)}
    ),
    "external_select": _element(
        "external_select", None, {**_SELECT, "initial_option": OPTION, "min_query_length": integer(0, 100)}
    ),
    "multi_external_select": _element(
        "multi_external_select",
        None,
        {**_MULTI, "initial_options": array(OPTION, 1, 100), "min_query_length": integer(0, 100)},
    ),
    "users_select": _element("users_select", None, {**_SELECT, "initial_user": string(50)}),
    "multi_users_select": _element("multi_users_select", None, {**_MULTI, "initial_users": _IDS}),
    "conversations_select": _element(
        "conversations_select",
        None,
        {**_SELECT, **_CONVERSATION, "initial_conversation": string(50), "response_url_enabled": boolean},
    ),
    "multi_conversations_select": _element(
        "multi_conversations_select", None, {**_MULTI, **_CONVERSATION, "initial_conversations": _IDS}
    ),
    "channels_select": _element(
        "channels_select",
        None,
        {**_SELECT, "initial_channel": string(50), "response_url_enabled": boolean},
    ),
    "multi_channels_select": _element("multi_channels_select", None, {**_MULTI, "initial_channels": _IDS}),
}
PICKERS: dict[str, Check] = {
    "datepicker": _element("datepicker", None, {**_SELECT, "initial_date": DATE}),
    "timepicker": _element(
        "timepicker",
        None,
        {**_SELECT, "initial_time": string(5, pattern=r"\d\d:\d\d"), "timezone": string(100)},
    ),
    "datetimepicker": _element(
        "datetimepicker", None, {**_CHOICE, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}
    ),
    "radio_buttons": both(
        _element(
            "radio_buttons",
            {"options": array(RICH_OPTION, 1, 10)},
            {**_CHOICE, "initial_option": RICH_OPTION},
        ),
        _initial_is_an_option,
    ),
    "checkboxes": both(
        _element(
            "checkboxes",
            {"options": array(RICH_OPTION, 1, 10)},
            {**_CHOICE, "initial_options": array(RICH_OPTION, 1, 10)},
        ),
        _initial_is_an_option,
    ),
}
BUTTONS: dict[str, Check] = {
    "button": BUTTON,
    "overflow": _element(
        "overflow", {"options": array(OPTION, 1, 5)}, {"action_id": ACTION_ID, "confirm": CONFIRM}
    ),
    "workflow_button": _element(
        "workflow_button",
        {"text": plain(75), "workflow": anything},
        {
            "action_id": ACTION_ID,
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
    ),
}
INPUTS: dict[str, Check] = {
    "plain_text_input": _element(
        "plain_text_input",
        None,
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    "number_input": _element(
        "number_input",
        {"is_decimal_allowed": boolean},
        {
            **_TYPED,
            "initial_value": string(100),
            "min_value": string(100),
            "max_value": string(100),
        },
    ),
    "email_text_input": _element("email_text_input", None, {**_TYPED, "initial_value": string(3000)}),
    "url_text_input": _element("url_text_input", None, {**_TYPED, "initial_value": URL}),
    "rich_text_input": _element("rich_text_input", None, {**_TYPED, "initial_value": anything}),
    "file_input": _element(
        "file_input",
        None,
        {"action_id": ACTION_ID, "filetypes": array(string(20), 1, 50), "max_files": integer(1, 10)},
    ),
}
_FEEDBACK = record({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
FEEDBACK: dict[str, Check] = {
    "feedback_buttons": _element(
        "feedback_buttons",
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
        {"action_id": ACTION_ID},
    ),
    "icon_button": _element(
        "icon_button",
        {"icon": one_of("trash"), "text": plain(75)},
        {
            "action_id": ACTION_ID,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": _IDS,
        },
    ),
}
URL_SOURCE = record(
    {"type": one_of("url"), "url": URL, "text": string(3000)}, {"icon_url": URL, "score": number}
)
STATEFUL = frozenset({*SELECTS, *PICKERS, *INPUTS})
"""Element types whose current value appears in ``state.values``."""
