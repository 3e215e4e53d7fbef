"""The restrictions of the rules stay, whoever the calls are made as."""

from collections.abc import Callable

import pytest

from bot.domain.errors import DSSBadKey, DSSError, DSSNotVisible, Refusal
from bot.domain.policy import Capability
from bot.domain.ports import Dss
from bot.domain.rules import Asker, Effect, Policy, Reach, Rights, Rule
from bot.services.restricted_dss import RestrictedDss
from tests.support.fake_dss import FakeDss
from tests.support.samples import REF, job_info

RULE = Rule(
    line=1,
    effect=Effect.ALLOW,
    capabilities=(Capability.VIEW,),
    everyone=True,
    reach=Reach(projects=("SALES",)),
)


class KeyedDss(FakeDss):
    """Says with which key it is called."""

    key = ""

    def with_key(self, api_key: str, refused: Callable[[DSSBadKey], DSSError]) -> Dss:
        """Return an instance that is called with a key."""
        keyed = KeyedDss(self.instance)
        keyed.__dict__.update(self.__dict__)
        keyed.key = api_key
        return keyed


def as_is(error: DSSBadKey) -> DSSError:
    """Return the error of a key that DSS doesn't know."""
    return error


@pytest.fixture
def restricted() -> RestrictedDss:
    """An instance of which one project may be seen."""
    dss = KeyedDss("default")
    dss.add_project("CHURN", "scored")
    dss.add_project("SALES", "orders")
    dss.put(job_info())
    rights = Rights(policy=Policy(rules=(RULE,), guardrails=()), asker=Asker(ids=frozenset({"U1"})))
    return RestrictedDss(dss, rights, lambda _: False, lambda *_: Refusal("The rules don't allow it."))


@pytest.mark.parametrize(
    "called",
    [lambda dss: dss, lambda dss: dss.as_login("bob"), lambda dss: dss.with_key("bobs-key", as_is)],
    ids=["the bot's key", "as a person", "a person's key"],
)
def test_the_rules_hold_for_every_way_to_call(
    restricted: RestrictedDss, called: Callable[[Dss], Dss]
) -> None:
    """A personal key, too, shows and does only what the rules allow."""
    dss = called(restricted)
    assert [one.key for one in dss.projects()] == ["SALES"]
    with pytest.raises(DSSNotVisible):
        dss.job(REF.project, REF.job_id)
    with pytest.raises(DSSNotVisible):
        dss.abort(REF.project, REF.job_id)


def test_a_person_s_key_is_the_one_that_is_used(restricted: RestrictedDss) -> None:
    """The restrictions are around the instance that has it."""
    keyed = restricted.with_key("bobs-key", as_is)
    assert isinstance(keyed, RestrictedDss)
    assert isinstance(keyed.inner, KeyedDss)
    assert keyed.inner.key == "bobs-key"
    assert keyed.rights == restricted.rights
