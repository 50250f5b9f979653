"""Facets counted by a cluster: one aggregation for each, read into `search.facets`.

A facet's own choice narrows the hits (`post_filter`) and every other facet's count, not its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ingest.records import Vocabulary
from search.engine import Facet, SearchRequest
from search.facets import RACE, known_facets, make_facet
from search.opensearch_schema import VALUE_FIELDS
from search.opensearch_words import MOST_VALUES

Json = dict[str, Any]
# Facets whose few values are ordered on our side; of the others the cluster gives the commonest.
_WHOLE = frozenset({"office", "cycle", "year", "status", "outcome"})
_ALONE = "-"  # stands for the project of those who stand for none
_RACES: Json = {
    "values": {
        "multi_terms": {
            "terms": [
                {"field": "cycle"},
                {"field": "office"},
                {"field": "project", "missing": _ALONE},
            ],
            "size": MOST_VALUES,
        }
    }
}


def chosen_filters(request: SearchRequest) -> dict[str, Json]:
    """Give the filter that each facet's chosen values are."""
    return {
        field: {"terms": {field: [_readable(value) for value in values]}}
        for field, values in request.chosen.items()
        if values and field in VALUE_FIELDS
    }


def aggregations(request: SearchRequest, chosen: Mapping[str, Json]) -> Json:
    """Give what is to be counted for a request's facets."""
    asked: Json = {}
    for field in known_facets(request.facets):
        if field == RACE:
            asked[field] = {"filter": {"bool": {"filter": [*chosen.values()]}}, "aggs": _RACES}
            continue
        others = [inside for name, inside in chosen.items() if name != field]
        counts: Json = {"values": {"terms": {"field": field, "size": _size(request, field)}}}
        if field not in _WHOLE:
            counts["all"] = {"cardinality": {"field": field, "precision_threshold": 40_000}}
        if values := request.chosen.get(field):
            include = [_readable(value) for value in values]
            terms = {"field": field, "include": include, "size": len(include)}
            counts["chosen"] = {"terms": terms}
        asked[field] = {"filter": {"bool": {"filter": others}}, "aggs": counts}
    if chosen:
        asked["found"] = {"filter": {"match_all": {}}}
    return asked


def _size(request: SearchRequest, field: str) -> int:
    return MOST_VALUES if field in _WHOLE else min(max(request.facet_size, 1), MOST_VALUES)


def persons_in(counted: Json) -> list[str]:
    """Give the persons that a facet of candidates will name."""
    return list(_counts(counted["candidate"])) if "candidate" in counted else []


def _counts(facet: Json) -> dict[str, int]:
    rows = [*facet["values"]["buckets"], *facet.get("chosen", {}).get("buckets", [])]
    return {_value(row["key"]): row["doc_count"] for row in rows}


def _value(key: str | list[str]) -> str:
    """Give what was counted; a race comes as its cycle, office and project."""
    return key if isinstance(key, str) else "/".join(part for part in key if part != _ALONE)


def read_facets(
    request: SearchRequest, counted: Json, labels: Mapping[str, str], vocabulary: Vocabulary
) -> Iterator[Facet]:
    """Read the facets from what was counted."""
    for field in known_facets(request.facets):
        counts = _counts(counted[field])
        chosen = tuple(request.chosen.get(field, ()))
        names = labels if field == "candidate" else None
        facet = make_facet(field, counts, chosen, request.facet_size, vocabulary, names)
        if "all" in counted[field]:
            shown = sum(1 for value in facet.values if value.count)
            more = counted[field]["all"]["value"] - shown
            facet = replace(facet, more=max(more, 0))
        yield facet


def _readable(value: str) -> str:
    return value.encode("utf-8", "replace").decode()
