"""Lists of names, and questions about what somebody means before anything starts."""

from collections.abc import Sequence

import msgspec

from bot.domain import Build, BuildMode, ListJobs, Message, ProjectInfo, RequestedOutput
from bot.views import action_ids, limits, wording
from bot.views.blocks import Block, Either, actions, button, data_table, fit, message, say, section
from bot.views.escape import code, prose

SHOWN = 40
"""Names in one list; the rest are counted."""
FEW = 10
"""So many names are lines in every workspace; more are a table, where Slack shows one."""


def project_list(projects: Sequence[ProjectInfo], text: str | None) -> Message:
    """List the projects that a person can see."""
    matching = f" with “{prose(text, 80)}” in the key or name" if text else ""
    if not projects:
        return say(
            f"You can see no projects{matching}.",
            "`/dss-jobs projects` lists all of them." if text else None,
        )
    lines = [
        code(project.key, 100) + (f" {prose(project.name, 100)}" if project.name != project.key else "")
        for project in projects[:SHOWN]
    ]
    heading = f"You can see {wording.count(len(projects), 'project')}{matching}"
    return _names(
        heading,
        lines,
        data_table("Projects", ("Project key", "Name"), [(one.key, one.name or one.key) for one in projects]),
        len(projects),
        search="`/dss-jobs projects TEXT` searches them",
        then="`/dss-jobs datasets PROJECT` lists what a project has.",
    )


def dataset_list(project: str, names: Sequence[str], text: str | None) -> Message:
    """List the datasets of a project."""
    matching = f" with “{prose(text, 80)}” in the name" if text else ""
    if not names:
        return say(
            f"{code(project, 100)} has no datasets{matching}.",
            f"`/dss-jobs datasets {prose(project, 100)}` lists all of them." if text else None,
        )
    return _names(
        f"{wording.count(len(names), 'dataset')} of {code(project, 100)}{matching}",
        [wording.names(list(names[:SHOWN]), SHOWN)],
        data_table("Datasets", ("Dataset",), [(name,) for name in names]),
        len(names),
        search="add part of a name to search them",
    )


def _names(
    heading: str, lines: Sequence[str], table: Block, count: int, *, search: str, then: str | None = None
) -> Message:
    """List names: as a table if they are many, where Slack shows one, else in lines."""
    more = count - SHOWN
    first, rest = f"*{heading}*", f"and {more:,} more: {search}" if more > 0 else None
    if count <= FEW:
        return say(first, *lines, then)
    shown = Either(newer=(table,), classic=(section(*lines, rest),))
    cut_off = f"The table has only the first {limits.TABLE_ROWS}: {search}."
    notes = [section(note) for note in (then, cut_off if count > limits.TABLE_ROWS else None) if note]
    return message(fit((heading, *lines, rest, then), limits.MESSAGE_TEXT), (section(first), shown, *notes))


def which_output(request: Build, found: Sequence[RequestedOutput], *, exact: bool) -> Message:
    """Ask which output is meant: nothing starts before a button is pressed."""
    name = code(request.outputs[0].name, 100)
    said = (
        f"Several projects have {name}. Which one?"
        if exact
        else f"No project you can see has {name}. "
        + ("Is it one of these?" if len(found) > 1 else "Is this what you mean?")
    )
    buttons = [
        button(
            f"{'Dry run of' if request.dry_run else 'Build'} {output.project}.{output.name}",
            action_ids.JOB_REBUILD,
            msgspec.structs.replace(request, outputs=(output,)),
            number=number,
        )
        for number, output in enumerate(found[:5])
    ]
    return message(said, (section(said, "Nothing was started."), *actions(*buttons)))


def which_dataset(said: str, lists: Sequence[ListJobs]) -> Message:
    """Ask which dataset's jobs are meant."""
    shown = [
        button(f"Jobs of {one.project}.{one.dataset}", action_ids.LIST_PAGE, one, number=number)
        for number, one in enumerate(lists[:5])
    ]
    text = f"{prose(said)} Which one?"
    return message(text, (section(text), *actions(*shown)))


def dry_run(request: Build, labels: Sequence[str], usual: float | None, login: str | None) -> Message:
    """Say what a build would do, with a button that starts it."""
    what = wording.names(list(labels))
    start = button(
        "Start",
        action_ids.BUILD_CONFIRM_ALL,
        msgspec.structs.replace(request, dry_run=False, confirmed=True),
        style="primary",
    )
    lines = (
        f"Dry run: nothing was started. The job would build {what} ({wording.mode(request.mode)}).",
        "Every upstream recipe would run again, even if nothing changed."
        if request.mode is BuildMode.ALL
        else None,
        "No running job builds any of it.",
        f"It usually takes {wording.duration(usual)}."
        if usual is not None
        else "The bot doesn't know yet how long it usually takes.",
        f"DSS would run it as {code(login, 100)}." if login else None,
    )
    row: tuple[Block, ...] = actions(start, button("Cancel", action_ids.BUILD_CANCEL))
    return message(str(lines[0]), (section(*lines), *row))


def no_job_of_mine(verb: str) -> Message:
    """Say that the person has no job here that the command could mean."""
    which = {"abort": "running job", "rebuild": "ended job", "why": "failed job"}.get(verb, "job")
    return say(
        f"You have no {which} in this channel. Name the job: `/dss-jobs {verb} PROJECT/ID`.",
        "`/dss-jobs` lists your recent jobs, each with its buttons.",
    )
