"""The routes of the control interface, each with its body and its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from bot.sandbox.page import bodies
from bot.sandbox.page.controls import Controls
from bot.sandbox.page.people import People

Json = dict[str, Any]
Args = Mapping[str, str]


class Parts(Protocol):
    """What routes act on."""

    people: People
    controls: Controls

    def snapshot(self) -> Json:
        """Return the whole state."""

    def messages(self, person: str, channel: str) -> list[Json]:
        """Return the messages that a person sees in a conversation; raises `LookupError`."""

    def exchange(self, number: int) -> Json:
        """Return one exchange of the traffic; raises `LookupError`."""

    def complete(self, text: str) -> list[str]:
        """Return what the last word of a line could become."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation. ``run`` gets the parts, the path's parameters, and the decoded body."""

    method: str
    path: str
    """Below ``/TOKEN/``, with parameters as in ``people/{person}/press``."""
    summary: str
    run: Callable[[Parts, Args, Any], object]
    body: type[bodies.Body] | None = None
    answer: type[bodies.Body] | None = bodies.Done
    """``None``: any JSON object."""


def _person(
    action: str,
    body: type[bodies.Body] | None,
    summary: str,
    run: Callable[[People, str, Any], bodies.Outcome],
) -> Route:
    return Route(
        method="POST",
        path=f"people/{{person}}/{action}",
        summary=summary,
        body=body,
        answer=bodies.Outcome,
        run=lambda parts, args, given: run(parts.people, args["person"], given),
    )


def _control(
    method: str,
    path: str,
    body: type[bodies.Body] | None,
    summary: str,
    run: Callable[[Controls, Any], object],
) -> Route:
    return Route(
        method=method,
        path=path,
        summary=summary,
        body=body,
        run=lambda parts, _args, given: run(parts.controls, given),
    )


class Started(bodies.Body):
    """The id of a new job."""

    job: str


class Messages(bodies.Body):
    """Messages in the form in which the stream has them."""

    messages: list[Any]


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="state",
        summary="The whole state: what the stream's first event has.",
        answer=None,
        run=lambda parts, _args, _body: parts.snapshot(),
    ),
    Route(
        method="GET",
        path="people/{person}/messages/{channel}",
        summary="What a person sees in a conversation, oldest first, with replies and ephemeral messages.",
        answer=Messages,
        run=lambda parts, args, _body: Messages(messages=parts.messages(args["person"], args["channel"])),
    ),
    Route(
        method="GET",
        path="traffic/{number}",
        summary="One exchange between the app and Slack or DSS, with its JSON.",
        answer=None,
        run=lambda parts, args, _body: parts.exchange(_number(args)),
    ),
    Route(
        method="POST",
        path="complete",
        summary="Complete the last word of a slash command.",
        body=bodies.Complete,
        answer=bodies.Completions,
        run=lambda parts, _args, body: bodies.Completions(words=parts.complete(body.text)),
    ),
    _person("command", bodies.CommandLine, "Type a slash command.", People.command),
    _person("message", bodies.Said, "Write a message.", People.say),
    _person("press", bodies.Press, "Press a button.", People.press),
    _person("select", bodies.Select, "Choose in a menu or a picker.", People.select),
    _person("suggest", bodies.Suggest, "Ask the app for a menu's options.", People.suggest),
    _person("submit", bodies.Submit, "Submit the modal on top.", People.submit),
    _person("close", bodies.Close, "Close a modal.", People.close),
    _person("shortcut", bodies.UseShortcut, "Use a shortcut.", People.shortcut),
    _person("home", None, "Open the Home tab.", lambda people, name, _body: people.open_home(name)),
    Route(
        method="POST",
        path="dss/jobs",
        summary="Start a job as a colleague or by the scheduler.",
        body=bodies.StartJob,
        answer=Started,
        run=lambda parts, _args, body: Started(job=parts.controls.start_job(body)),
    ),
    Route(
        method="POST",
        path="dss/scenarios",
        summary="Run a scenario.",
        body=bodies.RunScenario,
        answer=Started,
        run=lambda parts, _args, body: Started(job=parts.controls.run_scenario(body)),
    ),
    _control("POST", "dss/abort", bodies.JobRef, "Abort a job in DSS.", Controls.abort_job),
    _control("POST", "dss/next", bodies.NextBuild, "Decide how the next build goes.", Controls.plan_next),
    _control(
        "PUT",
        "dss/conditions",
        bodies.DssConditions,
        "Take DSS offline, or slow it down.",
        Controls.change_dss,
    ),
    _control(
        "POST",
        "dss/faults",
        bodies.DssFault,
        "Make the app's next calls to DSS fail.",
        Controls.add_dss_fault,
    ),
    _control(
        "DELETE",
        "dss/faults",
        None,
        "Let DSS answer as usual.",
        lambda controls, _body: controls.clear_dss_faults(),
    ),
    _control(
        "POST", "slack/faults", bodies.SlackFault, "Make the app's next calls fail.", Controls.add_slack_fault
    ),
    _control(
        "DELETE",
        "slack/faults",
        None,
        "Let Slack answer as usual.",
        lambda controls, _body: controls.clear_slack_faults(),
    ),
    _control("POST", "slack/drop", bodies.DropSockets, "Cut the app's sockets.", Controls.drop_sockets),
)


def _number(args: Args) -> int:
    if not args["number"].isdecimal():
        raise LookupError("exchanges have numbers")
    return int(args["number"])


def read_body(route: Route, data: bytes) -> bodies.Body | None:
    """Decode a request's body.

    Raises:
        msgspec.ValidationError: it isn't what the route takes; the text says where.
        msgspec.DecodeError: it isn't JSON.
    """
    return None if route.body is None else msgspec.json.decode(data or b"{}", type=route.body)
