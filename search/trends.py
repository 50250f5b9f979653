"""The share of candidacies in each cycle that match a query, for several queries side by side.

Asks an engine for facets alone, so it works on every engine and never reads a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.records import Vocabulary
from search.engine import Notice, SearchEngine, SearchRequest
from search.query import Everything, parse_query

MOST_QUERIES = 8
_ALL_CYCLES = 10_000


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One cycle: how many of its candidacies match, and how many there are."""

    cycle: str
    matching: int
    candidacies: int

    @property
    def share(self) -> float:
        """The matching part of the cycle's candidacies, between 0 and 1."""
        return self.matching / self.candidacies if self.candidacies else 0.0


@dataclass(frozen=True, slots=True)
class Trend:
    """One query's line: a point for each cycle that has candidacies, oldest first."""

    query: str
    points: tuple[TrendPoint, ...]
    notices: tuple[Notice, ...] = ()


def trends(engine: SearchEngine, queries: Sequence[str], vocabulary: Vocabulary) -> list[Trend]:
    """Follow each of at most `MOST_QUERIES` queries through the cycles."""
    order = {cycle: place for place, cycle in enumerate(vocabulary.cycles)}
    everything = _by_cycle(engine, SearchRequest(Everything()))
    cycles = sorted((cycle for cycle in everything if cycle in order), key=order.__getitem__)
    lines = []
    for text in list(queries)[:MOST_QUERIES]:
        parsed = parse_query(text, vocabulary)
        matching = _by_cycle(engine, SearchRequest(parsed.query))
        points = tuple(TrendPoint(c, matching.get(c, 0), everything[c]) for c in cycles)
        lines.append(Trend(text, points, parsed.notices))
    return lines


def _by_cycle(engine: SearchEngine, request: SearchRequest) -> dict[str, int]:
    asked = SearchRequest(
        request.query, per_page=0, facets=("cycle",), facet_size=_ALL_CYCLES, excerpts=False
    )
    found = engine.search(asked)
    return {value.value: value.count for facet in found.facets for value in facet.values}
