"""Connects people's personal DSS API keys: the dialog, the check of a key, and its end."""

import msgspec
import structlog

from bot import views
from bot.commands.rendering import as_command
from bot.domain import Connect, Disconnect, Message, Place
from bot.domain.errors import DSSBadKey, DSSError, Refusal
from bot.domain.identity import outsider
from bot.domain.personal_keys import KeyCheck, is_own_key
from bot.domain.ports import Dss
from bot.language import t
from bot.services.dss_instances import DssInstance
from bot.services.error_messages import error_message
from bot.services.personal_keys import PersonalKeys
from bot.services.service import Collaborators, Service
from bot.settings import Secret
from bot.slack.dialogs import Dialogs
from bot.store import AuditEntry

log = structlog.get_logger(__name__)


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """Who submitted a dialog, and which one."""

    user_id: str
    team_id: str
    view_id: str
    hash: str
    """Slack's version of the dialog at that time."""


class ConnectService(Service):
    """Connects and disconnects personal keys.

    A key is in the dialog's submission, in a `Secret`, and encrypted in the database, and nowhere else.
    """

    def __init__(self, parts: Collaborators, keys: PersonalKeys, dialogs: Dialogs, *, is_used: bool) -> None:
        super().__init__(parts)
        self._keys = keys
        self._dialogs = dialogs
        self._is_used = is_used

    def open(self, request: Connect, user_id: str, place: Place, trigger_id: str) -> Message | None:
        """Open the dialog; return what to answer instead, if it can't help.

        Raises:
            Refusal: no such instance.
        """
        instance = self._instances.for_request(request)
        if (why_not := self._why_not()) is not None:
            return why_not
        self._dialogs.open(
            trigger_id,
            self._form(instance),
            otherwise=lambda _: self._tell(
                user_id, views.connect_not_opened(self._keys.connect_command(instance.name)), place
            ),
        )
        return None

    def check(self, submitted: Submitted, instance_name: str, key: Secret) -> None:
        """Ask DSS whose key it is, and show the outcome in the dialog. Never raises."""
        try:
            instance = self._instances.named(instance_name)
            dialog, told = self._checked(submitted, instance, key)
        except Refusal as refused:
            dialog, told = self._again(instance_name, views.refusal(refused)), None
        except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
            message = error_message(error, doing="connect")
            dialog, told = self._again(instance_name, message), None
        self._show(submitted, dialog, told)

    def confirm(self, submitted: Submitted, key_id: str) -> None:
        """Put a key in use whose login its person confirmed, and show the outcome. Never raises."""
        told: Message | None = None
        try:
            key = self._keys.rows.confirm(key_id, submitted.user_id)
            if key is None:
                lapsed = views.connect_lapsed(as_command(Connect()))
                dialog = views.dialog_failed(lapsed)
            else:
                self._write(
                    submitted, key.instance, key.login, "connect", note="The person confirmed the login."
                )
                dialog = views.connect_done(key.login, self._instances.label(key.instance))
                told = views.connect_outcome(key.login)
        except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
            dialog = views.dialog_failed(error_message(error, doing="connect"))
        self._show(submitted, dialog, told)

    def disconnect(self, request: Disconnect, user_id: str, team_id: str, place: Place) -> None:
        """Delete a person's key, and say how to revoke it in DSS. Works even if keys are turned off."""
        try:
            instance = self._instances.for_request(request)
            login = self._keys.rows.delete(instance.name, user_id)
            if login is not None:
                who = Submitted(user_id=user_id, team_id=team_id, view_id="", hash="")
                self._write(who, instance.name, login, "disconnect")
            message = views.disconnected(login, instance.profile_url, self._instances.label(instance.name))
        except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
            message = error_message(error, doing="disconnect")
        self._tell(user_id, message, place)

    def _checked(
        self, submitted: Submitted, instance: DssInstance, key: Secret
    ) -> tuple[views.Dialog, Message | None]:
        """Check a key and keep it; return what the dialog shows, and what to say if it was closed."""
        if (why_not := self._why_not()) is not None:  # turned off while the dialog was open
            return views.dialog_failed(why_not), None
        check = self._ask(submitted, instance.dss, key)
        login, label = check.who.identifier, self._instances.label(instance.name)
        try:
            is_own = is_own_key(check)
        except Refusal as refused:
            self._write(submitted, instance.name, login, "connect", refused=str(refused))
            raise
        key_id = self._keys.rows.put(instance.name, submitted.user_id, login, key, confirmed=is_own)
        if not is_own:
            return views.connect_confirm(key_id, login, label), None
        self._write(submitted, instance.name, login, "connect")
        return views.connect_done(login, label), views.connect_outcome(login)

    def _why_not(self) -> Message | None:
        """Return why nobody can connect a key here; ``None`` if people can."""
        if not self._is_used:
            return views.connect_not_needed()
        return None if self._keys.is_on else views.connect_off()

    def _ask(self, submitted: Submitted, dss: Dss, key: Secret) -> KeyCheck:
        """Ask Slack and DSS whose key it is.

        Raises:
            Refusal: the person may not use the bot, or DSS doesn't know the key.
            DSSError: DSS doesn't answer.
        """
        known = self._access.known_of(submitted.user_id, submitted.team_id, dss)
        named = known.identity.is_named(known.person, dss.instance)
        if (why_not := outsider(known.person, named=named)) is not None:
            raise Refusal(why_not)
        try:
            who = dss.with_key(key.reveal(), lambda error: error).who_am_i()
        except (DSSBadKey, ValueError):
            raise Refusal(t("DSS doesn't know that key. Copy it again, or make a new one.")) from None
        return KeyCheck(
            person=known.person,
            who=who,
            bot=_identifier(dss),
            users=known.users,
            identity=known.identity,
            instance=dss.instance,
        )

    def _form(self, instance: DssInstance, wrong: Message | None = None) -> views.Dialog:
        return views.connect_form(
            instance.name, instance.profile_url, self._instances.label(instance.name), wrong
        )

    def _again(self, instance_name: str, wrong: Message) -> views.Dialog:
        """Ask again, with the reason; the reason alone if there is no such instance."""
        try:
            return self._form(self._instances.named(instance_name), wrong)
        except Refusal:
            return views.dialog_failed(wrong)

    def _show(self, submitted: Submitted, dialog: views.Dialog, told: Message | None) -> None:
        """Show the outcome in the dialog, or as a direct message if it was closed and something happened."""
        shown = self._dialogs.finish(submitted.view_id, submitted.hash, dialog)
        if not shown and told is not None:
            self._tell(submitted.user_id, told)

    def _tell(self, user_id: str, message: Message, place: Place | None = None) -> None:
        self._private_messages.send(place or Place(channel_id=user_id), user_id, message)

    def _write(
        self, who: Submitted, instance: str, login: str, verb: str, *, refused: str = "", note: str = ""
    ) -> None:
        self._store.audit.add(
            AuditEntry(
                user_id=who.user_id,
                team_id=who.team_id,
                verb=verb,
                instance=instance,
                target=login,
                surface="dialog" if verb == "connect" else "command",
                rule="personal_key",
                allowed=not refused,
                act_as=None if refused else login,
                note=refused or note,
            )
        )
        log.info("personal_key", did=verb, instance=instance, user=who.user_id, login=login, refused=refused)


def _identifier(dss: Dss) -> str:
    """Return who the bot's own key belongs to; empty if DSS doesn't say."""
    try:
        return dss.who_am_i().identifier
    except DSSError:
        return ""
