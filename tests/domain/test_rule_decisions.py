"""How rules narrow a decision, and what a person is told."""

import pytest

from bot.domain import RequestedOutput
from bot.domain.policy import AccessRequest, Capability, Decision
from bot.domain.rule_decisions import HiddenProject, by_rules, refusal_by_rules
from bot.domain.rules import DIRECT, Asker, Effect, Guardrail, Policy, Reach, Rights, Rule, Verdict

YES = Decision(allowed=True, reason="Acts as the DSS login anna.", rule="dss", act_as="anna")
SALES = Reach(projects=("SALES",), datasets=("orders*",))


def narrowed(verb: Capability, *outputs: str, project: str | None = "SALES", **policy: object) -> object:
    """Ask for something in a project where only orders are allowed."""
    rule = Rule(line=7, effect=Effect.ALLOW, capabilities=(Capability.BUILD, Capability.APPROVE), reach=SALES)
    rights = Rights(
        policy=Policy(rules=(rule,), **policy),  # type: ignore[arg-type]
        asker=Asker(ids=frozenset({"U1"}), channel="C1"),
    )
    asked = tuple(RequestedOutput(project="SALES", name=name) for name in outputs)
    ask = AccessRequest(verb=verb, instance="main", project=project, outputs=asked)
    return by_rules(YES, rights, ask, "the data team")


def test_a_permission_names_the_rule_and_keeps_the_login() -> None:
    """DSS is still called as the person."""
    decision = narrowed(Capability.BUILD, "orders_eu")
    assert isinstance(decision, Decision)
    assert (decision.allowed, decision.rule, decision.act_as) == (True, "rules:7", "anna")


def test_an_approval_needs_each_output() -> None:
    """Also those that the approver can't see: what they approve is not what they're shown otherwise."""
    decision = narrowed(Capability.APPROVE, "orders_eu", "margins")
    assert isinstance(decision, Decision)
    assert not decision.allowed
    assert "margins" not in decision.reason
    assert "You may not approve builds in SALES" in decision.reason


def test_a_hidden_project_is_not_refused_by_name() -> None:
    """Nobody learns whether it is there; a request without a project is refused."""
    assert isinstance(narrowed(Capability.BUILD, project="PAYROLL"), HiddenProject)
    assert isinstance(narrowed(Capability.FOLLOW, project="PAYROLL"), HiddenProject)
    none = narrowed(Capability.FOLLOW, project=None)
    assert isinstance(none, Decision)
    assert (none.allowed, none.rule, none.act_as) == (False, "rules", None)


def test_a_guardrail_is_named_as_such_also_for_a_hidden_project() -> None:
    """It holds for everybody, so it says nothing about the project."""
    here = Guardrail(
        line=9, channels=("C1",), capabilities=(Capability.VIEW,), reach=Reach(projects=("PROD",))
    )
    decision = narrowed(Capability.BUILD, project="PAYROLL", guardrails=(here,))
    assert isinstance(decision, Decision)
    assert decision.rule == "guardrail:9"
    assert "what can be done in this channel is limited, for everybody" in decision.reason


@pytest.mark.parametrize("capability", Capability)
def test_a_refusal_says_what_by_which_kind_and_who_can_change_it(capability: Capability) -> None:
    """For every capability."""
    for verdict, kind in (
        (Verdict(allowed=False), "no rule of the bot allows it"),
        (Verdict(allowed=False, line=3), "a rule of the bot forbids it"),
        (Verdict(allowed=False, line=3, kind="guardrail"), "in direct messages with the bot is limited"),
    ):
        said = refusal_by_rules(capability, "CHURN", verdict, "the data team", DIRECT)
        assert said.startswith("You may not ")
        assert "CHURN" in said.partition(" from here: ")[0]
        assert kind in said
        assert said.endswith(" Ask the data team to change that.")
        assert "3" not in said
