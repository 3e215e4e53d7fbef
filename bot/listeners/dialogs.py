"""Dialogs: which button opens one, and what happens when one is submitted, in two tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slack_bolt import Ack

from bot import views
from bot.domain import DecideApproval
from bot.domain.features import Features
from bot.domain.personal_keys import wrong_with_key
from bot.listeners.build_dialog import BuildDialogs
from bot.listeners.dispatcher import Dispatcher, RequestContext, shares_of
from bot.listeners.favorite_dialog import open_favorite, submit_favorite
from bot.listeners.log_dialog import LogDialogs
from bot.listeners.payloads import Payload, Submission, action_of, of_action, of_submission, trigger_of
from bot.services.connect import ConnectService, Submitted
from bot.services.error_messages import error_message
from bot.settings import Secret
from bot.slack.dialogs import Dialogs
from bot.store import FavoriteStore
from bot.views import action_ids, dialog_ids
from bot.workers.query_pool import PoolFull


@dataclass(frozen=True, kw_only=True)
class DialogServices:
    """The services behind the dialogs. A new dialog adds its own."""

    dialogs: Dialogs
    connect: ConnectService
    build: BuildDialogs
    log: LogDialogs
    favorites: FavoriteStore
    features: Features = Features()  # noqa: RUF009 - frozen
    """What the help offers."""


Opener = Callable[[Payload, RequestContext, Dispatcher, DialogServices], None]
"""Opens a dialog with the trigger of an action that is already acknowledged."""

Handler = Callable[[Submission, Ack, Dispatcher, DialogServices], None]
"""Writes a row or hands the rest to the query pool, then acknowledges. Never waits for DSS."""


def open_dialog(body: Payload, ack: Ack, dispatcher: Dispatcher, services: DialogServices) -> None:
    """Acknowledge a button and open its dialog."""
    ack()
    context = of_action(body, replaces=False)
    action_id = action_ids.base(str(action_of(body).get("action_id") or ""))
    try:
        OPENING[action_id](body, context, dispatcher, services)
    except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
        dispatcher.reply_error(context, error, doing=action_id)


def answer_dialog(body: Payload, ack: Ack, dispatcher: Dispatcher, services: DialogServices) -> None:
    """Hand a submission to its handler; whatever goes wrong, the dialog says it."""
    submission = of_submission(body)
    try:
        SUBMITTED[submission.callback_id](submission, ack, dispatcher, services)
    except PoolFull:
        _replace(ack, views.dialog_failed(views.busy()))
    except views.OldButton:
        answer_old_dialog(ack)
    except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
        _replace(ack, views.dialog_failed(error_message(error, doing=submission.callback_id)))


def answer_old_dialog(ack: Ack) -> None:
    """Say that a dialog comes from another version."""
    _replace(ack, views.dialog_failed(views.old_dialog()))


def _open_decline(
    body: Payload, context: RequestContext, dispatcher: Dispatcher, services: DialogServices
) -> None:
    """Ask for the reason; if Slack doesn't open the dialog, with a select in a private message."""
    decision = views.decode(str(action_of(body).get("value") or ""))
    if not isinstance(decision, DecideApproval):
        raise views.OldButton
    remembered = views.DeclineDialog(
        decision=decision, channel_id=context.place.channel_id, response_url=context.place.response_url
    )
    dialog = views.decline_dialog(views.encode_dialog(remembered))
    instead = views.decline_reasons(views.encode_decision(decision))
    services.dialogs.open(trigger_of(body), dialog, otherwise=lambda _: dispatcher.reply(context, instead))


def _decline(submission: Submission, ack: Ack, dispatcher: Dispatcher, _services: DialogServices) -> None:
    """Hand over the decision with its reason; the dialog closes."""
    opened = views.read_dialog(submission.metadata)
    decision = views.declined(opened.decision, submission.text(dialog_ids.DECLINE_REASON))
    dispatcher.dispatch(decision, submission.context(opened.channel_id, opened.response_url))
    ack()


def _connect(submission: Submission, ack: Ack, dispatcher: Dispatcher, services: DialogServices) -> None:
    key = submission.text(dialog_ids.KEY).strip()
    wrong = wrong_with_key(key)
    if wrong is not None:
        ack(response_action="errors", errors={dialog_ids.KEY: wrong})
        return
    who, secret, instance = _who(submission), Secret(key), submission.metadata
    dispatcher.submit(
        lambda: services.connect.check(who, instance, secret), shares=shares_of(None, who.user_id)
    )
    _replace(ack, views.connect_checking())


def _connect_confirm(
    submission: Submission, ack: Ack, dispatcher: Dispatcher, services: DialogServices
) -> None:
    who, key_id = _who(submission), submission.metadata
    dispatcher.submit(lambda: services.connect.confirm(who, key_id), shares=shares_of(None, who.user_id))
    _replace(ack, views.connect_checking())


def _open_build(
    body: Payload, context: RequestContext, _dispatcher: Dispatcher, services: DialogServices
) -> None:
    services.build.press(body, context)


def _build(submission: Submission, ack: Ack, _dispatcher: Dispatcher, services: DialogServices) -> None:
    """Write the build as a row and close the dialog, or mark what is wrong at its field."""
    ack(**services.build.submit(submission))


def _open_log(
    body: Payload, context: RequestContext, _dispatcher: Dispatcher, services: DialogServices
) -> None:
    services.log.press(body, context)


def _search_log(submission: Submission, ack: Ack, _dispatcher: Dispatcher, services: DialogServices) -> None:
    """Show what was found in the place of the dialog, which stays open."""
    services.log.submit(submission)
    _replace(ack, views.log_dialog_loading())


def _open_favorite(
    body: Payload, context: RequestContext, dispatcher: Dispatcher, services: DialogServices
) -> None:
    open_favorite(body, context, dispatcher, services.dialogs)


def _favorite(submission: Submission, ack: Ack, dispatcher: Dispatcher, services: DialogServices) -> None:
    """Write the favorite as a row and close the dialog, or mark what is wrong with its name."""
    ack(**submit_favorite(submission, dispatcher, services.favorites))


OPENING: Mapping[str, Opener] = {
    action_ids.APPROVAL_DECLINE: _open_decline,
    action_ids.BUILD_DIALOG_CHANGE: _open_build,
    action_ids.BUILD_DIALOG_OPEN: _open_build,
    action_ids.FAVORITE_DIALOG_OPEN: _open_favorite,
    action_ids.JOB_LOG: _open_log,
    action_ids.LOG_DIALOG_OPEN: _open_log,
}
"""Every button that opens a dialog, by action id."""

SUBMITTED: Mapping[str, Handler] = {
    dialog_ids.BUILD: _build,
    dialog_ids.CONNECT: _connect,
    dialog_ids.CONNECT_CONFIRM: _connect_confirm,
    dialog_ids.DECLINE: _decline,
    dialog_ids.FAVORITE: _favorite,
    dialog_ids.LOG: _search_log,
}
"""Every dialog, by callback id."""


def _who(submission: Submission) -> Submitted:
    return Submitted(
        user_id=submission.user_id,
        team_id=submission.team_id,
        view_id=submission.view_id,
        hash=submission.hash,
    )


def _replace(ack: Ack, dialog: views.Dialog) -> None:
    ack(response_action="update", view=dialog)
