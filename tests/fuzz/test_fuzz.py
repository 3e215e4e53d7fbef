"""Whatever arrives: no unhandled error, no call to DSS but by whoever may make it, and always an answer.

The short run is part of `make test`; `make fuzz` runs the same with many more inputs.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import views
from bot.domain import Mistake, ParsedCommand
from bot.domain.errors import DSSError
from bot.domain.text import storable
from bot.listeners import slash_commands
from bot.listeners.actions import ACKNOWLEDGED
from bot.slack.users import read_person
from bot.views import action_ids, dialog_ids
from tests.fuzz import dialog_inputs, inputs
from tests.fuzz.bot import ACTS, ADDRESS, LOGINS, ONCE, PEOPLE, FuzzedBot
from tests.fuzz.dss import DSS_CALLS, answering

FEW = 40
TROUBLE = (
    OSError("no connection"),
    TimeoutError("timed out"),
    *(
        {"ok": False, "error": code}
        for code in ("ratelimited", "fatal_error", "invalid_auth", "expired_trigger_id")
    ),
    *({"ok": False, "error": code} for code in ("not_in_channel", "invalid_blocks", "user_not_found", "")),
)
"""What calls of Slack's Web API can lead to."""


@dataclass(frozen=True, kw_only=True)
class Property:
    """Something that holds for every input."""

    of: st.SearchStrategy[Any]
    check: Callable[[FuzzedBot, Any], None]
    many: int
    """How many inputs the long run tries."""


def _command(bot: FuzzedBot, typed: tuple[str, tuple[str, str]]) -> None:
    user, (command, text) = typed
    _sent(bot, user, inputs.command_payload(user, command, text))


def _payload(bot: FuzzedBot, payload: dict[str, Any]) -> None:
    _sent(bot, _who(payload), payload)


def _who(payload: dict[str, Any]) -> object:
    """Return the id of who sends a payload; whatever it is, if it was tampered with."""
    user, event = payload.get("user"), payload.get("event")
    if isinstance(event, dict):
        return event.get("user")
    return user.get("id") if isinstance(user, dict) else payload.get("user_id")


def _sent(bot: FuzzedBot, user: object, payload: dict[str, Any], *, reachable: bool = True) -> None:
    """Nothing raises; whoever can be answered is; DSS is called only as the person, if they may call it.

    Args:
        bot: what the payload is sent to.
        user: who sends it.
        payload: what is sent.
        reachable: whether Slack's Web API works. If not, only the address for answers does.
    """
    told, called, waiting = len(bot.slack.told), len(bot.dss.journal), sum(bot.store.outbox.counts().values())
    answer = bot.send(payload)
    assert answer.status == 200, answer.body
    there = reachable or _has_address(payload)
    assert [error for error in bot.errors if there or not error.startswith("answer.lost")] == []
    journal = bot.dss.journal[called:]
    login = LOGINS.get(user) if isinstance(user, str) else None
    assert all(as_whom == login and login for as_whom, method in journal if method in ACTS), journal
    assert {as_whom for as_whom, _ in journal} <= {None, login}, journal
    # With the bot's own key, it only asks who people are and what they may do.
    assert {method for as_whom, method in journal if as_whom is None} <= {"users", "who_am_i", "permissions"}
    if isinstance(user, str) and user in PEOPLE and _is_answered(payload) and not bot.unreadable:
        new = [method for method, _ in bot.slack.told[told:] if method != "users.info"]
        if not reachable:
            new = [method for method in new if method == "response_url" or not there]
            # Whoever Slack says nothing about is asked about again; App Home can't be shown without it.
            new += ["later"] * bool(bot.store.intents.open_count()) + ["home"] * _is_at_home(payload)
        answered = answer.body or new or sum(bot.store.outbox.counts().values()) > waiting
        assert answered, payload


def _is_at_home(payload: dict[str, Any]) -> bool:
    actions = payload.get("actions")
    return isinstance(actions, list) and bool(actions) and actions[0].get("action_id") == action_ids.HOME_SHOW


def _has_address(payload: dict[str, Any]) -> bool:
    """Return whether a payload, or the dialog in it, says where answers go without the Web API."""
    view = payload.get("view")
    metadata = view.get("private_metadata") if isinstance(view, dict) else None
    if isinstance(metadata, str):
        with contextlib.suppress(views.OldButton):
            return views.read_build_dialog(metadata).place.response_url == ADDRESS
        with contextlib.suppress(views.OldButton):
            return views.read_dialog(metadata).response_url == ADDRESS
    return payload.get("response_url") == ADDRESS


def _is_answered(payload: dict[str, Any]) -> bool:
    """Return whether it is something that a person waits to be answered, by the id of a listener."""
    if payload.get("trigger_id") != ONCE:
        return False  # the same one again would be a second delivery
    if payload.get("type") == "shortcut":
        return payload.get("callback_id") == dialog_ids.BUILD_SHORTCUT
    if payload.get("type") == "block_suggestion":
        return payload.get("action_id") in dialog_ids.SUGGESTED
    if payload.get("type") == "block_actions":
        places = [payload.get("container"), payload.get("view")]
        own = [
            place.get(key) for place in places if isinstance(place, dict) for key in ("message_ts", "hash")
        ]
        if ONCE not in own:
            return False  # in the same place as another one, it would be its second click
        actions = payload.get("actions")
        first = actions[0] if isinstance(actions, list) and actions else None
        action_id = first.get("action_id") if isinstance(first, dict) else None
        return isinstance(action_id, str) and action_id in action_ids.ALL and action_id not in ACKNOWLEDGED
    if payload.get("type") == "view_submission":
        view = payload.get("view")
        if not isinstance(view, dict) or view.get("type") != "modal":
            return False
        return view.get("callback_id") in dialog_ids.ALL
    return bool(payload.get("command"))


def _parsed(_bot: FuzzedBot, typed: tuple[str, str]) -> None:
    """A text is understood, or refused with an example that is; `tests/commands` holds more of each."""
    found = _read(" ".join(typed))
    # An example that lists the jobs of a "project" whose name is a job's id isn't understood.
    if isinstance(found, Mistake) and inputs.JOB.job_id.partition(".")[0] not in typed[1]:
        assert not isinstance(_read(found.example), Mistake)


def _read(typed: str) -> ParsedCommand:
    command, _, text = typed.partition(" ")
    return slash_commands.COMMANDS[command](storable(text))


def _value(_: FuzzedBot, text: str) -> None:
    """A value is a request that is written the same way, or the button is an old one."""
    with contextlib.suppress(views.OldButton):
        request = views.decode(text)
        with contextlib.suppress(views.ValueTooLarge):
            assert views.decode(views.encode(request)) == request


def _dss_answer(_: FuzzedBot, drawn: tuple[str, int, bytes, str]) -> None:
    """Whatever DSS answers to whatever call: it is read, or it is an error of DSS."""
    call, status, body, kind = drawn
    with answering(status, body, kind) as dss, contextlib.suppress(DSSError):
        DSS_CALLS[call](dss)


def _person(_: FuzzedBot, user: dict[str, Any]) -> None:
    """Whatever Slack says about somebody: what it doesn't say clearly makes nobody more than they are."""
    person = read_person(user, "T1", home="T1", enterprise=None)
    assert not user.get("is_restricted") or person.is_guest
    assert not user.get("deleted") or person.is_deleted
    assert not user.get("is_bot") or person.is_bot
    assert person.email is None or person.email == user["profile"]["email"]


def _dialog(bot: FuzzedBot, payload: dict[str, Any]) -> None:
    """As for any payload; and only those who may see something are offered anything."""
    _sent(bot, payload["user"]["id"], payload)
    if payload["type"] == "block_suggestion" and not bot.unreadable:
        options = json.loads(bot.said)["options"]
        assert isinstance(options, list)
        if payload["user"]["id"] not in LOGINS and payload["action_id"] != dialog_ids.BUILD_PARTITION:
            assert options == []


def _slack_answer(bot: FuzzedBot, drawn: tuple[object, dict[str, Any]]) -> None:
    """Slack answers nonsense to every call: nobody acts who isn't known, and whoever can be told is told.

    What is left then is the address for answers: what Slack says to that is not among the nonsense.
    """
    answer, payload = drawn
    bot.slack.answer = lambda _: answer
    try:
        _sent(bot, _who(payload), payload, reachable=False)
    finally:
        bot.slack.answer = lambda _: {"ok": True}


PROPERTIES = {
    "commands": Property(of=st.tuples(inputs.people, inputs.commands), check=_command, many=12_000),
    "payloads": Property(of=inputs.payloads(), check=_payload, many=12_000),
    "dialogs": Property(of=dialog_inputs.dialog_payloads(), check=_dialog, many=12_000),
    "command texts": Property(of=inputs.commands, check=_parsed, many=40_000),
    "button values": Property(of=inputs.button_values(), check=_value, many=25_000),
    "answers of DSS": Property(of=inputs.dss_answers(tuple(DSS_CALLS)), check=_dss_answer, many=15_000),
    "accounts in Slack": Property(of=inputs.accounts(), check=_person, many=10_000),
    "answers of Slack": Property(
        of=st.tuples(
            st.one_of(inputs.anything, st.sampled_from(TROUBLE)),
            st.one_of(inputs.payloads(), dialog_inputs.dialog_payloads()),
        ),
        check=_slack_answer,
        many=8_000,
    ),
}


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[FuzzedBot]:
    """A bot on one thread, which hears what is logged."""
    fuzzed = FuzzedBot(tmp_path)
    structlog.configure(processors=[fuzzed.heard])
    yield fuzzed
    fuzzed.close()
    structlog.reset_defaults()


def _run(bot: FuzzedBot, name: str, examples: int) -> int:
    tried = 0
    found = PROPERTIES[name]

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(found.of)
    def holds(value: Any) -> None:
        nonlocal tried
        tried += 1
        found.check(bot, value)

    holds()
    return tried


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_few_inputs(bot: FuzzedBot, name: str) -> None:
    """Each property, in seconds."""
    assert _run(bot, name, FEW) >= FEW


@pytest.mark.fuzz
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("name", PROPERTIES)
def test_many_inputs(bot: FuzzedBot, name: str, record_property: Callable[[str, object], None]) -> None:
    """Each property, in minutes."""
    tried = _run(bot, name, PROPERTIES[name].many)
    record_property("inputs", tried)
    assert tried >= PROPERTIES[name].many
