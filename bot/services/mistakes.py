"""Answers commands that couldn't be read, with an example that was looked up in DSS first."""

import msgspec

from bot import views
from bot.domain import Mistake, Overview, Place, Request
from bot.domain.errors import DSSError, Refusal
from bot.services.examples import ExampleCheck, read
from bot.services.service import Collaborators, Service


class MistakeService(Service):
    """Checks the example for a mistake before anybody sees it."""

    def __init__(self, parts: Collaborators) -> None:
        super().__init__(parts)
        self._examples = ExampleCheck(parts)

    def answer(self, mistake: Mistake, user_id: str, team_id: str, place: Place) -> None:
        """Answer a mistake whose example names something; without DSS, as it was read."""
        try:
            right = self._checked(mistake, user_id, team_id, place)
        except (Refusal, DSSError):
            right = mistake
        self._private_messages.send(place, user_id, views.mistake(right))

    def _checked(self, mistake: Mistake, user_id: str, team_id: str, place: Place) -> Mistake:
        example, problems = mistake.example, [mistake.problem]
        try:
            self._instances.for_request(_request(example))
        except Refusal as refused:
            example = refused.example or example
            problems.append(str(refused))
        authorized = self._examples.reader(_request(example), user_id, team_id, place)
        settled = self._examples.settle(example, authorized)
        problems += settled.problems
        return msgspec.structs.replace(
            mistake,
            problem=" ".join(problems),
            example=settled.command or "",
            suggestions=() if len(problems) > 1 else mistake.suggestions,
        )


def _request(command: str) -> Request:
    request = read(command)
    return request if isinstance(request, Request) else Overview()
