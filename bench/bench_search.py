"""How fast the search answers: `python -m bench.bench_search [--size N] [--grow 20]`.

Times are of one process asking one question after the other, facets, total and ten excerpts
included, 2,000 different queries, no answer remembered. CPU is the thread's own, so that it tells
something on a busy machine too. Every figure is printed with the machine and corpus. The judged
set (`judged_figures.py`) is printed before, or alone with `--judged`.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bench.judged_figures import print_judged
from bench.search_corpus import VOCABULARY, make_candidacies, make_queries
from search import SearchRequest, open_writer, parse_query
from search.facets import FACETS
from search.whoosh_engine import ROOM, WhooshEngine
from search.whoosh_snapshot import Room

QUERIES = 2000
CHANGES = 10
SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


class Cost(NamedTuple):
    """Milliseconds that something took: of the thread's CPU, and by the clock."""

    cpu: float
    clock: float


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=2500, help="candidacies in the timed corpus")
    parser.add_argument("--grow", type=int, default=0, help="measure so many times the size too")
    parser.add_argument("--runs", type=int, default=3, help="how often the queries are asked")
    parser.add_argument("--queries", type=int, default=QUERIES, help="different queries")
    parser.add_argument("--judged", action="store_true", help="only the judged set")
    parser.add_argument("--archive", type=Path, help="a folder with an archive and its truth.jsonl")
    asked = parser.parse_args()
    print(f"machine: {os.cpu_count()} cores, {platform.machine()}, {platform.platform()}")
    print(f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    print_judged(asked.archive)
    sizes = [] if asked.judged else [asked.size, *([asked.size * asked.grow] if asked.grow else [])]
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            print_times(Path(folder) / "index", size, asked.runs, make_queries(asked.queries))


def print_times(path: Path, size: int, runs: int, queries: Sequence[str]) -> None:
    """Index a corpus of invented candidacies, and time queries on it."""
    print(f"\ncorpus: {size} invented candidacies of about 350 words with 0 to 6 replies")
    print_indexing(path, size)
    for name, room in (("with", ROOM), ("without", Room(0, 0))):
        asked = [ask_all(path, room, queries) for _ in range(runs)]
        print_costs(f"search, {name} memory of what was decoded", asked)
    print_costs("suggest", [suggest_all(path, queries)])
    print_costs("one changed candidacy", [change_some(path, size)])
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def print_indexing(path: Path, size: int) -> None:
    """Index, and open what was written; the making of the corpus is not counted."""
    making = measured(lambda: exhaust(make_candidacies(size)))

    def build() -> None:
        with open_writer(path, VOCABULARY) as writer:
            writer.rebuild((candidacy, "digest") for candidacy in make_candidacies(size))

    building = measured(build)
    with closing(WhooshEngine(path, VOCABULARY)) as engine:
        opening = measured(engine.status)
        bytes_each = engine.status().size_bytes / size
    cpu, clock = ((b - m) / size for b, m in zip(building, making, strict=True))
    print(f"index: CPU {cpu:.1f} ms, clock {clock:.1f} ms and {bytes_each:.0f} bytes each")
    print(f"opening: CPU {opening.cpu:.0f} ms, clock {opening.clock:.0f} ms")


def exhaust(rows: Iterable[object]) -> None:
    """Go through all rows."""
    for _ in rows:
        pass


def measured(act: Callable[[], object]) -> Cost:
    """Do something, and tell what it took."""
    cpu, clock = time.thread_time(), time.perf_counter()
    act()
    return Cost(1000 * (time.thread_time() - cpu), 1000 * (time.perf_counter() - clock))


def ask_all(path: Path, room: Room, queries: Sequence[str]) -> list[Cost]:
    """Ask all queries of a new engine."""

    def ask(text: str) -> None:
        query = parse_query(text, VOCABULARY).query
        engine.search(SearchRequest(query, facets=FACETS, per_page=10))

    with closing(WhooshEngine(path, VOCABULARY, room=room)) as engine:
        engine.status()
        return [measured(lambda text=text: ask(text)) for text in queries]  # type: ignore[misc]


def suggest_all(path: Path, queries: Sequence[str]) -> list[Cost]:
    """Complete what people type."""
    typed = [query[:end] for query in queries[:150] for end in (2, 4, 7)]
    with closing(WhooshEngine(path, VOCABULARY)) as engine:
        engine.suggest("warm")
        return [measured(lambda text=text: engine.suggest(text)) for text in typed]  # type: ignore[misc]


def change_some(path: Path, size: int) -> list[Cost]:
    """Change single candidacies, from the open lock to the disk."""
    costs = []
    for number, candidacy in enumerate(make_candidacies(min(size, CHANGES))):
        changed = replace(candidacy, statement=f"{candidacy.statement} changed {number}")

        def change() -> None:
            with open_writer(path, VOCABULARY) as writer:
                writer.apply([(changed, "new")], [])  # noqa: B023 - called at once

        costs.append(measured(change))
    return costs


def print_costs(what: str, runs: Sequence[Sequence[Cost]]) -> None:
    """Print p50, p90 and p99 of CPU and clock: the median of the runs, and their spread."""
    print(f"{what}:")
    for kind in ("cpu", "clock"):
        rows = [sorted(getattr(cost, kind) for cost in run) for run in runs]
        told = (f"{name} {spread([at(r, share) for r in rows])}" for name, share in SHARES.items())
        print(f"  {kind:5} " + ", ".join(told))


def at(times: Sequence[float], share: float) -> float:
    """Give the value below which so great a share of sorted times lies."""
    return times[min(int(share * len(times)), len(times) - 1)]


def spread(values: Sequence[float]) -> str:
    """Write a median, and its spread where there were several runs."""
    median = f"{statistics.median(values):.2f} ms"
    return median if len(values) < 2 else f"{median} ({min(values):.2f} to {max(values):.2f})"


if __name__ == "__main__":
    main()
