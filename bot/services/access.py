"""Access control: every slash command and button goes through `AccessControl.authorize`."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec
import structlog

from bot.domain import DssUser, JobInfo, JobRef, Person, Place, Request, RequestedOutput
from bot.domain.audit import AuditEntry
from bot.domain.cached import is_fresh
from bot.domain.errors import (
    DSSBadKey,
    DSSError,
    DSSNotFound,
    DSSNotVisible,
    DSSRefused,
    DSSUnavailable,
    DSSUnreachable,
    Refusal,
)
from bot.domain.identity import NOBODY_NAMED, IdentityMap, outsider
from bot.domain.people import surface_of
from bot.domain.policy import (
    AccessEvidence,
    AccessMode,
    AccessRequest,
    Capability,
    Decision,
    access_request,
    decide,
)
from bot.domain.ports import Dss
from bot.domain.rule_decisions import HiddenProject, by_rules, refusal_by_rules
from bot.domain.rules import Rights, Verdict
from bot.language import mark, t
from bot.services.catalog import Catalog, no_such_project
from bot.services.dss_users import DssUsers, IdentityUnavailable, UsersRefused
from bot.services.loaded_rules import LoadedRules
from bot.services.personal_keys import Keyed, PersonalKeys
from bot.services.restricted_dss import RestrictedDss, unrestricted
from bot.slack.users import SlackUsers, UnknownUser
from bot.store import AuditStore

log = structlog.get_logger(__name__)

_OF_OUTPUTS = {Capability.BUILD, Capability.BUILD_UPSTREAM}

FRESH = timedelta(minutes=5)
"""How long the fact that the key can't impersonate is cached."""


class Authorized(msgspec.Struct, frozen=True, kw_only=True):
    """A person who is allowed to do what they asked for."""

    person: Person
    dss: Dss
    """The instance, called as the person when access is by DSS."""
    act_as: str | None
    """The DSS login that calls are made as; ``None`` means the key itself."""
    own_key: bool = False
    """Whether calls are made with an API key that the person connected."""


class AccessControl:
    """Finds out who a person is and decides about access, with every decision in the audit log."""

    def __init__(
        self,
        access: AccessMode,
        people: SlackUsers,
        audit: AuditStore,
        clock: Callable[[], datetime],
        label: Callable[[str], str | None] = lambda _: None,
        identity: IdentityMap = NOBODY_NAMED,
        keys: PersonalKeys | None = None,
        *,
        rules: LoadedRules | None = None,
        contact: str = mark("the bot's administrator"),
        catalog: Catalog | None = None,
        requested_by: Callable[[JobRef], str | None] = lambda _: None,
    ) -> None:
        """Start with empty caches.

        Args:
            access: who may act.
            people: what Slack knows about people.
            audit: where decisions are recorded.
            clock: returns the current time.
            label: the display name of an instance; ``None`` if there is only one.
            identity: what the settings say about people.
            keys: the personal keys that people connected, if they can.
            rules: the policy file that narrows what people may do; ``None`` without one.
            contact: who can change the rules, for refusals.
            catalog: finds suggestions for a project that one can't see.
            requested_by: returns the Slack user who had the bot start a job; ``None`` if nobody had.
        """
        self._rules = rules
        self._contact = contact
        self._catalog = catalog or Catalog(clock, label)
        self._requested_by = requested_by
        self._access = access
        self._people = people
        self._audit = audit
        self._clock = clock
        self._label = label
        self._identity = identity
        self._keys = keys
        self._users = DssUsers(clock, label)
        self._lock = threading.Lock()
        self._can: dict[tuple[str, str], tuple[datetime, bool]] = {}

    def authorize(
        self,
        user_id: str,
        team_id: str,
        request: Request,
        dss: Dss,
        *,
        place: Place | None,
        project: str | None = None,
        outputs: tuple[RequestedOutput, ...] = (),
        target: str = "",
        recorded: bool = True,
    ) -> Authorized:
        """Authorize a request, or raise the reason why not.

        Args:
            user_id: who asks.
            team_id: the workspace that Slack named for them.
            request: what they ask for.
            dss: the instance, called with the bot's key.
            place: where they asked; ``None`` if nowhere in Slack.
            project: the project, if known.
            outputs: what is built.
            target: what the request is about, for the audit log.
            recorded: whether it gets into the audit log: not if nobody asked just now.

        Raises:
            Refusal: with the reason.
            DSSError: DSS can't say who they are.
        """
        person = self._person(user_id, team_id)
        write = self._write if recorded else _not_recorded
        label = self._label(dss.instance)
        ask = access_request(request, dss.instance, project, label, place=place, outputs=outputs)
        # Refuse outsiders before asking DSS anything on their behalf.
        evidence = AccessEvidence(person=person, identity=self._identity)
        named = self._identity.is_named(person, dss.instance)
        keyed: Keyed | None = None
        if self._access is not AccessMode.OPEN and outsider(person, named=named) is None:
            try:
                keyed = self._keyed(person.user_id, dss)
                evidence = self._evidence(person, ask, dss, keyed)
            except Refusal as refused:
                why = self._offer(dss) if isinstance(refused, UsersRefused) else None
                no = Decision(allowed=False, reason=str(why or refused), rule=AccessMode.DSS)
                write(person, ask, target, no)
                raise (why or refused) from refused.__cause__
        decision = decide(self._access, person, ask, evidence)
        called = keyed.dss if keyed is not None else dss.as_login(decision.act_as)
        rules = self._rules
        if rules is None or not decision.allowed:
            write(person, ask, target, decision)
            if not decision.allowed:
                raise self._refusal(decision, evidence, dss, named=named)
            return Authorized(person=person, dss=called, act_as=decision.act_as, own_key=keyed is not None)
        restricted = self._restricted(called, rules.rights(person, place), person, ask, decision)
        narrowed = by_rules(decision, restricted.rights, ask, self._contact)
        if isinstance(narrowed, HiddenProject):
            hidden = Decision(allowed=False, reason=t("The project is hidden."), rule=narrowed.verdict.name)
            write(person, ask, target, hidden)
            raise self._unknown_project(restricted, decision.act_as, project or "")
        write(person, ask, target, narrowed)
        if not narrowed.allowed:
            raise Refusal(narrowed.reason)
        return Authorized(person=person, dss=restricted, act_as=decision.act_as, own_key=keyed is not None)

    def _refusal(self, decision: Decision, evidence: AccessEvidence, dss: Dss, *, named: bool) -> Refusal:
        """Return the refusal, with an offer to connect a personal key where that would help."""
        offer = self._offer(dss) if evidence.can_impersonate is False else None
        # Whoever connects a key needs no login that the bot can find by itself.
        own = self._keys if outsider(evidence.person, named=named) is None else None
        example = own.connect_command(dss.instance) if own is not None and own.is_on else None
        return offer or Refusal(decision.reason, example=example)

    def _restricted(
        self, dss: Dss, rights: Rights, person: Person, ask: AccessRequest, decision: Decision
    ) -> RestrictedDss:
        def is_own(job: JobInfo) -> bool:
            if self._requested_by(job.ref) == person.user_id:
                return True
            login = decision.act_as or self.login_of(person, unrestricted(dss))
            return bool(login) and job.initiator.casefold() == str(login).casefold()

        def refused(capability: Capability, project: str, target: str, verdict: Verdict) -> Refusal:
            what = target if capability in _OF_OUTPUTS else project
            reason = refusal_by_rules(capability, what, verdict, self._contact, rights.asker.channel)
            no = Decision(allowed=False, reason=reason, rule=verdict.name)
            self._write(person, msgspec.structs.replace(ask, verb=capability, project=project), target, no)
            return Refusal(reason)

        return RestrictedDss(dss, rights, is_own, refused)

    def _unknown_project(self, dss: RestrictedDss, act_as: str | None, typed: str) -> Refusal:
        """Return what the catalog says about a project that isn't there, with suggestions."""
        try:
            self._catalog.project(dss, act_as, typed)
        except Refusal as unknown:
            return unknown
        return Refusal(no_such_project(typed, self._label(dss.instance)))

    def acting(self, user_id: str, dss: Dss, act_as: str | None) -> Dss:
        """Return the instance, called as a person who was authorized before, to look at what became of it."""
        with suppress(Refusal):  # a key that can't be used anymore: DSS decides about impersonation
            keyed = self._keyed(user_id, dss) if act_as is not None else None
            if keyed is not None and keyed.login == act_as:
                return keyed.dss
        return dss.as_login(act_as)

    def _keyed(self, user_id: str, dss: Dss) -> Keyed | None:
        return self._keys.of(user_id, dss) if self._keys is not None else None

    def _offer(self, dss: Dss) -> Refusal | None:
        """Return the refusal that offers to connect a key; ``None`` if people can't."""
        return self._keys.offer(dss.instance) if self._keys is not None and self._keys.is_on else None

    def _evidence(self, person: Person, ask: AccessRequest, dss: Dss, keyed: Keyed | None) -> AccessEvidence:
        """Look a person up in DSS, and check whether the key can act as them."""
        if keyed is not None:
            return AccessEvidence(person=person, identity=self._identity, key_login=keyed.login)
        users = self._users_for(person, dss)
        evidence = AccessEvidence(person=person, identity=self._identity, users=users)
        decision = decide(self._access, person, ask, evidence)
        if decision.act_as is None and users is not None and (newer := self._users.newer(dss)) is not None:
            evidence = msgspec.structs.replace(evidence, users=newer)
            decision = decide(self._access, person, ask, evidence)
        if decision.act_as is None:
            return evidence
        can = self._can_impersonate(dss, decision.act_as)
        return msgspec.structs.replace(evidence, can_impersonate=can)

    def _users_for(self, person: Person, dss: Dss) -> tuple[DssUser, ...] | None:
        """Return the users; ``None`` if the key may not list them, and the settings name the login."""
        try:
            return self._users.of(dss)
        except UsersRefused:
            if self._identity.mapped(person, dss.instance) is None:
                raise
            return None

    def _person(self, user_id: str, team_id: str) -> Person:
        try:
            return self._people.person(user_id, team_id)
        except UnknownUser as unknown:
            log.warning("access.unknown_person", user=user_id, error=str(unknown))
            raise (IdentityUnavailable if unknown.passing else Refusal)(
                t(
                    "Slack didn't tell me who you are ({reason}), so I did nothing. Please try again. If "
                    "this keeps happening, the bot's administrator can find out why with dss-bot doctor.",
                    reason=unknown,
                )
            ) from unknown

    def _can_impersonate(self, dss: Dss, login: str) -> bool:
        """Try a harmless call as the person, once per login; check a "no" again after a while."""
        now = self._clock()
        with self._lock:
            kept = self._can.get((dss.instance, login))
        if kept is not None and (kept[1] or is_fresh(kept[0], now, FRESH)):
            return kept[1]
        try:
            who = dss.as_login(login).who_am_i()
        except (DSSRefused, DSSNotVisible, DSSBadKey) as error:
            dss.who_am_i()  # if the key doesn't work at all, this raises that error instead
            log.warning("access.cannot_impersonate", instance=dss.instance, error=str(error))
            can = False
        except DSSNotFound:
            can = True  # this DSS doesn't say who is calling: it can still refuse the call itself
        else:
            # If DSS ignored the header, everybody would act as the key.
            can = not who.identifier or who.identifier == login
        with self._lock:
            self._can[dss.instance, login] = (now, can)
        return can

    def known_of(self, user_id: str, team_id: str, dss: Dss) -> AccessEvidence:
        """Return what Slack, DSS and the settings say about a person, without deciding anything.

        Raises:
            Refusal: Slack doesn't say who they are.
            DSSError: DSS doesn't answer.
        """
        person = self._person(user_id, team_id)
        users: tuple[DssUser, ...] | None = None
        with suppress(UsersRefused):
            users = self._users.of(dss)
        return AccessEvidence(person=person, identity=self._identity, users=users)

    def is_still(self, person: Person, user_id: str, team_id: str) -> bool:
        """Return whether Slack says the same about somebody as before."""
        try:
            return self._people.person(user_id, team_id) == person
        except UnknownUser:
            return False

    def name_of(self, user_id: str, team_id: str) -> str | None:
        """Return a person's name in Slack, or ``None`` when it isn't known."""
        try:
            return self._people.person(user_id, team_id).name or None
        except UnknownUser:
            return None

    def login_of(self, person: Person, dss: Dss, *, passing: bool = True) -> str | None:
        """Find the login that access by DSS would use, in a mode that doesn't need it; ``None`` if unknown.

        When DSS doesn't answer, this raises `IdentityUnavailable` unless ``passing``.
        """
        if self._keys is not None and (login := self._keys.login(dss.instance, person.user_id)):
            return login
        try:
            users = self._users_for(person, dss)
        except (DSSUnreachable, DSSUnavailable) as error:
            if passing:
                return None
            said = t("DSS doesn't answer right now, and has to say who is who.")
            raise IdentityUnavailable(said) from error
        except (DSSError, Refusal):
            return None
        ask = AccessRequest(verb=Capability.VIEW, instance=dss.instance)
        evidence = AccessEvidence(person=person, identity=self._identity, users=users)
        return decide(AccessMode.DSS, person, ask, evidence).act_as

    def login_of_user(self, user_id: str, team_id: str, dss: Dss, *, passing: bool = True) -> str | None:
        """Find the DSS login of somebody who was mentioned; see `login_of`."""
        try:
            return self.login_of(self._people.person(user_id, team_id), dss, passing=passing)
        except UnknownUser as unknown:
            if unknown.passing and not passing:
                raise IdentityUnavailable(t("Slack doesn't say right now who asked for it.")) from unknown
            return None

    def logins_like(self, text: str, dss: Dss) -> frozenset[str]:
        """Return the logins that a login, a name or an email address means, in small letters.

        What is typed always counts as a login too, because this key might not be allowed to list the users.
        """
        typed = text.casefold()
        try:
            users = self._users.of(dss)
        except (DSSError, Refusal):
            users = ()
        named = (
            user.login.casefold()
            for user in users
            if typed in {user.display_name.casefold(), user.email.casefold()}
        )
        return frozenset({typed, *named})

    def is_meant(self, text: str, user_id: str, team_id: str, logins: frozenset[str], dss: Dss) -> bool:
        """Return whether somebody in Slack is meant by a login, a name or an email address.

        Args:
            text: what was typed.
            user_id: their Slack user ID.
            team_id: the workspace of the person who asks.
            logins: the logins that the text means (`logins_like`).
            dss: the instance.
        """
        try:
            person = self._people.person(user_id, team_id)
        except UnknownUser:
            return False
        if text.casefold() in {person.name.casefold(), (person.email or "").casefold()}:
            return True
        return (self.login_of(person, dss) or "").casefold() in logins

    def _write(self, person: Person, ask: AccessRequest, target: str, decision: Decision) -> None:
        self._audit.add(
            AuditEntry(
                user_id=person.user_id,
                team_id=person.team_id,
                verb=ask.verb,
                instance=ask.instance,
                project=ask.project or "",
                target=target,
                channel=ask.place.channel_id if ask.place else "",
                surface=surface_of(ask.place),
                allowed=decision.allowed,
                rule=decision.rule,
                act_as=decision.act_as,
                note=decision.reason,
            )
        )


def _not_recorded(*_: object) -> None:
    """Write nothing."""
