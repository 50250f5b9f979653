"""Which facets there are, the order and labels of their values. Counting is the engine's.

A facet's own choice does not empty its list: whoever counts leaves out the field's own choice and
keeps those of the others. Cycles and years come newest first and closed lists in the order of their
table, since there the order means something; all others come most frequent first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ingest.records import Office, Outcome, Status, Vocabulary
from search.documents import FACET_FIELDS
from search.engine import Facet, FacetValue

FACETS = tuple(field.name for field in FACET_FIELDS)
UNKNOWN = "unknown"  # the value of a candidacy whose cycle is not known

_FIXED = {
    "office": [str(office) for office in Office],
    "status": [str(status) for status in Status],
    "outcome": [str(outcome) for outcome in Outcome],
}


def known_facets(names: Iterable[str]) -> list[str]:
    """Keep the names that are facets, in the order of the table of fields, each once."""
    asked = set(names)
    return [name for name in FACETS if name in asked]


def make_facet(
    field: str,
    counts: Mapping[str, int],
    chosen: tuple[str, ...],
    size: int,
    vocabulary: Vocabulary,
    labels: Mapping[str, str] | None = None,
) -> Facet:
    """Order a facet's counted values and cut them to size; chosen values are always among them."""
    found = {value: count for value, count in counts.items() if count or value in chosen}
    found.update({value: 0 for value in chosen if value not in found})
    ordered = _ordered(field, found, vocabulary)
    kept = [value for i, value in enumerate(ordered) if i < size or value in chosen]
    names = labels or {}
    values = tuple(
        FacetValue(value, names.get(value) or label_of(field, value), found[value], value in chosen)
        for value in kept
    )
    return Facet(field, values, len(ordered) - len(kept))


def _ordered(field: str, counts: Mapping[str, int], vocabulary: Vocabulary) -> list[str]:
    if field in _FIXED:
        order = {value: i for i, value in enumerate(_FIXED[field])}
        return sorted(counts, key=lambda value: (order.get(value, len(order)), value))
    if field == "cycle":
        order = {cycle: i for i, cycle in enumerate(vocabulary.cycles)}
        return sorted(counts, key=lambda value: (order.get(value, -1), value), reverse=True)
    if field == "year":
        return sorted(counts, reverse=True)
    return sorted(counts, key=lambda value: (-counts[value], value))


def label_of(field: str, value: str) -> str:
    """Give a value's name for people: `liberty` becomes Liberty, a project stays as it is
    written.
    """
    if field in ("cycle", "status", "outcome"):
        return value[:1].upper() + value[1:]
    return value
