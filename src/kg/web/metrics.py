"""Numbers for Prometheus: what was answered, how fast, by whom, and how busy the workers are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from kg import __version__
from kg.pool.slots import BOUNDS

if TYPE_CHECKING:
    from kg.web.site import Site

__all__ = ["Metrics"]

#: Counter of the fast workers to its name and what it says.
FAST = {
    "requests": ("kg_fast_answers", "Queries answered by fast workers"),
    "hits": ("kg_fast_cache_hits", "Of these, from answers kept"),
    "unchanged": ("kg_fast_unchanged", "Of these, with 304"),
    "rows": ("kg_fast_rows", "Rows in them"),
    "bytes": ("kg_fast_bytes", "Bytes of their bodies"),
    "passed": ("kg_fast_passed", "Requests that fast workers left to others"),
}


class Metrics:
    """The numbers of one server since it started."""

    def __init__(self, site: Site) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "kg_answers", "Answers by Flask, by status", ["status"], registry=self._registry
        )
        self._seconds = Histogram(
            "kg_answer_seconds", "How long they took", buckets=BOUNDS, registry=self._registry
        )
        self._stopped = Counter(
            "kg_queries_stopped",
            "Queries that did not end, by cause",
            ["cause"],
            registry=self._registry,
        )
        self._writes = Counter(
            "kg_writes", "Writes, by what came of them", ["outcome"], registry=self._registry
        )
        self._registry.register(_Now(site))

    def answered(self, status: int, seconds: float) -> None:
        """Count an answer of Flask's."""
        self._answers.labels(str(status)).inc()
        self._seconds.observe(seconds)

    def stopped(self, cause: str) -> None:
        """Count a query that was stopped: TooSlow, OutOfMemory, Cancelled, TooBusy …"""
        self._stopped.labels(cause).inc()

    def wrote(self, outcome: str) -> None:
        """Count a write: made, nothing to do, or the name of the error."""
        self._writes.labels(outcome).inc()

    def text(self) -> bytes:
        """Return all of them in the text format of Prometheus."""
        return generate_latest(self._registry)


class _Now(Collector):
    """What is true at this moment, and what the fast workers counted."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        graph = self._site.graph
        info = InfoMetricFamily("kg_graph", "The graph that serves")
        info.add_metric([], {"fingerprint": graph.fingerprint, "version": __version__})
        yield info
        triples = float(graph.about.get("triples", 0))
        yield GaugeMetricFamily("kg_graph_triples", "Triples of that graph", value=triples)
        idle, busy, waiting = graph.pool.fair.load
        workers = GaugeMetricFamily("kg_workers", "Workers for long queries", labels=["state"])
        workers.add_metric(["idle"], idle)
        workers.add_metric(["busy"], busy)
        yield workers
        yield GaugeMetricFamily("kg_queries_waiting", "Queries that wait for one", value=waiting)
        slots = graph.pool.slots
        for counter, (name, text) in FAST.items():
            yield CounterMetricFamily(name, text, value=slots.total(counter))
        buckets, total = [], 0
        for bound, count in zip([*map(str, BOUNDS), "+Inf"], slots.histogram(), strict=True):
            total += count
            buckets.append((bound, total))
        yield HistogramMetricFamily(
            "kg_fast_answer_seconds",
            "How long the answers of fast workers took",
            buckets=buckets,
            sum_value=slots.total("nanoseconds") / 1e9,
        )
