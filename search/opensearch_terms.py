"""What is asked of the fields of an index, in OpenSearch's language: words, rows of words, values.

Only finished words and exact values are put into requests, as values: no text of a user is ever
read as a query, a pattern or a script by the cluster. Which of them a query's tree wants is
`opensearch_query.py`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from search.documents import FIELD_BY_NAME, TEXT_FIELDS
from search.opensearch_schema import HALF, VALUE_FIELDS, encode_form
from search.query_values import first_day, last_day
from search.ranking import K1
from search.stored_words import STEP

Json = dict[str, Any]
Row = tuple[frozenset[str], ...]
MOST = K1 + 1  # the score of a word that stands everywhere in a document, but for its rarity
NOTHING: Json = {"match_none": {}}
EVERYTHING: Json = {"match_all": {}}
_WAYS = ("pieces", "wholes", "parts")
_DAMPED = "params.worth * _score / (_score + params.half)"


def any_of(queries: Sequence[Json]) -> Json:
    """Match any of some queries, with the sum of their scores."""
    if len(queries) == 1:
        return queries[0]
    if not queries:
        return NOTHING
    return {"bool": {"should": list(queries), "minimum_should_match": 1}}


def unscored(query: Json) -> Json:
    """Let what matches count nothing."""
    return {"constant_score": {"filter": query, "boost": 0}}


def damped(query: Json, worth: float) -> Json:
    """Turn a bare count into the score of a word so rare."""
    parameters = {"worth": worth * MOST, "half": HALF}
    script = {"source": _DAMPED, "params": parameters}
    return {"script_score": {"query": query, "script": script}}


def having(field: str, value: str) -> Json:
    """Find documents by a value; `id` is any mail of the thread."""
    name = "mail" if field == "id" else field
    if name != "mail" and name not in VALUE_FIELDS:
        return NOTHING
    return {"term": {name: {"value": _text(value)}}}


def between(field: str, low: str, high: str, cycles: Sequence[str]) -> Json:
    """Find documents by a range; an empty end is open."""
    if field == "date":
        first = first_day(low) if low else date.min
        last = last_day(high) if high else date.max
        return {"range": {"day": {"gte": first.toordinal(), "lte": last.toordinal()}}}
    if field == "cycle":
        order = {cycle: place for place, cycle in enumerate(cycles)}
        inside = cycles[order.get(low, 0) : order.get(high, len(order)) + 1]
        return {"terms": {"cycle": list(inside)}}
    if field not in VALUE_FIELDS:
        return NOTHING
    ends = {name: _text(end) for name, end in (("gte", low), ("lte", high)) if end}
    return {"range": {field: ends}} if ends else {"exists": {"field": field}}


def by_stem(stemmed: str, field: str) -> Json:
    """Find a word by its stem in one field, or in all of them where none is named."""
    name = f"stem_{field}" if field else "stem"
    return {"term": {name: {"value": encode_form(stemmed), "boost": MOST}}}


def by_forms(forms: frozenset[str], field: str) -> Json:
    """Find any of some forms; the score is their weighed count."""
    name = f"form_{field}" if field else "word"
    return any_of([{"term": {name: {"value": encode_form(form)}}} for form in sorted(forms)])


def in_row(row: Row, field: str, slop: int) -> Json:
    """Find words side by side; the score is the weighed count over the fields, in steps."""
    if not all(row):
        return NOTHING
    text = " ".join("|".join(sorted(map(encode_form, forms))) for forms in row)
    terms = sum(len(forms) for forms in row)
    found: list[Json] = []
    for name in [field] if field else TEXT_FIELDS:
        # A phrase's score is the sum over its words: each has its share of one occurrence.
        weight = FIELD_BY_NAME[name].weight * STEP
        asked = {"query": text, "slop": slop, "boost": weight / terms, "analyzer": "stacked"}
        if slop:
            # The library counts a loose phrase as a part of one: here it counts as one.
            loose = {"match_phrase": {f"near_{name}": asked}}
            found.append({"constant_score": {"filter": loose, "boost": weight}})
            continue
        ways = [{"match_phrase": {f"{kind}_{name}": asked}} for kind in _WAYS]
        found.append({"dis_max": {"queries": ways}})
    return any_of(found)


def _text(value: str) -> str:
    return value.encode("utf-8", "replace").decode()
