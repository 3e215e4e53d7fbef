"""Favorites and default projects: who may change them, and what they build now."""

from collections.abc import Sequence

import msgspec

from bot import views
from bot.commands.rendering import as_command
from bot.commands.suggestions import did_you_mean
from bot.commands.tokens import quote, short
from bot.domain import (
    ANY_PROJECT,
    Build,
    DeleteFavorite,
    FavoriteChange,
    ListJobs,
    Message,
    Place,
    RenameFavorite,
    RequestedOutput,
    SaveFavorite,
    SetDefault,
    ShowFavorites,
)
from bot.domain.audit import Outcome
from bot.domain.errors import DSSError, Refusal
from bot.domain.favorites import ChannelDefault, Favorite
from bot.domain.ports import Dss
from bot.domain.stored_records import Intent
from bot.domain.visibility import is_direct
from bot.language import t
from bot.services.access import Authorized
from bot.services.audit import outcome_of
from bot.services.build_checks import put_right
from bot.services.catalog import UnknownOutput, UnknownProject
from bot.services.project_search import find_output, is_pattern
from bot.services.restricted_dss import sees_name
from bot.services.service import Service


class FavoriteService(Service):
    """Carries out what changes favorites and defaults, and lists them.

    A channel's can be changed by whoever can see its project in DSS and may build there. What a favorite
    builds is checked again, as for any build, whenever somebody runs it.
    """

    def change(self, intent: Intent, request: FavoriteChange) -> None:
        """Change a favorite or a channel's default project.

        Raises:
            Refusal: not allowed, no such favorite, or nothing that it could build.
            DSSError: DSS doesn't answer.
        """
        match request:
            case SaveFavorite():
                told = self._save(intent, request)
            case RenameFavorite():
                told = self._rename(intent, request)
            case DeleteFavorite():
                told = self._delete(intent, request)
            case SetDefault():
                told = self._set_default(intent, request)
        self._private_messages.send(intent.place, intent.user_id, told)

    def personal(self, user_id: str) -> Sequence[Favorite]:
        """Return a person's own favorites, by name."""
        return self._store.favorites.of_owner(user_id)

    def show(self, request: ShowFavorites, user_id: str, team_id: str, place: Place) -> Message:
        """List what is saved here: only what the person may see in DSS."""
        channel = place.channel_id
        mine = self._store.favorites.of_owner(user_id)
        shared = () if channel == user_id else self._store.favorites.of_owner(channel)
        default = self._store.favorites.default_of(channel)
        self._access.authorize(user_id, team_id, request, self._instances.named(None).dss, place=place)
        seen = _Seen(self, user_id, team_id, place)
        shared = tuple(one for one in shared if seen.all_of(one.build))
        if default is not None and not seen.has(default.instance, default.project):
            default = None
        return views.favorite_list(mine, shared, default)

    def seen_by(
        self, request: ShowFavorites, instance: str | None, user_id: str, team_id: str, place: Place
    ) -> tuple[Dss, frozenset[str]] | None:
        """Return an instance as a person may use it, and the keys of the projects that they see there now.

        Returns:
            ``None`` if the instance is gone, or they may see nothing of it.
        """
        try:
            dss = self._instances.named(instance).dss
            authorized = self._access.authorize(user_id, team_id, request, dss, place=place)
            listed = self._catalog.projects(authorized.dss, authorized.act_as)
        except (Refusal, DSSError):
            return None
        return authorized.dss, frozenset(project.key for project in listed)

    def in_default(self, request: Build, place: Place, authorized: Authorized) -> tuple[RequestedOutput, ...]:
        """Return a name without a project as an output of the channel's default project, if it has one."""
        default = self._store.favorites.default_of(place.channel_id)
        if default is None or not self._is_instance(default.instance, request.instance):
            return ()
        wanted = msgspec.structs.replace(request.outputs[0], project=default.project)
        try:
            project = self._catalog.project(authorized.dss, authorized.act_as, default.project)
            found = self._catalog.output(authorized.dss, authorized.act_as, project, wanted)
        except (UnknownProject, UnknownOutput):
            return ()
        return (msgspec.structs.replace(wanted, project=project, name=found.name),)

    def list_in_default(self, request: ListJobs, place: Place, authorized: Authorized) -> ListJobs:
        """Return the list of a dataset in the channel's default project, if that is what a word means."""
        default = self._store.favorites.default_of(place.channel_id)
        asked = request.dataset is None and not is_pattern(request.project)
        if default is None or not asked or not self._is_instance(default.instance, request.instance):
            return request
        dss, caller = authorized.dss, authorized.act_as
        wanted = RequestedOutput(project=default.project, name=request.project)
        try:
            self._catalog.project(dss, caller, request.project)
        except UnknownProject:
            pass
        else:
            return request
        try:
            project = self._catalog.project(dss, caller, default.project)
            found = self._catalog.output(dss, caller, project, wanted)
        except (UnknownProject, UnknownOutput):
            return request
        return msgspec.structs.replace(request, project=project, dataset=found.name)

    def near(self, request: Build, intent: Intent) -> tuple[str, ...]:
        """Return the commands for favorites with names like that of an output."""
        owners = dict.fromkeys((intent.user_id, intent.place.channel_id))
        names = [one.name for owner in owners for one in self._store.favorites.of_owner(owner)]
        return tuple(f"/dss-build {quote(name)}" for name in did_you_mean(request.outputs[0].name, names))

    def _is_instance(self, default: str | None, asked: str | None) -> bool:
        return self._instances.named(default) is self._instances.named(asked)

    def _save(self, intent: Intent, request: SaveFavorite) -> Message:
        owner = _owner(intent, shared=request.shared)
        existing = self._store.favorites.find((owner,), request.name)
        if existing is not None and existing.shared:
            self._may_change(intent, existing)
        try:
            build = self._checked(intent, request.build)
        except Refusal as refusal:
            raise _as_save(refusal, request) from refusal
        favorite = Favorite(owner=owner, name=request.name, build=build, saved_by=intent.user_id)
        entry = outcome_of(intent, Outcome.CHANGED)
        self._store.favorites.save(favorite, intent.id, entry)
        return views.favorite_saved(favorite, replaced=existing is not None)

    def _checked(self, intent: Intent, build: Build) -> Build:
        """Return a build with its outputs as DSS names them.

        Raises:
            Refusal: the person may not build that, or DSS has no such output.
        """
        dss = self._instances.for_request(build).dss
        anywhere = build.outputs[0].project == ANY_PROJECT
        authorized = self._access.authorize(
            intent.user_id,
            intent.team_id,
            build,
            dss,
            place=intent.place,
            project=None if anywhere else build.outputs[0].project,
            outputs=() if anywhere else build.outputs,
            target=", ".join(output.label for output in build.outputs),
        )
        if anywhere:
            exact = self.in_default(build, intent.place, authorized) or tuple(
                find_output(authorized.dss, self._catalog, authorized.act_as, build.outputs[0])[0]
            )
            if len(exact) != 1:
                name = short(build.outputs[0].name)
                if exact:
                    said = t(
                        "Several projects that you can see have an output {name}: name its project.",
                        name=name,
                    )
                else:
                    said = t("No project that you can see has an output {name}: name its project.", name=name)
                one = exact[0] if exact else msgspec.structs.replace(build.outputs[0], project="PROJECT")
                raise Refusal(said, example=as_command(msgspec.structs.replace(build, outputs=(one,))))
            return msgspec.structs.replace(build, outputs=exact)
        return msgspec.structs.replace(build, outputs=self._named(build, authorized))

    def _named(self, build: Build, authorized: Authorized) -> tuple[RequestedOutput, ...]:
        outputs = []
        for wanted in build.outputs:
            project = self._catalog.project(authorized.dss, authorized.act_as, wanted.project)
            try:
                found = self._catalog.output(authorized.dss, authorized.act_as, project, wanted)
            except UnknownOutput as wrong:
                raise put_right(build, wanted, wrong) from wrong
            outputs.append(msgspec.structs.replace(wanted, project=project, name=found.name))
        return tuple(outputs)

    def _rename(self, intent: Intent, request: RenameFavorite) -> Message:
        favorite = self._found(intent, request.name, shared=request.shared)
        if favorite.shared:
            self._may_change(intent, favorite)
        entry = outcome_of(intent, Outcome.CHANGED)
        self._store.favorites.rename(favorite.owner, favorite.name, request.to, intent.id, entry)
        return views.favorite_renamed(favorite, request.to)

    def _delete(self, intent: Intent, request: DeleteFavorite) -> Message:
        favorite = self._found(intent, request.name, shared=request.shared)
        left = favorite.shared and self._has_left(favorite.saved_by, intent)
        if favorite.shared and not left:
            self._may_change(intent, favorite)
        entry = outcome_of(intent, Outcome.CHANGED)
        self._store.favorites.delete(favorite.owner, favorite.name, intent.id, entry)
        return views.favorite_deleted(favorite, told=not left)

    def _found(self, intent: Intent, name: str, *, shared: bool) -> Favorite:
        """Return the favorite that somebody wants to change; whether they may isn't said by that.

        Raises:
            Refusal: there is none, or they can't use the bot here.
        """
        self._access.authorize(
            intent.user_id,
            intent.team_id,
            ShowFavorites(),
            self._instances.named(None).dss,
            place=intent.place,
        )
        owner = _owner(intent, shared=shared)
        found = self._store.favorites.find((owner,), name)
        if found is None:
            names = [one.name for one in self._store.favorites.of_owner(owner)]
            near = did_you_mean(name, names)
            if owner != intent.user_id:
                said = t("This channel has no favorite “{name}”.", name=name)
            else:
                said = t("You have no favorite “{name}”.", name=name)
            right = msgspec.structs.replace(intent.request, name=near[0]) if near else ShowFavorites()
            raise Refusal(said, example=as_command(right), suggestions=near)
        return found

    def _has_left(self, user_id: str, intent: Intent) -> bool:
        """Return whether the account of somebody who saved something is deactivated in Slack.

        Then anybody who can use the bot in the channel can delete it: it might be that nobody can build it.
        """
        try:
            known = self._access.known_of(user_id, intent.team_id, self._instances.named(None).dss)
        except (Refusal, DSSError):
            return False
        return known.person.is_deleted

    def _may_change(self, intent: Intent, favorite: Favorite) -> None:
        """Check that somebody may change a channel's favorite: they saved it, or they could build it.

        Raises:
            Refusal: they may not. What it builds isn't told.
        """
        if favorite.saved_by == intent.user_id:
            return
        try:
            self._checked(intent, favorite.build)
        except Refusal as refusal:
            raise Refusal(
                t(
                    "You can't change the channel's favorite “{name}”: you can't build what it builds. "
                    "Ask the person who saved it, or save your own without --channel.",
                    name=favorite.name,
                )
            ) from refusal

    def _set_default(self, intent: Intent, request: SetDefault) -> Message:
        channel = intent.place.channel_id
        existing = self._store.favorites.default_of(channel)
        authorized = self._authorized(intent, request)
        others = existing is not None and existing.set_by != intent.user_id
        if existing is not None and others and not self._has_left(existing.set_by, intent):
            self._may_replace(intent, existing)
        default: ChannelDefault | None = None
        if request.project is not None:
            project = self._catalog.project(authorized.dss, authorized.act_as, request.project)
            default = ChannelDefault(project=project, instance=authorized.dss.instance, set_by=intent.user_id)
        self._store.favorites.set_default(channel, default, intent.id, outcome_of(intent, Outcome.CHANGED))
        return views.default_set(default, before=existing)

    def _may_replace(self, intent: Intent, existing: ChannelDefault) -> None:
        asked = SetDefault(project=existing.project, instance=existing.instance)
        try:
            authorized = self._authorized(intent, asked)
            self._catalog.project(authorized.dss, authorized.act_as, existing.project)
        except Refusal as refusal:
            raise Refusal(
                t(
                    "You can't change the default project of this channel: you can't see it in DSS. Ask the "
                    "person who set it."
                )
            ) from refusal

    def _authorized(self, intent: Intent, request: SetDefault) -> Authorized:
        return self._access.authorize(
            intent.user_id,
            intent.team_id,
            request,
            self._instances.for_request(request).dss,
            place=intent.place,
            project=request.project,
        )


class _Seen:
    """What somebody can see, asked for once for each instance."""

    def __init__(self, service: FavoriteService, user_id: str, team_id: str, place: Place) -> None:
        self._service = service
        self._asker = (user_id, team_id, place)
        self._known: dict[str | None, tuple[Dss, frozenset[str]] | None] = {}

    def has(self, instance: str | None, project: str) -> bool:
        """Return whether they can see a project."""
        known = self._of(instance)
        return known is not None and project in known[1]

    def all_of(self, build: Build) -> bool:
        """Return whether they can see all outputs: their projects in DSS, and the names by the rules."""
        known = self._of(build.instance)
        return known is not None and all(
            output.project in known[1] and sees_name(known[0], output.project, output.name, output.kind)
            for output in build.outputs
        )

    def _of(self, instance: str | None) -> tuple[Dss, frozenset[str]] | None:
        if instance not in self._known:
            self._known[instance] = self._service.seen_by(ShowFavorites(), instance, *self._asker)
        return self._known[instance]


def _owner(intent: Intent, *, shared: bool) -> str:
    """Return whose favorite is meant; in direct messages there is nobody to share one with."""
    channel = intent.place.channel_id
    return channel if shared and channel and not is_direct(channel) else intent.user_id


def _as_save(refusal: Refusal, request: SaveFavorite) -> Refusal:
    """Return a refusal whose example saves the build rather than starting it."""
    example = refusal.example
    if example is not None and example.startswith("/dss-build "):
        shared = " --channel" if request.shared else ""
        example = f"/dss-build save {quote(request.name)} {example.removeprefix('/dss-build ')}{shared}"
    return Refusal(str(refusal), example=example, then=refusal.then, suggestions=refusal.suggestions)
