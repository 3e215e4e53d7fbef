"""Decides a request by the rules, and says in words why not.

A refusal says what isn't allowed, which kind of rule decided, and who can change it; never what the rule
contains, and no name that the person can't see.
"""

import msgspec

from bot.domain.policy import AccessRequest, Capability, Decision
from bot.domain.rules import DIRECT, Rights, Target, Verdict, target_of

_DOING = {
    Capability.VIEW: "look at jobs",
    Capability.LOG: "read logs",
    Capability.BUILD: "build",
    Capability.BUILD_UPSTREAM: "build",
    Capability.ABORT_OWN: "abort jobs",
    Capability.ABORT_ANY: "abort jobs that others started",
    Capability.APPROVE: "approve builds",
    Capability.FOLLOW: "follow jobs",
}

_BUILDS = {Capability.BUILD, Capability.BUILD_UPSTREAM}


class HiddenProject(msgspec.Struct, frozen=True, kw_only=True):
    """The rules hide the project of a request: to the person, there is no such project."""

    verdict: Verdict


def by_rules(
    decision: Decision, rights: Rights, ask: AccessRequest, contact: str
) -> Decision | HiddenProject:
    """Narrow a decision by the rules, as far as a request says what it is about.

    Whose job it is and what it builds is known only later: `bot.services.restricted_dss` checks it then.

    Args:
        decision: what allows the request so far.
        rights: what the person may do.
        ask: the request.
        contact: who can change the rules.
    """
    needed = Capability.ABORT_OWN if ask.verb is Capability.ABORT_ANY else ask.verb
    project = Target(instance=ask.instance, project=ask.project)
    seen = rights.verdict(Capability.VIEW, project)
    verdict, what = rights.verdict(needed, project), ask.project
    if ask.project is not None and not seen.allowed and verdict.kind == "rule":
        return HiddenProject(verdict=seen)
    for output in ask.outputs:
        target = target_of(ask.instance, output.project, output.name, output.kind)
        of_output = rights.verdict(needed, target)
        if not verdict.allowed or of_output.allowed:
            continue
        if rights.verdict(Capability.VIEW, target).allowed:
            verdict, what = of_output, output.label
        elif needed not in _BUILDS:  # a build is told that there is no such output, with suggestions
            verdict = of_output
    if verdict.allowed:
        return msgspec.structs.replace(decision, rule=verdict.name)
    reason = refusal_by_rules(needed, what, verdict, contact, rights.asker.channel)
    return Decision(allowed=False, reason=reason, rule=verdict.name)


def refusal_by_rules(
    capability: Capability, what: str | None, verdict: Verdict, contact: str, channel: str | None = None
) -> str:
    """Return the sentences of a refusal.

    Args:
        capability: what was refused.
        what: a project or an output that the person can see; ``None`` without one.
        verdict: what decided.
        contact: who can change it.
        channel: where it was asked, as rules name it.
    """
    doing = _DOING[capability]
    if what is not None:
        building = capability in _BUILDS and "." in what
        doing = f"{doing} {what}" if building else f"{doing} in {what}"
    if capability is Capability.BUILD_UPSTREAM:
        doing = f"{doing} with --mode modified, all or missing"
    change = f"Ask {contact} to change that."
    if verdict.kind == "guardrail":
        here = "in direct messages with the bot" if channel == DIRECT else "in this channel"
        return f"You may not {doing} from here: what can be done {here} is limited, for everybody. {change}"
    why = "no rule of the bot allows it" if verdict.line is None else "a rule of the bot forbids it"
    return f"You may not {doing} from here: {why}. {change}"
