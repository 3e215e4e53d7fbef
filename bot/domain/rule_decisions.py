"""Decides a request by the rules, and says in words why not.

A refusal says what isn't allowed, which kind of rule decided, and who can change it; never what the rule
contains, and no name that the person can't see.
"""

import msgspec

from bot.domain.policy import AccessRequest, Capability, Decision
from bot.domain.rules import DIRECT, Rights, Target, Verdict, target_of
from bot.language import mark, t

_DOING = {
    Capability.VIEW: (mark("look at jobs"), mark("look at jobs in {project}")),
    Capability.LOG: (mark("read logs"), mark("read logs in {project}")),
    Capability.BUILD: (mark("build"), mark("build in {project}")),
    Capability.BUILD_UPSTREAM: (
        mark("build with --mode modified, all or missing"),
        mark("build in {project} with --mode modified, all or missing"),
    ),
    Capability.ABORT_OWN: (mark("abort jobs"), mark("abort jobs in {project}")),
    Capability.ABORT_ANY: (
        mark("abort jobs that others started"),
        mark("abort jobs that others started in {project}"),
    ),
    Capability.APPROVE: (mark("approve builds"), mark("approve builds in {project}")),
    Capability.FOLLOW: (mark("follow jobs"), mark("follow jobs in {project}")),
}
"""What is refused, in general and in a project: each goes into "You may not … from here"."""

_DOING_TO_OUTPUT = {
    Capability.BUILD: mark("build {output}"),
    Capability.BUILD_UPSTREAM: mark("build {output} with --mode modified, all or missing"),
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
    doing = _doing(capability, what)
    if verdict.kind == "guardrail" and channel == DIRECT:
        said = t(
            "You may not {do} from here: what can be done in direct messages with the bot is limited, for "
            "everybody.",
            do=doing,
        )
    elif verdict.kind == "guardrail":
        said = t(
            "You may not {do} from here: what can be done in this channel is limited, for everybody.",
            do=doing,
        )
    elif verdict.line is None:
        said = t("You may not {do} from here: no rule of the bot allows it.", do=doing)
    else:
        said = t("You may not {do} from here: a rule of the bot forbids it.", do=doing)
    change = t("Ask {contact} to change that.", contact=t(contact))
    return f"{said} {change}"


def _doing(capability: Capability, what: str | None) -> str:
    if what is not None and capability in _DOING_TO_OUTPUT and "." in what:
        return t(_DOING_TO_OUTPUT[capability], output=what)
    anywhere, in_project = _DOING[capability]
    return t(anywhere) if what is None else t(in_project, project=what)
