"""What arrives about dialogs: the build dialog in every state, its shortcut, and tampered metadata."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from bot import views
from bot.domain import Place
from bot.domain.build_forms import BuildForm, Choice, FieldProblem
from bot.sandbox.slack.inputs import initial_values
from bot.views import dialog_ids
from tests.fuzz import inputs
from tests.fuzz.bot import ADDRESS, HOME, ONCE

PLACE = Place(channel_id="C1", response_url=ADDRESS, surface="dialog")
FORMS = (
    BuildForm(),
    BuildForm(project=Choice(value="CHURN", text="Churn")),
    BuildForm(
        project=Choice(value="CHURN", text="Churn"),
        outputs=(Choice(value="dataset|CHURN|scored", text="scored"),),
    ),
    BuildForm(
        project=Choice(value="SALES", text="Sales"),
        outputs=(Choice(value="dataset|SALES|orders", text="orders"),),
        partition="2026-11-28",
    ),
    BuildForm(
        project=Choice(value="CHURN", text="Churn"),
        outputs=(Choice(value="dataset|SALES|orders", text="orders"),),
    ),
    BuildForm(by_hand=True, typed="CHURN.scored SALES.orders"),
    BuildForm(by_hand=True, typed="?.scored", partition="yesterday"),
)
PROBLEM = FieldProblem(field="outputs", text="There is no such dataset.")


def _view(form: BuildForm, dialog: views.BuildDialog) -> dict[str, Any]:
    metadata = views.encode_build_dialog(dialog)
    shown = views.build_dialog(form, metadata, instances=("default", "other"), asks_where=True)
    blocks: Any = shown["blocks"]
    state = {"values": initial_values(blocks)}
    return {**shown, "id": "V1", "hash": ONCE, "state": state}


def _payload(kind: str, **rest: Any) -> dict[str, Any]:
    user = {"id": "UALICE", "team_id": HOME}
    return {"type": kind, "user": user, "team": {"id": HOME}, "trigger_id": ONCE, **rest}


def _right() -> Iterator[dict[str, Any]]:
    yield _payload("shortcut", callback_id=dialog_ids.BUILD_SHORTCUT)
    for form in FORMS:
        dialog = views.BuildDialog(place=PLACE, by_hand=form.by_hand)
        broken = views.BuildDialog(
            place=PLACE, by_hand=form.by_hand, problem=PROBLEM, about=form.digest, found_at=2e9
        )
        for view in (_view(form, dialog), _view(form, broken)):
            yield _payload("view_submission", view=view)
            for block in view["blocks"]:
                element = block.get("element", {})
                if element.get("action_id") in dialog_ids.SUGGESTED:
                    yield _suggestion(view, block["block_id"], element)
                if element.get("action_id") in dialog_ids.BUILD_FIELDS:
                    action = {"action_id": element["action_id"], "block_id": block["block_id"]}
                    yield _payload("block_actions", view=view, actions=[action | {"type": element["type"]}])


def _suggestion(view: Mapping[str, Any], block_id: str, element: Mapping[str, Any]) -> dict[str, Any]:
    return _payload(
        "block_suggestion", view=view, block_id=block_id, action_id=element["action_id"], value="c"
    )


RIGHT = tuple(_right())
"""Payloads as Slack sends them."""

_words = st.one_of(st.sampled_from(inputs.WORDS), st.text(max_size=12))


@st.composite
def dialog_payloads(draw: st.DrawFn) -> dict[str, Any]:
    """Return a payload about the build dialog, from anybody, with another state or metadata."""
    payload: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(RIGHT)))
    payload["user"]["id"] = draw(inputs.people)
    if "value" in payload:
        payload["value"] = draw(_words)
    view = payload.get("view")
    if view is None:
        return payload
    if draw(st.booleans()):
        view["private_metadata"] = draw(_tampered(view["private_metadata"]))
    for _ in range(draw(st.integers(0, 2))):
        inside, key = draw(st.sampled_from(list(inputs.places(view["state"]))))
        inside[key] = draw(st.one_of(_words, inputs.anything))
    return payload


@st.composite
def _tampered(draw: st.DrawFn, metadata: str) -> str:
    version, _, text = metadata.partition(":")
    if draw(st.booleans()):
        at = draw(st.integers(0, len(metadata)))
        return metadata[:at] + draw(st.text(max_size=4)) + metadata[at + draw(st.integers(0, 4)) :]
    record = json.loads(text)
    for _ in range(draw(st.integers(1, 3))):
        inside, key = draw(st.sampled_from(list(inputs.places(record))))
        inside[key] = draw(st.one_of(_words, inputs.anything))
        if not list(inputs.places(record)):
            break
    return f"{version}:{json.dumps(record)}"
