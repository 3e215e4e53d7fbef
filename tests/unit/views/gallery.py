"""Every view in the situations that people meet, by name: what the golden files show."""

from collections.abc import Callable

from bot.errors import DSSInvalidRequest, DSSNotVisible, DSSUnreachable, Refusal
from bot.facts import (
    AbortAll,
    AbortAsked,
    Build,
    BuildMode,
    Counters,
    Failure,
    Gap,
    JobCard,
    ListJobs,
    Message,
    Mistake,
    Output,
    OutputKind,
    Place,
    Silence,
    WantedOutput,
)
from bot.facts.records import UnreadableIntent
from bot.slack import views
from tests.unit.views.cards import ACTIVITIES, COUNTERS, NOW, ago, card, job, ref

Shown = Message | dict[str, object]

ASKED = AbortAsked(by="U0BOB", by_name="Bob", at=ago(seconds=30))
FAILURE = Failure(
    message="Error in Python process: KeyError: 'amount'",
    activity_id="compute_joined_NP",
    recipe="compute_joined",
)
WISH = Build(outputs=(WantedOutput(project="CHURN", name="scored"),), mode=BuildMode.ALL)
EXCERPT = """Traceback (most recent call last):
  File "recipe.py", line 12, in <module>
    total = frame["amount"].sum()
KeyError: 'amount'"""


def running() -> JobCard:
    return card(job(counters=COUNTERS, activities=ACTIVITIES, warnings=2))


def failed() -> JobCard:
    counted = Counters(done=1, failed=1, not_started=2, total=4)
    return card(job("FAILED", counters=counted, activities=ACTIVITIES[:2], failure=FAILURE))


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
    wish = ListJobs(project="CHURN", state="failed", since="7d", page=1)
    filters = ("failed", "since 2026-11-18")
    url = "https://dss.example.com/projects/CHURN/jobs/"
    return views.job_list(
        "Jobs of CHURN", three(), wish=wish, now=NOW, has_more=True, filters=filters, ui_url=url
    )


GALLERY: dict[str, Callable[[], Shown]] = {
    "root_waiting": lambda: views.root(card(job("NOT_STARTED", started_at=None)), NOW),
    "root_running": lambda: views.root(running(), NOW),
    "root_troubled": lambda: views.root(troubled(), NOW),
    "root_aborting": lambda: views.root(aborting(), NOW),
    "root_done": lambda: views.root(done(), NOW),
    "root_done_warnings": lambda: views.root(done(warnings=3), NOW),
    "root_nothing_built": lambda: views.root(nothing_built(), NOW),
    "root_nothing_built_modified": lambda: views.root(nothing_built(BuildMode.MODIFIED), NOW),
    "root_failed": lambda: views.root(failed(), NOW),
    "root_conflict": lambda: views.root(conflict(), NOW),
    "root_aborted": lambda: views.root(card(job("ABORTED"), abort=ASKED), NOW),
    "root_vanished": lambda: views.root(card(vanished=True), NOW),
    "root_gave_up": lambda: views.root(card(job(started_at=ago(days=7)), gave_up=True), NOW),
    "status": lambda: views.status(running(), NOW),
    "follow_refused": lambda: views.follow_refused(done(), NOW),
    "told_started": lambda: views.told_started(card()),
    "told_started_elsewhere": lambda: views.told_started(card(started_by_bot=False)),
    "told_activity_failed": lambda: views.told_activity_failed(running(), ACTIVITIES[1]),
    "told_activity_done": lambda: views.told_activity_done(running(), ACTIVITIES[0]),
    "told_heartbeat": lambda: views.told_heartbeat(running(), NOW),
    "told_ended_done": lambda: views.told_ended(done(), None, NOW),
    "told_ended_warnings": lambda: views.told_ended(done(warnings=1), None, NOW),
    "told_ended_nothing_built": lambda: views.told_ended(nothing_built(), None, NOW),
    "told_ended_failed": lambda: views.told_ended(failed(), EXCERPT, NOW),
    "told_ended_conflict": lambda: views.told_ended(conflict(), None, NOW),
    "told_ended_aborted": lambda: views.told_ended(card(job("ABORTED"), abort=ASKED), None, NOW),
    "told_ended_aborted_elsewhere": lambda: views.told_ended(card(job("ABORTED")), None, NOW),
    "told_ended_too_late": lambda: views.told_ended(card(job("DONE"), abort=ASKED), None, NOW),
    "told_ended_before_abort": lambda: views.told_ended(
        card(job("DONE", ended_at=ago(minutes=1)), abort=ASKED), None, NOW
    ),
    "told_abort_asked": lambda: views.told_abort_asked(aborting()),
    "told_silent_key": lambda: views.told_silent(ago(minutes=5), NOW, Silence.KEY),
    "told_silent_unreadable": lambda: views.told_silent(ago(minutes=5), NOW, Silence.UNREADABLE),
    "told_silent": lambda: views.told_silent(ago(minutes=5), NOW),
    "told_back": lambda: views.told_back(Gap(start=ago(minutes=27), end=ago(minutes=10)), NOW),
    "told_rebuilt": views.told_rebuilt,
    "told_end_unreadable": lambda: views.told_end_unreadable(card(), listed=True),
    "told_end_unreadable_unlisted": lambda: views.told_end_unreadable(card(), listed=False),
    "set_aside": lambda: views.set_aside(unreadable(begun=False)),
    "set_aside_begun": lambda: views.set_aside(unreadable(begun=True)),
    "told_vanished": lambda: views.told_vanished("U0ALICE"),
    "told_waiting_confirmation": lambda: views.told_waiting_confirmation(card(job("WAITING_CONFIRMATION"))),
    "told_limit": lambda: views.told_limit(running(), 7),
    "told_stuck": lambda: views.told_stuck(15),
    "told_overdue": lambda: views.told_overdue(card(job(started_at=ago(minutes=40))), NOW),
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
            "each needs a command of its own.",
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
    "cancelled": views.cancelled,
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
    "confirm_all": lambda: views.confirm_all(WISH, ["CHURN.scored"]),
    "confirm_abort_all": lambda: views.confirm_abort_all(
        "CHURN", [job(), job("NOT_STARTED", ref=ref("Build_x"), started_at=None)],
        AbortAll(project="CHURN"), NOW,
    ),
    "confirm_abort_all_many": lambda: views.confirm_abort_all(
        "CHURN", [job(ref=ref(f"Build_{n:054}")) for n in range(45)], AbortAll(project="CHURN"), NOW
    ),
    "confirm_abort_all_none": lambda: views.confirm_abort_all("CHURN", [], AbortAll(project="CHURN"), NOW),
    "abort_all_done": lambda: views.abort_all_done(
        [(ref("one"), None), (ref("two"), None), (ref("three"), "You may not abort jobs of CHURN.")]
    ),
    "abort_taken": lambda: views.abort_taken(running(), following=True),
    "abort_taken_not_followed": lambda: views.abort_taken(running(), following=False),
    "abort_taken_too_late": lambda: views.abort_taken(done(), following=True),
    "follow_taken": lambda: views.follow_taken(running()),
    "follow_taken_already": lambda: views.follow_taken(running(), already=True),
    "unfollow_taken": lambda: views.unfollow_taken(running()),
    "job_list": page_two,
    "empty_list": lambda: views.empty_list(
        "Jobs of CHURN", ("failed", "by alice"), wider="/dss-jobs CHURN"
    ),
    "overview": lambda: views.overview([running()] * 9, [done()], NOW),
    "overview_old_dss": lambda: views.overview([], [done()], NOW, everything=False),
    "overview_empty": lambda: views.overview([], [], NOW),
    "home": lambda: views.home([running()], [failed(), done()], NOW),
    "log": lambda: views.log(failed(), EXCERPT, activities=ACTIVITIES),
    "log_activity": lambda: views.log(
        running(), EXCERPT, activity="compute_joined_NP", activities=ACTIVITIES, truncated=True
    ),
    "log_cleared": lambda: views.log(done(), "", cleared=True),
    "help_build": views.help_build,
    "help_jobs": views.help_jobs,
    "unknown_start": lambda: views.unknown_start(["CHURN.scored"]),
    "old_button": views.old_button,
    "moved_to_dm": lambda: views.moved_to_dm("C0DATA", "not_in_channel"),
    "moved_to_dm_unknown": lambda: views.moved_to_dm("C0DATA", "a_word_of_next_year"),
    "told_here": lambda: views.told_here(views.told_ended(failed(), EXCERPT, NOW), "C0DATA", "is_archived"),
    "not_taken": lambda: views.not_taken("C0DATA", "no_text"),
    "not_readable": lambda: views.not_readable(ref("one")),
    "not_readable_unknown": lambda: views.not_readable(None),
    "without_mention": lambda: views.without_mention(views.told_ended(failed(), None, NOW), "U0ALICE"),
}  # fmt: skip
