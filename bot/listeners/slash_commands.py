"""The two slash commands."""

from collections.abc import Callable

from slack_bolt import Ack

from bot import views
from bot.commands.favorites_parser import parse_build_command
from bot.commands.jobs_parser import parse_jobs
from bot.domain import Connect, Help, KeyRequest, Message, Mistake, ParsedCommand
from bot.domain.features import Features
from bot.domain.text import storable
from bot.listeners.dialogs import DialogServices
from bot.listeners.dispatcher import Dispatcher, shares_of
from bot.listeners.favorites import favorite_called
from bot.listeners.payloads import Payload, of_command, trigger_of
from bot.services.error_messages import error_message
from bot.workers.query_pool import PoolFull

COMMANDS: dict[str, Callable[[str], ParsedCommand]] = {
    "/dss-build": parse_build_command,
    "/dss-jobs": parse_jobs,
}
"""Every slash command and its parser."""


def answer_command(
    command: str, body: Payload, ack: Ack, dispatcher: Dispatcher, services: DialogServices
) -> None:
    """Hand the request over, and acknowledge with whatever can be answered right away."""
    text = storable(str(body.get("text") or ""))
    if command == "/dss-build" and not text.strip():
        ack()
        services.build.open(of_command(body), trigger_of(body))
        return
    try:
        message = _handed_over(command, text, body, dispatcher, services)
    except PoolFull:
        message = views.busy()
    except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
        message = error_message(error, doing=command)
    if message is None:
        ack()
    else:
        ack(response_type="ephemeral", text=message.text, blocks=list(message.blocks) or None)


def _handed_over(
    command: str, text: str, body: Payload, dispatcher: Dispatcher, services: DialogServices
) -> Message | None:
    """Hand the request over; return what can be answered right away."""
    context = of_command(body)
    named = favorite_called(text, context, services.favorites) if command == "/dss-build" else None
    request = named or COMMANDS[command](text)
    if isinstance(request, Mistake) and dispatcher.answer_mistake(request, context):
        return None
    if isinstance(request, Help | Mistake):
        return at_once(request, services.features)
    if isinstance(request, KeyRequest):
        return _about_key(request, body, dispatcher, services)
    dispatcher.dispatch(request, context)
    return None


def _about_key(
    request: KeyRequest, body: Payload, dispatcher: Dispatcher, services: DialogServices
) -> Message | None:
    context = of_command(body)
    user_id, team_id, place = context.user_id, context.team_id, context.place
    if isinstance(request, Connect):
        return services.connect.open(request, user_id, place, trigger_of(body))
    dispatcher.submit(
        lambda: services.connect.disconnect(request, user_id, team_id, place),
        shares=shares_of(None, user_id),
    )
    return None


def at_once(request: ParsedCommand, features: Features) -> Message | None:
    """Return the answer that needs no lookup, if there is one."""
    match request:
        case Help(command="build"):
            return views.help_build()
        case Help():
            return views.help_jobs(features)
        case Mistake():
            return views.mistake(request)
        case _:
            return None
