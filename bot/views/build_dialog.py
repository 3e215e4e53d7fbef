"""The build dialog. A dependent field's ``block_id`` comes from what it depends on: no old choice stays."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain import BuildMode, Message
from bot.domain.build_forms import MOST_OUTPUTS, BuildForm, BuildPreview, Choice, Field
from bot.domain.favorites import LONGEST
from bot.language import mark, t, tn
from bot.views import dialog_ids, limits, wording
from bot.views.blocks import Block, context, mrkdwn, plain, say, section
from bot.views.escape import code, cut, label, one_line, sentence

HERE, PRIVATELY = "here", "direct"
"""Values of the options for where the job is followed."""

_MODES: dict[BuildMode, str] = {
    BuildMode.ONLY: mark("From its inputs as they are now. Nothing upstream is built."),
    BuildMode.MODIFIED: mark("Also builds what is out of date upstream."),
    BuildMode.MISSING: mark("Also builds what was never built upstream."),
    BuildMode.ALL: mark("Runs every upstream recipe again. The bot asks you to confirm."),
}


def loading_dialog() -> dict[str, object]:
    """Return the dialog as it opens at once, before anything is known."""
    said = t("Loading…")
    return _dialog((section(f"{wording.WAITING} {said}"),))


def refused_dialog(reason: str) -> dict[str, object]:
    """Return the dialog for somebody who can't use it; ``reason`` is our own mrkdwn."""
    return _dialog((section(reason),))


def build_dialog(
    form: BuildForm,
    metadata: str,
    *,
    instances: Sequence[str] = (),
    asks_where: bool = False,
    trouble: str | None = None,
    preview: BuildPreview | None = None,
    checking: bool = False,
    alerts: bool = False,
) -> dict[str, Any]:
    """Return the dialog.

    Args:
        form: what is entered so far.
        metadata: see `bot.views.encode_build_dialog`.
        instances: names to choose from; empty if there is only one.
        asks_where: whether it was opened in a channel, so that there is a choice of where to post.
        trouble: why names are typed, in plain text.
        preview: what is known about the build.
        checking: whether the bot is finding that out.
        alerts: whether to show what is wrong as ``alert`` blocks, which some workspaces refuse.
    """
    blocks = (
        *(_instance(form, instances) if instances else ()),
        *(_typed(form, trouble, alerts=alerts) if form.by_hand else _chosen(form)),
        _mode(form),
        *((_where(form),) if asks_where else ()),
        _favorite(form),
        *((context(t("Checking with DSS…")),) if checking else _preview(preview, alerts=alerts)),
    )
    return {
        **_dialog(blocks),
        "callback_id": dialog_ids.BUILD,
        "private_metadata": metadata,
        "submit": plain(t("Build")),
    }


def dialog_not_opened() -> Message:
    """Say that Slack didn't open the dialog, and how to build without it."""
    return say(
        t("Slack didn't open the dialog in time. Nothing was started."),
        t(
            "Type `/dss-build` again, or name what to build: `/dss-build PROJECT.dataset`. "
            "`/dss-build help` shows more."
        ),
        icon=wording.WARNED,
    )


def block_ids(form: BuildForm) -> dict[Field, str]:
    """Return the ``block_id`` of each field of a form."""
    project = form.project.value if form.project else ""
    first = form.outputs[0].value if form.outputs else ""
    instance = form.instance or ""
    return {
        "instance": dialog_ids.BUILD_INSTANCE,
        "project": _block_id(dialog_ids.BUILD_PROJECT, instance),
        "outputs": _block_id(dialog_ids.BUILD_OUTPUTS, instance, project),
        "partition": dialog_ids.BUILD_TYPED_PARTITION
        if form.by_hand
        else _block_id(dialog_ids.BUILD_PARTITION, instance, project, first),
        "typed": dialog_ids.BUILD_TYPED,
        "mode": dialog_ids.BUILD_MODE,
        "favorite": dialog_ids.BUILD_FAVORITE,
    }


def _block_id(action_id: str, *depends_on: str) -> str:
    return f"{action_id}|{hashlib.sha256(chr(0).join(depends_on).encode(errors='replace')).hexdigest()[:12]}"


def field_error(text: str, example: str | None = None) -> str:
    """Return what Slack shows under a field, which is plain text."""
    advice = t("Try: {example}", example=example) if example else ""
    return cut(one_line(f"{text} {advice}"), limits.FIELD_ERROR)


def option(choice: Choice, description: str | None = None) -> Block:
    """Return an option of a select."""
    shown: Block = {"text": plain(label(choice.text, limits.OPTION_TEXT)), "value": choice.value}
    return shown | ({"description": plain(description)} if description else {})


def fits_option(value: str) -> bool:
    """Return whether a value fits into an option."""
    return 0 < len(value) <= limits.OPTION_VALUE and value.isprintable()


def _dialog(blocks: Sequence[Block]) -> dict[str, object]:
    return {
        "type": "modal",
        "title": plain(t("Build in DSS")),
        "close": plain(t("Cancel")),
        "blocks": list(blocks),
    }


def _input(
    block_id: str,
    text: str,
    element: Block,
    *,
    hint: str | None = None,
    optional: bool = False,
    told: bool = True,
) -> Block:
    """Return an input; ``told`` is whether Slack tells its changes."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(text),
        "element": element,
        **({"dispatch_action": True} if told else {}),
        **({"hint": plain(hint)} if hint else {}),
        **({"optional": True} if optional else {}),
    }


def _instance(form: BuildForm, instances: Sequence[str]) -> Iterator[Block]:
    options = [option(Choice(value=name, text=name)) for name in instances[: limits.OPTIONS]]
    chosen = next((one for one in options if one["value"] == form.instance), options[0])
    element: Block = {
        "type": "static_select",
        "action_id": dialog_ids.BUILD_INSTANCE,
        "placeholder": plain(t("Choose a DSS instance")),
        "options": options,
        "initial_option": chosen,
    }
    yield _input(block_ids(form)["instance"], t("DSS instance"), element)


def _chosen(form: BuildForm) -> Iterator[Block]:
    ids = block_ids(form)
    project: Block = {
        "type": "external_select",
        "action_id": dialog_ids.BUILD_PROJECT,
        "placeholder": plain(t("Type a part of its name or key")),
        "min_query_length": 0,
        **({"initial_option": option(form.project)} if form.project else {}),
    }
    hint = t("If no name appears, DSS might be slow: type one more letter. Names are up to a minute old.")
    yield _input(ids["project"], t("Project"), project, hint=hint)
    outputs: Block = {
        "type": "multi_external_select",
        "action_id": dialog_ids.BUILD_OUTPUTS,
        "placeholder": plain(t("Type a part of its name")),
        "min_query_length": 0,
        "max_selected_items": MOST_OUTPUTS,
        **({"initial_options": [option(one) for one in form.outputs]} if form.outputs else {}),
    }
    yield _input(ids["outputs"], t("What to build"), outputs)
    partition: Block = {
        "type": "external_select",
        "action_id": dialog_ids.BUILD_PARTITION,
        "placeholder": plain(t("Choose one, or type your own")),
        "min_query_length": 0,
    }
    if form.partition and fits_option(form.partition):
        partition["initial_option"] = option(Choice(value=form.partition, text=form.partition))
    hint = t("Only for partitioned datasets. Several are joined by commas, a range by a slash.")
    yield _input(ids["partition"], t("Partition"), partition, hint=hint, optional=True)


def _typed(form: BuildForm, trouble: str | None, *, alerts: bool) -> Iterator[Block]:
    if trouble:
        yield _notice("warning", trouble, t("You can type the names instead."), alerts=alerts)
    ids = block_ids(form)
    outputs: Block = {
        "type": "plain_text_input",
        "action_id": dialog_ids.BUILD_TYPED,
        "placeholder": plain("PROJECT.dataset"),
        "max_length": limits.TYPED_OUTPUTS,
        **({"initial_value": form.typed} if form.typed else {}),
    }
    hint = t("As after /dss-build: PROJECT.dataset, several with spaces between them.")
    yield _input(ids["typed"], t("What to build"), outputs, hint=hint)
    partition: Block = {
        "type": "plain_text_input",
        "action_id": dialog_ids.BUILD_TYPED_PARTITION,
        "max_length": limits.PARTITION,
        **({"initial_value": form.partition} if form.partition else {}),
    }
    hint = t("Only for partitioned datasets.")
    yield _input(ids["partition"], t("Partition"), partition, hint=hint, optional=True)


def _mode(form: BuildForm) -> Block:
    options = {mode: _mode_option(mode, t(text)) for mode, text in _MODES.items()}
    element: Block = {
        "type": "radio_buttons",
        "action_id": dialog_ids.BUILD_MODE,
        "options": list(options.values()),
        "initial_option": options[form.mode],
    }
    return _input(block_ids(form)["mode"], t("How much to build"), element)


def _mode_option(mode: BuildMode, text: str) -> Block:
    return option(Choice(value=mode.value, text=wording.upper_first(wording.mode(mode))), text)


def _where(form: BuildForm) -> Block:
    here = option(Choice(value=HERE, text=t("In the channel")), t("With a thread that follows the job."))
    privately = option(Choice(value=PRIVATELY, text=t("In a direct message")), t("Only you see it."))
    element: Block = {
        "type": "radio_buttons",
        "action_id": dialog_ids.BUILD_WHERE,
        "options": [here, privately],
        "initial_option": privately if form.privately else here,
    }
    return _input(dialog_ids.BUILD_WHERE, t("Where to follow it"), element)


def _favorite(form: BuildForm) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": dialog_ids.BUILD_FAVORITE,
        "placeholder": plain("nightly"),
        "max_length": LONGEST,
        **({"initial_value": form.favorite[:LONGEST]} if form.favorite else {}),
    }
    hint = t("A name under which you can build this again: /dss-build nightly")
    return _input(
        dialog_ids.BUILD_FAVORITE, t("Save as favorite"), element, hint=hint, optional=True, told=False
    )


def _notice(level: str, text: str, then: str | None = None, *, alerts: bool) -> Block:
    """Return what is wrong: as an alert if that is wanted and the text isn't too long for one."""
    said = sentence(text, 600)
    whole = f"{said} {then}" if then else said
    if alerts and 0 < len(whole.strip()) <= limits.ALERT_TEXT:
        return {"type": "alert", "level": level, "text": mrkdwn(whole)}
    return section(f"{wording.FAILED if level == 'error' else wording.WARNED} {said}", then)


def _preview(preview: BuildPreview | None, *, alerts: bool) -> tuple[Block, ...]:
    if preview is None:
        return ()
    if preview.problem is not None:
        return (_notice("error", preview.problem.text, alerts=alerts),)
    if preview.remark is not None:
        return (_notice("warning", preview.remark, alerts=alerts),)
    if preview.busy:
        then = t("If you press Build, the bot starts nothing and shows you that job.")
        return (section(f"{wording.RUNNING} {_busy(preview)}", then),)
    return (section(*_cost(preview)),)


def _busy(preview: BuildPreview) -> str:
    names, count = wording.names(preview.busy), len(preview.busy)
    if not preview.busy_by:
        return tn(
            "{names} is being built right now.", "{names} are being built right now.", count, names=names
        )
    return tn(
        "{names} is being built right now, in a job of {person}.",
        "{names} are being built right now, in a job of {person}.",
        count,
        names=names,
        person=code(preview.busy_by, 80),
    )


def _cost(preview: BuildPreview) -> Iterator[str]:
    usual = None if preview.usual_seconds is None else wording.duration(preview.usual_seconds)
    said = t("No running job builds any of it.")
    yield f"{wording.NOTHING} {said}"
    if preview.mode is BuildMode.ALL:
        yield t("Every upstream recipe runs again, even if nothing changed.")
        if usual:
            yield t("The last such builds took about {time}.", time=usual)
        else:
            yield t("The bot doesn't know how long that takes: nobody built it like this recently.")
    elif usual:
        yield t("It usually takes {time}.", time=usual)
    else:
        yield t("The bot doesn't know yet how long it usually takes.")
