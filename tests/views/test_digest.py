"""The digest of many ended jobs."""

import pytest

from bot.language import channels_read, languages
from bot.views import digest_rank, reply_ended
from tests.views.cards import NOW, card, job


@pytest.mark.parametrize("language", languages())
def test_failures_come_first_in_every_language(language: str) -> None:
    """A failure is reported before the jobs that went well, whatever language the channels read."""
    with channels_read(language):
        ends = [reply_ended(card(job(state)), None, NOW) for state in ("FAILED", "ABORTED", "DONE")]
        assert [digest_rank(end.text) for end in ends] == [0, 1, 2]
