"""Values of interactive elements: their initial state and how a person's choice changes it."""

from bot.sandbox.slack.limits import STATEFUL, elements_of
from bot.sandbox.slack.model import Json

_FIELDS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
_LISTS = frozenset(kind for kind, (name, _) in _FIELDS.items() if name.endswith("s") and name != "files")


def initial_values(blocks: list[Json]) -> dict[str, dict[str, Json]]:
    """Return the initial ``state.values``, before any input."""
    values: dict[str, dict[str, Json]] = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in STATEFUL:
                value = element_value(element, element.get(_FIELDS[element["type"]][1]))
                values.setdefault(block["block_id"], {})[element["action_id"]] = value
    return values


def element_value(element: Json, raw: object) -> Json:
    """Return an element's entry in ``state.values`` (and, with ids added, in ``actions``)."""
    kind = element["type"]
    if raw is None and kind in _LISTS:
        raw = []
    return {"type": kind, _FIELDS[kind][0]: raw}


def is_empty(value: Json) -> bool:
    """Return whether the value is empty."""
    return all(not content for key, content in value.items() if key != "type")


def chosen(element: Json, choice: object) -> object:
    """Convert a test's or a terminal's choice (an option's value or text) into what a client sends.

    Raises:
        LookupError: there is no such option.
    """
    kind = element["type"]
    if kind in _LISTS and isinstance(choice, list | tuple):
        return [_option(element, one) for one in choice]
    return _option(element, choice)


def _option(element: Json, choice: object) -> object:
    if choice is None or isinstance(choice, dict) or "option" not in _FIELDS[element["type"]][0]:
        return choice
    options = [*element.get("options", ())]
    for group in element.get("option_groups", ()):
        options += group["options"]
    for option in options:
        if choice in {option.get("value"), option["text"]["text"]}:
            return option
    if element["type"].endswith("external_select"):
        raise LookupError("pass an option that a suggestion offered, as an object")
    offered = [option["text"]["text"] for option in options]
    raise LookupError(f"no option {choice!r}; there are {offered}")
