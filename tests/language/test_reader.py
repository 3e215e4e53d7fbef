"""Threads that work for somebody say everything in that person's language."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bot.domain import ANY_PROJECT, FlowObject, OutputKind, RequestedOutput
from bot.language import channels_read, in_same_language, language, person_reads
from bot.services.catalog import Catalog
from bot.services.project_search import find_output
from tests.support.clocks import HandClock
from tests.support.fake_dss import FakeDss


def test_several_threads_at_once_speak_the_caller_s_language() -> None:
    """And their own again when they are done."""
    together = Barrier(3)

    def spoken(_: int) -> str:
        together.wait(10)
        return language()

    with ThreadPoolExecutor(3) as pool:
        with person_reads("fr"):
            assert list(pool.map(in_same_language(spoken), range(3))) == ["fr"] * 3
        with channels_read("fr"):
            assert list(pool.map(in_same_language(spoken), range(3))) == ["fr"] * 3
        assert list(pool.map(spoken, range(3))) == ["en"] * 3


class Spoken(FakeDss):
    """Remembers in which language each project was read."""

    def __init__(self) -> None:
        super().__init__()
        self.languages: list[str] = []

    def objects(self, project: str, kind: OutputKind) -> Sequence[FlowObject]:
        """List objects."""
        self.languages.append(language())
        return super().objects(project, kind)


def test_a_search_through_projects_speaks_the_language_of_whoever_searches() -> None:
    """What goes wrong on its threads is told to that person."""
    dss = Spoken()
    for key in ("CHURN", "SALES", "FRAUD"):
        dss.add_project(key, "scored")
    with person_reads("fr"):
        find_output(dss, Catalog(HandClock()), None, RequestedOutput(project=ANY_PROJECT, name="scored"))
    assert dss.languages == ["fr"] * 3
