"""An engine whose time is measured: each call is told to the metrics with how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from api.metrics import Metrics
from ingest.records import Candidacy
from search.engine import (
    EngineStatus,
    Hit,
    SearchEngine,
    SearchRequest,
    SearchResults,
    Suggestion,
)


class MeasuredEngine:
    """A `SearchEngine` that answers as the one behind it; a scan takes as long as its reader."""

    def __init__(self, engine: SearchEngine, metrics: Metrics) -> None:
        self._engine = engine
        self._metrics = metrics

    @contextmanager
    def _measuring(self, call: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self._metrics.count_search(call, time.perf_counter() - began)

    def search(self, request: SearchRequest) -> SearchResults:
        with self._measuring("search"):
            return self._engine.search(request)

    def read(self, ids: Sequence[str]) -> list[Candidacy]:
        with self._measuring("read"):
            return self._engine.read(ids)

    def scan(self, request: SearchRequest) -> Iterator[Candidacy]:
        return self._engine.scan(request)

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        with self._measuring("suggest"):
            return self._engine.suggest(text, limit)

    def similar(self, candidacy_id: str, limit: int = 5) -> list[Hit]:
        with self._measuring("similar"):
            return self._engine.similar(candidacy_id, limit)

    def status(self) -> EngineStatus:
        return self._engine.status()

    def close(self) -> None:
        self._engine.close()
