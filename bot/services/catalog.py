"""Resolves typed names to DSS names, with suggestions. Lists are cached, because they are long.

If DSS doesn't offer a lookup, that isn't the person's mistake: the name is used as typed, and the call that
needs it decides. A name is refused only when a list lacks it.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.commands.rendering import as_command, as_output
from bot.commands.suggestions import did_you_mean, same
from bot.commands.tokens import short
from bot.domain import (
    KIND_NAMES,
    OUTPUT_KINDS,
    FlowObject,
    ListProjects,
    OutputKind,
    ProjectInfo,
    RequestedOutput,
)
from bot.domain.cached import is_fresh
from bot.domain.errors import DSSBadKey, DSSError, DSSUnavailable, DSSUnreachable, Refusal
from bot.domain.ports import Dss
from bot.language import mark, t, tn
from bot.services.restricted_dss import unrestricted, visible_objects, visible_projects

FRESH = timedelta(seconds=60)
"""How long a list of names is cached."""
NOW = timedelta(0)
"""Reads the list anew: for answers that show its names, because rights can have changed."""
RECENT = timedelta(seconds=1)
"""If a list older than this lacks a name, it is read once more before the name is refused."""

MOST_NAMES = 200_000
"""How many names are cached in all; the lists that were read longest ago go first."""

_A_KIND = {
    OutputKind.DATASET: mark("a dataset"),
    OutputKind.FOLDER: mark("a folder"),
    OutputKind.MODEL: mark("a model"),
    OutputKind.STREAM: mark("a streaming endpoint"),
    OutputKind.KNOWLEDGE: mark("a knowledge bank"),
}
_HAS_NONE = {
    OutputKind.DATASET: mark("{project} has no dataset {name}."),
    OutputKind.FOLDER: mark("{project} has no folder {name}."),
    OutputKind.MODEL: mark("{project} has no model {name}."),
    OutputKind.STREAM: mark("{project} has no streaming endpoint {name}."),
    OutputKind.KNOWLEDGE: mark("{project} has no knowledge bank {name}."),
}
_TYPES = {kind: word for word, kind in OUTPUT_KINDS.items()}

T = TypeVar("T")


class UnknownOutput(Refusal):
    """A project has no such output. A caller that knows the whole command turns it into an example.

    Attributes:
        near: likely matches, best first.
    """

    def __init__(self, message: str, near: Sequence[RequestedOutput] = ()) -> None:
        super().__init__(message, suggestions=tuple(as_output(one) for one in near))
        self.near = tuple(near)


class UnknownProject(Refusal):
    """The person can see no such project.

    Attributes:
        typed: what was typed for it.
        near: keys of likely matches, best first.
    """

    def __init__(self, message: str, typed: str, near: Sequence[str], example: str | None) -> None:
        super().__init__(message, example=example, suggestions=tuple(near))
        self.typed = typed
        self.near = tuple(near)


class Catalog:
    """Lists of projects and objects, cached for a minute per person and instance."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        label: Callable[[str], str | None] = lambda _: None,
        *,
        most_names: int = MOST_NAMES,
    ) -> None:
        """Start with empty caches.

        Args:
            clock: returns the current time.
            label: the display name of an instance; ``None`` if there is only one.
            most_names: how many names to cache in all.
        """
        self._clock = clock
        self._most_names = most_names
        self._label = label
        self._lock = threading.Lock()
        self._kept: dict[tuple[object, ...], tuple[datetime, Sequence[object]]] = {}

    def projects(self, dss: Dss, caller: str | None, *, within: timedelta = FRESH) -> Sequence[ProjectInfo]:
        """List the projects that the caller can see."""
        listed = self._keep((dss.instance, caller), unrestricted(dss).projects, within)
        return visible_projects(dss, listed)

    def visible(self, dss: Dss, caller: str | None) -> Sequence[ProjectInfo]:
        """List the projects that the caller can see now; none when this DSS or this key doesn't list them."""
        return optional(partial(self.projects, dss, caller, within=NOW)) or ()

    def objects(
        self, dss: Dss, caller: str | None, project: str, kind: OutputKind, *, within: timedelta = FRESH
    ) -> Sequence[FlowObject]:
        """List the datasets, folders, models, streaming endpoints or knowledge banks of a project."""
        key, inner = (dss.instance, caller, project, kind), unrestricted(dss)
        return visible_objects(dss, project, self._keep(key, lambda: inner.objects(project, kind), within))

    def project(self, dss: Dss, caller: str | None, typed: str) -> str:
        """Return the key of the project that was typed, ignoring case.

        Raises:
            UnknownProject: no such project is visible; suggestions are included.
            DSSError: DSS isn't available right now.
        """
        projects: Sequence[ProjectInfo] | None = None
        for within in (FRESH, RECENT):
            projects = optional(partial(self.projects, dss, caller, within=within))
            if not projects:
                return typed.upper() if typed.islower() else typed
            if found := same(typed, [project.key for project in projects]):
                return found
        keys = {project.key: project.key for project in projects or ()}
        by_name = {project.name: project.key for project in projects or ()} | keys
        near = did_you_mean(typed, by_name)
        label = self._label(dss.instance)
        raise UnknownProject(
            no_such_project(typed, label),
            typed,
            tuple(dict.fromkeys(by_name[name] for name in near)),
            None if near else as_command(ListProjects(instance=label)),
        )

    def output(self, dss: Dss, caller: str | None, project: str, wanted: RequestedOutput) -> FlowObject:
        """Return the dataset, folder or other object that was typed, by name or by id.

        Raises:
            UnknownOutput: the project has none with that name; suggestions, or the right kind, are included.
            DSSError: DSS isn't available right now.
        """
        as_typed = FlowObject(kind=wanted.kind, id=wanted.name, name=wanted.name)
        if wanted.kind not in KIND_NAMES:
            return as_typed
        known: Sequence[FlowObject] = ()
        for within in (FRESH, RECENT):
            listed = optional(partial(self.objects, dss, caller, project, wanted.kind, within=within))
            if listed is None:
                return as_typed
            known = listed
            if found := _named(wanted.name, known):
                return found
        raise self._unknown(dss, caller, project, wanted, known)

    def _unknown(
        self, dss: Dss, caller: str | None, project: str, wanted: RequestedOutput, known: Sequence[FlowObject]
    ) -> UnknownOutput:
        said = short(wanted.name)
        alike = [item.id for item in known if item.name.casefold() == wanted.name.casefold()]
        if len(alike) > 1:
            by_id = [RequestedOutput(project=project, name=one, kind=wanted.kind) for one in alike]
            text = t(
                "{project} has {outputs} named {name}: choose one by its id.",
                project=project,
                outputs=_counted(wanted.kind, len(alike)),
                name=said,
            )
            return UnknownOutput(text, by_id)
        for kind in KIND_NAMES:
            if kind is wanted.kind:
                continue
            listed = optional(partial(self.objects, dss, caller, project, kind, within=RECENT)) or ()
            if found := _named(wanted.name, listed):
                text = _of_another_kind(said, project, kind, wanted.kind)
                return UnknownOutput(text, [RequestedOutput(project=project, name=found.name, kind=kind)])
        near = did_you_mean(wanted.name, [item.name for item in known])
        return UnknownOutput(
            t(_HAS_NONE[wanted.kind], project=project, name=said),
            [RequestedOutput(project=project, name=name, kind=wanted.kind) for name in near],
        )

    def _keep(
        self, key: tuple[object, ...], read: Callable[[], Sequence[T]], within: timedelta
    ) -> Sequence[T]:
        now = self._clock()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and is_fresh(kept[0], now, within):
            return kept[1]  # type: ignore[return-value]  # the key says which list it is
        read_now = read()
        with self._lock:
            self._kept.pop(key, None)
            self._kept = {k: v for k, v in self._kept.items() if is_fresh(v[0], now, FRESH)}
            self._kept[key] = (now, read_now)
            names = sum(len(listed) for _, listed in self._kept.values())
            while names > self._most_names and len(self._kept) > 1:
                names -= len(self._kept.pop(next(iter(self._kept)))[1])
        return read_now


def _of_another_kind(name: str, project: str, kind: OutputKind, wanted: OutputKind) -> str:
    is_what, is_not = t(_A_KIND[kind]), t(_A_KIND[wanted])
    if kind is OutputKind.DATASET:
        return t(
            "{name} is {kind} in {project}, not {wanted}: leave out --type.",
            name=name,
            kind=is_what,
            project=project,
            wanted=is_not,
        )
    return t(
        "{name} is {kind} in {project}, not {wanted}: add {option}.",
        name=name,
        kind=is_what,
        project=project,
        wanted=is_not,
        option="--type " + _TYPES[kind],
    )


def no_such_project(typed: str, label: str | None) -> str:
    """Say that somebody can see no such project; ``label`` is the display name of the instance."""
    dss = f"DSS ({label})" if label else "DSS"
    return t("There is no project {project} in {dss} that you can see.", project=short(typed), dss=dss)


def _counted(kind: OutputKind, count: int) -> str:
    match kind:
        case OutputKind.FOLDER:
            return tn("{number} folder", "{number} folders", count)
        case OutputKind.MODEL:
            return tn("{number} model", "{number} models", count)
        case OutputKind.STREAM:
            return tn("{number} streaming endpoint", "{number} streaming endpoints", count)
        case OutputKind.KNOWLEDGE:
            return tn("{number} knowledge bank", "{number} knowledge banks", count)
        case _:
            return tn("{number} dataset", "{number} datasets", count)


def _named(typed: str, known: Sequence[FlowObject]) -> FlowObject | None:
    for found in known:
        if typed == found.id:
            return found
    name = same(typed, [item.name for item in known])
    alike = [item for item in known if item.name == name]
    return alike[0] if len(alike) == 1 else None


def optional(read: Callable[[], T]) -> T | None:
    """Return what was read, or ``None`` when this DSS or this key doesn't offer it."""
    try:
        return read()
    except (DSSUnreachable, DSSUnavailable, DSSBadKey):
        raise
    except DSSError:
        return None
