"""The build dialog against golden files, Slack's limits, and what people's names can contain."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import views
from bot.domain import BuildMode, HomeTab, OutputKind, Place, RequestedOutput
from bot.domain.build_forms import (
    BuildForm,
    BuildPreview,
    Choice,
    FieldProblem,
    output_value,
    read_output,
)
from bot.listeners.build_dialog_fields import read_fields, shows
from bot.sandbox.slack.inputs import initial_values
from bot.sandbox.slack.limits import check_view
from bot.views import dialog_ids

GOLDEN = Path(__file__).parent / "golden_dialogs"
CHURN = Choice(value="CHURN", text="Customer churn (CHURN)")
SCORED = Choice(value="dataset|CHURN|scored", text="scored")
FORM = BuildForm(project=CHURN, outputs=(SCORED,))
DIALOG = views.BuildDialog(place=Place(channel_id="C0DATA", surface="dialog"))
METADATA = views.encode_build_dialog(DIALOG)

DIALOGS: dict[str, Callable[[], dict[str, object]]] = {
    "loading": views.loading_dialog,
    "refused": lambda: views.refused_dialog("Guests of the workspace can't use this bot."),
    "empty": lambda: views.build_dialog(BuildForm(), METADATA, asks_where=True),
    "checking": lambda: views.build_dialog(FORM, METADATA, asks_where=True, checking=True),
    "usual": lambda: views.build_dialog(
        FORM, METADATA, asks_where=True, preview=BuildPreview(usual_seconds=300.0)
    ),
    "everything": lambda: views.build_dialog(
        BuildForm(
            instance="staging", project=CHURN, outputs=(SCORED,), partition="2026-11-23", mode=BuildMode.ALL
        ),
        METADATA,
        instances=("default", "staging"),
        preview=BuildPreview(mode=BuildMode.ALL),
    ),
    "busy": lambda: views.build_dialog(
        FORM, METADATA, preview=BuildPreview(busy=("CHURN.scored",), busy_by="bob")
    ),
    "wrong_partition": lambda: views.build_dialog(
        FORM,
        METADATA,
        preview=BuildPreview(problem=FieldProblem(field="partition", text="“x” is not a time of day.")),
    ),
    "wrong_partition_alert": lambda: views.build_dialog(
        FORM,
        METADATA,
        preview=BuildPreview(problem=FieldProblem(field="partition", text="“x” is not a time of day.")),
        alerts=True,
    ),
    "by_hand_alert": lambda: views.build_dialog(
        BuildForm(by_hand=True, typed="CHURN.scored"),
        METADATA,
        trouble="DSS is slow to answer right now.",
        alerts=True,
    ),
    "by_hand": lambda: views.build_dialog(
        BuildForm(by_hand=True, typed="CHURN.scored", partition="2026-11-23"),
        METADATA,
        asks_where=True,
        trouble="DSS is slow to answer right now.",
    ),
}

text = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&`*_~:|\u202e🚀"),
    min_size=1,
    max_size=400,
)
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


def checked(view: dict[str, object]) -> dict[str, Any]:
    """Return the view as Slack keeps it; raises if Slack would refuse it."""
    return check_view(json.loads(json.dumps(view)), "modal", lambda kind: f"{kind}1")


@pytest.mark.parametrize("name", sorted(DIALOGS))
def test_a_dialog_is_what_its_golden_file_shows(name: str) -> None:
    """A change in what people see changes a file that a reviewer reads; Slack takes each."""
    shown = json.loads(json.dumps(DIALOGS[name]()))
    path = GOLDEN / f"{name}.json"
    if os.environ.get("UPDATE_GOLDENS") == "1":
        path.write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert shown == json.loads(path.read_text(encoding="utf-8"))
    checked(shown)
    assert {one.stem for one in GOLDEN.glob("*.json")} == set(DIALOGS)


def test_every_mode_is_offered_in_dss_s_words_with_one_line_each() -> None:
    """A mode that the domain knows can be chosen."""
    view = views.build_dialog(BuildForm(), METADATA)
    options = next(
        block["element"]["options"] for block in view["blocks"] if block["block_id"] == dialog_ids.BUILD_MODE
    )
    assert {one["value"] for one in options} == {mode.value for mode in BuildMode}
    assert all(one["description"]["text"] for one in options)


@given(shown=text, name=names, busy=st.lists(text, max_size=30), by=text, problem=text, typed=text)
def test_slack_takes_whatever_things_are_called(
    shown: str, name: str, busy: list[str], by: str, problem: str, typed: str
) -> None:
    """Long, right-to-left, mrkdwn, emoji: a valid view, in every state."""
    value = output_value(RequestedOutput(project="CHURN", name=name)) or ""
    form = BuildForm(
        project=Choice(value="CHURN", text=shown),
        outputs=(Choice(value=value, text=shown),) if views.fits_option(value) else (),
        partition=shown,
    )
    for preview in (
        BuildPreview(busy=tuple(busy), busy_by=by),
        BuildPreview(problem=FieldProblem(field="outputs", text=problem)),
        BuildPreview(remark=problem),
    ):
        checked(views.build_dialog(form, METADATA, preview=preview))
        checked(views.build_dialog(form, METADATA, preview=preview, alerts=True))
    by_hand = BuildForm(by_hand=True, typed=typed, partition=shown)
    for alerts in (False, True):
        view = checked(views.build_dialog(by_hand, METADATA, trouble=problem, alerts=alerts))
        assert "<!" not in json.dumps(view["blocks"])


@given(
    name=names,
    kind=st.sampled_from([OutputKind.DATASET, OutputKind.FOLDER, OutputKind.MODEL]),
    mode=st.sampled_from(BuildMode),
    partition=st.none() | st.just("2026-11-23,2026-11-24"),
    privately=st.booleans(),
)
def test_what_is_entered_is_read_back(
    name: str, kind: OutputKind, mode: BuildMode, partition: str | None, privately: bool
) -> None:
    """The view's initial state means the form it was made from, with or without ``state.values``."""
    output = RequestedOutput(project="CHURN", name=name, kind=kind)
    value = output_value(output) or ""
    assert read_output(value) == output
    chosen = (Choice(value=value, text="a name"),) if views.fits_option(value) else ()
    form = BuildForm(project=CHURN, outputs=chosen, mode=mode, partition=partition, privately=privately)
    view = checked(views.build_dialog(form, METADATA, asks_where=True))
    assert read_fields(view, by_hand=False) == form
    state = {"state": {"values": initial_values(view["blocks"])}, "blocks": view["blocks"]}
    assert read_fields(state, by_hand=False) == form
    assert shows(state, form)


def test_a_choice_for_another_project_does_not_count() -> None:
    """Between a change and its update, Slack sends the old field with its old choice."""
    view = checked(views.build_dialog(FORM, METADATA))
    values = initial_values(view["blocks"])
    other = {"text": {"type": "plain_text", "text": "Sales"}, "value": "SALES"}
    values[views.block_ids(FORM)["project"]][dialog_ids.BUILD_PROJECT]["selected_option"] = other
    form = read_fields({"state": {"values": values}, "blocks": view["blocks"]}, by_hand=False)
    assert form.project == Choice(value="SALES", text="Sales")
    assert form.outputs == ()
    assert not shows(view, form)


@pytest.mark.parametrize(
    "state",
    [None, [], {"values": []}, {"values": {"build_mode": 1}}, {"values": {"build_mode": {"build_mode": 1}}}],
)
def test_an_absurd_payload_is_an_empty_form(state: object) -> None:
    """Nothing crashes, and nothing is guessed."""
    assert read_fields({"state": state, "blocks": state}, by_hand=False) == BuildForm()


@pytest.mark.parametrize("value", ["", "dataset", "dataset|", "dataset|P", "dataset|P|", "table|P|n", "|||"])
def test_a_damaged_choice_is_refused(value: str) -> None:
    """It's never guessed."""
    with pytest.raises(Exception, match="Choose again"):
        read_output(value)


@given(url=st.text(st.sampled_from("abc"), max_size=4_000), problem=text)
def test_what_the_dialog_remembers_fits(url: str, problem: str) -> None:
    """Place, Home's filters, and the problem survive; an address that is too long breaks nothing."""
    place = Place(channel_id="U0ALICE", response_url=f"https://{url}", home=HomeTab(team_id="T1"))
    dialog = views.BuildDialog(
        place=place, problem=FieldProblem(field="outputs", text=problem), about="a", found_at=1.5
    )
    text_kept = views.encode_build_dialog(dialog)
    assert len(text_kept) <= 3_000
    kept = views.read_build_dialog(text_kept)
    assert kept.place.home == place.home
    assert kept == dialog or kept.place.response_url is None


@pytest.mark.parametrize("damaged", ["", "v1:", "v1:{}", "v2:{}", "v1:" + "[" * 2_000])
def test_a_damaged_dialog_is_an_old_one(damaged: str) -> None:
    """Another version wrote it."""
    with pytest.raises(views.OldButton):
        views.read_build_dialog(damaged)


def test_metadata_that_no_database_takes_is_of_an_old_dialog() -> None:
    """It could be read but not written again, so that nobody would be told what is wrong."""
    tampered = METADATA.replace("C0DATA", "C0\\u0000")
    assert tampered != METADATA
    with pytest.raises(views.OldButton):
        views.read_build_dialog(tampered)
