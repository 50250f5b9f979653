"""How fast and how well the search answers: `python -m bench.bench_search [--size N] [--judged]`.

Times are of one process asking one question after the other, facets, total and ten excerpts
included, 2,000 different queries, no answer remembered. Every figure is printed with the machine
and corpus.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bench.judged_set import VOCABULARY as JUDGED_VOCABULARY
from bench.judged_set import make_judged_set, ndcg
from bench.plain_engines import plain_whoosh, sqlite_fts5
from bench.search_corpus import VOCABULARY, make_candidacies, make_queries
from ingest.records import Candidacy
from search import SearchRequest, open_writer, parse_query
from search.facets import FACETS
from search.whoosh_engine import ROOM, WhooshEngine
from search.whoosh_snapshot import Room

QUERIES = 2000
Finder = Callable[[str], Sequence[str]]


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=2500, help="candidacies in the timed corpus")
    parser.add_argument("--runs", type=int, default=3, help="how often the queries are asked")
    parser.add_argument("--judged", action="store_true", help="only the judged set")
    asked = parser.parse_args()
    print(f"machine: {os.cpu_count()} cores, {platform.machine()}, {platform.platform()}")
    print(f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    print_judged()
    if not asked.judged:
        with tempfile.TemporaryDirectory() as folder:
            print_times(Path(folder) / "index", asked.size, asked.runs)


def print_times(path: Path, size: int, runs: int) -> None:
    """Index a corpus of invented candidacies, and time queries on it."""
    print(f"\ncorpus: {size} invented candidacies of about 350 words with 0 to 6 replies")
    began = time.perf_counter()
    with open_writer(path, VOCABULARY) as writer:
        writer.rebuild((candidacy, "digest") for candidacy in make_candidacies(size))
    spent = time.perf_counter() - began
    with WhooshEngineOn(path) as engine:
        status = engine.status()
        print(f"index: {1000 * spent / size:.1f} ms and {status.size_bytes / size:.0f} bytes each")
    for name, room in (("with", ROOM), ("without", Room(0, 0))):
        print_run(path, runs, room, f"{name} memory of what was decoded")
    print_suggestions(path)
    print_changes(path, size)


class WhooshEngineOn(WhooshEngine):
    """An engine that closes itself."""

    def __init__(self, path: Path, room: Room = ROOM) -> None:
        super().__init__(path, VOCABULARY, room=room)

    def __enter__(self) -> WhooshEngineOn:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def print_run(path: Path, runs: int, room: Room, how: str) -> None:
    """Ask all queries several times, each time of a new engine."""
    rows = []
    for _ in range(runs):
        with WhooshEngineOn(path, room) as engine:
            engine.status()
            rows.append(time_queries(engine, make_queries(QUERIES)))
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
        print(f"search, {how}: {name} {spread([at(row, share) for row in rows])}")


def time_queries(engine: WhooshEngine, queries: Sequence[str]) -> list[float]:
    """Give the milliseconds that each query took, in order of size."""
    times = []
    for text in queries:
        began = time.perf_counter()
        query = parse_query(text, VOCABULARY).query
        engine.search(SearchRequest(query, facets=FACETS, per_page=10))
        times.append(1000 * (time.perf_counter() - began))
    return sorted(times)


def print_suggestions(path: Path) -> None:
    """Time completions of what people type."""
    typed = [query[:end] for query in make_queries(150) for end in (2, 4, 7)]
    with WhooshEngineOn(path) as engine:
        engine.suggest("warm")
        times = []
        for text in typed:
            began = time.perf_counter()
            engine.suggest(text)
            times.append(1000 * (time.perf_counter() - began))
    print(f"suggest: p50 {at(sorted(times), 0.5):.2f} ms, p99 {at(sorted(times), 0.99):.2f} ms")


def print_changes(path: Path, size: int) -> None:
    """Time single changed candidacies, from the open lock to the disk."""
    times = []
    for number, candidacy in enumerate(make_candidacies(min(size, 10))):
        changed = replace(candidacy, statement=f"{candidacy.statement} changed {number}")
        began = time.perf_counter()
        with open_writer(path, VOCABULARY) as writer:
            writer.apply([(changed, "new")], [])
        times.append(1000 * (time.perf_counter() - began))
    print(f"one changed candidacy: {spread(times)}")


def at(times: Sequence[float], share: float) -> float:
    """Give the value below which so great a share of sorted times lies."""
    return times[min(int(share * len(times)), len(times) - 1)]


def spread(values: Sequence[float]) -> str:
    """Write a median and its spread."""
    return f"{statistics.median(values):.2f} ms ({min(values):.2f} to {max(values):.2f})"


def print_judged() -> None:
    """Measure nDCG@10 on the judged set, of ours and of two plain engines."""
    candidacies, judged = make_judged_set()
    print(f"\njudged set: {len(candidacies)} invented candidacies, {len(judged)} queries, nDCG@10")
    finders = {"hustings": our_finder, "plain Whoosh": plain_whoosh, "SQLite FTS5": sqlite_fts5}
    for name, make in finders.items():
        folder = Path(tempfile.mkdtemp())
        try:
            find = make(folder, candidacies)
            values = [ndcg(find(each.query), each.grades) for each in judged]
        finally:
            shutil.rmtree(folder)
        print(f"{name}: {statistics.mean(values):.3f}")


def our_finder(folder: Path, candidacies: Sequence[Candidacy]) -> Finder:
    """Index the candidacies with our engine; give what finds ids for a query."""
    with open_writer(folder, JUDGED_VOCABULARY) as writer:
        writer.rebuild((candidacy, "digest") for candidacy in candidacies)
    engine = WhooshEngine(folder, JUDGED_VOCABULARY)

    def find(text: str) -> list[str]:
        query = parse_query(text, JUDGED_VOCABULARY).query
        results = engine.search(SearchRequest(query, per_page=10, excerpts=False))
        return [hit.candidacy.id for hit in results.hits]

    return find


if __name__ == "__main__":
    main()
