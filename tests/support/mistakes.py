"""Right commands of all kinds, and mistakes that people make when they type them."""

import random
import re

import msgspec

from bot.domain import JobRef, ParsedCommand
from bot.services.examples import read

RUNNING = JobRef(instance="default", project="CHURN", job_id="Build_scored__NP__2026-11-25T12-00-00.000")
ENDED = JobRef(instance="default", project="CHURN", job_id="Build_features__NP__2026-11-24T09-00-00.000")
_LINK = "https://dss.example/projects/CHURN"
_RIGHT = (
    "/dss-build CHURN.scored",
    "/dss-build CHURN.scored --mode modified --dry-run",
    "/dss-build CHURN.scored CHURN.features --mode missing",
    "/dss-build CHURN scored features",
    "/dss-build CHURN.scored SALES.customers",
    "/dss-build SALES.days --partition 2026-11-23",
    "/dss-build SALES.days --partition 2026-11-01/2026-11-23 --mode only",
    "/dss-build SALES.orders --partition 2026-11-23|FR --mode missing",
    '/dss-build CHURN."Churn prediction" --type model',
    "/dss-build CHURN.exports --type folder --mode missing",
    "/dss-build SALES.live --type streaming",
    "/dss-build scored --dry-run",
    f"/dss-build {_LINK}/datasets/scored/explore/",
    f"/dss-build {_LINK}/flow/?id=dataset_CHURN.scored --mode missing",
    "/dss-build CHURN/scored --mode only",
    "/dss-jobs CHURN --state failed --since 2015/09/24",
    "/dss-jobs CHURN --since yesterday --by me --limit 20",
    "/dss-jobs CHURN --dataset scored --state aborted",
    "/dss-jobs CHURN --since monday 9am --by bob",
    "/dss-jobs churn failures last week",
    "/dss-jobs failed since monday in CHURN",
    "/dss-jobs my failed jobs since yesterday",
    "/dss-jobs CHURN,SALES --state running",
    "/dss-jobs CH* --state failed --since yesterday",
    "/dss-jobs --state failed --since yesterday",
    "/dss-jobs CHURN.scored --since 2h",
    "/dss-jobs CHURN/scored",
    "/dss-jobs scored failed today",
    f"/dss-jobs status CHURN/{RUNNING.job_id}",
    f"/dss-jobs log CHURN/{ENDED.job_id}",
    f"/dss-jobs log {_LINK}/jobs/{RUNNING.job_id}/",
    f"/dss-jobs abort CHURN/{RUNNING.job_id}",
    "/dss-jobs abort --all CHURN",
    f"/dss-jobs follow CHURN/{RUNNING.job_id}",
    "/dss-jobs datasets CHURN score",
    "/dss-jobs projects CHU",
    "/dss-jobs why",
    "/dss-jobs last",
)
_OPTIONS = (
    *("--state", "--mode", "--since", "--by", "--all", "--on", "--limit", "--dataset", "--partition"),
    *("--type", "--activity", "--failed", "--modified", "--folder", "--me", "--foo", "--foo=bar", "--mode="),
)
_WORDS = (
    *("blah", "the", "please", "job", "jobs", "build", "dataset", "for", "in", "and", "now", "status", "log"),
    *("done", "aborted", "me", "by bob", "today", "last night", "half past nine", "from", "9 o'clock"),
    *("31/02/2026", "05/06/2026", "2026-13-45", "25:99", "2026-11-23|FR", "CURRENT_DAY", "model", "missing"),
    *("CHURN", "SALES", "scored", "CHURN.scored", "SALES.days", "succes", "0", "-1", "ten", "prod", '"', "`"),
    *("=", "--", "\u2014", "?", "!", "/", "|", "*", "<@UBOB|bob>", "bob@example.com", "@bob", f"{_LINK}/"),
)
_FIRST = ("status", "log", "abort", "list", "show", "the", "jobs", "why", "last", "stauts", "lgo")
_SPELLED = {"CHURN": ("CHRUN", "CHUR", "churn", "NOPE"), "SALES": ("SALE", "SLAES", "sales")}
_MARKED = ("`{}`", "*{}*", "_{}_", "```{}```", "\u201c{}\u201d", "{}.", "{}\u200b", "/dss-jobs {}")
_CHANGED = (("--", "\u2014"), (" ", "\u00a0"), ("-", "\u2011"), (".", ". "), (" --", "--"), ("--", "-- "))


class Right(msgspec.Struct, frozen=True):
    """A right command."""

    command: str
    request: ParsedCommand

    @property
    def aborts(self) -> bool:
        """Whether it aborts something."""
        return " abort" in self.command

    def still_says(self, typed: str, name: str) -> bool:
        """Return whether an option of it is still there, once and as it was, in a mistaken command."""
        option = f"--{name.replace('_', '-')}"
        found = re.search(rf"{option}(?: (?!--)\S+)*", self.command)
        if found is None or typed.count(option) != 1:
            return False
        values = {"--state": "--(failed|running|done|aborted)", "--since": "(since|from|today|last)"}
        says_more = re.search(values.get(option, "$^"), typed.replace(found[0], ""))
        return re.search(rf"(?:^| ){re.escape(found[0])}(?= --|$)", typed) is not None and not says_more


def right_commands() -> list[Right]:
    """Return right commands of all kinds."""
    return [Right(command, read(command)) for command in _RIGHT]


def mistaken(command: str, dice: random.Random) -> str:
    """Return a command with one to three mistakes."""
    name, _, text = command.partition(" ")
    for _ in range(dice.choice((1, 1, 2, 2, 3))):
        text = _mistake(text, dice)
    return f"{name} {text}"


def _mistake(text: str, dice: random.Random) -> str:
    words = text.split(" ")
    at = dice.randrange(len(words))
    match dice.randrange(12):
        case 0 | 1 | 2:
            words[at] = _slip(words[at], dice)
        case 3:
            del words[at]
        case 4:
            words.insert(at, dice.choice(_OPTIONS))
        case 5 | 6:
            words.insert(at, dice.choice(_WORDS))
        case 7:
            other = dice.randrange(len(words))
            words[at], words[other] = words[other], words[at]
        case 8:
            words.insert(0, dice.choice(_FIRST))
        case 9:
            return dice.choice(_MARKED).format(text)
        case 10:
            return text.replace(*dice.choice(_CHANGED))
        case _:
            key = dice.choice(tuple(_SPELLED))
            return text.replace(key, dice.choice(_SPELLED[key]))
    return " ".join(words)


def _slip(word: str, dice: random.Random) -> str:
    if len(word) < 2:
        return word + dice.choice("abcx")
    at = dice.randrange(len(word) - 1)
    before, letters, after = word[:at], word[at : at + 2], word[at + 2 :]
    changed = (letters[1], letters[::-1], letters[0] + letters, dice.choice("abx-./ ") + letters[1])
    return dice.choice((*(before + one + after for one in changed), word.swapcase(), f"{word}s", f"{word},"))
