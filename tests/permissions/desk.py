"""What one person does in the matrix: type, press, choose, submit, and what the bot never offered them."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bot import views
from bot.domain import ALL_PROJECTS, AbortAll, Build, DecideApproval, JobName, Place, ReadLog, Request
from bot.domain.build_forms import BuildForm
from bot.sandbox.dss.jobs import Job
from bot.sandbox.slack import Delivery, Message
from bot.sandbox.slack.methods.views import close_views, put_on_top
from bot.sandbox.slack.model import Json, View
from bot.views import action_ids, dialog_ids
from bot.views.button_values import LogDialog, encode_log_dialog
from tests.permissions.subjects import Subject, channel_of
from tests.scenario.world import Scenario, ref


@dataclass(kw_only=True)
class Desk:
    """One person at one channel, with a job and a request for an approval to press about."""

    scenario: Scenario
    subject: Subject
    job: Job
    approval: DecideApproval | None = None

    @property
    def named(self) -> JobName:
        """The job as buttons name it."""
        return JobName(project=self.job.project, job_id=self.job.id)

    def type(self, text: str) -> Delivery:
        """Type a command in the person's channel."""
        return self.scenario.type(text, user=self.subject.name, channel=channel_of(self.subject))

    def press(self, action_id: str, request: Request | None = None) -> Delivery:
        """Press a button of the bot that carries a request, whoever it was made for."""
        button: Json = {"type": "button", "action_id": action_id, "text": _plain("Press")}
        if request is not None:
            button["value"] = views.encode(request)
        message = self._message("b1", button)
        return self.scenario.press(message, action_id, user=self.subject.name, stale=True)

    def choose(self, action_id: str, block_id: str, value: str) -> Delivery:
        """Choose in a select of the bot."""
        option = {"text": _plain("This"), "value": value}
        select: Json = {
            "type": "static_select",
            "action_id": action_id,
            "placeholder": _plain("Choose"),
            "options": [option],
        }
        message = self._message(block_id, select)
        return self.scenario.select(message, action_id, value, user=self.subject.name)

    def abort_selected(self) -> Delivery:
        """Press the button below a list, where the job is selected."""
        option = {"text": _plain("This"), "value": ref(self.job)}
        select: Json = {
            "type": "multi_static_select",
            "action_id": action_ids.LIST_CHOOSE,
            "placeholder": _plain("Select jobs"),
            "options": [option],
            "initial_options": [option],
        }
        text: Json = {"type": "section", "block_id": "b0", "text": _plain("Abort"), "accessory": select}
        button: Json = {
            "type": "button",
            "action_id": action_ids.LIST_ABORT,
            "text": _plain("Abort selected…"),
            "value": views.encode(AbortAll(project=ALL_PROJECTS, confirmed=False)),
        }
        message = self._message("b1", button, text)
        return self.scenario.press(message, action_ids.LIST_ABORT, user=self.subject.name, stale=True)

    def decision(self, verdict: str) -> DecideApproval:
        """Return a decision about the request that waits."""
        assert self.approval is not None
        return msgspec.structs.replace(self.approval, verdict=verdict)

    def dialog(self) -> View:
        """Open the dialog that asks why a build is declined."""
        self.press(action_ids.APPROVAL_DECLINE, self.decision("decline"))
        opened = self.scenario.until(lambda: self.scenario.slack.views(self.subject.name))
        return opened[-1]

    def submit(self, callback_id: str, metadata: str, key: str | None = None) -> Delivery:
        """Submit a dialog as somebody could who forges one, whatever the bot showed them."""
        slack, name = self.scenario.slack, self.subject.name
        entry: Json = {"type": "plain_text_input", "action_id": dialog_ids.KEY}
        block = {"type": "input", "block_id": dialog_ids.KEY, "element": entry, "label": _plain("Key")}
        text = {"type": "section", "block_id": "text", "text": _plain("Nothing to enter")}
        payload: Json = {
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": metadata,
            "title": _plain("Forged"),
            "submit": _plain("Send"),
            "blocks": [text if key is None else block],
        }
        view = self.show(payload)
        return slack.as_user(name).submit(view, {} if key is None else {dialog_ids.KEY: key})

    def build_dialog(self, form: BuildForm) -> View:
        """Show the build dialog with a form, whether or not the bot would let the person open it."""
        where = self.scenario.slack.channel_id(channel_of(self.subject))
        place = Place(channel_id=where, surface="dialog")
        metadata = views.encode_build_dialog(views.BuildDialog(place=place, by_hand=form.by_hand))
        shown = views.build_dialog(form, metadata, instances=("default", "other"), asks_where=True)
        return self.show(shown)

    def log_dialog(self) -> View:
        """Show a log dialog with everything in it, whether or not the bot would let the person open it."""
        where = self.scenario.slack.channel_id(channel_of(self.subject))
        opened = LogDialog(
            request=ReadLog(job=self.named), place=Place(channel_id=where, surface="dialog"), page=1
        )
        option = {"text": _plain("The whole job"), "value": "*"}
        part: Json = {"type": "static_select", "action_id": dialog_ids.LOG_PART, "options": [option]}
        turns: list[Json] = [
            {"type": "button", "action_id": name, "text": _plain(name), "value": "0"}
            for name in (dialog_ids.LOG_OLDER, dialog_ids.LOG_NEWER)
        ]
        entry: Json = {"type": "plain_text_input", "action_id": dialog_ids.LOG_SEARCH}
        payload: Json = {
            "type": "modal",
            "callback_id": dialog_ids.LOG,
            "private_metadata": encode_log_dialog(opened),
            "title": _plain("Log"),
            "submit": _plain("Search"),
            "blocks": [
                {"type": "actions", "block_id": "part", "elements": [part, *turns]},
                {
                    "type": "input",
                    "block_id": dialog_ids.LOG_SEARCH,
                    "label": _plain("Search"),
                    "element": entry,
                    "dispatch_action": True,
                    "optional": True,
                },
            ],
        }
        return self.show(payload)

    def change_log(self, name: str, choice: object) -> Delivery:
        """Press a button of the log dialog, or change a field of it."""
        person, view = self.scenario.slack.as_user(self.subject.name), self.log_dialog()
        if choice is None:
            return person.press(view, action_id=name)
        return person.select(view, name, choice)

    def search_log(self) -> Delivery:
        """Submit the log dialog with a search."""
        view = self.log_dialog()
        return self.scenario.slack.as_user(self.subject.name).submit(view, {dialog_ids.LOG_SEARCH: "amount"})

    def save_favorite(self, build: Build, name: str, whose: str) -> Delivery:
        """Submit the dialog that saves a favorite, whether or not the bot would let the person open it."""
        where = self.scenario.slack.channel_id(channel_of(self.subject))
        opened = views.FavoriteDialog(build=build, place=Place(channel_id=where, surface="dialog"))
        view = self.show(views.favorite_dialog(build, views.encode_favorite_dialog(opened), channel=True))
        options = view.blocks[-1]["element"]["options"]
        chosen = next(option for option in options if option["value"] == whose)
        state = {dialog_ids.FAVORITE_NAME: name, dialog_ids.FAVORITE_OWNER: chosen}
        return self.scenario.slack.as_user(self.subject.name).submit(view, state)

    def shortcut(self, callback_id: str) -> Delivery:
        """Use a global shortcut."""
        return self.scenario.slack.as_user(self.subject.name).global_shortcut(callback_id)

    def change(self, form: BuildForm, field: str, choice: object) -> Delivery:
        """Change a field of the build dialog."""
        view = self.build_dialog(form)
        return self.scenario.slack.as_user(self.subject.name).select(view, field, choice)

    def suggest(self, form: BuildForm, field: str, typed: str) -> Delivery:
        """Type into a field of the build dialog that offers names."""
        view = self.build_dialog(form)
        return self.scenario.slack.as_user(self.subject.name).suggest(view, field, typed)

    def build(self, form: BuildForm) -> Delivery:
        """Submit the build dialog as it is."""
        view = self.build_dialog(form)
        return self.scenario.slack.as_user(self.subject.name).submit(view)

    def show(self, payload: Mapping[str, object]) -> View:
        """Show a dialog to the person, and nothing below it."""
        world, user = self.scenario.slack._world, self.scenario.slack.user_id(self.subject.name)
        with world.edit():
            close_views(world, user, list(world.stacks.get(user, ())))
            return put_on_top(world, user, dict(payload))

    def _message(self, block_id: str, element: Json, *above: Json) -> Message:
        world, slack = self.scenario.slack._world, self.scenario.slack
        where = slack.channel_id(channel_of(self.subject))
        block = {"type": "actions", "block_id": block_id, "elements": [element]}
        message = Message(
            channel=where, ts=world.next_ts(), user=slack.bot_user_id, text="Buttons", blocks=[*above, block]
        )
        with world.edit():
            return world.post(message)


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}
