"""Both engines on the same queries in the same run: `python -m bench.bench_engines [--size N ...]`.

Wants a real OpenSearch (`bash .ci/opensearch FOLDER`, then `HUSTINGS_TEST_OPENSEARCH=FOLDER`): it
starts one node on loopback and ends it. For each size: the time to build an index, its bytes, the
memory it takes, and p50, p99 and throughput of searches with facets, total and ten excerpts.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from bench.search_corpus import VOCABULARY, make_candidacies, make_queries
from search import SearchEngine, SearchRequest, open_engine, open_writer, parse_query
from search.facets import FACETS
from tests.opensearch.cluster import Cluster

SIZES = (2_500, 25_000)
QUERIES = 300
THREADS = 4
WHOOSH_MOST = 30_000  # beyond, a run takes longer than it tells


class Figures(NamedTuple):
    """What one engine did with one corpus."""

    size: int
    engine: str
    index_seconds: float
    index_bytes: int
    memory: int
    p50: float
    p99: float
    per_second: float


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, action="append", help="candidacies; may be repeated")
    parser.add_argument("--queries", type=int, default=QUERIES, help="different queries")
    parser.add_argument("--heap", default="1g", help="memory of the OpenSearch node's heap")
    asked = parser.parse_args()
    print(f"machine: {os.cpu_count()} cores, {platform.platform()}, Python", end=" ")
    print(f"{platform.python_version()}, load {os.getloadavg()[0]:.1f}; heap {asked.heap}")
    print(f"{asked.queries} different queries, one after the other, then {THREADS} at a time")
    print("| candidacies | engine | index | each | bytes each | memory | p50 | p99 | searches/s |")
    print("|---|---|---|---|---|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as folder,
        Cluster(Path(folder) / "n", 1, asked.heap) as node,
    ):
        for size in asked.size or SIZES:
            for figures in measure(Path(folder), node, size, make_queries(asked.queries)):
                print(as_row(figures), flush=True)


def measure(folder: Path, node: Cluster, size: int, queries: Sequence[str]) -> Iterator[Figures]:
    """Measure both engines on a corpus of one size."""
    java = node.nodes[0].process
    assert java is not None
    places = {"OpenSearch": (f"{node.urls[0]}/bench{size}", java.pid)}
    if size <= WHOOSH_MOST:
        places = {"Whoosh": (str(folder / f"whoosh{size}"), os.getpid()), **places}
    for engine, (place, process) in places.items():
        yield measure_engine(engine, place, process, size, queries)


def measure_engine(
    name: str, place: str, process: int, size: int, queries: Sequence[str]
) -> Figures:
    """Build an index, then ask all queries one after the other, and some at a time."""
    before = memory_of(process)
    began = time.perf_counter()
    with open_writer(place, VOCABULARY) as writer:
        writer.rebuild((candidacy, "digest") for candidacy in make_candidacies(size))
    built = time.perf_counter() - began
    with closing(open_engine(place, VOCABULARY)) as engine:
        for query in make_queries(50, seed=99):
            ask(engine, query)
        times = sorted(ask(engine, query) for query in queries)
        began = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda query: ask(engine, query), queries))
        spent = time.perf_counter() - began
        taken = memory_of(process) - (before if process == os.getpid() else 0)
        status = engine.status()
    return Figures(
        size,
        name,
        built,
        status.size_bytes,
        taken,
        times[len(times) // 2],
        times[int(0.99 * len(times))],
        len(queries) / spent,
    )


def ask(engine: SearchEngine, text: str) -> float:
    """Search once; give the milliseconds it took."""
    began = time.perf_counter()
    query = parse_query(text, VOCABULARY).query
    engine.search(SearchRequest(query, facets=FACETS, per_page=10))
    return 1000 * (time.perf_counter() - began)


def memory_of(process: int) -> int:
    """Give a process's resident memory in bytes."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return 1024 * int(line.split()[1])
    return 0


def as_row(figures: Figures) -> str:
    """Write figures as a line of a table."""
    size, engine, seconds, index_bytes, memory, p50, p99, per_second = figures
    return (
        f"| {size:,} | {engine} | {seconds:.0f} s | {1000 * seconds / size:.1f} ms "
        f"| {index_bytes / size:,.0f} | {memory / 1e6:,.0f} MB | {p50:.1f} ms | {p99:.1f} ms "
        f"| {per_second:.0f} |"
    )


if __name__ == "__main__":
    main()
