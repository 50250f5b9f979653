"""One engine built and searched, and what that takes: what `bench_engines.py` puts side by side.

Each build and each searcher is a process of its own, so that no figure holds what another one left.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from api.garbage import spare_collections
from bench.load import cpu_seconds
from bench.search_corpus import VOCABULARY, make_candidacies, make_queries
from ingest.records import Candidacy
from search import SearchEngine, SearchRequest, open_engine, open_writer, parse_query
from search.facets import FACETS
from tests.opensearch.cluster import Cluster

THREADS = 4
TOLD_EVERY = 25_000
_SPAWN = get_context("spawn")


class Built(NamedTuple):
    """How a build went; `documents` are fewer than asked for where there was no time for all."""

    documents: int
    seconds: float
    cpu: float
    memory: int


class Asked(NamedTuple):
    """How some searches went: milliseconds of each, and CPU seconds of all in our process."""

    times: list[float]
    cpu: float


class Together(NamedTuple):
    """How searches of several threads went; `own` is what of the memory are no mapped files."""

    seconds: float
    cpu: float
    memory: int
    own: int
    index_bytes: int


class Bound:
    """How many candidacies are indexed: so many, or as many as there was time for.

    All builds share it. When the time is over, none goes further than the one that is ahead, and
    the others follow up to there: what is compared is of one size.
    """

    def __init__(self, size: int, seconds: float) -> None:
        self.size = size
        self._until = time.time() + seconds
        self._furthest = _SPAWN.Value("q", 0)
        self._limit = _SPAWN.Value("q", size)

    def allows(self, number: int) -> bool:
        """Tell whether so many may be written."""
        with self._limit.get_lock():
            if number <= self._limit.value:
                self._furthest.value = max(self._furthest.value, number)
            if time.time() > self._until and self._limit.value == self.size:
                self._limit.value = self._furthest.value
            return number <= self._limit.value


def build(place: str, bound: Bound) -> Built:
    """Build an index in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=_SPAWN, initializer=_share, initargs=(bound,)) as pool:
        return pool.submit(_build, place).result()


_shared: list[Bound] = []  # of a building process: its bound, which is only handed to a new one


def _share(bound: Bound) -> None:
    _shared.append(bound)


def _build(place: str) -> Built:
    began, written = time.perf_counter(), 0
    (bound,) = _shared

    def documents() -> Iterator[tuple[Candidacy, str]]:
        nonlocal written
        for candidacy in make_candidacies(bound.size):
            if not bound.allows(written + 1):
                return
            if written and written % TOLD_EVERY == 0:
                spent = time.perf_counter() - began
                print(f"{place}: {written:,} after {spent:.0f} s", file=sys.stderr, flush=True)
            yield candidacy, "digest"
            written += 1

    with open_writer(place, VOCABULARY) as writer:
        writer.rebuild(documents())
    memory = memory_of(os.getpid(), "VmHWM")
    return Built(written, time.perf_counter() - began, time.process_time(), memory)


class Searcher:
    """An engine open in a process of its own; a context manager that ends it."""

    def __init__(self, place: str) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=_SPAWN, initializer=_open, initargs=(place,))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    def ask(self, queries: Sequence[str]) -> Asked:
        """Ask queries one after the other."""
        return self._pool.submit(_ask_in_turn, queries).result()

    def ask_together(self, queries: Sequence[str]) -> Together:
        """Ask queries some at a time; then tell how large process and index are."""
        return self._pool.submit(_ask_together, queries).result()


_engines: list[SearchEngine] = []  # of a searcher's process: the one that it has open


def _open(place: str) -> None:
    _engines.append(open_engine(place, VOCABULARY))
    _ask("candidacy")
    spare_collections()  # as a process that serves does, once all is open


def _ask_in_turn(queries: Sequence[str]) -> Asked:
    began = time.process_time()
    times = [_ask(query) for query in queries]
    return Asked(times, time.process_time() - began)


def _ask_together(queries: Sequence[str]) -> Together:
    began, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(_ask, queries))
    spent, cpu = time.perf_counter() - began, time.process_time() - cpu
    memory, own = memory_of(os.getpid()), memory_of(os.getpid(), "RssAnon")
    return Together(spent, cpu, memory, own, _engines[0].status().size_bytes)


def _ask(text: str) -> float:
    """Search once with facets, total and ten excerpts; give the milliseconds it took."""
    began = time.perf_counter()
    query = parse_query(text, VOCABULARY).query
    _engines[0].search(SearchRequest(query, facets=FACETS, per_page=10))
    return 1000 * (time.perf_counter() - began)


def warm_up(searcher: Searcher, queries: int) -> None:
    """Ask others than those that are measured: the node's compiler needs hundreds of searches."""
    searcher.ask(make_queries(queries, seed=99))


def memory_of(process: int, which: str = "VmRSS") -> int:
    """Give a process's resident memory in bytes; `VmHWM` is the most it ever was, `RssAnon` what
    of it are no files.
    """
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{which}:"):
            return 1024 * int(line.split()[1])
    return 0


class NodeFigures:
    """What the one OpenSearch node takes."""

    def __init__(self, cluster: Cluster) -> None:
        java = cluster.nodes[0].process
        assert java is not None
        self._process = java.pid
        self._url = cluster.urls[0]

    def cpu(self) -> float:
        """Give the CPU seconds that it has spent."""
        return cpu_seconds(self._process)

    def memory(self) -> int:
        """Give its resident memory in bytes."""
        return memory_of(self._process)

    def heap(self) -> int:
        """Give the bytes of its heap that are in use."""
        (stats,) = self._ask("/_nodes/stats/jvm")["nodes"].values()
        return int(stats["jvm"]["mem"]["heap_used_in_bytes"])

    def rest(self) -> None:
        """Wait until it joins no segments any more: that goes on behind a build."""
        while self._ask("/_stats/merge")["_all"]["total"]["merges"]["current"]:
            time.sleep(1)

    def forget(self, name: str) -> None:
        """Take an index away, so that the next one is alone."""
        names = f"{name}-1,{name}-1-words,{name}-meta"
        asked = urllib.request.Request(f"{self._url}/{names}", method="DELETE")
        urllib.request.urlopen(asked, timeout=60).close()

    def _ask(self, path: str) -> dict[str, dict[str, dict[str, dict[str, dict[str, int]]]]]:
        with urllib.request.urlopen(self._url + path, timeout=60) as answer:
            found: dict[str, dict[str, dict[str, dict[str, dict[str, int]]]]] = json.load(answer)
            return found
