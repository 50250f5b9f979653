"""Which facets there are, the order and labels of their values. Counting is the engine's.

A facet's own choice does not empty its list: whoever counts leaves out the field's own choice and
keeps those of the others. Cycles and years come newest first and closed lists in the order of their
table, since there the order means something; all others come most frequent first. Races are counted
like a facet, so that one request tells all of them; nobody chooses one, so the table of fields has
no such field.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate

from ingest.records import Office, Outcome, Status, Vocabulary
from search.documents import FACET_FIELDS
from search.engine import Facet, FacetValue

FACETS = tuple(field.name for field in FACET_FIELDS)
RACE = "race"  # its values are paths: `liberty/PTL/nova`; one for each project that is stood for
UNKNOWN = "unknown"  # the value of a candidacy whose cycle is not known

_FIXED = {
    "office": [str(office) for office in Office],
    "status": [str(status) for status in Status],
    "outcome": [str(outcome) for outcome in Outcome],
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
    found = dict(counts)
    if 0 in found.values():
        found = {value: count for value, count in counts.items() if count}
    found |= {value: 0 for value in chosen if value not in found}
    first = _first(field, found, size, vocabulary)
    others = {value: found[value] for value in chosen if value not in first}
    kept = first + _first(field, others, len(others), vocabulary)
    names = labels or {}
    values = tuple(
        FacetValue(value, names.get(value) or label_of(field, value), found[value], value in chosen)
        for value in kept
    )
    return Facet(field, values, len(found) - len(kept))


def _first(field: str, counts: Mapping[str, int], size: int, vocabulary: Vocabulary) -> list[str]:
    """Give the first values in a facet's order."""
    if field in _FIXED:
        order = {value: i for i, value in enumerate(_FIXED[field])}
        return sorted(counts, key=lambda value: (order.get(value, len(order)), value))[:size]
    if field == "cycle":
        order = {cycle: i for i, cycle in enumerate(vocabulary.cycles)}
        ordered = sorted(counts, key=lambda value: (order.get(value, -1), value), reverse=True)
        return ordered[:size]
    if field == "year":
        return sorted(counts, reverse=True)[:size]
    return _commonest(counts, size)


def _commonest(counts: Mapping[str, int], size: int) -> list[str]:
    """Give the commonest values; there may be thousands of candidates, most of them with one."""
    if len(counts) <= size or size <= 0:
        return sorted(counts, key=lambda value: (-counts[value], value))[: max(size, 0)]
    least = _least_of(Counter(counts.values()), size)
    above = [value for value, count in counts.items() if count > least]
    above.sort(key=lambda value: (-counts[value], value))
    equal = (value for value, count in counts.items() if count == least)
    return above + heapq.nsmallest(size - len(above), equal)


def _least_of(numbers: Mapping[int, int], size: int) -> int:
    """Give the least of so many greatest numbers, from how often each number is there."""
    falling = sorted(numbers, reverse=True)
    reached = accumulate(numbers[number] for number in falling)
    return next(n for n, total in zip(falling, reached, strict=True) if total >= size)


def label_of(field: str, value: str) -> str:
    """Give a value's name for people: `liberty` becomes Liberty, a project stays as it is
    written.
    """
    if field in ("cycle", "status", "outcome"):
        return value[:1].upper() + value[1:]
    return value
