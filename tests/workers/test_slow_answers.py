"""Who is told that an answer takes a while."""

from bot.domain import Message, Place
from bot.slack.private_messages import PrivateMessages
from bot.store import StoreTrouble
from bot.workers.slow_answers import SlowAnswers
from bot.workers.timely import SLOW_AFTER

PLACE = Place(channel_id="C1")


class _Sent(PrivateMessages):
    def __init__(self) -> None:
        self.texts: list[str] = []

    def send(self, place: Place, user_id: str, message: Message, *, replace: bool = False) -> bool:
        self.texts.append(message.text)
        return True


def test_only_those_who_still_wait_are_told_and_once() -> None:
    """After `SLOW_AFTER`, and neither before nor again."""
    sent, now = _Sent(), [100.0]
    answers = SlowAnswers(sent, uptime=lambda: now[0])
    answers.expect(PLACE, "U1", Message(text="slow"), lambda: True)
    answers.expect(PLACE, "U2", Message(text="quick"), lambda: False)
    answers.round()
    assert sent.texts == []
    now[0] += SLOW_AFTER
    answers.round()
    answers.round()
    assert sent.texts == ["slow"]


def test_one_whose_state_cannot_be_read_keeps_nobody_else_back() -> None:
    """The database can be locked just then."""
    sent, now = _Sent(), [100.0]
    answers = SlowAnswers(sent, uptime=lambda: now[0])

    def locked() -> bool:
        raise StoreTrouble

    answers.expect(PLACE, "U1", Message(text="unknown"), locked)
    answers.expect(PLACE, "U2", Message(text="slow"), lambda: True)
    now[0] += SLOW_AFTER
    answers.round()
    assert sent.texts == ["slow"]
