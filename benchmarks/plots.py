"""Plots of the cost against the number of jobs."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.following import Steady
from benchmarks.peers import Peer, line

OURS, THEIRS = "#2a7f62", "#b5523b"


def draw(steady: Sequence[Steady], peers: Sequence[Peer], folder: Path) -> list[str]:
    """Plot requests, CPU time, and memory; return the file names, or none without matplotlib."""
    try:
        import matplotlib as mpl  # noqa: PLC0415 - only `make bench` installs it
    except ImportError:
        return []
    mpl.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    sizes = [one.jobs for one in steady]
    made = []
    for name, title, unit, get in (
        ("requests", "Requests to DSS, steady state", "requests per second", "per_second"),
        ("cpu", "Processor time, steady state", "percent of one core", "cpu_percent"),
        ("memory", "Memory of the process", "MB resident", "rss_mb"),
    ):
        ours = [getattr(one, get) for one in steady]
        theirs = [(one.jobs, getattr(one, get)) for one in peers]
        _plot(folder / f"bench-{name}.png", title, unit, sizes, ours, theirs)
        made.append(f"bench-{name}.png")
    return made


def _plot(
    file: Path,
    title: str,
    unit: str,
    sizes: Sequence[int],
    ours: Sequence[float],
    theirs: Sequence[tuple[int, float]],
) -> None:
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(7.2, 4.4), dpi=130, layout="constrained")
    slope, height = line(theirs)
    # Many points, because a straight line is a curve on a logarithmic axis.
    first, last = theirs[0][0], sizes[-1]
    beyond = [first * (last / first) ** (step / 100) for step in range(101)]
    axes.plot(
        beyond,
        [slope * x + height for x in beyond],
        "--",
        color=THEIRS,
        lw=1,
        label="straight line through these",
    )
    axes.plot(*zip(*theirs, strict=True), "o", color=THEIRS, label="a waiter thread per job (measured)")
    axes.plot(sizes, ours, "o-", color=OURS, label="dss-bot (measured)")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set(title=title, xlabel="followed jobs that run", ylabel=unit)
    axes.grid(visible=True, which="major", alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")
    figure.savefig(file, metadata={"Software": ""})
    plt.close(figure)
