"""Refusals in a language that is none: whatever stays English in it would stay English in every language."""

import random
import sys
from collections.abc import Iterator

import msgspec
import pytest

from bot.commands.dates import read_since
from bot.commands.favorites_parser import parse_build_command
from bot.commands.mentions import parse_mention
from bot.commands.partitions import fit_partition, read_partition, unfit_in_dialog
from bot.domain import Build, Dimension, ListJobs, Mistake, OutputKind, ParsedCommand, ReadLog
from bot.domain.approvals import ApprovalState, Reason, over, why_not
from bot.domain.build_modes import BuildMode
from bot.domain.errors import DSSError, Refusal
from bot.domain.favorites import check_name
from bot.domain.personal_keys import is_own_key, wrong_with_key
from bot.domain.policy import Capability
from bot.domain.request_limits import Limited
from bot.domain.rule_decisions import refusal_by_rules
from bot.domain.rules import DIRECT, Verdict
from bot.domain.slack_rates import Rate
from bot.language import t
from bot.services.build_checks import WrongPartition
from bot.services.build_plan import plan_build
from bot.services.catalog import Catalog
from bot.services.job_lookup import JobRequest, find_ref, read_job
from bot.services.limits import refusal as limit_refusal
from bot.services.list_headings import filters_in_words
from bot.services.list_refusals import read_moment
from bot.services.logs import chosen_activity
from bot.services.project_search import find_output, nowhere, outputs_elsewhere
from bot.store import Exceeded
from tests.commands.test_parser_properties import as_slack_sends
from tests.commands.test_since_texts import NOW, PARIS, REFUSED
from tests.domain.test_approvals import asked
from tests.domain.test_personal_keys import check
from tests.services.test_suggestions import read
from tests.support.clocks import HandClock
from tests.support.fake_dss import FakeDss
from tests.support.mistakes import mistaken, right_commands
from tests.support.samples import REF, job_info
from tests.support.wide_language import plain_words, wide_language
from tests.views.approvals_gallery import APPROVAL

MISTAKES = 3_000
NAMES = (
    "CHURN SALES scored features history orders days country day Churn prediction exports my twins Slack DSS",
)
"""What DSS has, and what is called the same in every language."""
BABEL = ("Europe/Paris lu ma me ĵa ve sa di kaj jan feb mar apr maj jun jul aŭg sep okt nov dec",)
"""What Babel says in the language that the wide one borrows."""
DAY, COUNTRY = Dimension(name="day", period="DAY"), Dimension(name="country", period="")


@pytest.fixture(autouse=True)
def wide() -> Iterator[None]:
    """Speak the wide language."""
    with wide_language():
        yield


def world() -> FakeDss:
    """Return a DSS with names of all kinds, some of them twice."""
    dss = FakeDss()
    dss.add_project("CHURN", "scored", "features", "scored history", "a.b")
    dss.add_project("SALES", "orders", "days", "scored")
    for kind, id_, name in (
        (OutputKind.MODEL, "m0del123", "Churn prediction"),
        (OutputKind.FOLDER, "f0lder12", "exports"),
        (OutputKind.FOLDER, "f0lder34", "my twins"),
        (OutputKind.FOLDER, "f0lder56", "my twins"),
    ):
        dss.add_object("CHURN", kind, id_, name)
    dss.dimensions_of["SALES", "orders"] = ("day", "country")
    dss.dimensions_of["SALES", "days"] = ("day",)
    dss.put(job_info())
    return dss


def said_about(request: ParsedCommand, dss: FakeDss) -> Iterator[str]:
    """Yield what a person is told is wrong with a request."""
    if isinstance(request, Mistake):
        yield request.problem
        return
    try:
        yield from look_up(request, dss, Catalog(HandClock(), lambda name: name))
    except WrongPartition as error:
        yield from (str(error), error.in_dialog)
    except Refusal as error:
        yield str(error)
    except DSSError:
        return


def look_up(request: ParsedCommand, dss: FakeDss, catalog: Catalog) -> Iterator[str]:
    """Do the first steps of a request, and yield what is said on the way.

    Raises:
        Refusal: something that the request names isn't there.
    """
    match request:
        case Build() if request.outputs[0].project == "?":
            if not find_output(dss, catalog, None, request.outputs[0])[0]:
                raise nowhere(request)
        case Build():
            if elsewhere := outputs_elsewhere(dss, catalog, None, request):
                yield str(elsewhere)
            plan_build(dss, catalog, request, None)
        case ListJobs():
            if moment := read_moment(request, NOW, PARIS):
                yield from filters_in_words(request, moment, PARIS, by=request.by)
            catalog.project(dss, None, request.project.partition(",")[0])
        case _ if isinstance(request, JobRequest):
            job = read_job(dss, find_ref(dss, catalog, None, request, lambda _: ()), request.job)
            if isinstance(request, ReadLog):
                chosen_activity(request, job)
        case _:
            return


def test_thousands_of_mistakes_leave_no_word_untranslated() -> None:
    """Whatever is plain was typed, is in DSS, or belongs to the grammar."""
    dice, dss, commands = random.Random(20261128), world(), [one.command for one in right_commands()]
    texts: set[str] = set()
    left = []
    for _ in range(MISTAKES):
        typed = mistaken(dice.choice(commands), dice)
        _, _, text = as_slack_sends(typed).partition(" ")
        parsed = [read(typed), parse_mention(text, in_job_thread=dice.random() < 0.5)]
        parsed += [parse_build_command(f"{dice.choice(('save', 'rename', 'delete', 'list'))} {text}")]
        for request in parsed:
            if not isinstance(request, ParsedCommand):
                continue
            for said in said_about(request, dss):
                texts.add(said)
                known = (typed, str(REF), *NAMES, *BABEL)
                left += [(word, said, typed) for word in plain_words(said, known)]
    sys.stdout.write(f"mistakes typed: {MISTAKES}, different answers: {len(texts)}\n")  # shown with -s
    assert len(texts) > MISTAKES / 4
    assert left == []


def test_dates_and_partitions() -> None:
    """Also where several are meant, and in the dialog."""
    said: list[tuple[str, str]] = []
    for text in (*REFUSED, "2026-13-45", "tomorrow", "9am Europe/Pariss"):
        with pytest.raises(Refusal) as refused:
            read_since(text, NOW, PARIS)
        said.append((str(refused.value), f"{text} {refused.value.example} UTC IST CST CET CEST PARIS"))
    cases: tuple[tuple[str | None, tuple[Dimension, ...]], ...] = (
        (None, (DAY, COUNTRY)),
        ("2026-11-23", ()),
        ("2026-11-23", (DAY, COUNTRY)),
        ("23/11/2026", (DAY,)),
        ("2026/11/23", (DAY,)),
        ("2026-1-5", (DAY,)),
        ("LAST_WEEK", (DAY,)),
        ("2026-11/2026-11-23", (Dimension(name="day"),)),
        ("2026-12-01/2026-11-23", (DAY,)),
        ("2026-11-01/2026-11-02/2026-11-03", (DAY,)),
    )
    for partition, dimensions in cases:
        with pytest.raises(Refusal) as refused:
            fit_partition(partition, dimensions)
        said.append((str(refused.value), f"{partition} day country FIRST LAST"))
        said.append(
            (unfit_in_dialog(partition, dimensions, "CHURN.scored") or "", "CHURN.scored day country")
        )
    for text in ("FR,", "x" * 501, "a\u0000b"):
        with pytest.raises(Refusal) as refused:
            read_partition(text)
        said.append((str(refused.value), text))
    assert [(words, text) for text, data in said if (words := plain_words(text, (data, *BABEL)))] == []


@pytest.mark.parametrize("capability", Capability)
def test_rules(capability: Capability) -> None:
    """For every capability, with a project, with an output, and without."""
    said = [
        refusal_by_rules(capability, what, verdict, "the bot's administrator", channel)
        for what in (None, "CHURN", "CHURN.scored")
        for channel in (DIRECT, "C1")
        for verdict in (
            Verdict(allowed=False),
            Verdict(allowed=False, line=3),
            Verdict(allowed=False, line=3, kind="guardrail"),
        )
    ]
    assert [text for text in said if plain_words(text, NAMES)] == []


def test_approvals() -> None:
    """Why one is needed, how it ended, and why somebody can't decide."""
    reasons = [
        Reason(kind="project", name="CHURN"),
        Reason(kind="instance", name="main"),
        Reason(kind="partitions", partitions=3, most=1),
        Reason(kind="partitions", partitions=10**9, most=1),
        Reason(kind="hours"),
        *(Reason(kind="mode", mode=mode) for mode in BuildMode),
    ]
    said = [str(one) for one in reasons]
    for state in ApprovalState:
        ended = msgspec.structs.replace(APPROVAL, state=state)
        said.append(over(ended))
        for verdict in ("approve", "decline", "cancel"):
            for user in ("U0ALICE", "U0BOB"):
                for same in (True, False):
                    for now in (APPROVAL.created_at, APPROVAL.expires_at):
                        wrong = why_not(ended, asked(verdict), user, same_login=same, now=now)
                        said.append(wrong or "")
    assert [text for text in said if plain_words(text, ("CHURN main UTC",))] == []


def test_keys_names_and_limits() -> None:
    """What can't be a key, a name of a favorite, or is too much."""
    said = [wrong_with_key(text) or "" for text in ("", "x" * 300, "a b", "é")]
    for login in ("bob", "silent", "", "api:nightly"):
        with pytest.raises(Refusal) as refused:
            is_own_key(check(login))
        said.append(str(refused.value))
    for name in ("x" * 41, "save", "_x", "ABC"):
        with pytest.raises(Refusal) as refused:
            check_name(name)
        said.append(str(refused.value))
    exceeded = Exceeded(rate=Rate(key="k", burst=5, interval_ms=1_000), seconds=12.0)
    said += [
        limit_refusal(kind, name, exceeded)
        for kind in Limited
        for name in ("starts.person", "starts.channel")
    ]
    assert [text for text in said if plain_words(text, ("bob silent alice api:nightly", *NAMES))] == []


def test_what_dss_errors_advise() -> None:
    """The hint of every class of errors."""
    kinds: list[type[DSSError]] = [DSSError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    said = [t(kind.hint) for kind in kinds]
    assert len(set(said)) > 9
    assert [text for text in said if plain_words(text)] == []
