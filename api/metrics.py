"""Figures for Prometheus: requests, how long they took, the index, the newest sync.

What the index and the sync look like is asked of the engine when Prometheus asks us, so that every
API process tells the same without having taken part in the sync. Requests and times are those of
the process that answers, which `hustings_process_info` names: behind several workers Prometheus
sees now one, now another.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from ingest.records import ArchiveReport, IngestReport
from search.engine import EngineStatus

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one application; another one in the same process has its own."""

    def __init__(
        self,
        status: Callable[[], EngineStatus],
        read: Callable[[str], IngestReport | None],
        workers: int = 1,
    ) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "hustings_requests",
            "Requests answered.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "hustings_request_seconds",
            "Time until a request was answered in full.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._searches = Histogram(
            "hustings_search_seconds",
            "Time the engine took.",
            ("call",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self.at_work = Gauge(
            "hustings_requests_at_work", "Requests being answered.", registry=self._registry
        )
        self._registry.register(_Standing(status, read, workers))

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request; unknown methods are one, so that labels stay few."""
        known = method if method in ("GET", "HEAD", "OPTIONS", "POST") else "other"
        self._requests.labels(route, known, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_search(self, call: str, seconds: float) -> None:
        self._searches.labels(call).observe(seconds)

    def render(self) -> bytes:
        return generate_latest(self._registry)


class _Standing(Collector):
    """How the index and the newest sync stand, asked anew each time."""

    def __init__(
        self,
        status: Callable[[], EngineStatus],
        read: Callable[[str], IngestReport | None],
        workers: int = 1,
    ) -> None:
        self._status = status
        self._read = read
        self._workers = workers

    def collect(self) -> Iterator[Metric]:
        status = self._status()
        yield _gauge("hustings_index_documents", "Candidacies in the index.", status.documents)
        yield _gauge("hustings_index_bytes", "Size of the index.", status.size_bytes)
        yield _gauge("hustings_index_ready", "1 if the index can be searched.", not status.problem)
        process = InfoMetricFamily(
            "hustings_process", "Which process answers; requests and times are its own."
        )
        process.add_metric((), {"pid": str(os.getpid()), "workers": str(self._workers)})
        yield process
        info = InfoMetricFamily("hustings_index", "Which index is read.")
        info.add_metric((), {"engine": status.engine, "generation": status.generation})
        yield info
        report = self._read(status.state)
        yield from _sync_figures(report.archives) if report else ()

    def describe(self) -> Iterable[Metric]:
        return ()


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=float(value))


_FIGURES = (
    ("months_asked", "Months asked for in the newest sync."),
    ("months_fetched", "Months fetched in the newest sync."),
    ("months_unchanged", "Months found unchanged in the newest sync."),
    ("months_failed", "Months that failed in the newest sync."),
    ("messages_read", "Messages read in the newest sync."),
)


def _sync_figures(archives: Iterable[ArchiveReport]) -> Iterator[Metric]:
    archives = list(archives)
    now = datetime.now(UTC)
    age = GaugeMetricFamily(
        "hustings_sync_age_seconds", "Time since the newest sync ended.", labels=("archive",)
    )
    for report in archives:
        age.add_metric((report.archive,), (now - report.finished_at).total_seconds())
    yield age
    for name, text in _FIGURES:
        family = GaugeMetricFamily(f"hustings_sync_{name}", text, labels=("archive",))
        for report in archives:
            family.add_metric((report.archive,), getattr(report, name))
        yield family
    faults = GaugeMetricFamily(
        "hustings_sync_faults",
        "What failed or looked wrong in the newest sync: months, or the archive as a whole.",
        labels=("archive",),
    )
    for report in archives:
        faults.add_metric((report.archive,), len(report.faults))
    yield faults
