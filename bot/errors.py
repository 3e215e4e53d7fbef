"""The bot's errors, classed by what the one who catches them can do.

::

    BotError
    ├── Refusal              the person can do something about it: `str(error)` is the sentence to show
    └── DSSError             a call to DSS did not give an answer
        ├── DSSUnreachable   no connection, no answer in time: try again later
        ├── DSSUnavailable   502/503/504 or a gateway's HTML: DSS is down or restarting, try again later
        ├── DSSUnreadable    2xx, but not the answer that was asked for: our fault or a new DSS version
        ├── DSSBadKey        the API key is unknown or revoked: the bot's own configuration
        ├── DSSNotVisible    does not exist, or the caller may not see it: DSS does not tell which
        ├── DSSRefused       visible, but not allowed
        ├── DSSNotFound      the thing itself does not exist
        ├── DSSInvalidRequest  DSS cannot do what was asked as it was asked
        ├── DSSServerError   any other 5xx
        └── DSSMisconfigured no call can be made at all: this machine's own settings are wrong
    JobFailed                raised by `DSSJobWaiter.wait` when a job did not end DONE
"""

from collections.abc import Mapping


class BotError(Exception):
    """Base of every error that the bot raises on purpose."""


class Refusal(BotError):
    """Something a person can put right. ``str(error)`` is plain text for them; views escape it.

    Attributes:
        example: what would have been right, ready to be sent.
        then: a second command, where one is not enough.
        suggestions: near misses, best first.
    """

    def __init__(
        self,
        message: str,
        *,
        example: str | None = None,
        then: str | None = None,
        suggestions: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.example = example
        self.then = then
        self.suggestions = suggestions


class DSSError(BotError):
    """A call to DSS did not give the answer that was asked for.

    Attributes:
        status: HTTP status, or ``None`` when there was no answer.
        error_type: DSS's ``errorType``, or ``""``.
        maybe_done: whether the call may have had its effect all the same (an answer lost after a POST).
        hint: what the caller can do about it, one sentence.
    """

    hint = "Try again; if it stays, ask the administrator of the bot."
    job: object = None
    """The `bot.dss.DSSJob` that was being waited for, when there was one."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        error_type: str = "",
        maybe_done: bool = False,
        body: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error_type = error_type
        self.maybe_done = maybe_done
        self.body = body or {}


class DSSUnreachable(DSSError):
    """No connection, or no answer in time.

    Attributes:
        timed_out: a connection was made, and the answer did not come in time, or not whole.
    """

    timed_out = False
    hint = "DSS does not answer. Nothing is lost: try again in a few minutes."


class DSSUnavailable(DSSError):
    """502, 503, 504, or HTML of a gateway instead of DSS's answer."""

    hint = "DSS is down or restarting. Try again in a few minutes."


class DSSUnreadable(DSSError):
    """A 2xx answer that is not what the documented API gives."""

    hint = "The DSS address may be wrong, or this DSS version answers in a way the bot does not know."


class DSSBadKey(DSSError):
    """The API key is unknown or revoked (401 ``NotAuthenticatedException``)."""

    hint = "The bot's DSS API key is not accepted any more: its administrator has to replace it."


class DSSNotVisible(DSSError):
    """The project does not exist, or the caller may not see it: DSS answers both with the same 401."""

    hint = "Check the project key; if it is right, ask for access to the project in DSS."


class DSSRefused(DSSError):
    """The caller sees the thing but lacks the privilege."""

    hint = "Ask for the right in DSS (Write project content to build or abort, Read to look)."


class DSSNotFound(DSSError):
    """The job, dataset, partition or user does not exist."""

    hint = "Check the name; it may have been deleted or renamed."


class DSSInvalidRequest(DSSError):
    """DSS cannot do what was asked as it was asked (400, or 500 with ``IllegalArgumentException``)."""

    hint = "Check the outputs, the partition and the type."


class DSSServerError(DSSError):
    """Another 5xx of DSS itself."""

    hint = "DSS had an internal error; its back-end log says more."


class DSSMisconfigured(DSSError):
    """No call can be made: this machine's own settings are wrong. The text names the setting."""

    hint = (
        "The bot can't call DSS: a setting of the machine that it runs on is wrong. Its administrator sees "
        "which with `dss-bot doctor`. Nothing was sent."
    )


class JobFailed(BotError):
    """A job did not end DONE. ``state`` is FAILED or ABORTED, ``job`` the `bot.dss.DSSJob`."""

    def __init__(self, message: str, *, state: str, job: object = None) -> None:
        super().__init__(message)
        self.state = state
        self.job = job
