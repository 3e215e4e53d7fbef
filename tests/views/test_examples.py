"""The example commands in views are valid commands."""

import html
import json
import re

import pytest

from bot.commands.build_parser import parse_build
from bot.commands.jobs_parser import parse_jobs
from bot.domain import Mistake
from bot.services.examples import read
from tests.meta.tree import ROOT
from tests.views.gallery import GALLERY
from tests.views.test_goldens import payload

_SHOWN = "\n".join(json.dumps(payload(make())["blocks"], ensure_ascii=False) for make in GALLERY.values())
EXAMPLES = sorted(
    {html.unescape(json.loads(f'"{found}"')) for found in re.findall(r"`(/dss-[^`]+)`", _SHOWN)}
)
DOCS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_OPTIONAL = re.compile(r" \[[^]]*\]")
IN_DOCS = sorted(
    {
        _OPTIONAL.sub("", found).removesuffix("\"}'").strip().replace("NAME", "nightly")
        for path in DOCS
        for found in re.findall(r"/dss-(?:build|jobs)[^`\n|]*", path.read_text(encoding="utf-8"))
    }
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


@pytest.mark.parametrize("example", IN_DOCS)
def test_every_command_in_the_docs_can_be_typed_as_it_stands(example: str) -> None:
    """Also each form, such as ``/dss-build PROJECT.dataset``: without its optional parts, it is a command."""
    assert not isinstance(read(example), Mistake)


def test_the_docs_have_commands() -> None:
    """The README's table is among them."""
    assert "/dss-build save nightly PROJECT.dataset" in IN_DOCS
    assert len(IN_DOCS) > 20
