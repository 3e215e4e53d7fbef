"""Who may do what (DESIGN.md §6): one function decides for every command and button."""

from enum import StrEnum
from typing import assert_never

import msgspec

from bot.domain import (
    AbortAll,
    AbortJob,
    Build,
    BuildMode,
    DecideApproval,
    DeleteFavorite,
    DssUser,
    FollowJob,
    ListDatasets,
    ListJobs,
    ListProjects,
    MyLastJob,
    Overview,
    Person,
    Place,
    ReadLog,
    RenameFavorite,
    Request,
    RequestedOutput,
    SaveFavorite,
    SendLog,
    SetDefault,
    ShowFavorites,
    ShowStatus,
    ShowThread,
    UnfollowJob,
)
from bot.domain.identity import NOBODY_NAMED, IdentityMap, NotFound, find_login, outsider
from bot.language import t


class AccessMode(StrEnum):
    """The setting ``DSS_BOT_ACCESS``."""

    DSS = "dss"
    RULES = "rules"
    OPEN = "open"


class Capability(StrEnum):
    """An action that can be allowed or denied."""

    VIEW = "view"
    LOG = "log"
    BUILD = "build"
    BUILD_UPSTREAM = "build_upstream"
    """Build what an output depends on, too: every recursive mode."""
    ABORT_OWN = "abort_own"
    """Abort a job that the person started, from the bot or under their DSS login."""
    ABORT_ANY = "abort_any"
    APPROVE = "approve"
    """Approve a build of somebody else."""
    FOLLOW = "follow"


class AccessRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to do, and where."""

    verb: Capability
    instance: str
    project: str | None = None
    """``None`` when the request isn't about one project."""
    label: str | None = None
    """Display name of the instance; ``None`` when there is only one instance."""
    place: Place | None = None
    """Where it was asked; ``None`` if nowhere in Slack."""
    outputs: tuple[RequestedOutput, ...] = ()
    """What is built, if the request names it."""


class AccessEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot knows about a person on one DSS instance."""

    person: Person
    users: tuple[DssUser, ...] | None = ()
    """The users of the instance; ``None`` if the key may not list them."""
    identity: IdentityMap = NOBODY_NAMED
    """What the settings say about people."""
    key_login: str | None = None
    """The login of the API key that they connected: every call is made with it."""
    can_impersonate: bool | None = None
    """Whether the bot's key may act as somebody else; ``None`` until the first call to DSS shows it."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Yes or no, and why."""

    allowed: bool
    reason: str
    """A plain sentence. The audit always records it; the person sees it if the request is refused."""
    rule: str
    """What decided: ``person`` (guests, bots and the like), ``dss`` or ``open``, ``rules:LINE`` or
    ``guardrail:LINE`` of the policy file, or ``rules`` when no rule of it allows anything."""
    act_as: str | None = None
    """DSS login to make the calls as; ``None`` means the bot's own key."""


def access_request(
    request: Request,
    instance: str,
    project: str | None,
    label: str | None = None,
    *,
    place: Place | None = None,
    outputs: tuple[RequestedOutput, ...] = (),
    own: bool = False,
) -> AccessRequest:
    """Return what a request asks for.

    Args:
        request: the request.
        instance: name of the resolved instance.
        project: the project, if the request is about one that is known.
        label: display name of the instance.
        place: where it was asked.
        outputs: what is built.
        own: whether a job to abort is known to be the person's own.
    """
    return AccessRequest(
        verb=capability_of(request, own=own),
        instance=instance,
        project=project,
        label=label,
        place=place,
        outputs=outputs,
    )


def decide(access: AccessMode, person: Person, ask: AccessRequest, evidence: AccessEvidence) -> Decision:
    """Decide whether ``person`` may do what they ask.

    Raises:
        ValueError: ``evidence`` is about somebody else. This bug of ours must not grant any access.
    """
    if (evidence.person.user_id, evidence.person.team_id) != (person.user_id, person.team_id):
        raise ValueError("the evidence is about another person")
    why_not = outsider(person, named=evidence.identity.is_named(person, ask.instance))
    if why_not is not None:
        return _no(why_not, rule="person")
    match access:
        case AccessMode.OPEN:
            return Decision(
                allowed=True, reason=t("Every member of the workspace may do this here."), rule=access
            )
        case AccessMode.DSS | AccessMode.RULES:
            return _as_person(person, ask, evidence)
        case _:
            assert_never(access)


def capability_of(request: Request, *, own: bool = False) -> Capability:  # noqa: C901, PLR0912 - a table
    """Return which capability a request needs.

    Args:
        request: the request.
        own: whether the job to abort is the person's own; a job of which that isn't known is anybody's.
    """
    match request:
        case Build(mode=mode):
            return Capability.BUILD if mode is BuildMode.ONLY else Capability.BUILD_UPSTREAM
        case Overview() | ListJobs() | ShowStatus() | MyLastJob() | ListProjects() | ListDatasets():
            return Capability.VIEW
        case ShowThread():
            return Capability.VIEW
        case ReadLog() | SendLog():
            return Capability.LOG
        case SaveFavorite(build=build):
            return capability_of(build)
        case RenameFavorite() | DeleteFavorite():
            return Capability.BUILD
        case SetDefault() | ShowFavorites():
            return Capability.VIEW
        case AbortJob():
            return Capability.ABORT_OWN if own else Capability.ABORT_ANY
        case AbortAll():
            return Capability.ABORT_ANY
        case FollowJob() | UnfollowJob():
            return Capability.FOLLOW
        case DecideApproval(verdict="cancel"):
            return Capability.VIEW
        case DecideApproval():
            return Capability.APPROVE
        case _:
            assert_never(request)


def _as_person(person: Person, ask: AccessRequest, evidence: AccessEvidence) -> Decision:
    """Find a person's one DSS login."""
    if evidence.key_login is not None:
        login = evidence.key_login
        reason = t("Acts as the DSS login {login}, with its own API key.", login=login)
        return Decision(allowed=True, reason=reason, rule=AccessMode.DSS, act_as=login)
    here = f"DSS ({ask.label})" if ask.label else "DSS"
    found = find_login(person, evidence.users, evidence.identity, ask.instance, here)
    if isinstance(found, NotFound):
        return _no(found.reason)
    if evidence.can_impersonate is False:
        return _no(
            t(
                "You can't use {dss} from here: the bot's API key may not act as you. "
                "The bot's administrator has to give it a global API key with admin rights.",
                dss=here,
            )
        )
    return Decision(
        allowed=True,
        reason=t("Acts as the DSS login {login}.", login=found.login),
        rule=AccessMode.DSS,
        act_as=found.login,
    )


def _no(reason: str, rule: str = AccessMode.DSS) -> Decision:
    return Decision(allowed=False, reason=reason, rule=rule)
