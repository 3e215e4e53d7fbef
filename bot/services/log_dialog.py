"""What the dialog of a log shows: read anew each time, with the rights that the person has then."""

from uuid import uuid4

from bot import views
from bot.domain import Message
from bot.domain.log_excerpts import extract
from bot.domain.log_pages import LogLines, page_of
from bot.domain.stored_records import FollowedJob
from bot.services.audit import failed_query
from bot.services.error_messages import error_message, short_reference
from bot.services.examples import ExampleCheck
from bot.services.job_lookup import find_ref, read_job
from bot.services.logs import chosen_activity, read_tail
from bot.services.service import Collaborators, Service
from bot.views.button_values import LogDialog

SEARCHED_BYTES = 1_000_000
"""How much of a log's end to read and search: it's held in memory, and masked, for each page."""


class LogDialogService(Service):
    """Reads pages of logs."""

    def __init__(self, parts: Collaborators) -> None:
        super().__init__(parts)
        self._examples = ExampleCheck(parts)

    def read(self, opened: LogDialog, user_id: str, team_id: str, delivery: str) -> views.LogPage | Message:
        """Return a page of the log, or why there is none.

        Args:
            opened: whose log, and which part of it. Anybody could have written it.
            user_id: who asks.
            team_id: the workspace that Slack named for them.
            delivery: the same for every delivery of the request by Slack.
        """
        try:
            return self._read(opened, user_id, team_id, delivery)
        except Exception as error:  # noqa: BLE001 - the person reads the reason in the dialog
            reference = short_reference(uuid4().hex)
            entry = failed_query(opened.request, user_id, team_id, opened.place, error, reference)
            self._store.audit.add(entry)
            return error_message(error, doing="ReadLog", request=opened.request, reference=reference)

    def _read(self, opened: LogDialog, user_id: str, team_id: str, delivery: str) -> views.LogPage:
        request, place = opened.request, opened.place
        dss = self._examples.dss_of(request, user_id, team_id, place)
        named = request.job
        authorized = self._access.authorize(
            user_id, team_id, request, dss, place=place, project=named.project, target=named.job_id
        )
        self._limiter.check(request, authorized, place, delivery)
        ref = find_ref(authorized.dss, self._catalog, authorized.act_as, request, self._store.jobs.named)
        job = read_job(authorized.dss, ref, named)
        activity = chosen_activity(request, job)
        card = self._instances.card(FollowedJob(info=job), authorized.dss)
        tail = read_tail(job, activity, authorized, SEARCHED_BYTES)
        if tail is None:
            return views.LogPage(card=card, activity=activity, lines=LogLines())
        found = extract(tail.text, views.LOG_LINES)
        return views.LogPage(
            card=card,
            activity=activity,
            lines=page_of(tail.text, opened.search, opened.page),
            error=found.error,
            warnings=tuple(found.warnings),
            read_bytes=SEARCHED_BYTES if tail.truncated else None,
            whole_bytes=tail.total_bytes,
        )
