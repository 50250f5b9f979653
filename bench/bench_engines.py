"""Both engines on the same queries in the same run: `python -m bench.bench_engines [--size N ...]`.

Wants a real OpenSearch (`bash .ci/opensearch FOLDER`, then `HUSTINGS_TEST_OPENSEARCH=FOLDER`): it
starts one node on loopback and ends it. For each size: the time to build an index, its bytes, the
memory it takes, and p50, p99 and throughput of searches with facets, total and ten excerpts. Each
build and each search run is a process of its own, so that no figure holds what another one left.

    --size 2500 --size 25000 --size 250000      candidacies, generated as they are indexed
    --whoosh-most 30000      larger ones are for OpenSearch alone: Whoosh takes 10 ms for each
    --bound 3600             seconds that one build may take; one that takes longer is given up
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import pairwise
from math import exp, log
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, TypeVar

from bench.search_corpus import VOCABULARY, make_candidacies, make_queries
from ingest.records import Candidacy
from search import SearchEngine, SearchRequest, open_engine, open_writer, parse_query
from search.facets import FACETS
from tests.opensearch.cluster import Cluster

SIZES = (2_500, 25_000, 250_000)
QUERIES = 300
WARM_UP = 300  # the node's compiler needs hundreds of searches before it shows its speed
THREADS = 4
WHOOSH_MOST = 30_000
BOUND = 3600
HEADINGS = (
    "candidacies", "engine", "index built in", "each", "bytes each", "memory of the writer",
    "memory of the searcher", "memory of the node (heap)", "p50", "p99", "searches/s",
)  # fmt: skip
T = TypeVar("T")


class Built(NamedTuple):
    """How a build went; `documents` are fewer than asked for where it took too long."""

    documents: int
    seconds: float
    memory: int


class Asked(NamedTuple):
    """How searches went, in milliseconds, seconds and bytes."""

    p50: float
    p99: float
    per_second: float
    memory: int
    index_bytes: int


class Node(NamedTuple):
    """What the OpenSearch node takes; nothing for Whoosh."""

    memory: int = 0
    heap: int = 0


class TooLong(Exception):
    """A build took longer than it may."""


def main() -> None:
    """Print a table, and where the engines cross."""
    asked = read_arguments()
    print(f"machine: {os.cpu_count()} cores, {platform.platform()}, Python", end=" ")
    print(f"{platform.python_version()}, load {os.getloadavg()[0]:.1f}; heap {asked.heap}")
    print(f"{asked.queries} different queries, one after the other, then {THREADS} at a time")
    print(as_row(HEADINGS), as_row(["---"] * len(HEADINGS)), sep="\n", flush=True)
    medians: dict[str, dict[int, float]] = {"Whoosh": {}, "OpenSearch": {}}
    with (
        tempfile.TemporaryDirectory() as folder,
        Cluster(Path(folder) / "n", 1, asked.heap) as cluster,
    ):
        for size in asked.size or SIZES:
            for engine in asked.engine or medians:
                if engine == "Whoosh" and size > asked.whoosh_most:
                    continue
                whoosh = str(Path(folder) / f"whoosh{size}")
                place = whoosh if engine == "Whoosh" else f"{cluster.urls[0]}/bench{size}"
                built = apart(partial(build, place, size, asked.bound))
                if built.documents < size:
                    print(f"| {size:,} | {engine} | given up at {built.documents:,}", end=" ")
                    print(f"after {built.seconds:.0f} s |", flush=True)
                    continue
                searched = apart(partial(ask_all, place, make_queries(asked.queries)))
                node = Node() if engine == "Whoosh" else node_memory(cluster)
                print(as_row(cells(engine, built, searched, node)), flush=True)
                medians[engine][size] = searched.p50
    print("\n" + crossing(medians["Whoosh"], medians["OpenSearch"]))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, action="append", help="candidacies; may be repeated")
    parser.add_argument("--queries", type=int, default=QUERIES, help="different queries")
    parser.add_argument("--engine", action="append", choices=("Whoosh", "OpenSearch"))
    parser.add_argument("--whoosh-most", type=int, default=WHOOSH_MOST, help="for Whoosh")
    parser.add_argument("--bound", type=float, default=BOUND, help="seconds of one build")
    parser.add_argument("--heap", default="1g", help="memory of the OpenSearch node's heap")
    return parser.parse_args()


def apart(work: Callable[[], T]) -> T:
    """Do something in a process of its own, that ends with it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work).result()


def build(place: str, size: int, bound: float) -> Built:
    """Build an index; give up when it takes too long."""
    began = time.perf_counter()
    written = 0

    def documents() -> Iterator[tuple[Candidacy, str]]:
        nonlocal written
        for candidacy in make_candidacies(size):
            if time.perf_counter() - began > bound:
                raise TooLong
            yield candidacy, "digest"
            written += 1

    try:
        with open_writer(place, VOCABULARY) as writer:
            writer.rebuild(documents())
    except TooLong:
        pass
    return Built(written, time.perf_counter() - began, memory_of(os.getpid(), "VmHWM"))


def ask_all(place: str, queries: Sequence[str]) -> Asked:
    """Ask all queries one after the other, and some at a time, after others to warm up."""
    with closing(open_engine(place, VOCABULARY)) as engine:
        for query in make_queries(WARM_UP, seed=99):
            ask(engine, query)
        times = sorted(ask(engine, query) for query in queries)
        began = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda query: ask(engine, query), queries))
        spent = time.perf_counter() - began
        return Asked(
            times[len(times) // 2],
            times[int(0.99 * len(times))],
            len(queries) / spent,
            memory_of(os.getpid()),
            engine.status().size_bytes,
        )


def ask(engine: SearchEngine, text: str) -> float:
    """Search once; give the milliseconds it took."""
    began = time.perf_counter()
    query = parse_query(text, VOCABULARY).query
    engine.search(SearchRequest(query, facets=FACETS, per_page=10))
    return 1000 * (time.perf_counter() - began)


def memory_of(process: int, which: str = "VmRSS") -> int:
    """Give a process's resident memory in bytes; `VmHWM` is the most it ever was."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{which}:"):
            return 1024 * int(line.split()[1])
    return 0


def node_memory(cluster: Cluster) -> Node:
    """Ask the node what it takes."""
    java = cluster.nodes[0].process
    assert java is not None
    with urllib.request.urlopen(f"{cluster.urls[0]}/_nodes/stats/jvm", timeout=60) as answer:
        (stats,) = json.load(answer)["nodes"].values()
    return Node(memory_of(java.pid), stats["jvm"]["mem"]["heap_used_in_bytes"])


def crossing(whoosh: dict[int, float], opensearch: dict[int, float]) -> str:
    """Tell at which size the medians are equal: between two sizes measured, or by their growth."""
    both = sorted(whoosh.keys() & opensearch.keys())
    if not both:
        return "Both engines were measured at no size."
    faster = ["Whoosh" if whoosh[size] < opensearch[size] else "OpenSearch" for size in both]
    for (low, high), (before, after) in zip(pairwise(both), pairwise(faster), strict=True):
        if before != after:
            size = _equal_at(low, high, whoosh, opensearch)
            return f"Up to about {size:,.0f} candidacies {before} has the lower p50, then {after}."
    told = f"{faster[-1]} has the lower p50 at every size at which both were measured."
    if len(both) < 2 or faster[-1] == "OpenSearch":
        return told
    low, high = both[-2:]
    size = _equal_at(low, high, whoosh, opensearch)
    return f"{told} As both grew, they meet at about {size:,.0f} candidacies (not measured)."


def _equal_at(low: int, high: int, one: dict[int, float], other: dict[int, float]) -> float:
    """Follow two times that grow as powers of the size to where they are equal."""
    at_low, at_high = log(one[low] / other[low]), log(one[high] / other[high])
    if at_low == at_high:
        return float("inf")
    return exp(log(low) + (log(high) - log(low)) * at_low / (at_low - at_high))


def cells(engine: str, built: Built, searched: Asked, node: Node) -> list[str]:
    """Write what was measured as the table's cells."""
    size = built.documents
    return [
        f"{size:,}",
        engine,
        f"{built.seconds:.0f} s",
        f"{1000 * built.seconds / size:.1f} ms",
        f"{searched.index_bytes / size:,.0f}",
        f"{built.memory / 1e6:,.0f} MB",
        f"{searched.memory / 1e6:,.0f} MB",
        f"{node.memory / 1e6:,.0f} MB ({node.heap / 1e6:,.0f})" if node.memory else "",
        f"{searched.p50:.1f} ms",
        f"{searched.p99:.1f} ms",
        f"{searched.per_second:.0f}",
    ]


def as_row(values: Sequence[str]) -> str:
    """Write a line of a table."""
    return f"| {' | '.join(values)} |"


if __name__ == "__main__":
    main()
