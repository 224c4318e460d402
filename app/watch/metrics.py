"""The numbers of ``/metrics``, in Prometheus's text format; every line says which process speaks (``pid``).

Requests are counted as they are answered; everything else is read where it is kept, when somebody looks.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Final

import flask
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as FORMAT
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ..compute.admission import Admission
from ..compute.compute import Compute
from ..compute.memory import RUNS
from ..physics import VERSION

__all__ = ["FORMAT", "Metrics"]

OTHER: Final = "other"  # the route of what is nowhere: its paths are anybody's invention
ANYWHERE: Final = "/<path:path>"
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)  # seconds


class Metrics:
    """Counts the requests of one application, and reads what others count.

    Parameters
    ----------
    compute : Compute
        The door to the engine.
    connections : callable
        How many connections are held, or None.
    """

    def __init__(self, compute: Compute, connections: Callable[[], int | None]) -> None:
        registry = self._registry = CollectorRegistry()
        self._requests = Counter(
            "saddlesurf_requests", "Requests answered.", ["route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "saddlesurf_request_seconds",
            "Seconds from a whole request to its answer.",
            ["route"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._unread = Counter(
            "saddlesurf_unread", "Requests refused before they were read.", ["status"], registry=registry
        )
        registry.register(_Reader(compute, connections))
        ProcessCollector(registry=registry)

    def begin(self) -> None:
        """A request is about to be answered."""
        flask.g.began = time.perf_counter()

    def end(self, response: flask.Response) -> flask.Response:
        """It has been."""
        route = route_of(flask.request)
        self._requests.labels(route, f"{response.status_code // 100}xx").inc()
        self._seconds.labels(route).observe(time.perf_counter() - flask.g.began)
        return response

    def unread(self, status: int) -> None:
        """Something was refused before it was a request."""
        self._unread.labels(str(status)).inc()

    def text(self) -> bytes:
        """All of it."""
        return generate_latest(_OfProcess(self._registry))


def route_of(request: flask.Request) -> str:
    """The rule by which a request was answered: there are only so many, whatever is asked for."""
    rule = request.url_rule
    return OTHER if rule is None or rule.rule == ANYWHERE else rule.rule


class _OfProcess(Collector):
    """What a registry holds, marked with this process; without the moments at which counters were made."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        pid = {"pid": str(os.getpid())}
        for metric in self._registry.collect():
            metric.samples = [
                sample._replace(labels={**sample.labels, **pid})
                for sample in metric.samples
                if not sample.name.endswith("_created")
            ]
            yield metric


class _Reader(Collector):
    """Reads what is counted elsewhere."""

    def __init__(self, compute: Compute, connections: Callable[[], int | None]) -> None:
        self._compute, self._connections = compute, connections

    def describe(self) -> list[Metric]:
        """Nothing: the registry is not to ask before the application stands."""
        return []

    def collect(self) -> Iterator[Metric]:
        shelves, crowd = self._compute.shelves, self._compute.jobs.crowd
        yield _gauge("build_info", "Which version this is.", 1, version=VERSION)
        yield from self._counted()
        yield _gauge("cache_memory_bytes", "Bytes of results in memory.", shelves.held)
        yield _gauge("long_works", "Long works that somebody waits for.", crowd.works)
        yield _gauge("long_askers", "Pages that wait for long work.", crowd.askers)
        yield _gauge("long_results", "Results of long work under way.", crowd.flights)
        yield _gauge("run_memory_bytes", "Bytes that runs of instances have taken.", RUNS.taken)
        yield _gauge("run_memory_limit_bytes", "Bytes that they may take.", RUNS.total)
        held = self._connections()
        if held is not None:
            yield _gauge("connections", "Connections held.", held)
        yield from _admitted(self._compute.admission)

    def _counted(self) -> Iterator[Metric]:
        counted = self._compute.counts.now()
        hits = _counter("cache_hits", "Results found, by shelf.", "shelf")
        for shelf, count in counted.hits.items():
            hits.add_metric([shelf], count)
        yield hits
        misses = _counter("cache_misses", "Answers looked for and not found.")
        misses.add_metric([], counted.misses)
        yield misses
        computations = _counter("computations", "Computations within requests.", "function")
        seconds = _counter("computation_seconds", "Seconds that they took.", "function")
        for function, effort in counted.efforts.items():
            computations.add_metric([function], effort.times)
            seconds.add_metric([function], effort.seconds)
        yield from (computations, seconds)


def _admitted(admission: Admission) -> Iterator[Metric]:
    yield _gauge("admission_running", "Computations under way.", admission.running)
    yield _gauge("admission_slots", "Computations at once, at most.", admission.slots)
    yield _gauge("admission_waiting", "Requests that wait for one.", admission.waiting)
    yield _gauge("admission_room", "How many may wait.", admission.room)
    refused = _counter("admission_refused", "Requests put off, by reason.", "reason")
    for reason, count in admission.refused.items():
        refused.add_metric([reason], count)
    yield refused


def _gauge(name: str, words: str, value: float, **labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"saddlesurf_{name}", words, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family


def _counter(name: str, words: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"saddlesurf_{name}", words, labels=labels)
