"""Every command that a refusal suggests is accepted when it is typed back."""

import random
import sys
from collections.abc import Iterator

from bot.commands.build_parser import parse_build
from bot.commands.jobs_parser import parse_jobs
from bot.commands.rendering import as_command
from bot.domain import Build, Connect, Disconnect, Help, ListJobs, Mistake, OutputKind, ParsedCommand
from bot.domain.errors import DSSError, Refusal
from bot.services.build_plan import plan_build
from bot.services.catalog import Catalog, UnknownProject
from bot.services.error_messages import with_project
from bot.services.job_lookup import JobRequest, find_ref
from bot.services.list_refusals import read_moment
from tests.commands.test_parser_properties import as_slack_sends
from tests.support.clocks import HandClock
from tests.support.fake_dss import FakeDss
from tests.support.samples import NOW, REF, job_info

MISTAKES = 4_000
RIGHT = (
    "/dss-build CHURN.scored",
    "/dss-build CHURN.scored CHURN.features --mode modified",
    "/dss-build CHURN scored features",
    "/dss-build SALES.days --partition 2026-11-23",
    "/dss-build SALES.orders --partition 2026-11-23|FR --mode missing",
    '/dss-build CHURN."Churn prediction" --type model',
    "/dss-build CHURN.scored --dry-run",
    "/dss-jobs CHURN --state failed --since 2015/09/24",
    "/dss-jobs CHURN --since yesterday --by me --limit 20",
    "/dss-jobs churn failures last week",
    "/dss-jobs CHURN,SALES --state running",
    f"/dss-jobs status {REF}",
    f"/dss-jobs log {REF} --activity compute_scored_NP",
    f"/dss-jobs abort {REF}",
    "/dss-jobs abort --all CHURN",
    f"/dss-jobs follow {REF}",
    "/dss-jobs datasets CHURN score",
)
WORDS = (
    "--state",
    "--mode",
    "--since",
    "--by",
    "--all",
    "--failed",
    "--on",
    "blah",
    "CHURN",
    "now",
    '"',
    "=",
    "09:00",
)


def misspelled(command: str, dice: random.Random) -> str:
    """Return a command with one to three mistakes: in letters, in words, or in their order."""
    name, _, text = command.partition(" ")
    for _ in range(dice.randint(1, 3)):
        words = text.split(" ")
        at = dice.randrange(len(words))
        match dice.randrange(6):
            case 0:
                del words[at]
            case 1:
                words.insert(at, dice.choice(WORDS))
            case 2:
                other = dice.randrange(len(words))
                words[at], words[other] = words[other], words[at]
            case 3 | 4 if words[at]:
                letter = dice.randrange(len(words[at]))
                kept = words[at][:letter] + dice.choice(("", "x", "-", ".", "/")) + words[at][letter + 1 :]
                words[at] = kept
            case _:
                words[at] = words[at].swapcase()
        text = " ".join(words)
    return f"{name} {text}"


def read(command: str) -> ParsedCommand:
    """Parse a command as Slack sends it."""
    parse = parse_build if command.startswith("/dss-build") else parse_jobs
    return parse(as_slack_sends(command))


def refused(request: ParsedCommand, dss: FakeDss) -> Iterator[str]:
    """Yield the commands that the answer to a request suggests."""
    if isinstance(request, Mistake):
        yield request.example
        return
    catalog = Catalog(HandClock())
    try:
        match request:
            case Build() if request.outputs[0].project != "?":
                plan_build(dss, catalog, request, None)
            case ListJobs():
                read_moment(request, NOW, "Europe/Paris")
                catalog.project(dss, None, request.project.partition(",")[0])
            case _ if isinstance(request, JobRequest):
                find_ref(dss, catalog, None, request, lambda _: ())
            case _:
                return
    except UnknownProject as error:
        if error.near and not isinstance(request, Help | Connect | Disconnect):
            yield as_command(with_project(request, error.typed, error.near[0]))
        yield from filter(None, (error.example,))
    except Refusal as error:
        yield from filter(None, (error.example, error.then))
    except DSSError:
        return


def world() -> FakeDss:
    """Return a DSS with names of all kinds, partitioned and not."""
    dss = FakeDss()
    dss.add_project("CHURN", "scored", "features", "scored history", "a.b")
    dss.add_project("SALES", "orders", "days")
    dss.add_object("CHURN", OutputKind.MODEL, "m0del123", "Churn prediction")
    dss.dimensions_of["SALES", "orders"] = ("day", "country")
    dss.dimensions_of["SALES", "days"] = ("day",)
    dss.put(job_info())
    return dss


def test_suggestions_of_thousands_of_mistakes_are_accepted() -> None:
    """None is refused for its form, and one suggestion is not followed by another one for the same form."""
    dice, dss = random.Random(20261127), world()
    typed = suggested = 0
    wrong: list[str] = []
    while typed < MISTAKES:
        command = misspelled(dice.choice(RIGHT), dice)
        typed += 1
        for suggestion in refused(read(command), dss):
            suggested += 1
            again = read(suggestion)
            if isinstance(again, Mistake | Help):
                wrong.append(f"{command} → {suggestion}: {getattr(again, 'problem', 'help')}")
    counted = f"mistakes typed: {typed}, suggestions typed back: {suggested}, refused: {len(wrong)}"
    sys.stdout.write(f"{counted}\n")  # shown with -s
    assert suggested > MISTAKES / 4
    assert wrong == []
