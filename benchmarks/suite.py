"""The benchmarks by name: each measures and returns its rows of the table."""

import tempfile
from collections.abc import Callable
from statistics import median as _median

from benchmarks import acknowledging, auditing, dss_client, live, peers, storm, throughput, typeahead
from benchmarks.following import Steady, fleet, quantile
from benchmarks.peer import LONGEST, polls_within
from benchmarks.results import Results, Row

TICK = 2.0


def run_following(*, quick: bool) -> Results:
    """Follow more and more jobs, and compare with the peer at the sizes that it can handle."""
    full = 1_000 if quick else 10_000
    window = 20.0 if quick else 300.0
    beside = peers.measure((10, 30, 100, 300), 90.0 if quick else 300.0)
    steady = [_steady(jobs, 20.0) for jobs in (10, 100, 1_000, 3_000) if jobs < full]
    with fleet(full) as (bot, ids):
        first = bot.watch(window)
        later = bot.watch(window / 5)
        busy = bot.disturb(
            ids, 15.0 if quick else 75.0, ends=20 if quick else 120, commands=20 if quick else 150
        )
    steady.append(later)
    slope, height = peers.line([(one.jobs, one.per_second) for one in beside])
    their_rate = slope * full + height
    their_first = full * polls_within(window)
    ours_first = first.per_second * window
    lists = later.kinds.get("running", 1) / (sum(later.kinds.values()) / later.per_second)
    per_job = 1024 * (later.rss_mb - steady[0].rss_mb) / (full - steady[0].jobs)
    delays, acks = quantile(busy.end_delays, 0.95), quantile(busy.acks, 0.99)
    many = f"{full:,} followed jobs"
    rows = [
        _ratio(
            f"{many}: requests to DSS, steady",
            their_rate / later.per_second,
            100,
            f"{later.per_second:.2f}/s; peer {their_rate:.0f}/s by the line through 10 to 300 "
            f"(its schedule: {full / LONGEST:.0f}/s)",
        ),
        _ratio(
            f"{many}: the first {window:.0f} s",
            their_first / ours_first,
            500,
            f"{ours_first:.0f} requests; peer {their_first:,} by its schedule, {polls_within(window)} a job",
        ),
        _ratio(
            f"{many}: without the detail budget", their_rate / lists, 1_000, f"lists alone: {lists:.2f}/s"
        ),
        _below(
            f"{many}: processor",
            later.cpu_percent,
            30,
            "% of a core",
            "steady; the first "
            f"{window:.0f} s took {first.cpu_percent:.0f} %, with commands and ends {busy.cpu_percent:.0f} %",
        ),
        _below(
            "memory for each followed job",
            per_job,
            5,
            "KB",
            f"resident, between {steady[0].jobs} and {full:,}",
        ),
        _below(f"{many}: memory of the process", later.rss_mb, 200, "MB", "resident"),
        _below(
            f"{many}: from an end in DSS to the row being due, p95",
            delays,
            1.5 * TICK,
            "s",
            f"{len(busy.end_delays)} ends at random moments; median {_median(busy.end_delays):.2f} s",
        ),
        _below(
            f"{many}: acknowledgement meanwhile, p99",
            1000 * acks,
            100,
            "ms",
            f"{len(busy.acks)} commands; median {1000 * _median(busy.acks):.0f} ms",
        ),
    ]
    checked = "; ".join(
        f"{one.jobs} jobs: {one.requests:,} measured, {one.scheduled:,} by schedule" for one in beside
    )
    remarks = [
        f"The peer's calls in its first {90 if quick else 300} s, measured and by its schedule: {checked}."
    ]
    return Results(name="following", rows=rows, points={"steady": steady, "peers": beside}, remarks=remarks)


def _steady(jobs: int, seconds: float) -> Steady:
    with fleet(jobs) as (bot, _):
        bot.watch(8.0)
        return bot.watch(seconds)


def run_ending(*, quick: bool) -> Results:
    """End all followed jobs between two polls, as when DSS restarts."""
    jobs = 1_000 if quick else 10_000
    with fleet(jobs) as (bot, ids):
        bot.watch(5.0)
        found = bot.end_all(ids, 120.0)
    many = f"{jobs:,} followed jobs end between two looks"
    note = (
        f"{found.told:,} told; {found.per_second:.1f} requests/s to DSS meanwhile, those of the commands "
        f"included; {found.rss_mb:.0f} MB"
    )
    typed = f"{len(found.acks)} commands; median {1000 * _median(found.acks):.0f} ms"
    p99 = 1000 * quantile(found.acks, 0.99)
    rows = [
        _below(f"{many}: every end is a row", found.seconds, 60, "s", note, and_also=found.told == jobs),
        _below(f"{many}: acknowledgement meanwhile, p99", p99, 100, "ms", typed),
    ]
    return Results(name="ending", rows=rows)


def run_spoiled(*, quick: bool) -> Results:
    """Make a tenth of the jobs have statuses that drip or never end, while others end."""
    jobs = 200 if quick else 1_000
    spoilt = jobs // 10
    with fleet(jobs) as (bot, ids):
        bot.watch(10.0)
        found = bot.hinder(ids, 20.0 if quick else 120.0, spoilt=spoilt, ends=20 if quick else 120)
    many = f"{jobs:,} followed jobs, of which {spoilt} have statuses that drip or never end"
    slowest, middle = max(found.end_delays), _median(found.end_delays)
    note = (
        f"{len(found.end_delays)} ends at random moments; median {middle / TICK:.2f} ticks of {TICK:g} s; "
        f"{found.asked} such answers meanwhile"
    )
    rows = [
        _below(
            f"{many}: the latest of the others' ends",
            slowest / TICK,
            3,
            "ticks",
            note,
            and_also=found.asked > 0,
        ),
        _below(f"{many}: growth of memory", found.grown_mb, 64, "MB", "resident, the highest of all moments"),
    ]
    return Results(name="spoiled", rows=rows)


def run_storm(*, quick: bool) -> Results:
    """End a thousand jobs in one channel at once."""
    found = storm.measure(100 if quick else 1_000)
    many = f"{found.jobs:,} jobs of one channel end in one second"
    note = f"{found.digests} digests, in real time; {found.replies} replies in all"
    threads = (
        f"{found.threads:,} threads, {found.threads_after / found.jobs:.2f} x one message a second; "
        f"{found.mentions} of the replies mention somebody (those of ends that no digest told)"
    )
    how = (
        f"{found.final_after / found.least:.2f} x the least time; {found.not_final} roots not final; "
        f"{found.edits:,} edits in all (those of final counts come later); "
        "once every end could be read, the clock of Slack and of the database "
        f"ran {storm.SPEED:.0f} times as fast"
    )
    rows = [
        _below(f"{many}: every end can be read", found.readable_after, 60, "s", note),
        _below(
            f"{many}: every root final",
            found.final_after / 60,
            1.2 * found.least / 60,
            "min",
            how,
            and_also=found.not_final == 0,
        ),
        _below(
            f"{many}: the last thread has its own end",
            found.threads_after / 60,
            1.2 * found.jobs / 60,
            "min",
            threads,
            and_also=found.threads == found.jobs,
        ),
        _below(
            f"{many}: a new root there meanwhile",
            found.root_waits,
            5,
            "s",
            f"the longest of {found.jobs // storm.NEW_ROOTS}, in Slack's time",
        ),
        _below(f"{many}: answers 429", float(found.refused), 0, "", "under Slack's published rates"),
    ]
    return Results(name="storm", rows=rows)


def run_throughput(*, quick: bool) -> Results:
    """Empty the outbox as fast as possible."""
    runs = [throughput.measure(400 if quick else 3_000) for _ in range(1 if quick else 5)]
    best = max(run["per_second"] for run in runs)
    middle = _median(run["per_second"] for run in runs)
    cpu = _median(run["cpu_ms"] for run in runs)
    note = (
        f"median of {len(runs)} runs, best {best:.0f}; the bot used {cpu:.1f} ms of processor time a row, "
        f"which is {1000 / cpu:.0f} rows/s on a core of its own"
    )
    what = f"outbox over {throughput.CHANNELS} channels, rates off"
    met = middle >= 300
    if not met:
        note += "; Slack's stand-in runs on the same cores"
    row = Row(what=what, goal="≥ 300 rows/s", measured=f"{middle:.0f} rows/s", met=met, note=note)
    return Results(name="throughput", rows=[row])


def run_acknowledging(*, quick: bool) -> Results:
    """Type commands while DSS is slow."""
    found = acknowledging.measure(50 if quick else 300)
    p99 = 1000 * quantile(found.seconds, 0.99)
    typed = f"{len(found.seconds)} commands, median {1000 * _median(found.seconds):.0f} ms"
    note = f"{typed}, {found.missed} not acknowledged"
    what = "acknowledgement while DSS takes 5 s and 50 commands are under way, p99"
    return Results(name="acknowledging", rows=[_below(what, p99, 50, "ms", note, and_also=found.missed == 0)])


def run_auditing(*, quick: bool) -> Results:
    """Write audit entries, and verify their chain, on SQLite."""
    entries, verified = (200, 5_000) if quick else (2_000, 100_000)
    with tempfile.TemporaryDirectory() as folder:
        found = auditing.measure(f"sqlite:///{folder}/bot.sqlite3", entries, verified)
    note = f"median; a transaction that writes one other row: {found['plain_ms']:.2f} ms"
    growth = f"growth of resident memory; {verified:,} entries in {found['verify_s']:.1f} s"
    rows = [
        _below("an audit entry, in a worker", found["alone_ms"], 2, "ms", note),
        _below("verifying the audit: memory", found["verify_mb"], 16, "MB", growth),
    ]
    return Results(name="auditing", rows=rows)


def run_calls(*, quick: bool) -> Results:
    """Count the calls to Slack for one job, and of a bot that posts each change."""
    del quick
    calls, naive = live.count_calls()
    by_method = ", ".join(f"{count} {method}" for method, count in sorted(calls.items()))
    what = f"one job with {live.ACTIVITIES} activities, {live.MINUTES} min: calls to Slack"
    note = f"{by_method}; a bot that posts each change: {naive}"
    return Results(name="calls", rows=[_below(what, sum(calls.values()), 25, "", note)])


def run_rendering(*, quick: bool) -> Results:
    """Render root messages of small and of huge jobs."""
    took = live.render_seconds(500 if quick else 5_000)
    middle = 1000 * _median(took)
    note = f"{len(took):,} root messages of 0 to 2,000 activities, both forms; median {middle:.2f} ms"
    p99 = 1000 * quantile(took, 0.99)
    drawn = 1000 * max(live.draw_seconds(5 if quick else 20))
    picture = "the slowest; on a thread of its own, away from the job waiter"
    rows = [
        _below("rendering a view, p99", p99, 5, "ms", note),
        _below("drawing a timeline of 200 activities", drawn, 300, "ms", picture),
    ]
    return Results(name="rendering", rows=rows)


def run_client(*, quick: bool) -> Results:
    """Compare our DSS client with Dataiku's own."""
    del quick
    found = dss_client.measure_all()
    listed, tail = found["list"], found["tail"]["ours"]["peak_mb"]
    faster = listed["official"]["seconds"] / listed["ours"]["seconds"]
    smaller = listed["ours"]["peak_mb"] / listed["official"]["peak_mb"]
    official = found["tail"].get("official", {}).get("peak_mb")
    beside = (
        f"official client: {official:.0f} MB" if official else "official client: not run, too little memory"
    )
    what = f"list_jobs over {dss_client.JOBS:,} jobs"
    rows = [
        _ratio(f"{what}: time", faster, 2, "median of three; official client = 1"),
        _below(f"{what}: peak memory", smaller, 0.5, "x the official client's", "growth of resident memory"),
        _below(f"tail of a {dss_client.LOG_MB} MB log: peak memory", tail, 16, "MB", beside),
    ]
    return Results(name="client", rows=rows)


def _ratio(what: str, ratio: float, goal: float, note: str) -> Row:
    return Row(what=what, goal=f"≥ {goal:,.0f} x", measured=f"{ratio:,.1f} x", met=ratio >= goal, note=note)


def _below(what: str, value: float, goal: float, unit: str, note: str, *, and_also: bool = True) -> Row:
    shown = f"{value:.2f}" if 0 < value < 10 else f"{value:.0f}"
    met = value <= goal and and_also
    return Row(
        what=what, goal=f"≤ {goal:g} {unit}".strip(), measured=f"{shown} {unit}".strip(), met=met, note=note
    )


def run_typeahead(*, quick: bool) -> Results:
    """Type into the build dialog over many projects and datasets."""
    projects = 100 if quick else 1_000
    found = typeahead.measure(projects, 20 if quick else 200)
    many = f"{projects:,} projects, {projects * typeahead.EACH:,} datasets in one of them"
    large = 1000 * quantile(found.large, 0.95)
    rows = [
        _below(
            "names in the build dialog, warm, p95",
            max(1000 * quantile(found.warm, 0.95), large),
            150,
            "ms",
            f"{many}: {large:.0f} ms in that one, median of all others {1000 * _median(found.warm):.0f} ms",
        ),
        _below(
            "names in the build dialog, cold, the slowest",
            max(found.cold),
            2.5,
            "s",
            f"median {_median(found.cold):.2f} s of {len(found.cold)}",
        ),
        _below(
            "memory of the names",
            found.grown_mb,
            150,
            "MB",
            f"growth of the process with {found.names:,} names; it keeps at most 200,000",
        ),
    ]
    return Results(name="typeahead", rows=rows)


BENCHMARKS: dict[str, Callable[..., Results]] = {
    "client": run_client,
    "acknowledging": run_acknowledging,
    "throughput": run_throughput,
    "auditing": run_auditing,
    "typeahead": run_typeahead,
    "calls": run_calls,
    "rendering": run_rendering,
    "storm": run_storm,
    "following": run_following,
    "ending": run_ending,
    "spoiled": run_spoiled,
}
