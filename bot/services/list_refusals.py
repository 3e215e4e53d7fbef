"""What is wrong with a list that somebody asked for."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from bot.commands.dates import read_since
from bot.commands.option_values import mentioned
from bot.commands.rendering import ALONE, as_command
from bot.commands.subcommands import MY_LAST_JOB
from bot.commands.suggestions import did_you_mean, one_slip, same
from bot.commands.tokens import short
from bot.domain import JobInfo, ListJobs, ListProjects, MyLastJob
from bot.domain.errors import Refusal
from bot.language import t


class MisspelledSubcommand(Refusal):
    """A lone word that is no project looks like a subcommand.

    Attributes:
        meant: what to answer instead; ``None`` if the word isn't clearly that subcommand.
    """

    def __init__(self, message: str, request: ListJobs, near: str) -> None:
        super().__init__(message, example=f"/dss-jobs {near}")
        self.meant: MyLastJob | ListProjects | None = None
        if one_slip(request.project, (near,)):
            if near == "projects":
                self.meant = ListProjects(instance=request.instance)
            elif verb := MY_LAST_JOB.get(near):
                self.meant = MyLastJob(verb=verb, instance=request.instance)


class SeveralDatasets(Refusal):
    """A word that is no project is the name of a dataset in several.

    Attributes:
        lists: the jobs of each.
    """

    def __init__(self, request: ListJobs, lists: Sequence[ListJobs]) -> None:
        said = t("Several projects have a dataset {name}.", name=short(request.project))
        super().__init__(said, example=as_command(lists[0]))
        self.lists = tuple(lists)


def misspelled_subcommand(request: ListJobs) -> str | None:
    """Return the subcommand that was meant, if a lone word that is no project looks like one."""
    alone = request == ListJobs(project=request.project, instance=request.instance)
    if not alone or request.project.isupper():
        return None
    return next(iter(did_you_mean(request.project, ("help", *ALONE), 1)), None)


def check_initiator(request: ListJobs, project: str, jobs: Sequence[JobInfo]) -> None:
    """Distinguish a misspelled login from that of a person who started none of the jobs.

    Raises:
        Refusal: nobody with that login started any of the jobs, but somebody with a similar login did.
    """
    if request.by is None or request.by == "me" or mentioned(request.by):
        return
    initiators = {job.initiator for job in jobs if job.initiator}
    near = () if same(request.by, initiators) else did_you_mean(request.by, initiators)
    if near:
        right = msgspec.structs.replace(request, project=project, by=near[0])
        said = t(
            "{person} didn't start any of the newest jobs in {project}.",
            person=short(request.by),
            project=project,
        )
        raise Refusal(said, example=as_command(right), suggestions=near)


def read_moment(request: ListJobs, now: datetime, tz: str) -> datetime | None:
    """Parse the start time of a list; ``None`` without one.

    Raises:
        Refusal: it can't be parsed; the example keeps the other filters.
    """
    try:
        return read_since(request.since, now, tz) if request.since else None
    except Refusal as refused:
        right = msgspec.structs.replace(request, since=refused.example)
        raise Refusal(str(refused), example=as_command(right)) from refused
