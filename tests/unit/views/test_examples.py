"""The commands that views show as examples are commands."""

import html
import json
import re

import pytest

from bot.facts import Mistake
from bot.jobs.grammar import parse_build, parse_jobs
from tests.unit.views.gallery import GALLERY
from tests.unit.views.test_goldens import payload

_SHOWN = "\n".join(json.dumps(payload(make())["blocks"], ensure_ascii=False) for make in GALLERY.values())
EXAMPLES = sorted(
    {html.unescape(json.loads(f'"{found}"')) for found in re.findall(r"`(/dss-[^`]+)`", _SHOWN)}
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_can_be_typed_as_it_stands(example: str) -> None:
    """What help and answers show is read by the grammar without a mistake."""
    command, _, text = example.partition(" ")
    parse = {"/dss-build": parse_build, "/dss-jobs": parse_jobs}[command]
    assert not isinstance(parse(text), Mistake)


def test_there_are_examples() -> None:
    """Every subcommand of the help is among them."""
    assert len(EXAMPLES) > 12
