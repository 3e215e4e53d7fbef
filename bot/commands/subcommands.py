"""The subcommands of ``/dss-jobs``: their options, and the words that people write for them."""

from typing import Literal

from bot.commands.rendering import SUBCOMMANDS, SYNONYMS
from bot.commands.suggestions import did_you_mean
from bot.commands.tokens import Word

OPTIONS_OF = {
    "status": ("on",),
    "log": ("activity", "on"),
    "abort": ("on",),
    "abort --all": ("all", "on"),
    "follow": ("on",),
    "unfollow": ("on",),
    "why": ("activity", "on"),
    "rebuild": ("on",),
    "last": ("on",),
    "projects": ("on",),
    "datasets": ("on",),
    "connect": ("on",),
    "disconnect": ("on",),
    "defaults": ("on",),
}
_HINTS = {
    "status": "show state info describe get",
    "log": "tail cat output",
    "abort": "stop cancel kill end",
    "follow": "watch track subscribe",
    "unfollow": "unwatch untrack unsubscribe ignore mute",
    "connect": "login signin authenticate apikey",
    "disconnect": "logout signout",
}
_QUESTIONS = frozenset({"who", "what", "which", "how"})
"""Words that begin a question: they are no slip in a subcommand."""
ONE_JOB = frozenset({"status", "log", "why", "abort", "follow", "unfollow", "rebuild", "last"})
"""Subcommands about one job."""
_NO_KEYS = frozenset({"why", "rebuild", "last", "projects", "datasets", "connect", "disconnect", "defaults"})
"""Subcommands only in small letters: in capitals they can be projects."""
MY_LAST_JOB: dict[str, Literal["status", "log", "why", "abort", "rebuild"]] = {
    "last": "status",
    "status": "status",
    "log": "log",
    "why": "why",
    "abort": "abort",
    "rebuild": "rebuild",
}
"""Subcommands that mean my last job when no job is named."""


def read_subcommand(word: Word) -> str | None:
    """Return the subcommand that a word is; ``None`` if it is none."""
    typed = word.text.casefold()
    if not word.bare or (word.text.isupper() and typed in _NO_KEYS | SYNONYMS.keys() - {"logs"}):
        return None
    meant = SYNONYMS.get(typed, typed)
    return meant if meant in SUBCOMMANDS else None


def asks_to_abort(word: Word) -> bool:
    """Return whether it is another word for ``abort``; in capitals it can be a project."""
    return word.bare and not word.text.isupper() and word.text.casefold() in _HINTS["abort"].split()


def near_subcommands(word: Word) -> tuple[str, ...]:
    """Return the subcommands that a word could mean, best first."""
    typed = word.text.casefold()
    if not word.bare or typed in _QUESTIONS:
        return ()
    hinted = [name for name, hints in _HINTS.items() if typed in hints.split()]
    return tuple(dict.fromkeys((*hinted, *did_you_mean(typed, SUBCOMMANDS))))
