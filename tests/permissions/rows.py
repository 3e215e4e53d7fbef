"""Everything that somebody can do in Slack, one row each, keyed by the listener that Bolt calls for it."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import msgspec

from bot import views
from bot.domain import (
    ALL_PROJECTS,
    AbortAll,
    AbortJob,
    Build,
    BuildMode,
    DecideApproval,
    FollowJob,
    ListJobs,
    Overview,
    ReadLog,
    Request,
    RequestedOutput,
    SendLog,
    ShowStatus,
    ShowThread,
    UnfollowJob,
)
from bot.domain.build_forms import BuildForm, Choice
from bot.domain.policy import Capability
from bot.listeners.registration import register
from bot.sandbox.slack import Delivery, Message
from bot.views import action_ids, dialog_ids
from bot.views.build_dialog import PRIVATELY
from bot.views.button_values import encode_job, encode_list
from tests.permissions.desk import Desk
from tests.permissions.subjects import ASKER, channel_of
from tests.scenario.world import Scenario, ref, shown

Key = tuple[str, str]
"""The kind of listener and what it listens for."""

OUTPUT = RequestedOutput(project="CHURN", name="customers_clean")


def _form(name: str = "customers_clean") -> BuildForm:
    return BuildForm(
        instance="default",
        project=Choice(value="CHURN", text="CHURN"),
        outputs=(Choice(value=f"dataset|CHURN|{name}", text=name),),
    )


CHOSEN, PARTITIONED = _form(), _form("daily_sessions")
TYPED = BuildForm(instance="default", by_hand=True, typed="CHURN.customers_clean")


@dataclass(frozen=True, kw_only=True)
class Row:
    """Something that a person can do."""

    key: Key
    label: str
    do: Callable[[Desk], Delivery | None] = field(repr=False)
    verb: Capability | None
    """What it needs; ``None`` for what nobody is refused."""
    acts: str = ""
    """The end of the path of the POST that it causes where it works."""
    for_asker: bool = False
    """Whether the POST is made as `ASKER`, whose build is approved."""
    needs_approval: bool = False
    answered: bool = True
    direct: bool = False
    """Whether it's done in direct messages rather than in the person's channel."""
    offers: bool = False
    """Whether it's answered with names: some for whom it works, none for others."""


def listeners() -> set[Key]:
    """Return every listener that the bot registers with Bolt."""
    app = _Recorder()
    nothing = [None] * (len(inspect.signature(register).parameters) - 1)
    register(app, *nothing)  # type: ignore[arg-type]  # nothing is called here
    return app.registered


class _Recorder:
    """Takes the place of Bolt's `App`, and writes down what is registered by whatever method."""

    def __init__(self) -> None:
        self.registered: set[Key] = set()

    def __getattr__(self, kind: str) -> Callable[..., Callable[[object], object]]:
        def decorator(constraint: object, *_: object) -> Callable[[object], object]:
            if kind != "error":
                self.registered.add((kind, _name(constraint)))
            return lambda listener: listener

        return decorator


def _name(constraint: object) -> str:
    if not isinstance(constraint, re.Pattern):
        return str(constraint)
    ids = (one for one in action_ids.ALL if action_ids.pattern(one).pattern == constraint.pattern)
    return next(ids, f"/{constraint.pattern}/")


def _typed(text: str, verb: Capability | None, acts: str = "") -> Row:
    def do(desk: Desk) -> Delivery:
        return desk.type(text.replace("JOB", ref(desk.job)))

    return Row(key=("command", text.split(" ", maxsplit=1)[0]), label=text, do=do, verb=verb, acts=acts)


def _pressed(
    action_id: str,
    make: Callable[[Desk], Request | None],
    verb: Capability | None,
    acts: str = "",
    *,
    answered: bool = True,
    needs_approval: bool = False,
) -> Row:
    return Row(
        key=("action", action_id),
        label=action_id,
        do=lambda desk: desk.press(action_id, make(desk)),
        verb=verb,
        acts=acts,
        for_asker=needs_approval,
        needs_approval=needs_approval,
        answered=answered,
    )


def _changed_field(field: str, choice: object, form: BuildForm = CHOSEN) -> Row:
    return Row(
        key=("action", field),
        label=f"change {field} of the build dialog",
        do=lambda desk: desk.change(form, field, choice),
        verb=BUILD,
    )


def _suggested(field: str, typed: str, form: BuildForm = CHOSEN) -> Row:
    return Row(
        key=("options", field),
        label=f"type into {field} of the build dialog",
        do=lambda desk: desk.suggest(form, field, typed),
        verb=V,
        offers=True,
    )


def _option(value: str) -> dict[str, object]:
    return {"text": {"type": "plain_text", "text": value}, "value": value}


def _built(mode: BuildMode = BuildMode.ONLY, *, confirmed: bool = False) -> Callable[[Desk], Request]:
    return lambda _: Build(outputs=(OUTPUT,), mode=mode, confirmed=confirmed)


def _submit(desk: Desk) -> Delivery:
    view = desk.dialog()
    return desk.scenario.slack.as_user(desk.subject.name).submit(view, {dialog_ids.DECLINE_REASON: "No"})


def _said(event: str, text: str, verb: Capability | None, acts: str = "") -> Row:
    """Write to the bot: by a mention in the person's channel, or in a direct message."""

    def do(desk: Desk) -> Delivery | None:
        slack, name = desk.scenario.slack, desk.subject.name
        words = text.replace("JOB", ref(desk.job))
        person = slack.as_user(name)
        if event == "message":
            return person.say(words, slack.dm(name))
        return person.say(f"<@{slack.bot_user_id}> {words}", channel_of(desk.subject))

    label, direct = f"{event}: {text}", event == "message"
    return Row(key=("event", event), label=label, do=do, verb=verb, acts=acts, direct=direct)


def _about(desk: Desk) -> Delivery:
    """Use the shortcut on a message of one's own that links to the job."""
    person, where = desk.scenario.slack.as_user(desk.subject.name), channel_of(desk.subject)
    link = f"{desk.scenario.dss.url}/projects/{desk.job.project}/jobs/{desk.job.id}/"
    person.say(f"look at {link}", where)
    return person.shortcut("about_job", desk.scenario.roots(where)[-1])


def _changed(desk: Desk) -> Delivery | None:
    return desk.scenario.slack.as_user(desk.subject.name).change_account()


V, LOG, BUILD, UPSTREAM = Capability.VIEW, Capability.LOG, Capability.BUILD, Capability.BUILD_UPSTREAM
ABORT, FOLLOW, APPROVE = Capability.ABORT_ANY, Capability.FOLLOW, Capability.APPROVE
LOG_CHANGES: dict[str, object] = {
    dialog_ids.LOG_PART: "*",
    dialog_ids.LOG_SEARCH: "amount",
    dialog_ids.LOG_OLDER: None,
    dialog_ids.LOG_NEWER: None,
}
STARTS, ABORTS = "/jobs", "/abort"

ROWS: tuple[Row, ...] = (
    _typed("/dss-build CHURN.customers_clean", BUILD, STARTS),
    _typed("/dss-build customers_clean", BUILD, STARTS),
    _typed("/dss-build CHURN.features --mode modified", UPSTREAM, STARTS),
    _typed("/dss-build CHURN.features --mode all", UPSTREAM),
    _typed("/dss-build CHURN.scored --dry-run", BUILD),
    _typed("/dss-build help", None),
    _typed("/dss-jobs help", None),
    _typed("/dss-jobs", V),
    _typed("/dss-jobs CHURN", V),
    _typed("/dss-jobs *", V),
    _typed("/dss-jobs status JOB", V),
    _typed("/dss-jobs log JOB", LOG),
    _typed("/dss-jobs projects", V),
    _typed("/dss-jobs datasets CHURN", V),
    _typed("/dss-jobs last", V),
    _typed("/dss-jobs abort JOB", ABORT, ABORTS),
    _typed("/dss-jobs abort --all FRAUD", ABORT),
    _typed("/dss-jobs follow JOB", FOLLOW),
    _typed("/dss-jobs unfollow JOB", FOLLOW),
    _typed("/dss-build save mine CHURN.customers_clean", BUILD),
    _typed("/dss-build save ours CHURN.customers_clean --channel", BUILD),
    _typed("/dss-build rename mine mine", V),
    _typed("/dss-build delete mine", V),
    _typed("/dss-build list", V),
    _typed("/dss-jobs defaults CHURN", V),
    _pressed(action_ids.JOB_ABORT, lambda desk: AbortJob(job=desk.named), ABORT, ABORTS),
    _pressed(action_ids.JOB_LOG, lambda desk: ReadLog(job=desk.named), LOG),
    _pressed(action_ids.LOG_SHOW, lambda desk: ReadLog(job=desk.named), LOG),
    _pressed(action_ids.LOG_DIALOG_OPEN, lambda desk: ReadLog(job=desk.named), LOG),
    _pressed(action_ids.LOG_FILE, lambda desk: SendLog(job=desk.named), LOG),
    _pressed(action_ids.JOB_REBUILD, _built(), BUILD, STARTS),
    _pressed(action_ids.JOB_STATUS, lambda desk: ShowStatus(job=desk.named), V),
    _pressed(action_ids.JOB_STATUS, lambda _: ShowThread(watch="0" * 32), V),
    _pressed(action_ids.JOB_FOLLOW, lambda desk: FollowJob(job=desk.named), FOLLOW),
    _pressed(action_ids.JOB_UNFOLLOW, lambda desk: UnfollowJob(job=desk.named), FOLLOW),
    _pressed(action_ids.BUILD_CONFIRM_ALL, _built(BuildMode.ALL, confirmed=True), UPSTREAM, STARTS),
    _pressed(
        action_ids.ABORT_ALL_CONFIRM,
        lambda desk: AbortAll(project="FRAUD", jobs=(desk.job.id,)),
        ABORT,
        ABORTS,
    ),
    _pressed(action_ids.BUILD_CANCEL, lambda _: None, None),
    _pressed(action_ids.ABORT_ALL_CANCEL, lambda _: None, None),
    _pressed(action_ids.LIST_PAGE, lambda _: ListJobs(project="CHURN", page=1), V),
    Row(
        key=("action", action_ids.LIST_FILTER),
        label="a filter of a list",
        do=lambda desk: desk.choose(
            action_ids.LIST_FILTER, encode_list(ListJobs(project="CHURN")), "state=failed"
        ),
        verb=V,
    ),
    Row(
        key=("action", action_ids.LIST_CHOOSE),
        label="select jobs of a list",
        do=lambda desk: desk.choose(action_ids.LIST_CHOOSE, "b1", ref(desk.job)),
        verb=None,
        answered=False,
    ),
    Row(
        key=("action", action_ids.LIST_ABORT),
        label="abort what is selected",
        do=lambda desk: desk.abort_selected(),
        verb=ABORT,
    ),
    _pressed(
        action_ids.ABORT_ALL_CONFIRM,
        lambda desk: AbortAll(project=ALL_PROJECTS, jobs=(ref(desk.job),)),
        ABORT,
        ABORTS,
    ),
    _pressed(action_ids.HOME_SHOW, lambda _: Overview(mine=True), V),
    _pressed(action_ids.OPEN_DSS, lambda _: None, None, answered=False),
    _pressed("of_another_version", lambda _: None, None),
    _pressed(
        action_ids.APPROVAL_APPROVE,
        lambda desk: desk.decision("approve"),
        APPROVE,
        STARTS,
        needs_approval=True,
    ),
    _pressed(action_ids.APPROVAL_CANCEL, lambda desk: desk.decision("cancel"), V, needs_approval=True),
    _pressed(action_ids.APPROVAL_DECLINE, lambda desk: desk.decision("decline"), None, needs_approval=True),
    Row(
        key=("action", action_ids.APPROVAL_DECLINE_REASON),
        label="decline by a select",
        do=lambda desk: desk.choose(
            action_ids.APPROVAL_DECLINE_REASON,
            views.encode_decision(desk.decision("decline")),
            "Talk to me first",
        ),
        verb=APPROVE,
        needs_approval=True,
    ),
    Row(
        key=("action", action_ids.LOG_ACTIVITY),
        label="log of an activity",
        do=lambda desk: desk.choose(action_ids.LOG_ACTIVITY, encode_job(desk.named), "*"),
        verb=LOG,
    ),
    Row(
        key=("view", dialog_ids.DECLINE),
        label="decline in the dialog",
        do=_submit,
        verb=APPROVE,
        needs_approval=True,
    ),
    Row(
        key=("view", dialog_ids.CONNECT),
        label="connect a key that DSS doesn't know",
        do=lambda desk: desk.submit(dialog_ids.CONNECT, "default", "dkuaps-" + "0" * 32),
        verb=None,
    ),
    Row(
        key=("view", dialog_ids.CONNECT_CONFIRM),
        label="confirm a key of somebody else",
        do=lambda desk: desk.submit(dialog_ids.CONNECT_CONFIRM, "0" * 32),
        verb=None,
    ),
    _pressed(action_ids.BUILD_DIALOG_OPEN, lambda _: None, V),
    _pressed(action_ids.BUILD_DIALOG_CHANGE, _built(), BUILD),
    # Shows nothing that its button doesn't say; what may be built is checked when it's submitted.
    _pressed(action_ids.FAVORITE_DIALOG_OPEN, _built(), None),
    Row(
        key=("global_shortcut", dialog_ids.BUILD_SHORTCUT),
        label="the shortcut to the build dialog",
        do=lambda desk: desk.shortcut(dialog_ids.BUILD_SHORTCUT),
        verb=V,
    ),
    _changed_field(dialog_ids.BUILD_INSTANCE, "default"),
    _changed_field(dialog_ids.BUILD_PROJECT, _option("SALES")),
    _changed_field(dialog_ids.BUILD_OUTPUTS, [_option("dataset|CHURN|features")]),
    _changed_field(dialog_ids.BUILD_PARTITION, _option("2026-11-28"), PARTITIONED),
    _changed_field(dialog_ids.BUILD_MODE, BuildMode.MODIFIED.value),
    _changed_field(dialog_ids.BUILD_WHERE, PRIVATELY),
    _changed_field(dialog_ids.BUILD_TYPED, "CHURN.features", TYPED),
    _changed_field(dialog_ids.BUILD_TYPED_PARTITION, "2026-11-28", TYPED),
    _suggested(dialog_ids.BUILD_PROJECT, "chu"),
    _suggested(dialog_ids.BUILD_OUTPUTS, "custom"),
    _suggested(dialog_ids.BUILD_PARTITION, "", PARTITIONED),
    Row(
        key=("view", dialog_ids.BUILD),
        label="submit the build dialog",
        do=lambda desk: desk.build(CHOSEN),
        verb=BUILD,
        acts=STARTS,
    ),
    Row(
        key=("view", dialog_ids.BUILD),
        label="submit the build dialog with typed names",
        do=lambda desk: desk.build(TYPED),
        verb=BUILD,
        acts=STARTS,
    ),
    Row(
        key=("view", dialog_ids.BUILD),
        label="submit the build dialog with a name for a favorite",
        do=lambda desk: desk.build(msgspec.structs.replace(CHOSEN, favorite=f"of {uuid4().hex[:8]}")),
        verb=BUILD,
        acts=STARTS,
    ),
    *(
        Row(
            key=("view", dialog_ids.FAVORITE),
            label=f"save a favorite that is {whose}",
            do=lambda desk, whose=whose: desk.save_favorite(  # type: ignore[misc]
                Build(outputs=(OUTPUT,)), f"x {uuid4().hex[:8]}", whose
            ),
            verb=BUILD,
        )
        for whose in (dialog_ids.MINE, dialog_ids.SHARED)
    ),
    *(
        Row(
            key=("action", name),
            label=f"{name} of the log dialog",
            do=lambda desk, name=name, choice=choice: desk.change_log(name, choice),  # type: ignore[misc]
            verb=LOG,
        )
        for name, choice in LOG_CHANGES.items()
    ),
    Row(
        key=("view", dialog_ids.LOG),
        label="search in the log dialog",
        do=lambda desk: desk.search_log(),
        verb=LOG,
    ),
    Row(
        key=("view", "of_another_version"),
        label="dialog of another version",
        do=lambda desk: desk.submit("of_another_version", ""),
        verb=None,
    ),
    Row(
        key=("event", "app_home_opened"),
        label="open App Home",
        do=lambda desk: desk.scenario.slack.as_user(desk.subject.name).open_home(),
        verb=V,
    ),
    _said("app_mention", "build CHURN.customers_clean", BUILD, STARTS),
    _said("app_mention", "jobs status JOB", V),
    _said("app_mention", "jobs log JOB", LOG),
    _said("app_mention", "jobs abort JOB", ABORT, ABORTS),
    _said("message", "build CHURN.customers_clean", BUILD, STARTS),
    _said("message", "jobs CHURN failed", V),
    _said("message", "jobs abort JOB", ABORT, ABORTS),
    Row(key=("message_shortcut", "about_job"), label="About this job", do=_about, verb=V),
    Row(key=("event", "user_change"), label="account changed", do=_changed, verb=None, answered=False),
    _typed("/dss-jobs connect", None),
    _typed("/dss-jobs disconnect", None),  # the last one: keys are gone then
)

CATCH_ALL = {
    ("action", "of_another_version"): ("action", "//"),
    ("view", "of_another_version"): ("view", "//"),
}
"""Rows that the listener for everything else takes."""


def ask(scenario: Scenario) -> DecideApproval:
    """Have `ASKER` ask for a build that waits; return the decision about it, with some verdict."""
    where = channel_of(ASKER)
    before = len(scenario.roots(where))
    scenario.type("/dss-build SALES.revenue", user=ASKER.name, channel=where)

    def asked() -> Message | None:
        new = scenario.roots(where)[before:]
        return next((one for one in new if "Approval needed" in shown(one)), None)

    message = scenario.until(asked)
    for block in message.blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == action_ids.APPROVAL_APPROVE:
                decision = views.decode(str(element["value"]))
                assert isinstance(decision, DecideApproval)
                return decision
    raise AssertionError(shown(message))
