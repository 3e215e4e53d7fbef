"""What changes a list: filters as selects, and aborting some of its running jobs."""

from collections.abc import Iterator, Sequence

from bot.domain import ALL_PROJECTS, AbortAll, JobCard, ListJobs
from bot.domain.job_filters import StateCounts
from bot.views import action_ids, limits, wording
from bot.views.blocks import Block, actions, button, plain, section_with
from bot.views.button_values import ValueTooLarge, encode_list, list_choice
from bot.views.escape import label

_CHOICES: dict[str, tuple[str, dict[str | None, str]]] = {
    "state": (
        "State",
        {
            None: "Any state",
            "running": "Running",
            "failed": "Failed",
            "aborted": "Aborted",
            "done": "Done",
        },
    ),
    "since": (
        "Since",
        {
            None: "Any time",
            "1h": "The last hour",
            "today": "Since today",
            "yesterday": "Since yesterday",
            "7d": "The last 7 days",
        },
    ),
    "by": ("Whose jobs", {None: "Everybody's jobs", "me": "My jobs"}),
}
"""For each filter, its placeholder and what can be chosen."""


def filter_row(request: ListJobs) -> tuple[Block, ...]:
    """Return selects for the filters of a list; none if its filters don't fit into a block's id."""
    try:
        block_id = encode_list(request)
    except ValueTooLarge:
        return ()
    selects = [_select(number, field, getattr(request, field)) for number, field in enumerate(_CHOICES)]
    return actions(*selects, block_id=block_id)


def _select(number: int, field: str, now: str | None) -> Block:
    placeholder, choices = _CHOICES[field]
    now = now or None
    if now is not None and now not in choices:  # as it was typed
        choices = {**choices, now: f"{'Since' if field == 'since' else 'By'} {now}"}
    options: dict[str | None, Block] = {}
    for value, text in choices.items():
        try:
            chosen = list_choice(field, value)
        except ValueTooLarge:
            continue  # its place stays empty, and the list says what it is
        options[value] = {"text": plain(label(text, limits.OPTION_TEXT)), "value": chosen}
    select: Block = {
        "type": "static_select",
        "action_id": action_ids.numbered(action_ids.LIST_FILTER, number),
        "placeholder": plain(placeholder),
        "options": list(options.values()),
    }
    if now in options:
        select["initial_option"] = options[now]
    return select


def counts_in_words(counts: StateCounts, *, newest: bool) -> str:
    """Say how many jobs are in each state, such as ``12 jobs: 2 running, 10 done``.

    Args:
        counts: how many.
        newest: whether there are more, which weren't counted.
    """
    named = (
        (counts.running, "running"),
        (counts.failed, "failed"),
        (counts.aborted, "aborted"),
        (counts.done, "done"),
        (counts.other, "ended otherwise"),
    )
    jobs = wording.count(counts.total, "job")
    of = f"The newest {jobs}" if newest else jobs
    return f"{of}: {', '.join(f'{number:,} {word}' for number, word in named if number)}"


def abort_rows(cards: Sequence[JobCard], request: ListJobs) -> Iterator[Block]:
    """Offer to abort some of the running jobs of a page: from two on, because one has its own button."""
    running = [card for card in cards if not card.job.finished and not card.vanished]
    fitting = {str(card.job.ref): card for card in running if len(str(card.job.ref)) <= limits.OPTION_VALUE}
    options = [_option(card) for card in fitting.values()]
    if len(options) < 2:
        return
    select: Block = {
        "type": "multi_static_select",
        "action_id": action_ids.LIST_CHOOSE,
        "placeholder": plain("Select jobs"),
        "options": options,
    }
    yield section_with("Abort several of these running jobs:", select)
    asks = AbortAll(project=ALL_PROJECTS, instance=request.instance, confirmed=False)
    yield from actions(button("Abort selected…", action_ids.LIST_ABORT, asks, style="danger"))


def _option(card: JobCard) -> Block:
    job = card.job
    outputs = wording.labels_of(job.outputs) or [job.ref.job_id]
    more = f" and {len(outputs) - 1} more" if len(outputs) > 1 else ""
    by = f" ({card.asker_name or job.initiator})" if card.asker_name or job.initiator else ""
    text = f"{label(outputs[0], 45)}{more}{by}"
    return {"text": plain(label(text, limits.OPTION_TEXT)), "value": str(job.ref)}
