"""What Prometheus reads: numbers of this process, and of the database when they are asked for."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

Numbers = Callable[[], dict[str, float]]
"""Returns a number for each name of `GAUGES`."""

GAUGES = {
    "followed_jobs": "Jobs that are followed, in all replicas.",
    "open_intents": "Builds, aborts and the like that are not carried out yet.",
    "outbox_due": "Messages that wait to be sent.",
    "outbox_dead": "Messages that were given up (dss-bot outbox lists them).",
    "outbox_oldest_seconds": "How long the oldest waiting message has waited: alert on this.",
}


class _Gauges(Collector):
    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def describe(self) -> Iterator[Metric]:
        """Name the metrics without asking the database."""
        return iter([GaugeMetricFamily(f"dss_bot_{name}", text) for name, text in GAUGES.items()])

    def collect(self) -> Iterator[Metric]:
        """Ask the database now."""
        numbers = self._numbers()
        for name, text in GAUGES.items():
            yield GaugeMetricFamily(f"dss_bot_{name}", text, value=numbers[name])


class Metrics:
    """The metrics of one bot, in a registry of their own."""

    def __init__(self, numbers: Numbers) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Gauges(numbers))
        self.sent = Counter(
            "dss_bot_messages_sent", "Messages shown in Slack.", ["kind"], registry=self.registry
        )
