"""The facts of every document in memory: for facets, filters, ranges and sorting.

Read once for each generation of the index; nothing here changes afterwards, so any thread may
read it. Twenty numbers and strings for each candidacy are far less than its postings.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from ingest.records import Vocabulary
from search.facets import RACE, UNKNOWN, race_paths
from search.query_values import first_day, last_day

Values = Mapping[str, frozenset[int]]
_NONE: frozenset[int] = frozenset()
_ONE = ord("1")
MOST_BITS = 200  # values of a field that have a bit for each document
FEW = 40  # documents: to go through them costs less than to count bits


class Facts(NamedTuple):
    """One document's facts, in the order in which `whoosh_schema.facts_of` writes them."""

    id: str
    digest: str
    office: str
    projects: list[str]
    cycle: str
    posted_at: float
    day: int
    year: int
    person: str
    candidate: str
    nick: str
    status: str
    outcome: str
    replies: int
    race_size: int


_SINGLE: dict[str, Callable[[Facts], str]] = {
    "office": lambda facts: facts.office,
    "cycle": lambda facts: facts.cycle or UNKNOWN,
    "year": lambda facts: str(facts.year),
    "candidate": lambda facts: facts.person,
    "status": lambda facts: facts.status,
    "outcome": lambda facts: facts.outcome,
    "nick": lambda facts: facts.nick,
}


class Columns:
    """Facts by document and documents by value; documents are numbers."""

    def __init__(self, records: Iterable[tuple[int, bytes]], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.facts = {number: Facts(*json.loads(record)) for number, record in records}
        self.documents = frozenset(self.facts)
        self.number_of = {facts.id: number for number, facts in self.facts.items()}
        self.newest = sorted(self.facts, key=lambda n: (-self.facts[n].posted_at, self.facts[n].id))
        self.rank = {number: place for place, number in enumerate(self.newest)}
        self._days = [self.facts[number].day for number in reversed(self.newest)]
        self._own = {name: self._row(read) for name, read in _SINGLE.items()}
        self._projects = {number: tuple(facts.projects) for number, facts in self.facts.items()}
        self.values: dict[str, Values] = {name: self._by_value(name) for name in _SINGLE}
        self.values["project"] = self._by_project()
        self.totals = {
            name: {value: len(numbers) for value, numbers in values.items()}
            for name, values in self.values.items()
        }
        self._size = max(self.facts, default=-1) + 1
        self.bits = {
            name: [(value, self.bits_of(values[value])) for value in sorted(values)]
            for name, values in self.values.items()
            if len(values) <= MOST_BITS
        }
        self.values |= {"is": self._flags_is(), "has": self._flags_has()}
        self.names = {facts.person: facts.candidate for facts in self._oldest_first()}

    def _oldest_first(self) -> Iterable[Facts]:
        return (self.facts[number] for number in reversed(self.newest))

    def _row(self, read: Callable[[Facts], str]) -> list[str]:
        """Give one fact of each document in a list; gaps are documents that were taken away."""
        row = [""] * (max(self.facts, default=-1) + 1)
        for number, facts in self.facts.items():
            row[number] = read(facts)
        return row

    def _by_value(self, name: str) -> Values:
        found: dict[str, set[int]] = defaultdict(set)
        row = self._own[name]
        for number in self.facts:
            found[row[number]].add(number)
        return {value: frozenset(numbers) for value, numbers in found.items()}

    def _by_project(self) -> Values:
        found: dict[str, set[int]] = defaultdict(set)
        for number, projects in self._projects.items():
            for project in projects:
                found[project].add(number)
        return {value: frozenset(numbers) for value, numbers in found.items()}

    def _flags_is(self) -> Values:
        contested = frozenset(n for n, facts in self.facts.items() if facts.race_size > 1)
        return {"contested": contested, "uncontested": self.documents - contested}

    def _flags_has(self) -> Values:
        return {
            "replies": frozenset(n for n, facts in self.facts.items() if facts.replies),
            "nick": frozenset(n for n, facts in self.facts.items() if facts.nick),
        }

    def having(self, field: str, value: str) -> frozenset[int]:
        """Give the documents whose field has a value."""
        return self.values.get(field, {}).get(value, _NONE)

    def chosen(self, field: str, values: Collection[str]) -> frozenset[int]:
        """Give the documents that have any of the chosen values of a facet."""
        return frozenset().union(*(self.having(field, value) for value in values))

    def between(self, field: str, low: str, high: str) -> frozenset[int]:
        """Give the documents in a range of dates, cycles or years; an empty end is open."""
        if field == "date":
            return self._between_days(low, high)
        if field == "cycle":
            order = {cycle: place for place, cycle in enumerate(self._vocabulary.cycles)}
            first, last = order.get(low, 0), order.get(high, len(order))
            inside = [
                value for value in self.values["cycle"] if first <= order.get(value, -1) <= last
            ]
        else:
            inside = [
                v
                for v in self.values.get(field, {})
                if (not low or low <= v) and (not high or v <= high)
            ]
        return self.chosen(field, inside)

    def _between_days(self, low: str, high: str) -> frozenset[int]:
        first = first_day(low) if low else date.min
        last = last_day(high) if high else date.max
        start = bisect_left(self._days, first.toordinal())
        end = bisect_right(self._days, last.toordinal())
        count = len(self.newest)
        return frozenset(self.newest[count - end : count - start])

    def bits_of(self, numbers: Iterable[int]) -> int:
        """Write a set of documents as one number, a bit for each document."""
        mask = bytearray(b"0") * self._size
        for number in numbers:
            mask[number] = _ONE
        return int(mask or b"0", 2)

    def count(self, field: str, numbers: Iterable[int]) -> Mapping[str, int]:
        """Count a facet's values over some documents, one after the other."""
        if field in ("project", RACE):
            several = self._projects if field == "project" else self._races
            return Counter(chain.from_iterable(map(several.__getitem__, numbers)))
        return Counter(map(self._own[field].__getitem__, numbers))

    @cached_property
    def _races(self) -> dict[int, tuple[str, ...]]:
        """Give each document's races; made when first asked for, which searches never do."""
        return {n: race_paths(f.cycle, f.office, f.projects) for n, f in self.facts.items()}

    def total(self, field: str) -> Mapping[str, int]:
        """Count a facet's values over all documents."""
        return self.totals[field] if field in self.totals else self.count(field, self.documents)

    def labels(self, field: str) -> dict[str, str] | None:
        """Give the names of a facet's values where they are not the values themselves."""
        return self.names if field == "candidate" else None

    def describe(self, number: int) -> dict[str, Any]:
        """Give a document's facts by name."""
        return self.facts[number]._asdict()


class Tally:
    """Counts facets over one set of documents.

    A field of few values has a number for each of them with a bit for each document: what two sets
    share is counted by the processor. Other fields, and sets of few documents, are gone through:
    the documents outside of the set, where they are fewer.
    """

    def __init__(self, columns: Columns, numbers: AbstractSet[int]) -> None:
        self._columns = columns
        self._numbers = numbers
        self._bits: int | None = None

    def count(self, field: str) -> Mapping[str, int]:
        """Count a facet's values; a value that none has may be left out or be 0."""
        columns, numbers = self._columns, self._numbers
        if len(numbers) == len(columns.documents):
            return columns.total(field)
        if len(numbers) > FEW and field in columns.bits:
            if self._bits is None:
                self._bits = columns.bits_of(numbers)
            own = self._bits
            return {value: (bits & own).bit_count() for value, bits in columns.bits[field]}
        if 2 * len(numbers) <= len(columns.documents):
            return columns.count(field, numbers)
        counts = dict(columns.total(field))
        for value, count in columns.count(field, columns.documents - numbers).items():
            counts[value] -= count
        return counts
