"""Checks a suggested command before it is shown: whoever types it back must not be refused once more."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import msgspec

from bot.commands.favorites_parser import parse_build_command
from bot.commands.jobs_parser import parse_jobs
from bot.commands.partition_dates import read_in_words
from bot.commands.rendering import as_command, as_typed
from bot.commands.suggestions import one_slip
from bot.domain import (
    ALL_PROJECTS,
    ANY_PROJECT,
    AbortAll,
    Build,
    ListDatasets,
    ListJobs,
    ListProjects,
    Mistake,
    Overview,
    ParsedCommand,
    Place,
    ReadLog,
    Request,
    RequestedOutput,
    ShowStatus,
    UnfollowJob,
)
from bot.domain.errors import DSSError, Refusal
from bot.domain.ports import Dss
from bot.services.access import Authorized
from bot.services.build_plan import plan_outputs
from bot.services.catalog import UnknownProject
from bot.services.error_messages import with_project
from bot.services.job_lists import JobListService
from bot.services.job_lookup import JobRequest, NoSuchJob, find_ref, read_job
from bot.services.list_refusals import MisspelledSubcommand, SeveralDatasets
from bot.services.project_search import find_output, nowhere, outputs_elsewhere
from bot.services.service import Collaborators, Service

STEPS = 6
"""How many mistakes of one command to correct."""
SAID = 2
"""How many more mistakes to name besides the first one."""
PLACEHOLDER = "PROJECT"
"""Stands for a project in an example that only shows the form."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """A command that is accepted, and what had to be corrected for it."""

    command: str | None
    problems: tuple[str, ...] = ()


class ExampleCheck(Service):
    """Corrects suggested commands until DSS has everything that they name."""

    def __init__(self, parts: Collaborators) -> None:
        super().__init__(parts)
        self._job_lists = JobListService(parts)

    def dss_of(self, request: Request, user_id: str, team_id: str, place: Place) -> Dss:
        """Return the instance that a request is about, called with the bot's key.

        Raises:
            Refusal: the bot knows no such instance; the example is one that it accepts.
        """
        try:
            return self._instances.for_request(request).dss
        except Refusal as refused:
            with suppress(Refusal, DSSError):  # then the example stays as it is
                meant = read(refused.example or "")
                authorized = self.reader(meant, user_id, team_id, place)
                self.put_right(refused, request, authorized)
            raise

    def reader(self, request: ParsedCommand, user_id: str, team_id: str, place: Place) -> Authorized:
        """Authorize somebody to read names and lists, whatever the command would do.

        Raises:
            Refusal: they aren't allowed to, or there is no such instance.
            DSSError: DSS can't say who they are.
        """
        dss = self._instances.for_request(request if isinstance(request, Request) else Overview()).dss
        return self._access.authorize(user_id, team_id, ListProjects(), dss, place=place)

    def put_right(self, refused: Refusal, request: Request, authorized: Authorized) -> None:
        """Correct the examples of a refusal until they are accepted; it then names every mistake."""
        example = _example(refused, request)
        if example is None:
            return
        settled = self.settle(example, authorized)
        then = self.settle(refused.then, authorized).command if refused.then else None
        refused.args = (" ".join((str(refused), *settled.problems)),)
        refused.example = settled.command
        refused.then = then if settled.command else None
        refused.suggestions = () if settled.problems else refused.suggestions
        if isinstance(refused, UnknownProject):
            refused.near = ()

    def fitting(
        self, request: Build, outputs: Sequence[RequestedOutput], authorized: Authorized
    ) -> list[RequestedOutput]:
        """Return those of the outputs that the rest of a request fits, such as its partition."""
        return [
            one
            for one in outputs
            if self._is_accepted(msgspec.structs.replace(request, outputs=(one,)), authorized)
        ]

    def _is_accepted(self, request: Request, authorized: Authorized) -> bool:
        """Return whether DSS has everything that a request names, as far as it says."""
        try:
            self._check(request, authorized)
        except Refusal:
            return False
        except DSSError:
            return True
        return True

    def settle(self, command: str, authorized: Authorized) -> Settled:
        """Correct a command step by step. Nothing is started, and DSS is only asked for names and lists."""
        problems: list[str] = []
        seen: set[str] = set()
        while command not in seen and len(seen) < STEPS:
            seen.add(command)
            request = read(command)
            try:
                if isinstance(request, Mistake):
                    raise Refusal(request.problem, example=request.example)
                self._check(request, authorized)
            except MisspelledSubcommand as misspelled:
                if misspelled.meant is not None:
                    return Settled(command=command, problems=tuple(problems))
                refused: Refusal = misspelled
            except SeveralDatasets:
                return Settled(command=command, problems=tuple(problems))
            except Refusal as wrong:
                refused = wrong
            except DSSError:
                return Settled(command=command, problems=tuple(problems))
            else:
                return Settled(command=command, problems=tuple(problems))
            if len(problems) < SAID:
                problems.append(str(refused))
            asked = None if isinstance(request, Mistake) else request
            command = _example(refused, asked) or ""
        return Settled(command=None, problems=tuple(problems))

    def _check(self, request: ParsedCommand, authorized: Authorized) -> None:
        """Raise what the answer to a request would be refused for.

        Raises:
            Refusal: something that it names isn't there.
            DSSError: DSS doesn't answer.
        """
        dss, caller = authorized.dss, authorized.act_as
        match request:
            case Build():
                self._check_build(request, authorized)
            case ListJobs():
                self._job_lists.check(request, authorized)
            case AbortAll(project=project) | ListDatasets(project=project):
                self._catalog.project(dss, caller, project)
            case _ if isinstance(request, JobRequest):
                ref = find_ref(dss, self._catalog, caller, request, self._store.jobs.named)
                if not isinstance(request, UnfollowJob):
                    read_job(dss, ref, request.job)
            case _:
                pass

    def _check_build(self, request: Build, authorized: Authorized) -> None:
        dss, caller = authorized.dss, authorized.act_as
        in_words = partial(read_in_words, now=self._clock(), tz=authorized.person.tz)
        if request.outputs[0].project == ANY_PROJECT:
            exact, near = find_output(dss, self._catalog, caller, request.outputs[0])
            near = near if exact else self.fitting(request, near, authorized)
            if not exact:
                right = msgspec.structs.replace(request, outputs=tuple(near[:1]))
                said = str(nowhere(request))
                raise Refusal(said, example=as_command(right)) if near else nowhere(request)
            return
        try:
            plan_outputs(dss, self._catalog, request, caller, in_words)
        except UnknownProject as unknown:
            raise outputs_elsewhere(dss, self._catalog, caller, request) or unknown from unknown


def names_something(mistake: Mistake) -> bool:
    """Return whether an example names something that DSS has to have."""
    match request := read(mistake.example):
        case Build(outputs=outputs):
            return all(output.project != PLACEHOLDER for output in outputs)
        case ListJobs():
            plain = ListJobs(project=ALL_PROJECTS, state=request.state, limit=request.limit)
            return request.project != PLACEHOLDER and request != plain
        case AbortAll(project=project) | ListDatasets(project=project):
            return project != PLACEHOLDER
        case _ if isinstance(request, JobRequest):
            return request.job.project != PLACEHOLDER
        case _:
            return False


def read(command: str) -> ParsedCommand:
    """Parse a whole command as it is shown."""
    name, _, text = command.partition(" ")
    return (parse_build_command if name == "/dss-build" else parse_jobs)(as_typed(text))


def _example(refused: Refusal, request: ParsedCommand | None) -> str | None:
    if isinstance(refused, UnknownProject) and refused.near and isinstance(request, Request):
        return as_command(with_project(request, refused.typed, refused.near[0]))
    # Aborting or following another job than the one that was named would be a guess.
    if isinstance(refused, NoSuchJob) and isinstance(request, ShowStatus | ReadLog):
        near = {one.casefold(): one for one in refused.near}
        if slip := one_slip(request.job.job_id, near):
            job = msgspec.structs.replace(request.job, job_id=near[slip])
            return as_command(msgspec.structs.replace(request, job=job))
    return refused.example
