"""How well three engines order answers: nDCG@10 on the judged sets, printed by `bench_search`."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.judged_archive import make_archive_set
from bench.judged_set import VOCABULARY, Judged, make_judged_set, ndcg
from bench.plain_engines import plain_whoosh, sqlite_fts5
from ingest.records import Candidacy, Vocabulary
from search import SearchRequest, open_engine, open_writer, parse_query

Finder = Callable[[str], Sequence[str]]
Judgement = dict[str, list[float]]  # the value of each query, by its kind


def print_judged(archive: Path | None) -> None:
    """Measure our engine and two plain ones on the invented set, and on an archive of known
    truth.
    """
    candidacies, judged = make_judged_set()
    _print_set("invented", candidacies, judged, VOCABULARY)
    if archive:
        _print_set("archive", *make_archive_set(archive))


def _print_set(
    name: str, candidacies: Sequence[Candidacy], judged: Sequence[Judged], vocabulary: Vocabulary
) -> None:
    print(f"\njudged set, {name}: {len(candidacies)} candidacies, {len(judged)} queries, nDCG@10")

    def ours(folder: Path, candidacies: Sequence[Candidacy]) -> Finder:
        return our_finder(folder, candidacies, vocabulary)

    finders = {"hustings": ours, "plain Whoosh": plain_whoosh, "SQLite FTS5": sqlite_fts5}
    for engine, make in finders.items():
        with tempfile.TemporaryDirectory() as folder:
            values = judge(make(Path(folder), candidacies), judged)
        mean = statistics.mean(value for row in values.values() for value in row)
        kinds = (f"{kind} {statistics.mean(row):.3f} ({len(row)})" for kind, row in values.items())
        print(f"{engine}: {mean:.3f}; " + ", ".join(kinds))


def judge(find: Finder, judged: Sequence[Judged]) -> Judgement:
    """Give the nDCG@10 of each query, by kind."""
    values: Judgement = {}
    for each in judged:
        values.setdefault(each.kind, []).append(ndcg(find(each.query), each.grades))
    return values


def our_finder(folder: Path, candidacies: Sequence[Candidacy], vocabulary: Vocabulary) -> Finder:
    """Index the candidacies with our engine; give what finds ids for a query."""
    with open_writer(folder, vocabulary) as writer:
        writer.rebuild((candidacy, "digest") for candidacy in candidacies)
    engine = open_engine(folder, vocabulary)

    def find(text: str) -> list[str]:
        query = parse_query(text, vocabulary).query
        results = engine.search(SearchRequest(query, per_page=10, excerpts=False))
        return [hit.candidacy.id for hit in results.hits]

    return find
