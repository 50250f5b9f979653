"""Both engines on the same queries in the same run: `python -m bench.bench_engines [--size N ...]`.

Wants a real OpenSearch (`bash .ci/opensearch FOLDER`, then `HUSTINGS_TEST_OPENSEARCH=FOLDER`): it
starts one node on loopback and ends it. For each size: what it takes to build an index, its bytes,
the memory, and p50, p99, CPU and throughput of searches with facets, total and ten excerpts. Each
row is printed as soon as it is known. The engines are asked in turns, some queries each, so that
whatever else the machine does meanwhile slows both. CPU is that of our process and of the node: on
a machine that others use it tells more than the clock.

    --size 2500 --size 25000 --size 250000      candidacies, generated as they are indexed
    --whoosh-up-to 25000     leave Whoosh out of larger ones
    --bound 3600             seconds for building: then both go as far as the one that is ahead
    --at-once                build both indexes at the same time: CPU tells, the clock does not
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from math import exp, log
from pathlib import Path

from bench.engine_runs import (
    THREADS,
    Bound,
    Built,
    NodeFigures,
    Searcher,
    Together,
    build,
    warm_up,
)
from bench.load import at_share
from bench.search_corpus import make_queries
from tests.opensearch.cluster import FOR_FIGURES, Cluster

SIZES = (2_500, 25_000, 250_000)
QUERIES = 300
MANY = 100_000  # candidacies: half the queries do above, where each takes so much longer
IN_TURN = 25  # queries that one engine answers before the other one has its turn
BOUND = 3600
HEADINGS = (
    "candidacies", "engine", "index built in", "CPU each: ours + node's", "bytes each",
    "memory of the writer", "of the searcher (its own)", "of the node (heap)", "p50", "p99",
    "CPU a search: ours + node's", "searches/s", "CPU each of these",
)  # fmt: skip


@dataclass
class Measured:
    """What is known of one engine at one size; the node's CPU is nothing for Whoosh."""

    engine: str
    place: str
    built: Built
    node_building: float = 0.0
    times: list[float] = field(default_factory=list)
    cpu: float = 0.0
    node_asked: float = 0.0
    together: Together = field(default_factory=lambda: Together(1, 0, 0, 0, 0))
    node_together: float = 0.0
    memory: str = ""


def main() -> None:
    """Print a table, and where the engines cross."""
    asked = read_arguments()
    print(f"machine: {os.cpu_count()} cores, {platform.platform()}, Python", end=" ")
    print(f"{platform.python_version()}, load {os.getloadavg()[0]:.1f}; heap {asked.heap}")
    print(f"{asked.queries} queries ({asked.queries // 2} above {MANY:,} candidacies), each engine")
    print(f"{IN_TURN} in its turn, one after the other; then all again, {THREADS} at a time")
    print(as_row(HEADINGS), as_row(["---"] * len(HEADINGS)), sep="\n", flush=True)
    medians: dict[str, dict[int, float]] = {"Whoosh": {}, "OpenSearch": {}}
    with (
        tempfile.TemporaryDirectory() as folder,
        Cluster(Path(folder) / "n", 1, asked.heap, FOR_FIGURES) as cluster,
    ):
        node = NodeFigures(cluster)
        for size in asked.size or SIZES:
            places = {
                "Whoosh": str(Path(folder) / f"whoosh{size}"),
                "OpenSearch": f"{cluster.urls[0]}/bench{size}",
            }
            bound = Bound(size, asked.bound)
            there = build_all(chosen(asked, places, size), bound, asked.at_once, node)
            reached = there[0].built.documents
            if reached < size:
                print(f"| {size:,} | | in {asked.bound} s there was time for {reached:,} |")
            search_all(there, asked.queries // (2 if size > MANY else 1), node)
            for one in there:
                medians[one.engine][one.built.documents] = at_share(one.times, 0.5)
            shutil.rmtree(places["Whoosh"], ignore_errors=True)
            if any(one.engine == "OpenSearch" for one in there):
                node.forget(f"bench{size}")
    print("\n" + crossing(medians["Whoosh"], medians["OpenSearch"]))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, action="append", help="candidacies; may be repeated")
    parser.add_argument("--queries", type=int, default=QUERIES, help="different queries")
    parser.add_argument("--engine", action="append", choices=("Whoosh", "OpenSearch"))
    parser.add_argument("--whoosh-up-to", type=int, default=max(SIZES), help="candidacies")
    parser.add_argument("--bound", type=float, default=BOUND, help="seconds for building")
    parser.add_argument("--heap", default="1g", help="memory of the OpenSearch node's heap")
    parser.add_argument("--at-once", action="store_true", help="build both at the same time")
    return parser.parse_args()


def chosen(asked: argparse.Namespace, places: dict[str, str], size: int) -> dict[str, str]:
    """Give the engines that are measured at a size, and tell why one is not."""
    wanted = {name: places[name] for name in asked.engine or places}
    if "Whoosh" in wanted and size > asked.whoosh_up_to:
        del wanted["Whoosh"]
        print(f"| {size:,} | Whoosh | left out above --whoosh-up-to {asked.whoosh_up_to} |")
    return wanted


def build_all(
    places: dict[str, str], bound: Bound, at_once: bool, node: NodeFigures
) -> list[Measured]:
    """Build each engine's index."""

    def one(engine: str) -> Measured:
        began = node.cpu()
        built = build(places[engine], bound)
        if engine == "Whoosh":
            return Measured(engine, places[engine], built)
        node.rest()
        return Measured(engine, places[engine], built, node.cpu() - began)

    with ThreadPoolExecutor(len(places) if at_once else 1) as pool:
        return list(pool.map(one, places))


def search_all(there: Sequence[Measured], count: int, node: NodeFigures) -> None:
    """Ask all engines in turns, then each alone from several threads; print what came of it."""
    queries = make_queries(count)
    with ExitStack() as open_ones:
        searchers = [open_ones.enter_context(Searcher(one.place)) for one in there]
        for searcher in searchers:
            warm_up(searcher, count)
        for start in range(0, count, IN_TURN):
            for one, searcher in zip(there, searchers, strict=True):
                began = node.cpu()
                answered = searcher.ask(queries[start : start + IN_TURN])
                one.times += answered.times
                one.cpu += answered.cpu
                one.node_asked += node.cpu() - began
        for one, searcher in zip(there, searchers, strict=True):
            began = node.cpu()
            one.together = searcher.ask_together(queries)
            one.node_together = node.cpu() - began
            if one.engine == "OpenSearch":
                one.memory = f"{megabytes(node.memory())} ({megabytes(node.heap())})"
            print(as_row(cells(one)), flush=True)


def cells(one: Measured) -> list[str]:
    """Write what was measured as the table's cells."""
    size, count = one.built.documents, len(one.times)
    return [
        f"{size:,}",
        one.engine,
        f"{one.built.seconds:,.0f} s",
        cpu_cell(one, one.built.cpu / size, one.node_building / size),
        f"{one.together.index_bytes / size:,.0f}",
        megabytes(one.built.memory),
        f"{megabytes(one.together.memory)} ({megabytes(one.together.own)})",
        one.memory,
        f"{at_share(one.times, 0.5):.1f} ms",
        f"{at_share(one.times, 0.99):.1f} ms",
        cpu_cell(one, one.cpu / count, one.node_asked / count),
        f"{count / one.together.seconds:.1f}",
        cpu_cell(one, one.together.cpu / count, one.node_together / count),
    ]


def cpu_cell(one: Measured, ours: float, nodes: float) -> str:
    """Write CPU seconds of ours, and the node's where there is one, in milliseconds."""
    return (
        f"{1000 * ours:.1f} ms"
        if one.engine == "Whoosh"
        else (f"{1000 * ours:.1f} + {1000 * nodes:.1f} ms")
    )


def megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"


def as_row(values: Sequence[str]) -> str:
    """Write a line of a table."""
    return f"| {' | '.join(values)} |"


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


if __name__ == "__main__":
    main()
