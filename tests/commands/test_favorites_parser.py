"""Favorites: what can be typed, and what is answered to mistakes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.favorites_parser import parse_build_command, read_call
from bot.commands.rendering import as_command
from bot.domain import Build, DeleteFavorite, Mistake, RenameFavorite, SaveFavorite, ShowFavorites
from bot.domain.errors import Refusal
from bot.domain.favorites import LONGEST, RESERVED, check_name


def _name(text: str) -> str | None:
    try:
        return check_name(text)
    except Refusal:
        return None


NAMES = st.text(min_size=1, max_size=LONGEST).map(_name).filter(lambda name: name is not None)


@given(NAMES, NAMES, st.booleans())
def test_what_is_suggested_is_read_back(name: str, to: str, shared: bool) -> None:
    """Every favorite that can be saved can be typed, and means the same."""
    build = parse_build_command("CHURN.scored --mode modified --partition 2026-11-23")
    assert isinstance(build, Build)
    for request in (
        SaveFavorite(name=name, build=build, shared=shared),
        RenameFavorite(name=name, to=to, shared=shared),
        DeleteFavorite(name=name, shared=shared),
    ):
        assert parse_build_command(as_command(request).removeprefix("/dss-build ")) == request
    run = as_command(DeleteFavorite(name=name)).removeprefix("/dss-build delete ")
    called = read_call(run)
    assert called is not None
    assert called.name == name


@given(st.text(max_size=60))
def test_a_suggested_name_is_a_name(text: str) -> None:
    """Whatever was typed."""
    try:
        check_name(text)
    except Refusal as refusal:
        for better in refusal.suggestions:
            assert _name(better) is not None


@given(st.text(max_size=80))
def test_any_text_is_read_or_answered(text: str) -> None:
    """Nothing raises, and an example for a mistake is right."""
    for word in ("save", "rename", "delete", "list"):
        parsed = parse_build_command(f"{word} {text}")
        if isinstance(parsed, Mistake) and parsed.example.startswith(f"/dss-build {word}"):
            again = parse_build_command(parsed.example.removeprefix("/dss-build "))
            assert not isinstance(again, Mistake), parsed.example


@pytest.mark.parametrize("text", ["CHURN.scored", "CHURN scored", "a b", "", "help", "list", "save x", '"a'])
def test_only_one_name_can_be_a_favorite(text: str) -> None:
    """Anything else is read as it was before there were favorites."""
    assert read_call(text) is None


def test_words_of_favorites_are_projects_in_capitals_and_in_quotes() -> None:
    """So no output becomes unreachable."""
    assert parse_build_command("list") == ShowFavorites()
    for text in ("LIST features", "SAVE.features", '"save".features'):
        assert isinstance(parse_build_command(text), Build), text
    assert {"save", "list", "rename", "delete"} <= RESERVED
