"""Message shortcuts, which work inside threads, where there are no slash commands."""

import json

from slack_bolt import Ack

from bot import views
from bot.commands.job_links import job_links
from bot.domain import Request, ShowStatus, ShowThread
from bot.domain.text import storable
from bot.listeners.dispatcher import Dispatcher
from bot.listeners.mentions import MessageServices
from bot.listeners.payloads import Payload, of_shortcut, shown_message
from bot.workers.query_pool import PoolFull

ABOUT_JOB = "about_job"
"""Callback id of "About this job"."""

SHORTCUTS = (ABOUT_JOB,)
"""Every message shortcut of the manifest."""


def about_job(body: Payload, ack: Ack, dispatcher: Dispatcher, services: MessageServices) -> None:
    """Show the status of the job that a message is about: its thread's, or the one that it links to."""
    ack()
    context = of_shortcut(body)
    try:
        request = _request(body, services)
        if request is None:
            dispatcher.reply(context, views.about_no_job())
        else:
            dispatcher.dispatch(request, context)
    except PoolFull:
        dispatcher.reply(context, views.busy())
    except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
        dispatcher.reply_error(context, error, doing=ABOUT_JOB)


def _request(body: Payload, services: MessageServices) -> Request | None:
    channel_id, thread_ts, message = shown_message(body)
    found = services.store.known_jobs.of_thread(channel_id, thread_ts) if channel_id and thread_ts else None
    if found is not None:
        return ShowThread(watch=found[0].id)
    # A pasted link is in the text; a bot can have it in its blocks or attachments alone.
    texts = [message.get(part) for part in ("text", "blocks", "attachments")]
    written = " ".join(json.dumps(one, ensure_ascii=False) for one in texts if one)
    linked = next(iter(job_links(storable(written))), None)
    return None if linked is None else ShowStatus(job=linked)
