"""Every view in the situations that people encounter, by name, as in the golden files."""

from collections.abc import Callable

import msgspec

from bot import views
from bot.domain import (
    ALL_PROJECTS,
    AbortAll,
    AbortAsked,
    Activity,
    Build,
    BuildMode,
    Counters,
    Failure,
    FollowJob,
    Gap,
    JobCard,
    JobName,
    JobRef,
    ListJobs,
    Message,
    Mistake,
    Output,
    OutputKind,
    Overview,
    Place,
    ProjectInfo,
    ReadLog,
    RequestedOutput,
    Silence,
    WarningGroup,
)
from bot.domain.allowances import Extent
from bot.domain.error_history import ErrorHistory
from bot.domain.errors import DSSInvalidRequest, DSSNotVisible, DSSUnreachable, Refusal
from bot.domain.favorites import ChannelDefault, Favorite
from bot.domain.features import Features
from bot.domain.job_events import Ended
from bot.domain.job_filters import StateCounts
from bot.domain.log_excerpts import LogExtract, extract
from bot.domain.log_pages import LogLines, page_of
from bot.domain.policy import Capability
from bot.domain.stored_records import UnreadableIntent
from bot.views.button_values import LogDialog
from tests.views.approvals_gallery import APPROVALS
from tests.views.cards import ACTIVITIES, COUNTERS, NOW, ago, card, job, ref

Shown = Message | dict[str, object]

ASKED = AbortAsked(by="U0BOB", by_name="Bob", at=ago(seconds=30))
FAILURE = Failure(
    message="Error in Python process: KeyError: 'amount'",
    activity_id="compute_joined_NP",
    recipe="compute_joined",
)
OF_FRAUD = JobRef(instance="main", project="FRAUD", job_id="Build_x")
AGAIN = ErrorHistory(recent=5, same_recent=2, runs=12, same=4, next_runs=4, next_done=3)
FIRST = ErrorHistory(recent=3, same_recent=0, runs=3, same=0)
LOG_OPENED = LogDialog(
    request=ReadLog(job=JobName(job_id="Build_x", project="CHURN")),
    place=Place(channel_id="C0DATA", surface="dialog"),
)
ROWS = "".join(f"[2026/11/25-14:25:48.000] [main] [INFO] [x] row {n}\n" for n in range(50))
BUILD = Build(outputs=(RequestedOutput(project="CHURN", name="scored"),), mode=BuildMode.ALL)
FAVORITE_OPENED = views.encode_favorite_dialog(
    views.FavoriteDialog(build=BUILD, place=Place(channel_id="C0DATA", surface="dialog"))
)
PROFILE = "https://dss.example.com/profile/"
EXCERPT = """Traceback (most recent call last):
  File "recipe.py", line 12, in <module>
    total = frame["amount"].sum()
KeyError: 'amount'"""


LOG = """\
[2026/11/25-14:25:48.000] [main] [INFO] [dku.job] - Job kernel starting
[2026/11/25-14:27:50.000] [FRT-31] [WARN] [dku.warnings] - One that the status has too
[2026/11/25-14:27:54.000] [null-out-67] [INFO] [dku.utils]  - rows processed: 10400
[2026/11/25-14:27:55.101] [null-err-68] [INFO] [dku.utils]  - Traceback (most recent call last):
[2026/11/25-14:27:55.101] [null-err-68] [INFO] [dku.utils]  -   File "recipe.py", line 12, in <module>
[2026/11/25-14:27:55.101] [null-err-68] [INFO] [dku.utils]  -     total = frame["amount"].sum()
[2026/11/25-14:27:55.101] [null-err-68] [INFO] [dku.utils]  - KeyError: 'amount'
[2026/11/25-14:27:55.300] [ActivityExecutor-65] [ERROR] [dku.flow] Activity unexpectedly failed
java.lang.Exception: Error in Python process: KeyError: 'amount'
\tat com.dataiku.dip.Executor.run(Executor.java:31)
[2026/11/25-14:27:56.000] [main] [ERROR] [dku.job] - Job finished, state FAILED
"""
WARNINGS = (
    WarningGroup(kind="INPUT_DATA_BAD_TYPE", count=12, message="Value 'n/a' of amount is not a valid double"),
    WarningGroup(kind="OUTPUT_DATA_BAD_TYPE", count=1, message="A date was cut"),
    WarningGroup(kind="OTHER", count=3),
    WarningGroup(kind="FORMAT", count=1, message="An empty line"),
)


def warned(one: JobCard) -> JobCard:
    """Return the same card with warnings in its first activity."""
    first, *others = one.job.activities or ACTIVITIES
    first = msgspec.structs.replace(first, warnings=17, warning_groups=WARNINGS)
    job_ = msgspec.structs.replace(one.job, warnings=17, activities=(first, *others))
    return msgspec.structs.replace(one, job=job_)


def running() -> JobCard:
    return card(job(counters=COUNTERS, activities=ACTIVITIES, warnings=2))


def with_thread(shown: JobCard) -> JobCard:
    url = "https://example.slack.com/archives/C0DATA/p1764080748000100"
    return msgspec.structs.replace(shown, thread_url=url)


def home_page(*, mine: bool = False, login: str | None = "alice", **changes: object) -> views.HomePage:
    reader = views.Reader(
        login=login,
        acts_as_them=login is not None,
        instance="main",
        address="https://dss.example.com",
        projects=12,
        others=(views.OtherInstance(name="staging", running=2),),
    )
    fields: dict[str, object] = {
        "reader": reader,
        "showing": Overview(mine=mine),
        "running": [with_thread(running())],
        "recent": [with_thread(failed()), done()],
        "at": NOW,
    }
    return views.HomePage(**fields | changes)  # type: ignore[arg-type]


def many_favorites(count: int) -> list[Favorite]:
    return [msgspec.structs.replace(FAVORITE, name=f"nightly {number}") for number in range(1, count + 1)]


def ruled() -> views.Reader:
    """Rules, a connected key, and instances in every condition."""
    somewhere = {Capability.BUILD: Extent.SOMEWHERE, Capability.ABORT_OWN: Extent.SOMEWHERE}
    nowhere = {Capability.BUILD_UPSTREAM: Extent.NOWHERE, Capability.ABORT_ANY: Extent.NOWHERE}
    return views.Reader(
        login="alice",
        acts_as_them=True,
        own_key=True,
        instance="main",
        address="https://dss.example.com",
        allowed=dict.fromkeys(Capability, Extent.EVERYWHERE) | somewhere | nowhere,
        others=(
            views.OtherInstance(name="staging", running=0),
            views.OtherInstance(name="lab", trouble="silent"),
            views.OtherInstance(name="finance", trouble="refused"),
            views.OtherInstance(name="old", trouble="unlisted"),
            views.OtherInstance(name="new"),
            views.OtherInstance(name="sixth", running=1),
        ),
    )


def log_dialog(
    one: JobCard,
    text: str,
    *,
    search: str = "",
    page: int = 0,
    activity: str | None = None,
    read_bytes: int | None = None,
    whole_bytes: int = 4_000,
) -> dict[str, object]:
    """Return the dialog of a log with this text."""
    found = extract(text, views.LOG_LINES)
    read = views.LogPage(
        card=one,
        activity=activity,
        lines=page_of(text, search, page),
        error=found.error,
        warnings=found.warnings,
        read_bytes=read_bytes,
        whole_bytes=whole_bytes,
    )
    return views.log_dialog(msgspec.structs.replace(LOG_OPENED, search=search), read)


def failed() -> JobCard:
    counted = Counters(done=1, failed=1, not_started=2, total=4)
    return card(job("FAILED", counters=counted, activities=ACTIVITIES[:2], failure=FAILURE))


def _outcome(one: JobCard) -> Message:
    shown = views.outcome_reply(Ended(), one, NOW, "w1")
    assert shown is not None
    return shown


def with_timeline() -> JobCard:
    """Return an ended job whose root message shows the picture of its timeline."""
    times = (("a", 240, 180), ("b", 240, 60), ("c", 180, 5))
    ran = tuple(
        Activity(
            id=f"compute_{name}_NP",
            recipe=f"compute_{name}",
            state="DONE",
            started_at=ago(seconds=began),
            ended_at=ago(seconds=ended),
            waited_seconds=4.0,
        )
        for name, began, ended in times
    )
    return card(job("DONE", counters=Counters(done=3, total=3), activities=ran), picture="F0TIMELINE")


def done(**changes: object) -> JobCard:
    return card(job("DONE", **{"counters": Counters(done=4, total=4), **changes}))


def unreadable(*, begun: bool) -> UnreadableIntent:
    return UnreadableIntent(
        id="i1",
        user_id="U0ALICE",
        place=Place(channel_id="C1"),
        begun=begun,
        created_at=ago(minutes=1),
        reason="unreadable",
    )


def nothing_built(mode: BuildMode = BuildMode.ONLY) -> JobCard:
    return done(counters=Counters(), mode=mode.value)


def conflict() -> JobCard:
    other = ref("Build_scored__NP__2026-11-25T14-20-00.000")
    return card(job("FAILED", ended_at=ago(minutes=4, seconds=11), conflicts=(other,)))


def aborting() -> JobCard:
    return card(job(counters=COUNTERS), abort=ASKED)


def troubled() -> JobCard:
    gaps = (Gap(start=ago(minutes=27), end=ago(minutes=10)),)
    return card(job(), gaps=gaps, silent_since=ago(minutes=3), instance_label="production")


def three() -> list[JobCard]:
    folder = Output(
        kind=OutputKind.FOLDER, project="CHURN", id="aB3xY9zK", name="exports", partition="2026-11-24"
    )
    old = job(
        "FAILED", outputs=(folder,), started_at=ago(days=2), ended_at=ago(days=2, minutes=-9), failure=FAILURE
    )
    return [running(), done(warnings=3), card(old, started_by_bot=False, asker_name=None)]


def page_two() -> Message:
    request = ListJobs(project="CHURN", state="failed", since="7d", page=1)
    filters = ("failed", "since 2026-11-18")
    url = "https://dss.example.com/projects/CHURN/jobs/"
    return views.job_list(
        "Jobs of CHURN",
        three(),
        request=request,
        now=NOW,
        has_more=True,
        filters=filters,
        ui_url=url,
        counts=StateCounts(running=2, failed=3, aborted=1, done=1_200, other=1),
        newest=True,
    )


FAVORITE = Favorite(
    owner="U1",
    name="nightly",
    build=Build(
        outputs=(RequestedOutput(project="CHURN", name="scored"),),
        mode=BuildMode.MODIFIED,
        partition="yesterday",
    ),
    saved_by="U1",
)
SHARED = msgspec.structs.replace(FAVORITE, owner="C1", name="end of month")
DEFAULT = ChannelDefault(project="CHURN", set_by="U1")

GALLERY: dict[str, Callable[[], Shown]] = {
    "working_on": lambda: views.working_on(Overview()),
    "working_on_build": lambda: views.working_on(
        Build(outputs=(RequestedOutput(project="CHURN", name="scored"),), partition="2026-01-02")
    ),
    "looking_up": lambda: views.looking_up(["CHURN.scored"], "production"),
    "dry_run": lambda: views.dry_run(BUILD, ["CHURN.scored"], 312.0, "alice"),
    "dry_run_unknown": lambda: views.dry_run(
        msgspec.structs.replace(BUILD, mode=BuildMode.ONLY), ["CHURN.<!here>"], None, None
    ),
    "which_output": lambda: views.which_output(
        BUILD, [RequestedOutput(project=key, name="scored") for key in ("CHURN", "SALES")], exact=True
    ),
    "which_dataset": lambda: views.which_dataset(
        "Several projects have a dataset orders.",
        [ListJobs(project="CHURN", dataset="orders"), ListJobs(project="SALES", dataset="orders")],
    ),
    "which_output_similar": lambda: views.which_output(BUILD, BUILD.outputs, exact=False),
    "project_list": lambda: views.project_list(
        [ProjectInfo(key="CHURN", name="Customer churn"), ProjectInfo(key="SALES", name="SALES")], None
    ),
    "project_list_empty": lambda: views.project_list([], "<!here>"),
    "dataset_list": lambda: views.dataset_list("CHURN", [f"dataset_{n}" for n in range(50)], "data"),
    "dataset_list_empty": lambda: views.dataset_list("CHURN", [], None),
    "no_job_of_mine": lambda: views.no_job_of_mine("abort"),
    "my_jobs": lambda: views.my_jobs([card(), failed()], NOW),
    "root_waiting": lambda: views.root(card(job("NOT_STARTED", started_at=None)), NOW),
    "root_running": lambda: views.root(running(), NOW),
    "root_troubled": lambda: views.root(troubled(), NOW),
    "root_aborting": lambda: views.root(aborting(), NOW),
    "root_done": lambda: views.root(done(), NOW),
    "root_done_warnings": lambda: views.root(done(warnings=3), NOW),
    "root_nothing_built": lambda: views.root(nothing_built(), NOW),
    "root_nothing_built_modified": lambda: views.root(nothing_built(BuildMode.MODIFIED), NOW),
    "root_failed": lambda: views.root(failed(), NOW),
    "root_timeline": lambda: views.root(with_timeline(), NOW),
    "root_conflict": lambda: views.root(conflict(), NOW),
    "root_aborted": lambda: views.root(card(job("ABORTED"), abort=ASKED), NOW),
    "root_vanished": lambda: views.root(card(vanished=True), NOW),
    "root_gave_up": lambda: views.root(card(job(started_at=ago(days=7)), gave_up=True), NOW),
    "status_warnings": lambda: views.status(warned(done(activities=ACTIVITIES[:1])), NOW),
    "status": lambda: views.status(running(), NOW),
    "follow_refused": lambda: views.follow_refused(done(), NOW),
    "reply_started": lambda: views.reply_started(card()),
    "reply_started_elsewhere": lambda: views.reply_started(card(started_by_bot=False)),
    "reply_activity_failed": lambda: views.reply_activity_failed(running(), ACTIVITIES[1]),
    "reply_activities_failed": lambda: views.reply_activity_failed(
        running(), ACTIVITIES[1], ACTIVITIES[1:2] * 11
    ),
    "reply_activities_failed_differently": lambda: views.reply_activity_failed(
        running(), ACTIVITIES[1], [msgspec.structs.replace(ACTIVITIES[1], failure="Disk full")]
    ),
    "reply_activities_done": lambda: views.reply_activity_done(running(), ACTIVITIES[0], ACTIVITIES[:1] * 2),
    "reply_activity_done": lambda: views.reply_activity_done(running(), ACTIVITIES[0]),
    "reply_heartbeat": lambda: views.reply_heartbeat(running(), NOW),
    "reply_ended_done": lambda: views.reply_ended(done(), None, NOW),
    "reply_ended_warnings": lambda: views.reply_ended(done(warnings=1), None, NOW),
    "reply_ended_failed_warnings": lambda: views.reply_ended(warned(failed()), EXCERPT, NOW),
    "reply_ended_warning_texts": lambda: views.reply_ended(
        warned(done(activities=ACTIVITIES[:1])), None, NOW
    ),
    "reply_ended_nothing_built": lambda: views.reply_ended(nothing_built(), None, NOW),
    "reply_ended_failed": lambda: views.reply_ended(failed(), EXCERPT, NOW),
    "reply_ended_failed_again": lambda: views.reply_ended(
        msgspec.structs.replace(failed(), history=AGAIN), EXCERPT, NOW
    ),
    "reply_ended_failed_first": lambda: views.reply_ended(
        msgspec.structs.replace(failed(), history=FIRST), EXCERPT, NOW
    ),
    "reply_ended_conflict": lambda: views.reply_ended(conflict(), None, NOW),
    "reply_ended_aborted": lambda: views.reply_ended(card(job("ABORTED"), abort=ASKED), None, NOW),
    "reply_ended_aborted_elsewhere": lambda: views.reply_ended(card(job("ABORTED")), None, NOW),
    "reply_ended_too_late": lambda: views.reply_ended(card(job("DONE"), abort=ASKED), None, NOW),
    "reply_ended_before_abort": lambda: views.reply_ended(
        card(job("DONE", ended_at=ago(minutes=1)), abort=ASKED), None, NOW
    ),
    "first_post_build": lambda: views.first_post(BUILD, "CHURN", "C0DATA", outcome=False),
    "first_post_follow": lambda: views.first_post(
        FollowJob(job=JobName(job_id="j1", project="CHURN")), "CHURN", "C0DATA", outcome=True
    ),
    "outcome_root_running": lambda: views.outcome_root(running(), NOW, "w1"),
    "outcome_root_failed": lambda: views.outcome_root(failed(), NOW, "w1"),
    "outcome_reply_failed": lambda: _outcome(failed()),
    "outcome_abort_asked": views.outcome_abort_asked,
    "private_root": views.private_root,
    "reply_abort_asked": lambda: views.reply_abort_asked(aborting()),
    "reply_silent_key": lambda: views.reply_silent(ago(minutes=5), NOW, Silence.KEY),
    "reply_silent_unreadable": lambda: views.reply_silent(ago(minutes=5), NOW, Silence.UNREADABLE),
    "reply_silent": lambda: views.reply_silent(ago(minutes=5), NOW),
    "reply_back": lambda: views.reply_back(Gap(start=ago(minutes=27), end=ago(minutes=10)), NOW),
    "reply_rebuilt": views.reply_rebuilt,
    "reply_end_unreadable": lambda: views.reply_end_unreadable(card(), listed=True),
    "reply_end_unreadable_unlisted": lambda: views.reply_end_unreadable(card(), listed=False),
    "set_aside": lambda: views.set_aside(unreadable(begun=False)),
    "set_aside_begun": lambda: views.set_aside(unreadable(begun=True)),
    "reply_vanished": lambda: views.reply_vanished("U0ALICE"),
    "reply_waiting_confirmation": lambda: views.reply_waiting_confirmation(card(job("WAITING_CONFIRMATION"))),
    "reply_limit": lambda: views.reply_limit(running(), 7),
    "reply_stuck": lambda: views.reply_stuck(15),
    "reply_overdue": lambda: views.reply_overdue(card(job(started_at=ago(minutes=40))), NOW),
    "build_accepted": lambda: views.build_accepted(["CHURN.scored"], BuildMode.ONLY, "production"),
    "mistake": lambda: views.mistake(
        Mistake(
            command="jobs", problem="There is no option --stat.", example="/dss-jobs CHURN --state failed",
            suggestions=("--state",),
        )
    ),
    "refusal": lambda: views.refusal(
        Refusal(
            "CHURN has no dataset scord.", example="/dss-build CHURN.scored",
            suggestions=("CHURN.scored", "CHURN.score_2"),
        )
    ),
    "refusal_two_commands": lambda: views.refusal(
        Refusal(
            "SALES.orders is partitioned by day, and CHURN.scored is not partitioned: "
            "each needs its own command.",
            example="/dss-build SALES.orders --partition 2026-11-23", then="/dss-build CHURN.scored",
        )
    ),
    "refusal_bare": lambda: views.refusal(Refusal("Guests may not use this bot.")),
    "dss_trouble_unreachable": lambda: views.dss_trouble(DSSUnreachable("timeout"), "production"),
    "dss_trouble_not_visible": lambda: views.dss_trouble(
        DSSNotVisible("Failed to read project permissions for X <&>\n\tat com.dataiku", status=401)
    ),
    "dss_trouble_maybe_done": lambda: views.dss_trouble(
        DSSInvalidRequest("Bad partition", status=500, maybe_done=True), "production"
    ),
    "our_fault": lambda: views.our_fault("7f3a9c"),
    "busy": views.busy,
    "canceled": views.canceled,
    "under_way": views.under_way,
    "aborting": views.aborting,
    "digest": lambda: views.digest([
        views.End(text=f"Done after {number} min: `CHURN.d{number}`", asker=asker, url=url)
        for number, (asker, url) in enumerate(
            [("U1", "https://example.com/archives/C1/p1"), ("U2", None), ("U1", None), *[(None, None)] * 5]
        )
    ]),
    "already_running": lambda: views.already_running(running(), ["CHURN.scored"], NOW),
    "already_running_some": lambda: views.already_running(
        running(), ["CHURN.scored"], NOW, others=1, rest="/dss-build CHURN.features"
    ),
    "confirm_all": lambda: views.confirm_all(BUILD, ["CHURN.scored"]),
    "confirm_abort_all": lambda: views.confirm_abort_all(
        "CHURN", [card(), card(job("NOT_STARTED", ref=ref("Build_x"), started_at=None), asker_name=None)],
        AbortAll(project="CHURN"), NOW,
    ),
    "confirm_abort_all_many": lambda: views.confirm_abort_all(
        "CHURN", [card(job(ref=ref(f"Build_{n:054}"))) for n in range(45)], AbortAll(project="CHURN"), NOW
    ),
    "confirm_abort_all_none": lambda: views.confirm_abort_all("CHURN", [], AbortAll(project="CHURN"), NOW),
    "confirm_abort_selected": lambda: views.confirm_abort_selected(
        [card(), card(job(ref=OF_FRAUD), asker_name=None)],
        AbortAll(project=ALL_PROJECTS, confirmed=False), NOW, ended=1, hidden=2,
    ),
    "confirm_abort_selected_one": lambda: views.confirm_abort_selected(
        [card()], AbortAll(project=ALL_PROJECTS, confirmed=False), NOW
    ),
    "confirm_abort_selected_ended": lambda: views.confirm_abort_selected(
        [], AbortAll(project=ALL_PROJECTS, confirmed=False), NOW, ended=2
    ),
    "confirm_abort_selected_none": lambda: views.confirm_abort_selected(
        [], AbortAll(project=ALL_PROJECTS, confirmed=False), NOW
    ),
    "job_list_running": lambda: views.job_list(
        "Jobs of 2 projects",
        [running(), card(job(ref=OF_FRAUD)), done()],
        request=ListJobs(project="CHURN,FRAUD", since="2026/11/25 09:00", by="bob"),
        now=NOW,
        counts=StateCounts(running=2, done=1),
    ),
    "abort_all_done": lambda: views.abort_all_done(
        [(ref("one"), None), (ref("two"), None), (ref("three"), "You may not abort jobs of CHURN.")]
    ),
    "abort_accepted": lambda: views.abort_accepted(running(), following=True),
    "abort_accepted_not_followed": lambda: views.abort_accepted(running(), following=False),
    "abort_accepted_too_late": lambda: views.abort_accepted(done(), following=True),
    "follow_accepted": lambda: views.follow_accepted(running()),
    "follow_accepted_already": lambda: views.follow_accepted(running(), already=True),
    "unfollow_accepted": lambda: views.unfollow_accepted(running()),
    "job_list": page_two,
    "empty_list": lambda: views.empty_list(
        "Jobs of CHURN", ("failed", "by alice"), wider="/dss-jobs CHURN"
    ),
    "overview": lambda: views.overview([with_thread(running())] * 9, [with_thread(done())], NOW),
    "overview_old_dss": lambda: views.overview([], [done()], NOW, everything=False),
    "overview_empty": lambda: views.overview([], [], NOW),
    "home": lambda: views.home(home_page()),
    "home_answered": lambda: views.home(home_page(mine=True, login=None), views.status(running(), NOW)),
    "home_empty": lambda: views.home(home_page(running=[], recent=[])),
    "home_by_rules": lambda: views.home(home_page(reader=ruled())),
    "home_full": lambda: views.home(home_page(running=[running()] * 40, recent=[done()] * 8)),
    "home_favorites": lambda: views.home(home_page(favorites=many_favorites(12))),
    "home_refused": lambda: views.home_refused(
        views.refusal(Refusal("Guests may not use this bot.")), Overview()
    ),
    "build_started": lambda: views.build_started(running()),
    "log": lambda: views.log(warned(failed()), extract(LOG, views.LOG_LINES)),
    "log_activity": lambda: views.log(
        running(), extract(EXCERPT, views.LOG_LINES), activity="compute_joined_NP", whole_bytes=50_000_000
    ),
    "log_cleared": lambda: views.log(done(), LogExtract()),
    "log_dialog_loading": views.log_dialog_loading,
    "log_dialog_failed": lambda: views.log_dialog_failed(views.refusal(Refusal("You can't read this log."))),
    "log_dialog": lambda: log_dialog(failed(), LOG),
    "log_dialog_running": lambda: log_dialog(running(), "first row\nsecond row\n"),
    "log_dialog_older": lambda: log_dialog(failed(), ROWS, page=1),
    "log_dialog_searched": lambda: log_dialog(failed(), LOG, search="keyerror"),
    "log_dialog_found_nothing": lambda: log_dialog(failed(), LOG, search="no such text"),
    "log_dialog_activity": lambda: log_dialog(failed(), LOG, activity="compute_joined_NP"),
    "log_dialog_cut": lambda: log_dialog(failed(), ROWS, read_bytes=1_000_000, whole_bytes=50_000_000),
    "log_dialog_cleared": lambda: views.log_dialog(
        LOG_OPENED, views.LogPage(card=done(), lines=LogLines())
    ),
    "log_file_note": lambda: views.log_file_note(failed(), None, size=64_300, whole_bytes=None),
    "log_file_note_cut": lambda: views.log_file_note(
        failed(), "compute_joined_NP", size=5_000_000, whole_bytes=50_000_000
    ),
    "log_file_sent": lambda: views.log_file_sent(failed(), None),
    "log_file_refused": lambda: views.log_file_refused(failed(), "missing_scope", maybe_sent=False),
    "log_file_refused_for_now": lambda: views.log_file_refused(failed(), "ratelimited", maybe_sent=False),
    "log_file_refused_perhaps": lambda: views.log_file_refused(failed(), "TimeoutError", maybe_sent=True),
    "busy_with_files": views.busy_with_files,
    **APPROVALS,
    "help_build": views.help_build,
    "help_jobs": lambda: views.help_jobs(Features()),
    "help_jobs_without_mentions": lambda: views.help_jobs(Features(mentions=False)),
    "help_mention": lambda: views.help_mention(Features()),
    "help_mention_in_direct_messages_only": lambda: views.help_mention(Features(mentions=False)),
    "about_no_job": views.about_no_job,
    "favorite_saved": lambda: views.favorite_saved(FAVORITE, replaced=False),
    "favorite_saved_for_a_channel": lambda: views.favorite_saved(SHARED, replaced=True),
    "favorite_dialog": lambda: views.favorite_dialog(BUILD, FAVORITE_OPENED, channel=True),
    "favorite_dialog_direct": lambda: views.favorite_dialog(
        msgspec.structs.replace(BUILD, partition="2026-11-23"), FAVORITE_OPENED, channel=False
    ),
    "favorite_dialog_not_opened": lambda: views.favorite_dialog_not_opened(
        "/dss-build save nightly CHURN.scored"
    ),
    "favorite_renamed": lambda: views.favorite_renamed(FAVORITE, "end of month"),
    "favorite_deleted": lambda: views.favorite_deleted(FAVORITE),
    "favorite_deleted_of_somebody_who_left": lambda: views.favorite_deleted(SHARED, told=False),
    "favorite_list": lambda: views.favorite_list((FAVORITE,), (SHARED,), DEFAULT),
    "favorite_list_empty": lambda: views.favorite_list((), (), None),
    "default_set": lambda: views.default_set(DEFAULT, before=None),
    "default_cleared": lambda: views.default_set(None, before=DEFAULT),
    "default_nothing_to_clear": lambda: views.default_set(None, before=None),
    "unknown_start": lambda: views.unknown_start(["CHURN.scored"]),
    "dialog_not_opened": views.dialog_not_opened,
    "old_button": views.old_button,
    "old_dialog": views.old_dialog,
    "connect_form": lambda: views.connect_form("default", PROFILE, None),
    "connect_form_again": lambda: views.connect_form(
        "prod", PROFILE, "prod", views.refusal(Refusal("DSS doesn't know that key. Copy it again."))
    ),
    "connect_checking": views.connect_checking,
    "connect_confirm": lambda: views.connect_confirm("1f", "alice.martin", "prod"),
    "connect_done": lambda: views.connect_done("alice", None),
    "connect_off": views.connect_off,
    "connect_not_needed": views.connect_not_needed,
    "connect_not_opened": lambda: views.connect_not_opened("/dss-jobs connect --on prod"),
    "connect_lapsed": lambda: views.connect_lapsed("/dss-jobs connect"),
    "connect_outcome": lambda: views.connect_outcome("alice"),
    "dialog_failed": lambda: views.dialog_failed(views.our_fault("1a2b")),
    "disconnected": lambda: views.disconnected("alice", PROFILE, None),
    "disconnected_nothing": lambda: views.disconnected(None, PROFILE, "prod"),
    "moved_to_dm": lambda: views.moved_to_dm("C0DATA", "not_in_channel"),
    "moved_to_dm_unknown": lambda: views.moved_to_dm("C0DATA", "a_word_of_next_year"),
    "redirected": lambda: views.redirected(
        views.reply_ended(failed(), EXCERPT, NOW), "C0DATA", "is_archived"
    ),
    "rejected_by_slack": lambda: views.rejected_by_slack("C0DATA", "no_text"),
    "not_readable": lambda: views.not_readable(ref("one")),
    "not_readable_unknown": lambda: views.not_readable(None),
    "without_mention": lambda: views.without_mention(views.reply_ended(failed(), None, NOW), "U0ALICE"),
}  # fmt: skip
