"""docs/rules.md: its example is a good file, and decides each question as the page says."""

import re
import tomllib

import pytest

from bot.domain.policy import Capability
from bot.domain.rules import Asker, Rights, Target
from bot.settings import read_rules
from tests.meta.tree import ROOT

PAGE = (ROOT / "docs" / "rules.md").read_text()
CONFIGURATION, EXAMPLE = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
ROW = re.compile(
    r"^\| `(\S+@\S+|@\S+)` \| `(\S+)` \| `(\w+)` \| `(\w+)` \| `(\w+)` \| (.*) \|$", re.MULTILINE
)


@pytest.mark.parametrize("row", ROW.findall(PAGE), ids=" ".join)
def test_the_example_decides_as_the_page_says(row: tuple[str, ...]) -> None:
    """Each row of the table, with the line that decides."""
    who, channel, wanted, project, dataset, answer = row
    groups = frozenset({who[1:]} if who.startswith("@") else ())
    asker = Asker(ids=frozenset({"U1"}), email="" if groups else who, groups=groups, channel=channel)
    target = Target(instance="prod", project=project, dataset=dataset, whole=True)
    rights = Rights(policy=read_rules(EXAMPLE, "rules.toml"), asker=asker)
    verdict = rights.verdict(Capability(wanted), target)
    line = "no rule" if verdict.line is None else f"line {verdict.line}"
    assert f"{'allowed' if verdict.allowed else 'denied'}, {line}" == answer


def test_the_table_is_there() -> None:
    """The pattern above finds every row."""
    assert len(ROW.findall(PAGE)) == len(re.findall(r"(allowed|denied), (line \d+|no rule) \|", PAGE)) >= 10
    assert tomllib.loads(CONFIGURATION)["access"]["rules_file"] == "rules.toml"


def test_every_capability_is_explained() -> None:
    """In the order of the code."""
    table = PAGE[PAGE.index("| Capability |") :]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)[: len(Capability)] == [
        one.value for one in Capability
    ]
