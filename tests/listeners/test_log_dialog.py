"""What a change in the dialog of a log asks for, whatever Slack or anybody else sends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import views
from bot.domain import JobName, Place, ReadLog
from bot.listeners.log_dialog import change
from bot.views import dialog_ids, limits
from bot.views.button_values import LogDialog, encode_log_dialog, read_log_dialog

OPENED = LogDialog(
    request=ReadLog(job=JobName(job_id="Build_x", project="CHURN"), activity="a1"),
    place=Place(channel_id="C0DATA", surface="dialog"),
    search="amount",
    page=3,
)

nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
actions = st.fixed_dictionaries(
    {"action_id": st.sampled_from(dialog_ids.LOG_FIELDS) | nested},
    optional={
        "value": nested | st.text(max_size=300),
        "selected_option": nested | st.fixed_dictionaries({"value": nested | st.text(max_size=300)}),
    },
)


@given(actions)
def test_whatever_arrives_names_the_same_job(action: dict[str, object]) -> None:
    """It's a dialog that can be written and read again, of the same job and place, or an old one."""
    try:
        changed = change(OPENED, action)
    except views.OldButton:
        return
    assert read_log_dialog(encode_log_dialog(changed)) == changed
    assert (changed.request.job, changed.place) == (OPENED.request.job, OPENED.place)
    assert len(changed.search) <= limits.LOG_SEARCH


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"action_id": dialog_ids.LOG_OLDER, "value": "4"}, ("a1", "amount", 4)),
        ({"action_id": dialog_ids.LOG_NEWER, "value": "2"}, ("a1", "amount", 2)),
        ({"action_id": dialog_ids.LOG_NEWER, "value": "-1"}, ("a1", "amount", 0)),
        ({"action_id": dialog_ids.LOG_SEARCH, "value": "x"}, ("a1", "x", 0)),
        ({"action_id": dialog_ids.LOG_SEARCH, "value": None}, ("a1", "", 0)),
        ({"action_id": dialog_ids.LOG_PART, "selected_option": {"value": "b"}}, ("b", "amount", 0)),
        ({"action_id": dialog_ids.LOG_PART, "selected_option": {"value": "*"}}, (None, "amount", 0)),
    ],
)
def test_one_thing_changes_and_the_rest_stays(
    action: dict[str, object], expected: tuple[str | None, str, int]
) -> None:
    """What is searched stays for another activity; both begin with the newest page."""
    changed = change(OPENED, action)
    assert (changed.request.activity, changed.search, changed.page) == expected
