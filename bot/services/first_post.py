"""The question before the first post about a project in a public channel, where everybody can read it."""

from collections.abc import Sequence

from bot import views
from bot.domain import Build, FollowJob, Message, Place
from bot.domain.visibility import Visibility, is_public
from bot.services.service import Service


class FirstPostService(Service):
    """Knows which projects may post where: somebody said so, or the bot did it before it asked."""

    def question(
        self, request: Build | FollowJob, place: Place, instance: str, projects: Sequence[str]
    ) -> Message | None:
        """Return what to ask before the bot posts; ``None`` if it may, and then remember a yes.

        Args:
            request: the request, maybe with the answer.
            place: where it was made.
            instance: the projects' instance.
            projects: what the post would be about.
        """
        seen = self._viewers.shown(projects, place.channel_id)
        if not self._asks_first or seen is Visibility.PRIVATE or not is_public(place):
            return None
        keys = {one: f"first-post|{instance}|{one}|{place.channel_id}" for one in projects}
        if request.post == "here":
            for key in keys.values():
                self._store.marks.set(key, self._clock())
        if request.post is not None:
            return None
        new = [
            one
            for one, key in keys.items()
            if self._store.marks.get(key) is None
            and not self._store.known_jobs.posted(instance, one, place.channel_id)
        ]
        if not new:
            return None
        return views.first_post(request, new[0], place.channel_id, outcome=seen is Visibility.OUTCOME)
