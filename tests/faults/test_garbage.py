"""The second axis: garbage instead of each answer and each row. The others' part stays the same."""

import pytest

from tests.faults import garbage, hits
from tests.faults.garbage import GARBAGE
from tests.faults.neighbors import Aim

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3_000)]


@pytest.mark.parametrize("kind", ["dss", "slack"])
def test_every_answer_is_garbage(kind: str) -> None:
    """Whatever DSS or Slack answers about one job, the others' channel, threads, and jobs stay the same."""
    spots = [spot for spot in hits.judge(None).spots if spot.kind == kind]
    assert not _try(garbage.for_answers(spots))


def test_every_row_is_garbage() -> None:
    """A row that this version can't read affects only its subject, and the person who asked is told."""
    assert not _try(garbage.for_rows())


def _try(aims: list[Aim]) -> list[str]:
    assert aims
    return [found for verdict in garbage.judge_all(aims) for found in GARBAGE.take(verdict)]
