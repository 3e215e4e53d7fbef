"""The example commands in views are valid commands."""

import html
import json
import re

import pytest

from bot.commands.build_parser import parse_build
from bot.commands.jobs_parser import parse_jobs
from bot.domain import Mistake
from tests.views.gallery import GALLERY
from tests.views.test_goldens import payload

_SHOWN = "\n".join(json.dumps(payload(make())["blocks"], ensure_ascii=False) for make in GALLERY.values())
EXAMPLES = sorted(
    {html.unescape(json.loads(f'"{found}"')) for found in re.findall(r"`(/dss-[^`]+)`", _SHOWN)}
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_can_be_typed_as_it_stands(example: str) -> None:
    """The parser reads every command in help and answers without a mistake."""
    command, _, text = example.partition(" ")
    parse = {"/dss-build": parse_build, "/dss-jobs": parse_jobs}[command]
    assert not isinstance(parse(text), Mistake)


def test_there_are_examples() -> None:
    """Every subcommand in the help is among them."""
    assert len(EXAMPLES) > 12
