"""The JSON of the control interface, as docs/sandbox-openapi.yaml shows it: bodies and answers."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(max_length=40_000)]
Times = Annotated[int, Meta(ge=1, le=1_000)]


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """A JSON object; an unknown field is an error, so that a typo has no silent effect."""


class CommandLine(Body):
    """A slash command, as it is typed."""

    channel: str
    """Id or name, such as ``data`` or ``#data``."""
    text: Text
    """The whole line, such as ``/dss-build CHURN.scored``."""
    smart: bool = False
    """Replace ``--`` and quotes as phones and Macs do."""


class Said(Body):
    """A message; ``@alice`` and ``#data`` become mentions."""

    channel: str
    text: Text
    thread_ts: str | None = None


class MessageRef(Body):
    """A message, by its channel's id or name and its ``ts``."""

    channel: str
    ts: str


class Place(Body):
    """Where something is: in a message, in a modal (its view id), or on the Home tab. Give exactly one."""

    message: MessageRef | None = None
    view: str | None = None
    home: bool = False


class Press(Place, kw_only=True):
    """A button, by its action id, label, value, or block, as far as needed to tell it from the others."""

    action_id: str | None = None
    text: str | None = None
    value: str | None = None
    block_id: str | None = None
    confirm: bool = True
    """The answer to its confirmation dialog, if it has one."""


class Select(Place, kw_only=True):
    """A choice in a menu, a picker, or checkboxes; or text in an input that dispatches."""

    action_id: str
    choice: Any = None
    """An option's value or text, a list of them, an id, a date, a text, or the whole option."""
    block_id: str | None = None
    confirm: bool = True


class Suggest(Place, kw_only=True):
    """Text typed into a menu whose options come from the app."""

    action_id: str
    typed: Text
    block_id: str | None = None


class Submit(Body):
    """The submission of the modal on top."""

    view: str
    state: dict[str, Any] = {}
    """What to enter, by action id or block id; the rest stays as it is."""


class Close(Body):
    """A modal to close; with ``clear``, the whole stack."""

    view: str
    clear: bool = False


class UseShortcut(Body):
    """A shortcut, and its message unless it is a global one."""

    callback_id: str
    message: MessageRef | None = None


class Complete(Body):
    """A line typed so far."""

    text: Text


class Completions(Body):
    """What the line's last word could become."""

    words: list[str]


class Outcome(Body):
    """What became of something that a person did."""

    sent: bool
    """Whether the app was told at all: not after a declined confirmation, and not of every closed modal."""
    acked: bool = False
    error: str | None = None
    """``operation_timeout``, ``dispatch_failed``, or an HTTP status, if the app didn't answer."""
    seconds: float | None = None
    """Time until the app acknowledged it."""
    answer: Any = None
    """The acknowledgement's payload, such as the options of a suggestion."""


class SlackFault(Body):
    """Makes the app's next calls fail."""

    method: str = ".*"
    """A pattern for the whole name of a Web API method, such as ``chat\\.update``; also ``response_url``."""
    kind: str = "429"
    """``429``, ``500``, ``503``, ``reset``, ``lose_answer``, ``timeout``, or ``error:CODE``."""
    times: Times = 1
    retry_after: Annotated[int, Meta(ge=0, le=3_600)] = 5


class DropSockets(Body):
    """How Slack's sockets end: by a reset, or with a close frame, after which the app returns at once."""

    close_frame: bool = True


class StartJob(Body):
    """A build that somebody else starts in DSS."""

    project: str
    output: str
    """The name of a dataset, or the id of something else."""
    kind: str = "DATASET"
    partition: str = ""
    mode: str = "NON_RECURSIVE_FORCED_BUILD"
    login: str = "bob"
    triggered_from: Literal["RECIPE", "SCHEDULER", "API"] = "RECIPE"


class RunScenario(Body):
    """A scenario to run now: one job with what it builds, modified upstream."""

    project: str
    scenario: str


class JobRef(Body):
    """A job."""

    project: str
    job: str


class NextBuild(Body):
    """How the next build goes, whatever the flow implies."""

    outcome: Literal["DONE", "FAILED", "ABORTED"] = "FAILED"
    message: Annotated[str, Meta(max_length=3_000)] = "KeyError: 'amount'"
    duration: Annotated[float, Meta(gt=0, le=86_400)] | None = None
    """Simulated seconds from its start to its end."""


class DssFault(Body):
    """Makes the app's next calls to DSS fail; earlier faults come first."""

    kind: Literal["status", "html502", "reset", "lose_answer", "garbage"] = "status"
    method: str = ".*"
    """A pattern for the whole HTTP method."""
    path: str = ".*"
    """A pattern to search for in the path below ``/public/api``, such as ``/jobs/$``."""
    times: Times = 1
    status: Annotated[int, Meta(ge=400, le=599)] = 500
    message: Annotated[str, Meta(max_length=3_000)] = "Something went wrong"


class DssConditions(Body):
    """Whether DSS answers, and how slowly; what is left out stays as it is."""

    available: bool | None = None
    latency_seconds: Annotated[float, Meta(ge=0, le=60)] | None = None


class Done(Body):
    """It is done."""

    ok: bool = True


class Refused(Body):
    """Why a request had no effect."""

    error: str
