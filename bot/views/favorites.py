"""What is said about favorites and about a channel's default project."""

from collections.abc import Iterator, Sequence

import msgspec

from bot.domain import Message
from bot.domain.favorites import ChannelDefault, Favorite
from bot.domain.requests import Build
from bot.language import mark, number, t
from bot.views import action_ids, wording
from bot.views.blocks import Block, actions, button, context, message, say, section
from bot.views.escape import code, prose
from bot.views.favorite_dialog import built

WITH_BUTTON = 10
"""Favorites of a list that get a button each; the rest are typed."""


def favorite_saved(favorite: Favorite, *, replaced: bool) -> Message:
    """Say that a favorite was saved, and how it is run."""
    if favorite.shared:
        said = t("Saved for everybody in this channel: {favorite}.", favorite=_line(favorite))
    else:
        said = t("Saved for you: {favorite}.", favorite=_line(favorite))
    before = t("It takes the place of the one that had this name.")
    return say(
        f"{said} {before}" if replaced else said,
        t("To build it, type {command}. `/dss-build list` lists all favorites.", command=_command(favorite)),
    )


def favorite_dialog_not_opened(command: str) -> Message:
    """Say that Slack didn't open the dialog, and with which command the build is saved."""
    return say(
        t("Slack didn't open the dialog in time. Nothing was saved."),
        t("Press Save… again, or type {command}.", command=code(command, 500)),
        icon=wording.WARNED,
    )


def favorite_renamed(favorite: Favorite, to: str) -> Message:
    """Say that a favorite has another name."""
    return say(t("“{old}” is now called {new}.", old=prose(favorite.name, 60), new=code(to)))


def favorite_deleted(favorite: Favorite, *, told: bool = True) -> Message:
    """Say that a favorite is gone; ``told`` is whether it's said what it built."""
    return say(t("Deleted {favorite}.", favorite=_line(favorite) if told else code(favorite.name)))


def favorite_list(
    mine: Sequence[Favorite], shared: Sequence[Favorite], default: ChannelDefault | None
) -> Message:
    """List what is saved in a place: a person's favorites, the channel's, and its default project."""
    blocks: list[Block | None] = []
    numbered = 0
    for heading, favorites in (
        (t(_YOURS), mine),
        (t("*Favorites of this channel*"), shared),
    ):
        if favorites:
            blocks.append(section(heading, *_lines(favorites)))
            with_button = favorites[: max(0, WITH_BUTTON - numbered)]
            blocks += _buttons(with_button, numbered + 1)
            numbered += len(with_button)
    if not mine and not shared:
        blocks.append(section(t("There are no favorites here yet."), t(_SAVE)))
    blocks.append(section(_default(default)))
    return message(t("Favorites"), tuple(block for block in blocks if block is not None))


def favorites_on_home(favorites: Sequence[Favorite], first: int) -> Iterator[Block]:
    """List a person's favorites on App Home, or say how to save one.

    Args:
        favorites: all of theirs, by name.
        first: number of the first button.
    """
    if not favorites:
        yield context(t("No favorites yet. To save one: `/dss-build save nightly CHURN.scored`"))
        return
    shown = favorites[:WITH_BUTTON]
    yield section(t(_YOURS), *_lines(shown))
    yield from _buttons(shown, first)
    if len(favorites) > len(shown):
        more = number(len(favorites) - len(shown))
        yield context(t("and {number} more: {advice}", number=more, advice="`/dss-build list`"))


def default_set(default: ChannelDefault | None, *, before: ChannelDefault | None) -> Message:
    """Say what the channel's default project is now."""
    if default is not None:
        project = code(default.project, 100)
        return say(
            t(
                "{project} is now the default project of this channel: a name without a project is looked up "
                "there first.",
                project=project,
            ),
            t("To clear it: `/dss-jobs defaults none`"),
        )
    if before is None:
        return say(t("This channel has no default project."), t("To set one: `/dss-jobs defaults CHURN`"))
    return say(t("This channel has no default project anymore."))


def as_run(favorite: Favorite) -> Build:
    """Return the build of a favorite; whoever can't see a channel's isn't told what it builds."""
    if not favorite.shared:
        return favorite.build
    return msgspec.structs.replace(favorite.build, favorite=favorite.name)


_YOURS = mark("*Your favorites*")
_SAVE = mark(
    "To save one: `/dss-build save nightly CHURN.scored --mode modified`; add `--channel` for everybody in "
    "this channel."
)


def _line(favorite: Favorite) -> str:
    return t("{name}: {what}", name=code(favorite.name), what=built(favorite.build))


def _lines(favorites: Sequence[Favorite]) -> Iterator[str]:
    return (f"• {_line(one)}" for one in favorites)


def _buttons(favorites: Sequence[Favorite], first: int) -> tuple[Block, ...]:
    return actions(
        *(
            button(t("Build {name}", name=one.name), action_ids.JOB_REBUILD, as_run(one), number=place)
            for place, one in enumerate(favorites, first)
        )
    )


def _command(favorite: Favorite) -> str:
    name = favorite.name
    return code(f'/dss-build "{name}"' if " " in name else f"/dss-build {name}")


def _default(default: ChannelDefault | None) -> str:
    if default is None:
        return t("This channel has no default project. To set one: `/dss-jobs defaults CHURN`")
    return t(
        "Default project of this channel: {project}. To clear it: `/dss-jobs defaults none`",
        project=code(default.project, 100),
    )
