"""How near a query's words stand in the best hits: asked beside the search, heeded after it.

Each pair of neighbours is a query with a name in each text, and a hit tells which of them it fits.
They stand as choices (`should`) beside a filter, where the library heeds no choice: so they are
worked out for the hits that it gives, and for no other document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from search.analysis import stem
from search.opensearch_schema import encode_form
from search.ranking import NEAR, NEAR_BONUS

Json = dict[str, Any]
LOOKED_AT_CLOSELY = 40  # the best hits are ordered anew by how near the query's words stand
Scored = tuple[str, float]


def telling_nearness(filters: Sequence[Json], near: Sequence[str]) -> Json:
    """Give a filter by whose hits we are told which words stand at most `NEAR` words apart."""
    stems = [f"~{encode_form(stem(form))}" for form in near]
    named: list[Json] = []
    for text in ("subject", "statement"):
        for number, pair in enumerate(pairwise(stems)):
            clauses = [{"span_term": {f"near_{text}": {"value": each}}} for each in pair]
            spans = {"clauses": clauses, "slop": NEAR - 1, "in_order": False}
            named.append({"span_near": {**spans, "_name": f"{text} {number}"}})
    always = list(filters) or [{"match_all": {}}]
    return {"bool": {"filter": always, "should": named, "minimum_should_match": 0}}


def nearest_first(
    best: Sequence[Scored], rows: Sequence[Json], near: Sequence[str]
) -> list[Scored]:
    """Among the best, let those rise in which the query's words stand together."""
    risen = [
        (each, score + _bonus(row.get("matched_queries", ()), near))
        for (each, score), row in zip(best[:LOOKED_AT_CLOSELY], rows, strict=False)
    ]
    # The order of equals, newest first, stays: sorting keeps it.
    return sorted(risen, key=lambda row: -row[1]) + list(best[LOOKED_AT_CLOSELY:])


def _bonus(names: Sequence[str], near: Sequence[str]) -> float:
    """Give the share of neighbours that stand together, in the text where most of them do."""
    texts = Counter(name.partition(" ")[0] for name in names)
    return NEAR_BONUS * max(texts.values(), default=0) / (len(near) - 1)
