"""Lists of names, and questions about what somebody means before anything starts."""

from collections.abc import Sequence

import msgspec

from bot.domain import Build, BuildMode, ListJobs, Message, ProjectInfo, RequestedOutput
from bot.language import number as counted
from bot.language import t, tn
from bot.views import action_ids, limits, wording
from bot.views.blocks import Block, Either, actions, button, data_table, fit, message, say, section
from bot.views.escape import code, prose

SHOWN = 40
"""Names in one list; the rest are counted."""
FEW = 10
"""So many names are lines in every workspace; more are a table, where Slack shows one."""


def project_list(projects: Sequence[ProjectInfo], text: str | None) -> Message:
    """List the projects that a person can see."""
    searched = prose(text, 80) if text else ""
    if not projects and not text:
        return say(t("You can see no projects."))
    if not projects:
        return say(
            t("You can see no projects with “{text}” in the key or name.", text=searched),
            t("`/dss-jobs projects` lists all of them."),
        )
    lines = [
        code(project.key, 100) + (f" {prose(project.name, 100)}" if project.name != project.key else "")
        for project in projects[:SHOWN]
    ]
    if text:
        heading = tn(
            "You can see {number} project with “{text}” in the key or name",
            "You can see {number} projects with “{text}” in the key or name",
            len(projects),
            text=searched,
        )
    else:
        heading = tn("You can see {number} project", "You can see {number} projects", len(projects))
    rows = [(one.key, one.name or one.key) for one in projects]
    return _names(
        heading,
        lines,
        data_table(t("Projects"), (t("Project key"), t("Name")), rows),
        len(projects),
        search=t("`/dss-jobs projects TEXT` searches them"),
        then=t("`/dss-jobs datasets PROJECT` lists what a project has."),
    )


def dataset_list(project: str, names: Sequence[str], text: str | None) -> Message:
    """List the datasets of a project."""
    key, searched = code(project, 100), prose(text, 80) if text else ""
    if not names and not text:
        return say(t("{project} has no datasets.", project=key))
    if not names:
        return say(
            t("{project} has no datasets with “{text}” in the name.", project=key, text=searched),
            t("`/dss-jobs datasets {project}` lists all of them.", project=prose(project, 100)),
        )
    if text:
        heading = tn(
            "{number} dataset of {project} with “{text}” in the name",
            "{number} datasets of {project} with “{text}” in the name",
            len(names),
            project=key,
            text=searched,
        )
    else:
        heading = tn(
            "{number} dataset of {project}", "{number} datasets of {project}", len(names), project=key
        )
    return _names(
        heading,
        [wording.names(list(names[:SHOWN]), SHOWN)],
        data_table(t("Datasets"), (t("Dataset"),), [(name,) for name in names]),
        len(names),
        search=t("add part of a name to search them"),
    )


def _names(
    heading: str, lines: Sequence[str], table: Block, count: int, *, search: str, then: str | None = None
) -> Message:
    """List names: as a table if they are many, where Slack shows one, else in lines."""
    more = count - SHOWN
    first = f"*{heading}*"
    rest = t("and {number} more: {advice}", number=counted(more), advice=search) if more > 0 else None
    if count <= FEW:
        return say(first, *lines, then)
    shown = Either(newer=(table,), classic=(section(*lines, rest),))
    cut_off = t(
        "The table has only the first {number}: {advice}.",
        number=counted(limits.TABLE_ROWS),
        advice=search,
    )
    notes = [section(note) for note in (then, cut_off if count > limits.TABLE_ROWS else None) if note]
    return message(fit((heading, *lines, rest, then), limits.MESSAGE_TEXT), (section(first), shown, *notes))


def which_output(request: Build, found: Sequence[RequestedOutput], *, exact: bool) -> Message:
    """Ask which output is meant: nothing starts before a button is pressed."""
    name = code(request.outputs[0].name, 100)
    if exact:
        said = t("Several projects have {name}. Which one?", name=name)
    elif len(found) > 1:
        said = t("No project you can see has {name}. Is it one of these?", name=name)
    else:
        said = t("No project you can see has {name}. Is this what you mean?", name=name)
    buttons = [
        button(
            _choice(output, dry_run=request.dry_run),
            action_ids.JOB_REBUILD,
            msgspec.structs.replace(request, outputs=(output,)),
            number=number,
        )
        for number, output in enumerate(found[:5])
    ]
    return message(said, (section(said, t("Nothing was started.")), *actions(*buttons)))


def _choice(output: RequestedOutput, *, dry_run: bool) -> str:
    label = f"{output.project}.{output.name}"
    return t("Dry run of {output}", output=label) if dry_run else t("Build {output}", output=label)


def which_dataset(said: str, lists: Sequence[ListJobs]) -> Message:
    """Ask which dataset's jobs are meant."""
    shown = []
    for number, one in enumerate(lists[:5]):
        named = f"{one.project}.{one.dataset}"
        label = t("Jobs of {dataset}", dataset=named)
        shown.append(button(label, action_ids.LIST_PAGE, one, number=number))
    question = t("Which one?")
    text = f"{prose(said)} {question}"
    return message(text, (section(text), *actions(*shown)))


def dry_run(request: Build, labels: Sequence[str], usual: float | None, login: str | None) -> Message:
    """Say what a build would do, with a button that starts it."""
    what = wording.names(list(labels))
    start = button(
        t("Start"),
        action_ids.BUILD_CONFIRM_ALL,
        msgspec.structs.replace(request, dry_run=False, confirmed=True),
        style="primary",
    )
    lines = (
        t(
            "Dry run: nothing was started. The job would build {what} ({mode}).",
            what=what,
            mode=wording.mode(request.mode),
        ),
        t("Every upstream recipe would run again, even if nothing changed.")
        if request.mode is BuildMode.ALL
        else None,
        t("No running job builds any of it."),
        t("It usually takes {duration}.", duration=wording.duration(usual))
        if usual is not None
        else t("The bot doesn't know yet how long it usually takes."),
        t("DSS would run it as {login}.", login=code(login, 100)) if login else None,
    )
    row: tuple[Block, ...] = actions(start, button(t("Cancel"), action_ids.BUILD_CANCEL))
    return message(str(lines[0]), (section(*lines), *row))


def no_job_of_mine(verb: str) -> Message:
    """Say that the person has no job here that the command could mean."""
    none = {
        "abort": t("You have no running job in this channel."),
        "rebuild": t("You have no ended job in this channel."),
        "why": t("You have no failed job in this channel."),
    }.get(verb, t("You have no job in this channel."))
    command = f"`/dss-jobs {verb} PROJECT/ID`"
    then = t("Name the job: {command}.", command=command)
    return say(f"{none} {then}", t("`/dss-jobs` lists your recent jobs, each with its buttons."))
