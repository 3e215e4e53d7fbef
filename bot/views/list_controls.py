"""What changes a list: filters as selects, and aborting some of its running jobs."""

from collections.abc import Iterator, Sequence

from bot.domain import ALL_PROJECTS, AbortAll, JobCard, ListJobs
from bot.domain.job_filters import StateCounts
from bot.language import mark, t, tn
from bot.views import action_ids, limits, wording
from bot.views.blocks import Block, actions, button, plain, section_with
from bot.views.button_values import ValueTooLarge, encode_list, list_choice
from bot.views.escape import label

_CHOICES: dict[str, tuple[str, dict[str | None, str]]] = {
    "state": (
        mark("State"),
        {
            None: mark("Any state"),
            "running": mark("Running"),
            "failed": mark("Failed"),
            "aborted": mark("Aborted"),
            "done": mark("Done"),
        },
    ),
    "since": (
        mark("Since"),
        {
            None: mark("Any time"),
            "1h": mark("The last hour"),
            "today": mark("Since today"),
            "yesterday": mark("Since yesterday"),
            "7d": mark("The last 7 days"),
        },
    ),
    "by": (mark("Whose jobs"), {None: mark("Everybody's jobs"), "me": mark("My jobs")}),
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
    texts = {value: t(text) for value, text in choices.items()}
    if now is not None and now not in choices:  # as it was typed
        texts[now] = t("Since {when}", when=now) if field == "since" else t("By {person}", person=now)
    options: dict[str | None, Block] = {}
    for value, text in texts.items():
        try:
            chosen = list_choice(field, value)
        except ValueTooLarge:
            continue  # its place stays empty, and the list says what it is
        options[value] = {"text": plain(label(text, limits.OPTION_TEXT)), "value": chosen}
    select: Block = {
        "type": "static_select",
        "action_id": action_ids.numbered(action_ids.LIST_FILTER, number),
        "placeholder": plain(t(placeholder)),
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
        (counts.running, tn("{number} running", "{number} running", counts.running)),
        (counts.failed, tn("{number} failed", "{number} failed", counts.failed)),
        (counts.aborted, tn("{number} aborted", "{number} aborted", counts.aborted)),
        (counts.done, tn("{number} done", "{number} done", counts.done)),
        (counts.other, tn("{number} ended otherwise", "{number} ended otherwise", counts.other)),
    )
    states = ", ".join(said for number, said in named if number)
    if newest:
        return tn(
            "The newest {number} job: {states}",
            "The newest {number} jobs: {states}",
            counts.total,
            states=states,
        )
    return tn("{number} job: {states}", "{number} jobs: {states}", counts.total, states=states)


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
        "placeholder": plain(t("Select jobs")),
        "options": options,
    }
    yield section_with(t("Abort several of these running jobs:"), select)
    asks = AbortAll(project=ALL_PROJECTS, instance=request.instance, confirmed=False)
    yield from actions(button(t("Abort selected…"), action_ids.LIST_ABORT, asks, style="danger"))


def _option(card: JobCard) -> Block:
    job = card.job
    outputs = wording.labels_of(job.outputs) or [job.ref.job_id]
    text = label(outputs[0], 45)
    if more := len(outputs) - 1:
        text = tn("{name} and {number} more", "{name} and {number} more", more, name=text)
    if by := card.asker_name or job.initiator:
        text = f"{text} ({by})"
    return {"text": plain(label(text, limits.OPTION_TEXT)), "value": str(job.ref)}
