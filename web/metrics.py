"""Counts for Prometheus, added up over the serving processes through files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from gridsvc.database.freshness import generation

FILES = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client looks for its files; it reads this once, when it is imported."""


class Metrics:
    """What one process counts."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault(FILES, str(folder))
        self.requests, self.seconds = _meters()
        self._known: dict[tuple[str | None, str, int], tuple[Any, Any]] = {}

    def count(self, route: str | None, method: str, status: int, seconds: float) -> None:
        """Count an answered request; unknown addresses share one name, so that nobody can invent series."""
        meters = self._known.get((route, method, status))
        if meters is None:
            labels = (route or "unknown", method)
            meters = self._known[route, method, status] = (self.requests.labels(*labels, str(status)), self.seconds.labels(*labels))
        meters[0].inc()
        meters[1].observe(seconds)

    def text(self) -> bytes:
        """Return the sums of all processes in Prometheus' text format."""
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415  # reads FILES when imported
        from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415  # the same

        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=os.environ[FILES])  # type: ignore[no-untyped-call]  # it has no types
        registry.register(_Generation())
        return generate_latest(registry)


class _Generation:
    """The number of the public data, read when asked for."""

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415  # as above

        yield GaugeMetricFamily("gridsvc_ground_generation", "Grows with every change of public data", value=generation())


@cache
def _meters() -> tuple[Any, Any]:
    """Return the meters of this process: requests by route, method and status, and their seconds by route and method."""
    from prometheus_client import Counter, Histogram  # noqa: PLC0415  # as above

    requests = Counter("gridsvc_requests_total", "Answered requests", ("route", "method", "status"), registry=None)
    buckets = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
    seconds = Histogram("gridsvc_request_seconds", "Time to the answer", ("route", "method"), registry=None, buckets=buckets)
    return requests, seconds
