"""Calls DSS with the key that a person connected, if they did."""

from collections.abc import Callable

import msgspec
import structlog

from bot.commands.rendering import as_command
from bot.domain import Connect, Disconnect
from bot.domain.errors import DSSBadKey, DSSError, DSSPersonalKeyRefused, Refusal
from bot.domain.ports import Dss
from bot.language import t
from bot.store import StoreTrouble
from bot.store.personal_keys import PersonalKey, PersonalKeyStore

log = structlog.get_logger(__name__)


class Keyed(msgspec.Struct, frozen=True, kw_only=True):
    """An instance, called with a person's own key."""

    login: str
    dss: Dss


class PersonalKeys:
    """The keys that people connected, ready to use.

    Args:
        rows: where they are stored.
        label: the display name of an instance; ``None`` if there is only one.
        is_used: whether people act with their own rights at all (access by DSS).
    """

    def __init__(
        self, rows: PersonalKeyStore, label: Callable[[str], str | None], *, is_used: bool = True
    ) -> None:
        self.rows = rows
        self._label = label
        self._is_used = is_used

    @property
    def is_on(self) -> bool:
        """Whether people can connect a key."""
        return self._is_used and self.rows.is_on

    def connect_command(self, instance: str) -> str:
        """Return the command with which a person connects a key."""
        return as_command(Connect(instance=self._label(instance)))

    def offer(self, instance: str) -> Refusal:
        """Return the refusal of somebody for whom connecting a key is the way in."""
        label = self._label(instance)
        here = f"DSS ({label})" if label else "DSS"
        return Refusal(
            t(
                "You can't use {dss} from here yet: the bot's API key may not act as you, so connect your "
                "own.",
                dss=here,
            ),
            example=self.connect_command(instance),
        )

    def login(self, instance: str, user_id: str) -> str | None:
        """Return the login of the key that a person connected, even if DSS has refused it since."""
        found = self.rows.find(instance, user_id) if self.is_on else None
        return found.login if found else None

    def of(self, user_id: str, dss: Dss) -> Keyed | None:
        """Return the instance, called with a person's key; ``None`` if they connected none.

        Whoever connected a key acts with it or not at all: never as somebody else.

        Raises:
            Refusal: DSS refused the key before, or it can't be decrypted.
        """
        found = self.rows.find(dss.instance, user_id) if self.is_on else None
        if found is None:
            return None
        if found.refused:
            raise self._unusable(found, t("DSS no longer accepts it."))
        if found.key is None:
            raise self._unusable(found, t("It can't be decrypted here anymore."))
        try:
            called = dss.with_key(found.key.reveal(), lambda error: self._refused(found, error))
        except ValueError:
            raise self._unusable(found, t("It isn't a valid key.")) from None
        return Keyed(login=found.login, dss=called)

    def _unusable(self, key: PersonalKey, why: str) -> Refusal:
        without = as_command(Disconnect(instance=self._label(key.instance)))
        return Refusal(
            t(
                "I can't use your personal API key of {login}: {reason} Connect a new one, or remove it "
                "with {command}.",
                login=key.login,
                reason=why,
                command=without,
            ),
            example=self.connect_command(key.instance),
        )

    def _refused(self, key: PersonalKey, error: DSSBadKey) -> DSSError:
        """Mark a key that DSS doesn't know, and return the error that says so.

        Other reasons for a 401, such as a gateway's, say nothing about the key: it's tried again next time.
        """
        said = DSSPersonalKeyRefused(
            str(error), status=error.status, error_type=error.error_type, body=error.body
        )
        command = self.connect_command(key.instance)
        if not _is_unknown(error):
            said.hint = t(
                "DSS didn't accept your personal API key. Try again, or connect a new one: {command}",
                command=command,
            )
            return said
        log.warning("personal_key.refused", instance=key.instance, user=key.user_id, login=key.login)
        try:
            self.rows.mark_refused(key.id)
        except StoreTrouble as trouble:  # the next call tries again
            log.warning("personal_key.not_marked", instance=key.instance, error=type(trouble).__name__)
        said.hint = t(
            "DSS no longer accepts your personal API key: it was deleted there, or it has expired. I won't "
            "use it again. Make a new one in DSS, then connect it: {command}",
            command=command,
        )
        return said


def _is_unknown(error: DSSBadKey) -> bool:
    """Return whether DSS itself says that it doesn't know the key (DSS-API.md §3.4)."""
    return error.error_type.endswith("NotAuthenticatedException") or "unknown api key" in str(error).lower()
