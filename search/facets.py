"""Which facets there are, the order and labels of their values. Counting is the engine's.

A facet's own choice does not empty its list: whoever counts leaves out the field's own choice and
keeps those of the others. Cycles and years come newest first and closed lists in the order of their
table, since there the order means something; all others come most frequent first. Races are counted
like a facet, so that one request tells all of them; nobody chooses one, so the table of fields has
no such field.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import compress

from ingest.records import Office, Outcome, Status, Vocabulary
from search.documents import FACET_FIELDS
from search.engine import Facet, FacetValue

FACETS = tuple(field.name for field in FACET_FIELDS)
RACE = "race"  # its values are paths: `liberty/PTL/nova`; one for each project that is stood for
UNKNOWN = "unknown"  # the value of a candidacy whose cycle is not known

_FIXED = {
    "office": tuple(map(str, Office)),
    "status": tuple(map(str, Status)),
    "outcome": tuple(map(str, Outcome)),
}


def known_facets(names: Iterable[str]) -> list[str]:
    """Keep the names that can be counted, in the order of the table of fields, each once."""
    asked = set(names)
    return [name for name in (*FACETS, RACE) if name in asked]


def race_paths(cycle: str, office: str, projects: Iterable[str]) -> tuple[str, ...]:
    """Give the races in which a candidacy stands: one for each project, else the office's own."""
    race = f"{cycle or UNKNOWN}/{office}"
    return tuple(f"{race}/{project}" for project in projects) or (race,)


def make_facet(
    field: str,
    counts: Mapping[str, int],
    chosen: tuple[str, ...],
    size: int,
    vocabulary: Vocabulary,
    labels: Mapping[str, str] | None = None,
) -> Facet:
    """Order a facet's counted values and cut them to size; chosen values are always among them."""
    found = counts
    if 0 in counts.values():
        found = {value: count for value, count in counts.items() if count}
    if not all(value in found for value in chosen):
        found = {**dict.fromkeys(chosen, 0), **found}
    first = _first(field, found, size, vocabulary)
    others = {value: found[value] for value in chosen if value not in first}
    kept = first + _first(field, others, len(others), vocabulary) if others else first
    labelled = labels or {}
    values = tuple(
        FacetValue(
            value, labelled.get(value) or label_of(field, value), found[value], value in chosen
        )
        for value in kept
    )
    return Facet(field, values, len(found) - len(kept))


def _first(field: str, counts: Mapping[str, int], size: int, vocabulary: Vocabulary) -> list[str]:
    """Give the first values in a facet's order."""
    if field == "year":
        return sorted(counts, reverse=True)[:size]
    if field == "cycle":
        order = _order_of(vocabulary.cycles)
        return sorted(counts, key=lambda v: (order.get(v, -1), v), reverse=True)[:size]
    if field in _FIXED:
        order = _order_of(_FIXED[field])
        return sorted(counts, key=lambda v: (order.get(v, len(order)), v))[:size]
    return _commonest(counts, size)


@lru_cache(16)
def _order_of(values: tuple[str, ...]) -> dict[str, int]:
    return {value: place for place, value in enumerate(values)}


def _commonest(counts: Mapping[str, int], size: int) -> list[str]:
    """Give the commonest values; there may be thousands of candidates, most of them with one."""
    if len(counts) <= size or size <= 0:
        return sorted(counts, key=lambda value: (-counts[value], value))[: max(size, 0)]
    least = 1
    above = [value for value, count in counts.items() if count > 1]
    if len(above) > size:
        least = sorted(map(counts.__getitem__, above))[-size]
        above = [value for value in above if counts[value] > least]
    above.sort(key=lambda value: (-counts[value], value))
    equal = compress(counts, map(least.__eq__, counts.values()))
    return above + heapq.nsmallest(size - len(above), equal)


def label_of(field: str, value: str) -> str:
    """Give a value's name for people: `liberty` becomes Liberty, a project stays as it is
    written.
    """
    if field in ("cycle", "status", "outcome"):
        return value[:1].upper() + value[1:]
    return value
