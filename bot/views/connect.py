"""The dialog in which people connect their personal DSS API key. A key itself is never part of a view."""

from bot.domain import Message
from bot.domain.errors import Refusal
from bot.language import mark, t
from bot.views import dialog_ids, wording
from bot.views.answers import refusal
from bot.views.blocks import Block, actions, link_button, message, plain, say, section
from bot.views.dialogs import Dialog, dialog
from bot.views.escape import code

_TITLE = mark("Connect to DSS")


def connect_form(instance: str, profile_url: str, label: str | None, wrong: Message | None = None) -> Dialog:
    """Ask for the key.

    Args:
        instance: name of the instance.
        profile_url: where people make a key in DSS.
        label: what to call the instance; ``None`` if there is only one.
        wrong: why the key that was entered before can't be used.
    """
    blocks: list[Block] = [dict(block) for block in wrong.blocks] if wrong else []
    blocks += [
        section(
            t(
                "I call DSS{instance} with your own API key: you can do here what you can do in DSS.",
                instance=_named(label),
            ),
            t(
                "In DSS, open *Profile &amp; Settings*, tab *API keys*. Make a personal key, and paste it "
                "here."
            ),
        ),
        *_profile(profile_url),
        {
            "type": "input",
            "block_id": dialog_ids.KEY,
            "label": plain(t("Personal API key")),
            "hint": plain(
                t(
                    "Stored encrypted, and never shown again. {command} deletes it.",
                    command="/dss-jobs disconnect",
                )
            ),
            "element": {"type": "plain_text_input", "action_id": dialog_ids.KEY, "max_length": 300},
        },
    ]
    return dialog(
        t(_TITLE),
        blocks,
        callback_id=dialog_ids.CONNECT,
        metadata=instance,
        submit=t("Connect"),
        close=t("Cancel"),
    )


def connect_checking() -> Dialog:
    """Say that DSS is being asked."""
    return dialog(t(_TITLE), [section(t("Asking DSS whose key this is. It takes a moment."))])


def connect_confirm(key_id: str, login: str, label: str | None) -> Dialog:
    """Ask whether the key's login is the person's own, because nothing shows it."""
    return dialog(
        t(_TITLE),
        [
            section(
                t(
                    "That key belongs to {login} in DSS{instance}. Is that you?",
                    login=code(login),
                    instance=_named(label),
                ),
                t(
                    "I can't tell from your email address. If you confirm, everything that you ask for here "
                    "is done as {login}.",
                    login=code(login),
                ),
            )
        ],
        callback_id=dialog_ids.CONNECT_CONFIRM,
        metadata=key_id,
        submit=t("Yes, that's me"),
        close=t("Cancel"),
    )


def connect_done(login: str, label: str | None) -> Dialog:
    """Say that the key is in use."""
    said = t(
        "Connected: from now on, you act in DSS{instance} as {login}.",
        instance=_named(label),
        login=code(login),
    )
    deletes = t("`/dss-jobs disconnect` deletes the key from the bot.")
    return dialog(t(_TITLE), [section(f"{wording.DONE} {said}", deletes)])


def connect_off() -> Message:
    """Say that nobody can connect a key here, and how an administrator turns it on."""
    return say(
        t("Personal API keys are turned off here."),
        t(
            "The bot's administrator can turn them on: print a key with `dss-bot keys generate`, set it as "
            "`DSS_BOT_ENCRYPTION_KEYS`, and start the bot again."
        ),
    )


def connect_not_needed() -> Message:
    """Say that keys of people aren't used in this mode."""
    return say(t("There's nothing to connect: here, everybody acts with the bot's own API key."))


def connect_not_opened(command: str) -> Message:
    """Say that Slack didn't open the dialog."""
    return refusal(Refusal(t("Slack didn't open the dialog in time. Please try again."), example=command))


def connect_lapsed(command: str) -> Message:
    """Say that there is nothing left to confirm."""
    said = t("That took too long, so I deleted the key. Please start over.")
    return refusal(Refusal(said, example=command))


def connect_outcome(login: str) -> Message:
    """Say in a direct message that the key is in use: the dialog was closed."""
    return say(
        t("Your personal DSS API key is connected. You act in DSS as {login}.", login=code(login)),
        icon=wording.DONE,
    )


def disconnected(login: str | None, profile_url: str, label: str | None) -> Message:
    """Say that the key was deleted here, and how to revoke it."""
    if login is None:
        return say(t("You have no personal API key connected to DSS{instance}.", instance=_named(label)))
    said = t(
        "Deleted: I no longer have your personal API key of {login}{instance}.",
        login=code(login),
        instance=_named(label),
    )
    revoke = t(
        "DSS still accepts it. To revoke it, delete it there: *Profile &amp; Settings*, tab *API keys*."
    )
    return message(f"{said} {revoke}", (section(said, revoke), *_profile(profile_url)))


def _profile(url: str) -> tuple[Block, ...]:
    return actions(link_button(t("My profile in DSS"), url))


def _named(label: str | None) -> str:
    return f" ({code(label, 80)})" if label else ""
