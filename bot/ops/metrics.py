"""Prometheus metrics: numbers from this process, and from the database on each scrape."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.store import ChainHead

Numbers = Callable[[], dict[str, float]]
"""Returns a number for each name of `GAUGES`."""

Standing = Callable[[], Mapping[str, bool]]
"""Returns for each check of ``/readyz`` whether it passes."""

GAUGES = {
    "followed_jobs": "Jobs that are followed, in all replicas.",
    "open_intents": "Builds, aborts and the like that are not carried out yet.",
    "rows_set_aside": "Requests and messages that could not be read (see dss-bot outbox): alert on this.",
    "outbox_due": "Messages that wait to be sent.",
    "outbox_dead": "Messages that were given up (dss-bot outbox lists them).",
    "outbox_oldest_seconds": "How long the oldest message that nobody has seen has waited: alert on this.",
    "outbox_lost": "Roots and ends that were given up in the last hour: alert on this.",
    "slack_rates_shut": "Rates under which Slack asks to wait for more than ten minutes.",
}


class _Gauges(Collector):
    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def describe(self) -> Iterator[Metric]:
        """Return the metrics' names without asking the database."""
        return iter([GaugeMetricFamily(f"dss_bot_{name}", text) for name, text in GAUGES.items()])

    def collect(self) -> Iterator[Metric]:
        """Read the numbers from the database now."""
        numbers = self._numbers()
        for name, text in GAUGES.items():
            yield GaugeMetricFamily(f"dss_bot_{name}", text, value=numbers[name])


class _Checks(Collector):
    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def describe(self) -> Iterator[Metric]:
        """Return the metric's name without running the checks."""
        yield self._empty()

    def collect(self) -> Iterator[Metric]:
        """Run every check."""
        shown = self._empty()
        for name, well in self._standing().items():
            shown.add_metric([name], float(well))
        yield shown

    @staticmethod
    def _empty() -> GaugeMetricFamily:
        text = "1 for each check of /readyz that is well, 0 for one that is not: alert on this."
        return GaugeMetricFamily("dss_bot_check_ok", text, labels=["check"])


class Metrics:
    """The metrics of one bot, in their own registry."""

    def __init__(self, numbers: Numbers, standing: Standing) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Gauges(numbers))
        self.registry.register(_Checks(standing))
        self.limited = Counter(
            "dss_bot_requests_limited",
            "Requests that were refused because a person or a channel asked for too much, by limit.",
            ["limit"],
            registry=self.registry,
        )
        self._audit_head = Gauge(
            "dss_bot_audit_head",
            "Position of the audit's last entry at the start and once a day, with its hash.",
            ["hash"],
            registry=self.registry,
        )
        self.sent = Counter(
            "dss_bot_messages_sent", "Messages shown in Slack.", ["kind"], registry=self.registry
        )

    def audit_head(self, head: ChainHead) -> None:
        """Show the head of the audit's chain in place of the one before."""
        self._audit_head.clear()
        self._audit_head.labels(head.hash).set(head.position)
