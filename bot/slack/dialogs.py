"""Opens dialogs (Slack's modals) and changes what they show."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.language import in_same_language
from bot.slack.error_codes import code_of

log = structlog.get_logger(__name__)

View = Mapping[str, object]

THREADS = 4
"""Dialogs opened at the same time. A trigger lives three seconds (SLACK-FACTS.md §1.3), so opening one never
waits behind queries that wait for DSS."""
ACKNOWLEDGED_WITHIN = 3.0
"""Seconds. Slack takes no later answer to a submission."""
PAUSE = 0.2
"""Seconds between two looks whether Slack has applied an acknowledgement."""


class Dialogs:
    """Opens dialogs, and changes them after a submission. Never raises: a refused call gets an answer.

    Args:
        client: makes the calls.
        sleep: waits.
    """

    def __init__(self, client: WebClient, sleep: Callable[[float], None] = time.sleep) -> None:
        self.client = client
        self._sleep = sleep
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="dialog")

    def close(self) -> None:
        """Stop opening dialogs."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def open(
        self,
        trigger_id: str,
        view: View,
        *,
        otherwise: Callable[[str], None],
        then: Callable[[str, str], None] = lambda _id, _hash: None,
    ) -> None:
        """Open a dialog soon, on a thread of its own.

        Args:
            trigger_id: from what the person just did.
            view: what to show.
            otherwise: called with Slack's error code if the dialog can't be opened.
            then: called with its id and hash once it's open. It mustn't wait: others want to open theirs.
        """

        def open_now() -> None:
            opened: list[Mapping[str, object]] = []

            def call() -> None:
                answer = self.client.views_open(trigger_id=trigger_id, view=dict(view))
                told = answer.get("view")
                opened.append(told if isinstance(told, Mapping) else {})

            refused = _said(call)
            if refused:
                log.warning("dialog.not_opened", error=refused)
                otherwise(refused)
            else:
                then(str(opened[0].get("id") or ""), str(opened[0].get("hash") or ""))

        try:
            self._pool.submit(in_same_language(open_now))
        except RuntimeError:  # the bot is stopping
            otherwise("stopping")

    def finish(self, view_id: str, submitted: str, view: View) -> bool:
        """Show the outcome of a submission whose acknowledgement changed the dialog.

        The acknowledgement may still be on its way and would then replace the outcome, but Slack gives the
        dialog a new hash when it applies it. So this is shown again until the hash is another one.

        Args:
            view_id: the dialog.
            submitted: its hash when it was submitted.
            view: what to show.

        Returns:
            Whether the person can see it: not if they closed the dialog.
        """
        known = submitted
        for _ in range(round(ACKNOWLEDGED_WITHIN / PAUSE)):
            refused, now = self._update(view_id, view, known)
            if refused == "hash_conflict":
                break
            if refused or not now:
                return not refused
            known = now
            self._sleep(PAUSE)
        else:
            return True
        refused, _ = self._update(view_id, view, None)
        return not refused

    def _update(self, view_id: str, view: View, known: str | None) -> tuple[str, str]:
        """Change a dialog; return Slack's error code or ``""``, and the new hash."""
        changed: list[str] = []

        def update() -> None:
            answer = self.client.views_update(view_id=view_id, view=dict(view), hash=known)
            told = answer.get("view")
            changed.append(str(told.get("hash") or "") if isinstance(told, Mapping) else "")

        refused = _said(update)
        if refused and refused != "hash_conflict":
            log.info("dialog.not_changed", error=refused)
        return refused, changed[0] if changed else ""


def _said(call: Callable[[], object]) -> str:
    """Make a call; return the error code if it's refused, else an empty string."""
    try:
        call()
    except SlackApiError as error:
        return code_of(error)
    except Exception as error:  # noqa: BLE001 - slack_sdk can raise anything on an absurd answer
        return type(error).__name__
    return ""
