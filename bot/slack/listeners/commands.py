"""The two slash commands."""

from collections.abc import Callable

from slack_bolt import Ack

from bot.facts import Build, BuildMode, Help, Message, Mistake, Request
from bot.jobs.grammar import parse_build, parse_jobs
from bot.slack import views
from bot.slack.listeners.front import Front
from bot.slack.listeners.payloads import Payload, clean, of_command
from bot.work.failing import explain

COMMANDS: dict[str, Callable[[str], Request]] = {"/dss-build": parse_build, "/dss-jobs": parse_jobs}
"""Every slash command, and what reads its text."""


def answer_command(command: str, body: Payload, ack: Ack, front: Front) -> None:
    """Hand over what lasts, and acknowledge with what can be said at once."""
    request = COMMANDS[command](clean(str(body.get("text") or "")))
    message = at_once(request)
    if not isinstance(request, Help | Mistake):
        try:
            front.take(request, of_command(body))
        except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
            message = explain(error, doing=command)
    if message is None:
        ack()
    else:
        ack(response_type="ephemeral", text=message.text, blocks=list(message.blocks) or None)


def at_once(request: Request) -> Message | None:
    """Return what can be said before anything is looked up."""
    match request:
        case Help(command="build"):
            return views.help_build()
        case Help():
            return views.help_jobs()
        case Mistake():
            return views.mistake(request)
        case Build():
            labels = [f"{output.project}.{output.name}" for output in request.outputs]
            if request.partition:
                labels = [f"{label} [{request.partition}]" for label in labels]
            asks_first = request.mode is BuildMode.ALL
            return views.build_accepted(labels, request.mode, request.instance, asks_first=asks_first)
        case _:
            return None
