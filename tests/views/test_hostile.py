"""Whatever DSS or a person puts into a name or a sentence, it appears as text and fits."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import views
from bot.domain import (
    AbortAll,
    Activity,
    Build,
    BuildMode,
    JobCard,
    JobRef,
    ListJobs,
    Message,
    Mistake,
    Overview,
    RequestedOutput,
)
from bot.domain.errors import DSSRefused, Refusal
from bot.domain.favorites import Favorite
from bot.domain.log_excerpts import extract
from bot.sandbox.slack.limits import check_blocks
from tests.views.blockkit import mrkdwn_of, problems_of_blocks, problems_of_message, strings_of
from tests.views.cards import NOW, card, full, job

NASTY = (
    "<!channel>",
    "<!here|here>",
    "<@U0EVERYONE>",
    "<#C0SECRET>",
    "<https://evil.example|click>",
    "&lt;!channel&gt;",
    "&",
    "`",
    "```",
    "*evil*",
    "_evil_",
    "~evil~",
    ":evil:",
    "> evil",
    "\n",
    "\r\n",
    "\u202eleft\u202c",
    "\x00",
    "\ud800",
    "👩‍👩‍👧",
    "Ünï",
    "x" * 400,
    "&" * 3_000,
    "<" * 10_000,
    "",
    " ",
)
hostile = st.one_of(
    st.lists(st.sampled_from(NASTY), min_size=0, max_size=6).map("".join),
    st.text(max_size=300),
    st.tuples(st.sampled_from(NASTY), st.integers(0, 10_000)).map(lambda pair: (pair[0] * pair[1])[:10_000]),
)
EVIL = re.compile(r"\*evil\*|(?<![^\W_])_evil_|~evil~|:evil:|\u202e|<https")


def shown_of(text: str, state: str, many: int) -> Iterator[Message]:
    """Return every view with one text in all of its fields."""
    a_card = full(text, state=state, many=many)
    yield from replies(a_card, text)
    yield from lists(a_card, text, many)
    wanted = Build(outputs=(RequestedOutput(project=text, name=text),) * many, partition=text, instance=text)
    yield views.already_running(a_card, [text] * many, NOW, others=1, rest=text)
    yield views.confirm_all(wanted, [text] * many)
    yield views.build_accepted([text] * many, text, text)
    yield views.unknown_start([text] * many)
    yield views.mistake(Mistake(command="build", problem=text, example=text, suggestions=(text,) * many))
    yield views.refusal(Refusal(text, example=text, then=text, suggestions=(text,) * many))
    yield views.dss_trouble(DSSRefused(text, status=403, maybe_done=True), text)
    yield views.our_fault(text)
    yield views.moved_to_dm(text, "not_in_channel")
    yield views.moved_to_dm("C0DATA", text)
    found = extract(text, views.LOG_LINES)
    yield views.log(a_card, found, activity=text, whole_bytes=10**9)
    yield views.log(a_card, found)
    yield views.log_file_note(a_card, text, size=5, whole_bytes=10**9)
    yield views.log_file_sent(a_card, text)
    yield views.log_file_refused(a_card, text, maybe_sent=False)


def replies(a_card: JobCard, text: str) -> Iterator[Message]:
    """Return the root message and its thread."""
    yield views.root(a_card, NOW)
    yield views.outcome_root(a_card, NOW, text[:50] or "w")
    yield views.status(a_card, NOW)
    yield views.reply_started(a_card)
    for activity in a_card.job.activities[:3]:
        yield views.reply_activity_failed(a_card, activity)
        yield views.reply_activity_done(a_card, activity)
    yield views.reply_heartbeat(a_card, NOW)
    yield views.reply_ended(a_card, text, NOW)
    yield views.reply_abort_asked(a_card)
    yield views.reply_waiting_confirmation(a_card)
    yield views.reply_overdue(a_card, NOW)
    yield views.abort_accepted(a_card, following=False)
    yield views.follow_accepted(a_card)
    yield views.unfollow_accepted(a_card)


def lists(a_card: JobCard, text: str, many: int) -> Iterator[Message]:
    """Return lists and the questions about many jobs."""
    request = ListJobs(project=text, since=text, by=text, dataset=text, instance=text, page=1)
    yield views.job_list(
        text, [a_card] * many, request=request, now=NOW, has_more=True, filters=[text] * 5, ui_url=f"https://x.example/{text}"
    )  # fmt: skip
    yield views.empty_list(text, [text] * 5, page=1, wider=text)
    yield views.overview([a_card] * many, [a_card] * many, NOW)
    yield views.confirm_abort_all(text, [a_card] * many, AbortAll(project=text), NOW)
    ref = JobRef(instance=text, project=text, job_id=text)
    yield views.abort_all_done([(ref, text)] * many)


def check(message: Message) -> None:
    """Check that a message is within Slack's limits and that only our own markup is markup."""
    newest = message.without(()).blocks
    for blocks in (message.blocks, newest):
        assert problems_of_message(message.text, blocks) == []
        assert check_blocks(list(blocks), "message") == []
    for text in (message.text, *mrkdwn_of(message.blocks), *mrkdwn_of(newest)):
        prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        assert prose.count("`") % 2 == 0
        assert not any("`" in part for part in re.sub(r"`[^`\n]+`", "", prose).split("\n"))
        assert not EVIL.search(re.sub(r"`[^`\n]+`", "", prose))
    for text in (*strings_of(message.blocks), *strings_of(newest)):
        text.encode()


@settings(max_examples=40, deadline=None)
@given(
    text=hostile,
    state=st.sampled_from(["RUNNING", "FAILED", "DONE", "ABORTED", "NOT_STARTED"]),
    many=st.sampled_from([1, 2, 9, 40]),
)
def test_any_text_in_any_field_shows_as_text_and_fits(text: str, state: str, many: int) -> None:
    """No external field notifies, links, formats, breaks a limit, or is sent as invalid Unicode."""
    for message in shown_of(text, state, many):
        check(message)


@settings(max_examples=25, deadline=None)
@given(text=hostile, state=st.text(max_size=50), many=st.sampled_from([0, 1, 9, 30]))
def test_any_text_fits_into_app_home(text: str, state: str, many: int) -> None:
    """App Home has its own block limit and the same rules; an unknown state is shown as it is."""
    other = views.OtherInstance(name=text, running=many)
    reader = views.Reader(login=text, acts_as_them=True, instance=text, address=text, others=(other,) * many)
    outputs = (RequestedOutput(project="P", name=text[:100] or "n"),) * min(max(many, 1), 9)
    page = views.HomePage(
        reader=reader,
        showing=Overview(mine=True),
        running=[full(text, state=state)] * many,
        recent=[full(text, state="DONE")] * many,
        favorites=[Favorite(owner="U1", saved_by="U1", name=text, build=Build(outputs=outputs))] * many,
        at=NOW,
    )
    answer = views.log(full(text, many=many), extract(text, views.LOG_LINES))
    for view in (views.home(page), views.home(page, answer), views.home_refused(answer, page.showing)):
        blocks = view["blocks"]
        assert isinstance(blocks, list)
        assert problems_of_blocks(blocks, 100) == []


@pytest.mark.parametrize("text", [piece for piece in NASTY if len(piece) < 500])
def test_each_nasty_piece_everywhere(text: str) -> None:
    """The known harmful pieces are always tried, whatever Hypothesis chooses."""
    for message in shown_of(text, "FAILED", 2):
        check(message)


def test_a_hostile_name_can_still_be_read() -> None:
    """Escaping keeps the text: ``<!channel>`` is visible, not dropped."""
    message = views.root(full("<!channel>"), NOW)
    assert "`&lt;!channel&gt;.&lt;!channel&gt; [&lt;!channel&gt;]`" in message.text


def test_a_job_whose_id_fits_in_no_button_is_shown_without_those_buttons() -> None:
    """What Slack would reject is left out; the job itself is shown."""
    long = card(job(ref=JobRef(instance="main", project="CHURN", job_id="x" * 3_000)))
    last = views.root(long, NOW).blocks[-1]
    assert last["type"] == "section" or "job_abort" not in str(last)


def test_a_crowd_of_activities_is_named_up_to_eight_failed_ones_first_and_then_counted() -> None:
    """A job with hundreds of activities has a short root message."""
    crowd = tuple(
        Activity(id=f"a{n}", state="FAILED" if n % 50 == 0 else "RUNNING", recipe=f"compute_{n}")
        for n in range(200)
    )
    text = "\n".join(mrkdwn_of(views.root(card(job(activities=crowd)), NOW).blocks))
    assert [line.count("compute_") for line in text.split("\n")].count(1) == 8
    assert text.index("compute_150") < text.index("compute_1`")
    assert "and 192 more activities" in text


def test_only_an_address_of_the_web_becomes_a_link_button() -> None:
    """``javascript:`` and broken addresses get no button; otherwise Slack would reject the message."""
    for url in (
        "javascript:alert(1)",
        "https://x y",
        "//host",
        "",
        "https://",
        "https://[",
        "https://x/" + "y" * 3_000,
    ):
        assert "open_dss" not in str(views.root(card(ui_url=url), NOW).blocks)


def test_a_recursive_rebuild_asks_again() -> None:
    """A rebuild of a job that rebuilt everything isn't confirmed in advance."""
    message = views.reply_ended(card(job("FAILED", mode=BuildMode.ALL.value)), None, NOW)
    values = [element["value"] for element in message.blocks[-1]["elements"] if "value" in element]  # type: ignore[attr-defined]
    builds = [request for request in map(views.decode, values) if isinstance(request, Build)]
    assert [(build.mode, build.confirmed) for build in builds] == [(BuildMode.ALL, False)]
