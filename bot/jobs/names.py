"""Names that were typed → names that DSS knows, with near misses; looked up seldom, because lists are long.

A look-up that DSS does not offer is not an error of the person: then the name goes on as it was typed, and
the call that needs it decides. Only a list that lacks the name is a refusal.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.errors import DSSBadKey, DSSError, DSSUnavailable, DSSUnreachable, Refusal
from bot.facts import ObjectFacts, OutputKind, ProjectFacts, WantedOutput
from bot.jobs.nearest import did_you_mean, same
from bot.jobs.ports import Dss
from bot.jobs.render import as_output
from bot.jobs.words import short

FRESH = timedelta(seconds=60)
"""How long a list of names serves."""
RECENT = timedelta(seconds=5)
"""A name that is missing from a list older than this is looked for once more before it is refused."""

_KINDS = {OutputKind.DATASET: "dataset", OutputKind.FOLDER: "folder", OutputKind.MODEL: "model"}

T = TypeVar("T")


class WrongOutput(Refusal):
    """A project has no such output. Who knows the whole command makes the example of it.

    Attributes:
        near: what was probably meant, best first.
    """

    def __init__(self, message: str, near: Sequence[WantedOutput] = ()) -> None:
        super().__init__(message, suggestions=tuple(as_output(one) for one in near))
        self.near = tuple(near)


class Names:
    """Lists of projects and objects, kept for a minute for each person and instance."""

    def __init__(
        self, clock: Callable[[], datetime], label: Callable[[str], str | None] = lambda _: None
    ) -> None:
        """Begin without a list.

        Args:
            clock: the time.
            label: what people call an instance; nothing where there is only one.
        """
        self._clock = clock
        self._label = label
        self._lock = threading.Lock()
        self._kept: dict[tuple[object, ...], tuple[datetime, Sequence[object]]] = {}

    def projects(self, dss: Dss, caller: str | None, *, within: timedelta = FRESH) -> Sequence[ProjectFacts]:
        """List the projects that the caller may see."""
        return self._keep((dss.instance, caller), dss.projects, within)

    def visible(self, dss: Dss, caller: str | None) -> Sequence[ProjectFacts]:
        """List the projects that the caller may see; none when this DSS, or this key, does not list them."""
        return _optional(partial(self.projects, dss, caller)) or ()

    def objects(
        self, dss: Dss, caller: str | None, project: str, kind: OutputKind, *, within: timedelta = FRESH
    ) -> Sequence[ObjectFacts]:
        """List the datasets, folders or models of a project."""
        return self._keep((dss.instance, caller, project, kind), lambda: dss.objects(project, kind), within)

    def project(self, dss: Dss, caller: str | None, typed: str) -> str:
        """Return the key of the project that was typed, in whatever case.

        Raises:
            Refusal: no such project is visible; near misses are named.
            DSSError: DSS cannot be asked anything at the moment.
        """
        projects: Sequence[ProjectFacts] | None = None
        for within in (FRESH, RECENT):
            projects = _optional(partial(self.projects, dss, caller, within=within))
            if not projects:
                return typed.upper() if typed.islower() else typed
            if found := same(typed, [project.key for project in projects]):
                return found
        keys = {project.key: project.key for project in projects or ()}
        by_name = {project.name: project.key for project in projects or ()} | keys
        near = did_you_mean(typed, by_name)
        label = self._label(dss.instance)
        raise Refusal(
            f"There is no project {short(typed)} in DSS{f' ({label})' if label else ''} that you may see.",
            suggestions=tuple(dict.fromkeys(by_name[name] for name in near)),
        )

    def output(self, dss: Dss, caller: str | None, project: str, wanted: WantedOutput) -> ObjectFacts:
        """Return the dataset, folder or model that was typed, by name or by id.

        Raises:
            WrongOutput: the project has none of that name; near misses, or the right kind, go with it.
            DSSError: DSS cannot be asked anything at the moment.
        """
        as_typed = ObjectFacts(kind=wanted.kind, id=wanted.name, name=wanted.name)
        if wanted.kind not in _KINDS:
            return as_typed
        known: Sequence[ObjectFacts] = ()
        for within in (FRESH, RECENT):
            listed = _optional(partial(self.objects, dss, caller, project, wanted.kind, within=within))
            if listed is None:
                return as_typed
            known = listed
            if found := _named(wanted.name, known):
                return found
        raise self._unknown(dss, caller, project, wanted, known)

    def _unknown(
        self, dss: Dss, caller: str | None, project: str, wanted: WantedOutput, known: Sequence[ObjectFacts]
    ) -> WrongOutput:
        word = _KINDS[wanted.kind]
        said = short(wanted.name)
        alike = [item.id for item in known if item.name.casefold() == wanted.name.casefold()]
        if len(alike) > 1:
            by_id = [WantedOutput(project=project, name=one, kind=wanted.kind) for one in alike]
            return WrongOutput(
                f"{project} has {len(alike)} {word}s named {said}: say which, by its id.", by_id
            )
        for kind, other in _KINDS.items():
            if kind is wanted.kind:
                continue
            listed = _optional(partial(self.objects, dss, caller, project, kind)) or ()
            if found := _named(wanted.name, listed):
                text = f"{project} has no {word} {said}, but a {other} of that name."
                return WrongOutput(text, [WantedOutput(project=project, name=found.name, kind=kind)])
        near = did_you_mean(wanted.name, [item.name for item in known])
        return WrongOutput(
            f"{project} has no {word} {said}.",
            [WantedOutput(project=project, name=name, kind=wanted.kind) for name in near],
        )

    def _keep(
        self, key: tuple[object, ...], read: Callable[[], Sequence[T]], within: timedelta
    ) -> Sequence[T]:
        now = self._clock()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and now - kept[0] < within:
            return kept[1]  # type: ignore[return-value]  # the key says which list it is
        read_now = read()
        with self._lock:
            self._kept = {k: v for k, v in self._kept.items() if now - v[0] < FRESH}
            self._kept[key] = (now, read_now)
        return read_now


def _named(typed: str, known: Sequence[ObjectFacts]) -> ObjectFacts | None:
    for found in known:
        if typed == found.id:
            return found
    name = same(typed, [item.name for item in known])
    alike = [item for item in known if item.name == name]
    return alike[0] if len(alike) == 1 else None


def _optional(read: Callable[[], T]) -> T | None:
    """Return what was read, or ``None`` when this DSS, or this key, does not offer it."""
    try:
        return read()
    except (DSSUnreachable, DSSUnavailable, DSSBadKey):
        raise
    except DSSError:
        return None
