"""Offers names while somebody types in the build dialog: projects, outputs, partitions that they may see."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import msgspec

from bot.commands.partitions import NOT_PARTITIONED, read_partition
from bot.commands.ranking import NameIndex, index_of, ranked
from bot.domain import KIND_NAMES, FlowObject, JobRef, ListProjects, OutputKind, Place, RequestedOutput
from bot.domain.build_forms import BuildForm, Choice, output_value, read_output
from bot.domain.cached import is_fresh
from bot.domain.errors import Refusal
from bot.domain.stored_records import FollowedJob
from bot.language import in_same_language, t
from bot.services.access import Authorized
from bot.services.catalog import optional
from bot.services.service import Collaborators, Service
from bot.views import limits
from bot.views.build_dialog import fits_option

FRESH = timedelta(seconds=60)
"""How long what somebody may see is taken for granted while they type. What they submit is checked anew."""
MOST_NAMES = 200_000
"""How many names are kept ready for searching, in all; those that nobody typed for longest go first."""
MOST_PEOPLE = 1_000
"""For how many people at a time it's remembered what they may do and what they used."""
RECENT = 50
"""How many of a person's latest jobs say what they use."""
AT_ONCE = 5
"""Calls to DSS at the same time: one for each kind of output."""

T = TypeVar("T")


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who types, and where."""

    user_id: str
    team_id: str
    place: Place


class _Known(msgspec.Struct, frozen=True):
    """What is known about a person for a minute."""

    authorized: Authorized
    used: tuple[RequestedOutput, ...]
    """What they built or followed, the latest first."""


class _Kept(OrderedDict[tuple[str, ...], tuple[datetime, T]]):
    """A cache of limited size for values that are fresh for a minute."""

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        super().__init__()
        self._most, self._size, self._total = most, size, 0
        self._lock = threading.Lock()

    def fresh(self, key: tuple[str, ...], now: datetime) -> T | None:
        """Return a value that is fresh."""
        with self._lock:
            found = super().get(key)
            if found is None or not is_fresh(found[0], now, FRESH):
                return None
            self.move_to_end(key)
            return found[1]

    def keep(self, key: tuple[str, ...], now: datetime, value: T) -> None:
        """Keep a value, and drop the ones that nobody asked for longest."""
        with self._lock:
            if key in self:
                self._total -= self._size(self.pop(key)[1])
            self[key] = (now, value)
            self._total += self._size(value)
            while self._total > self._most and len(self) > 1:
                self._total -= self._size(self.popitem(last=False)[1][1])


class Typeahead(Service):
    """Finds names. Each method can raise `Refusal` or `DSSError`."""

    def __init__(self, parts: Collaborators) -> None:
        super().__init__(parts)
        self._people: _Kept[_Known] = _Kept(MOST_PEOPLE, lambda _: 1)
        self._indexes: _Kept[NameIndex] = _Kept(MOST_NAMES, lambda index: len(index.values))

    def projects(self, asker: Asker, instance: str | None, typed: str) -> list[Choice]:
        """Return projects: those that the person uses, then those with the text in their names."""
        known = self._known(asker, instance)
        index = self._index(asker, known, (), lambda: self._project_names(known.authorized))
        used = [output.project for output in known.used]
        return _choices(index, typed, list(dict.fromkeys(used)))

    def outputs(self, asker: Asker, form: BuildForm, typed: str) -> list[Choice]:
        """Return outputs of the chosen project; without one, those that the person used lately."""
        known = self._known(asker, form.instance)
        values = [value for output in known.used if (value := output_value(output))]
        if form.project is None:
            return self._used(asker, known, typed)
        project = form.project.value
        index = self._index(asker, known, (project,), lambda: self._output_names(known.authorized, project))
        return _choices(index, typed, values)

    def partitions(self, asker: Asker, form: BuildForm, typed: str) -> list[Choice]:
        """Return the partitions that the first output has, the newest first, and what was typed."""
        mine = _typed_partition(typed)
        output = read_output(form.outputs[0].value) if form.outputs else None
        if output is None or output.kind is not OutputKind.DATASET:
            return mine
        known = self._known(asker, form.instance)
        key = ("partitions", output.project, output.name)
        index = self._index(asker, known, key, lambda: _partition_names(known.authorized, output))
        wanted = typed.strip().casefold()
        found = [
            value for value in reversed(index.values) if wanted in value.casefold() and fits_option(value)
        ]
        existing = [Choice(value=value, text=value) for value in found[: limits.OPTIONS - 1]]
        return [*mine, *(one for one in existing if one not in mine)]

    def warm(self, asker: Asker, instance: str | None) -> None:
        """Check that the person may use the instance, and read its projects for what they type next."""
        self.projects(asker, instance, "")

    def _used(self, asker: Asker, known: _Known, typed: str) -> list[Choice]:
        visible = {choice.value for choice in self._all_projects(asker, known)}
        names = [
            (value, output.label, output.label)
            for output in dict.fromkeys(known.used)
            if output.project in visible and (value := output_value(output)) and fits_option(value)
        ]
        return _choices(index_of(names), typed, [value for value, _, _ in names])

    def _all_projects(self, asker: Asker, known: _Known) -> list[Choice]:
        index = self._index(asker, known, (), lambda: self._project_names(known.authorized))
        return [Choice(value=value, text="") for value in index.values]

    def _known(self, asker: Asker, instance: str | None) -> _Known:
        """Return what the person may see, kept for a minute: each keystroke would be an audit entry."""
        dss = self._instances.named(instance).dss
        key, now = self._key(asker, dss.instance), self._clock()
        kept = self._people.fresh(key, now)
        if kept is not None and self._access.is_still(kept.authorized.person, asker.user_id, asker.team_id):
            return kept
        request = ListProjects(instance=instance)
        authorized = self._access.authorize(asker.user_id, asker.team_id, request, dss, place=asker.place)
        recent = self._store.jobs.recent_of(asker.user_id, RECENT)
        used = [output for watch, job in recent for output in _outputs_of(watch.ref, job, dss.instance)]
        known = _Known(authorized, tuple(dict.fromkeys(used)))
        self._people.keep(key, now, known)
        return known

    @staticmethod
    def _key(asker: Asker, *rest: str) -> tuple[str, ...]:
        return (asker.user_id, asker.team_id, asker.place.channel_id, *rest)

    def _index(
        self,
        asker: Asker,
        known: _Known,
        what: tuple[str, ...],
        read: Callable[[], Sequence[tuple[str, str, str]]],
    ) -> NameIndex:
        # What somebody was offered as one login is nothing for the next one.
        caller = known.authorized.act_as or ""
        key, now = self._key(asker, known.authorized.dss.instance, caller, *what), self._clock()
        if (kept := self._indexes.fresh(key, now)) is not None:
            return kept
        index = index_of(one for one in read() if fits_option(one[0]))
        self._indexes.keep(key, now, index)
        return index

    def _project_names(self, authorized: Authorized) -> Sequence[tuple[str, str, str]]:
        listed = self._catalog.projects(authorized.dss, authorized.act_as)
        return [
            (one.key, one.key if one.name == one.key else f"{one.name} ({one.key})", one.key)
            for one in listed
        ]

    def _output_names(self, authorized: Authorized, project: str) -> Sequence[tuple[str, str, str]]:
        """Read the outputs of every kind. What this DSS or this key doesn't list is left out."""
        dss, caller = authorized.dss, authorized.act_as

        def read(kind: OutputKind) -> Sequence[FlowObject] | None:
            return optional(partial(self._catalog.objects, dss, caller, project, kind))

        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="kinds") as pool:
            lists = list(pool.map(in_same_language(read), KIND_NAMES))
        return [_output_name(project, one) for listed in lists for one in listed or ()]


def _output_name(project: str, one: FlowObject) -> tuple[str, str, str]:
    value = output_value(RequestedOutput(project=project, name=one.id, kind=one.kind)) or ""
    text = one.name if one.kind is OutputKind.DATASET else f"{one.name} ({t(KIND_NAMES[one.kind])})"
    return value, text, one.id


def _partition_names(authorized: Authorized, output: RequestedOutput) -> Sequence[tuple[str, str, str]]:
    listed = optional(partial(authorized.dss.partitions, output.project, output.name)) or ()
    return [(one, one, one) for one in listed if one != NOT_PARTITIONED]


def _typed_partition(typed: str) -> list[Choice]:
    """Return what was typed as a choice, if it can be a partition."""
    try:
        read = read_partition(typed) if typed.strip() else ""
    except Refusal:
        return []
    return [Choice(value=read, text=read)] if read and fits_option(read) else []


def _outputs_of(ref: JobRef, job: FollowedJob, instance: str) -> Sequence[RequestedOutput]:
    if ref.instance != instance:
        return ()
    found = []
    for output in job.info.outputs:
        try:
            kind = OutputKind(output.kind)
        except ValueError:  # of a newer DSS
            continue
        found.append(RequestedOutput(project=output.project, name=output.id, kind=kind))
    return found


def _choices(index: NameIndex, typed: str, used: Sequence[str]) -> list[Choice]:
    best = ranked(index, typed, used, limits.OPTIONS)
    return [Choice(value=index.values[position], text=index.texts[position]) for position in best]
