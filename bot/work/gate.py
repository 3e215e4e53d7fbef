"""The gate: everything that anybody asks for goes through `Gate.admit`, commands and buttons alike."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog

from bot.errors import DSSBadKey, DSSError, DSSNotFound, DSSNotVisible, DSSRefused, Refusal
from bot.facts import DssUser, Person, Wish
from bot.jobs.policy import Access, Ask, Decision, Standing, Verb, ask_of, decide, outsider
from bot.jobs.ports import Dss
from bot.slack.outbox import People, UnknownPerson
from bot.store import AuditEntry, AuditStore

log = structlog.get_logger(__name__)

FRESH = timedelta(minutes=5)
"""How long a list of DSS users, or the news that the key cannot impersonate, serves."""


class NotNow(Refusal):
    """It cannot be decided at the moment: whoever can wait asks again before this is said to anybody."""


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may do what they asked for."""

    person: Person
    dss: Dss
    """The instance, called as the person when access is by DSS."""
    act_as: str | None
    """The DSS login that calls are made as; ``None`` is the key itself."""


class Gate:
    """Finds out who somebody is and decides, with every decision in the audit."""

    def __init__(
        self,
        access: Access,
        people: People,
        audit: AuditStore,
        clock: Callable[[], datetime],
        label: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """Begin without knowing anybody.

        Args:
            access: who may act.
            people: what Slack knows of them.
            audit: where decisions are written.
            clock: the time.
            label: what people call an instance; nothing where there is only one.
        """
        self._access = access
        self._people = people
        self._audit = audit
        self._clock = clock
        self._label = label
        self._lock = threading.Lock()
        self._users: dict[str, tuple[datetime, Sequence[DssUser]]] = {}
        self._can: dict[tuple[str, str], tuple[datetime, bool]] = {}

    def admit(
        self,
        user_id: str,
        team_id: str,
        wish: Wish,
        dss: Dss,
        *,
        project: str | None = None,
        target: str = "",
    ) -> Admitted:
        """Let somebody in, or say why not.

        Args:
            user_id: who asks.
            team_id: the workspace that Slack named for them.
            wish: what they ask for.
            dss: the instance, called as the bot's key.
            project: the project, as far as it is known.
            target: what it is about, for the audit.

        Raises:
            Refusal: with the reason.
            DSSError: DSS cannot be asked who they are.
        """
        person = self._person(user_id, team_id)
        ask = ask_of(wish, dss.instance, project, self._label(dss.instance))
        # Outsiders are turned away before DSS is asked anything for them.
        standing = Standing(person=person)
        if self._access is Access.DSS and outsider(person) is None:
            standing = self._standing(person, ask, dss)
        decision = decide(self._access, person, ask, standing)
        self._write(person, ask.verb, dss, project, target, decision)
        if not decision.allowed:
            raise Refusal(decision.reason)
        return Admitted(person=person, dss=dss.as_login(decision.act_as), act_as=decision.act_as)

    def _standing(self, person: Person, ask: Ask, dss: Dss) -> Standing:
        """Look a person up in DSS, and try whether the key may act as them."""
        users = tuple(self._users_of(dss))
        standing = Standing(person=person, users=users)
        decision = decide(self._access, person, ask, standing)
        if decision.act_as is None:
            return standing
        can = self._can_impersonate(dss, decision.act_as)
        return Standing(person=person, users=users, can_impersonate=can)

    def _person(self, user_id: str, team_id: str) -> Person:
        try:
            return self._people.person(user_id, team_id)
        except UnknownPerson as unknown:
            log.warning("gate.unknown_person", user=user_id, error=str(unknown))
            raise (NotNow if unknown.passing else Refusal)(
                f"Slack did not tell me who you are ({unknown}), so I did nothing. Please try again; if it "
                "stays, the bot's administrator can see why with dss-bot doctor."
            ) from unknown

    def _users_of(self, dss: Dss) -> Sequence[DssUser]:
        now = self._clock()
        with self._lock:
            kept = self._users.get(dss.instance)
        if kept is not None and now - kept[0] < FRESH:
            return kept[1]
        try:
            users = dss.users()
        except (DSSRefused, DSSNotVisible, DSSNotFound) as error:
            log.warning("gate.users_refused", instance=dss.instance, error=str(error))
            label = self._label(dss.instance)
            here = f"DSS ({label})" if label else "DSS"
            raise Refusal(
                f"The bot's API key may not list the users of {here}, so I cannot find your "
                "login: its administrator has to give the bot a global API key with admin rights."
            ) from error
        with self._lock:
            self._users[dss.instance] = (now, users)
        return users

    def _can_impersonate(self, dss: Dss, login: str) -> bool:
        """Try a harmless call as the person, once for each login; a "no" is asked again after a while."""
        now = self._clock()
        with self._lock:
            kept = self._can.get((dss.instance, login))
        if kept is not None and (kept[1] or now - kept[0] < FRESH):
            return kept[1]
        try:
            who = dss.as_login(login).who_am_i()
        except (DSSRefused, DSSNotVisible, DSSBadKey) as error:
            dss.who_am_i()  # a key that does not work at all is another trouble, and says so
            log.warning("gate.cannot_impersonate", instance=dss.instance, error=str(error))
            can = False
        except DSSNotFound:
            can = True  # this DSS does not say who is calling: the call itself will be refused if it must be
        else:
            # A DSS that passed over the header would let everybody act as the key.
            can = not who.identifier or who.identifier == login
        with self._lock:
            self._can[dss.instance, login] = (now, can)
        return can

    def name_of(self, user_id: str, team_id: str) -> str | None:
        """Return what Slack calls somebody; not knowing it is no reason to fail."""
        try:
            return self._people.person(user_id, team_id).name or None
        except UnknownPerson:
            return None

    def login_of(self, person: Person, dss: Dss) -> str | None:
        """Find the login that access by DSS would take, where access does not need it.

        Not knowing it is no reason to fail.
        """
        try:
            users = tuple(self._users_of(dss))
        except (DSSError, Refusal):
            return None
        ask = Ask(verb=Verb.VIEW, instance=dss.instance)
        return decide(Access.DSS, person, ask, Standing(person=person, users=users)).act_as

    def _write(
        self, person: Person, verb: str, dss: Dss, project: str | None, target: str, decision: Decision
    ) -> None:
        self._audit.add(
            AuditEntry(
                user_id=person.user_id,
                team_id=person.team_id,
                verb=verb,
                instance=dss.instance,
                project=project or "",
                target=target,
                allowed=decision.allowed,
                act_as=decision.act_as,
                note=decision.reason,
            )
        )
