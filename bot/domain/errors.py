"""The bot's errors, classified by what the caller can do about them.

::

    BotError
    ├── Refusal              the person can fix it: `str(error)` is the sentence to show
    └── DSSError             a call to DSS didn't return a usable answer
        ├── DSSUnreachable   no connection, no answer in time: try again later
        ├── DSSUnavailable   502/503/504 or a gateway's HTML: DSS is down or restarting, try again later
        ├── DSSUnreadable    2xx, but an unexpected answer: our bug or a new DSS version
        ├── DSSBadKey        the API key is unknown or revoked: the bot's own configuration is wrong
        │   └── DSSPersonalKeyRefused  the same of a key that a person connected
        ├── DSSNotVisible    it doesn't exist, or the caller may not see it: DSS doesn't say which
        ├── DSSRefused       visible, but not allowed
        ├── DSSNotFound      the object itself doesn't exist
        ├── DSSInvalidRequest  DSS can't carry out the request as it was sent
        ├── DSSServerError   any other 5xx
        └── DSSMisconfigured no call is possible: this machine's own settings are wrong
    JobFailed                raised by `DSSJobWaiter.wait` when a job doesn't end DONE
"""

from collections.abc import Mapping

from bot.language import mark


class BotError(Exception):
    """Base class of every error that the bot raises on purpose."""


class Refusal(BotError):
    """A problem that the person can fix. ``str(error)`` is plain text for them; views escape it.

    Attributes:
        example: a correct command, ready to send.
        then: a second command, where one isn't enough.
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
    """A call to DSS didn't return the expected answer.

    Attributes:
        status: HTTP status, or ``None`` when there was no answer.
        error_type: DSS's ``errorType``, or ``""``.
        maybe_done: whether the call might have taken effect anyway (an answer lost after a POST).
        hint: what happened, and what the caller can do, in English: said with ``t(error.hint)``.
    """

    hint = mark("Try again; if that doesn't help, ask the bot's administrator.")
    job: object = None
    """The `bot.dss.DSSJob` that the caller was waiting for, if any."""

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
        timed_out: whether a connection was made but the complete answer didn't arrive in time.
    """

    timed_out = False
    hint = mark("DSS isn't answering. Nothing is lost: try again in a few minutes.")


class DSSUnavailable(DSSError):
    """502, 503, 504, or a gateway's HTML instead of DSS's answer."""

    hint = mark("DSS is down or restarting. Try again in a few minutes.")


class DSSUnreadable(DSSError):
    """A 2xx answer that doesn't match the documented API."""

    hint = mark(
        "The bot can't read what DSS answered. Try again; if that doesn't help, the DSS address might be "
        "wrong, or this DSS version answers in a way the bot doesn't know."
    )


class DSSBadKey(DSSError):
    """The API key is unknown or revoked (401 ``NotAuthenticatedException``)."""

    hint = mark("DSS no longer accepts the bot's API key: its administrator has to replace it.")


class DSSPersonalKeyRefused(DSSBadKey):
    """DSS no longer accepts the key that a person connected."""

    hint = mark("DSS didn't accept your personal API key. Connect a new one: /dss-jobs connect")


class DSSNotVisible(DSSError):
    """The project doesn't exist, or the caller may not see it: DSS answers both with the same 401."""

    hint = mark(
        "DSS has no such project, or you can't see it. Check the project key; if it's right, ask for access "
        "to the project in DSS."
    )


class DSSRefused(DSSError):
    """The caller can see the object but lacks the privilege."""

    hint = mark(
        "DSS doesn't allow you to do that. An administrator of the project can give you the right: Write "
        "project content to build or abort, Read to look."
    )


class DSSNotFound(DSSError):
    """The job, dataset, partition or user doesn't exist."""

    hint = mark("DSS doesn't know it. Check the name; it might have been deleted or renamed.")


class DSSInvalidRequest(DSSError):
    """DSS can't carry out the request as it was sent (400, or 500 with ``IllegalArgumentException``)."""

    hint = mark("DSS can't carry that out as it was asked. Check the outputs, the partition and the type.")


class DSSServerError(DSSError):
    """Any other 5xx from DSS itself."""

    hint = mark("DSS had an internal error; its backend log has the details.")


class DSSMisconfigured(DSSError):
    """No call is possible: this machine's own settings are wrong. The text names the setting."""

    hint = mark(
        "The bot can't call DSS: a setting on the machine that it runs on is wrong. Its administrator can "
        "run `dss-bot doctor` to see which one. Nothing was sent."
    )


class JobFailed(BotError):
    """A job didn't end DONE. ``state`` is FAILED or ABORTED; ``job`` is the `bot.dss.DSSJob`."""

    def __init__(self, message: str, *, state: str, job: object = None) -> None:
        super().__init__(message)
        self.state = state
        self.job = job
