"""Where words stand side by side: the one meaning of a phrase and of its slop, for search and
marks.

Positions are those of `analysis.py`: sixteen times the word plus the part. Without slop each word
is the next part of the same word or stands in the next word. With slop, the words may be moved by
that many places in all, in any order, as Lucene counts it: so both engines mean the same.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from operator import add

from search.analysis import PARTS

_DOCUMENT = 34  # bits below the document's number: positions take 32, and no phrase reaches across
_SIZE = array("I").itemsize


def count_rows(columns: Sequence[Mapping[int, bytes]], slop: int) -> dict[int, int]:
    """Count, for each document, where a row of words stands in it.

    A column gives a word's packed positions by document. The usual cases run over all documents at
    once, as numbers that hold document and position, since a call for each document costs more.
    """
    shared = sorted(set(columns[0]).intersection(*columns[1:]))
    if slop and len(columns) > 2:
        counts = {n: len(find_rows([unpack(c[n]) for c in columns], slop)) for n in shared}
        return {number: count for number, count in counts.items() if count}
    places = [_numbered_places(column, shared) for column in columns]
    found = _count_pairs(places[0], places[1], slop) if slop else _follow(places)
    return Counter(place >> _DOCUMENT for place in found)


def unpack(packed: bytes) -> array[int]:
    """Give the positions that a posting carries, in order."""
    places = array("I")
    places.frombytes(packed)
    return places


def _numbered_places(column: Mapping[int, bytes], shared: Sequence[int]) -> list[int]:
    packed = [column[number] for number in shared]
    numbers = map(repeat, [n << _DOCUMENT for n in shared], [len(p) // _SIZE for p in packed])
    return list(map(add, chain.from_iterable(numbers), unpack(b"".join(packed))))


def _follow(places: Sequence[Sequence[int]]) -> Sequence[int]:
    at = places[0]
    for column in places[1:]:
        present = set(column)
        at = [
            place
            for last in at
            for place in ((last | (PARTS - 1)) + 1, last + 1)
            if place in present
        ]
    return at


def _count_pairs(first: Sequence[int], second: Sequence[int], slop: int) -> Iterator[int]:
    words = [at // PARTS for at in second]
    for at in first:
        word = at // PARTS + 1
        i = bisect_left(words, word - slop)
        while i < len(words) and words[i] <= word + slop:
            if second[i] != at:
                yield at
                break
            i += 1


def find_rows(places: Sequence[Sequence[int]], slop: int) -> list[tuple[int, ...]]:
    """Find where a row of words stands: one tuple of positions for each occurrence."""
    if slop:
        return _find_loose_rows(places, slop)
    found: list[tuple[int, ...]] = [(position,) for position in places[0]]
    for column in places[1:]:
        present = set(column)
        longer: list[tuple[int, ...]] = []
        for row in found:
            last = row[-1]
            if last + 1 in present:
                longer.append((*row, last + 1))
            following = (last // PARTS + 1) * PARTS
            if following in present:
                longer.append((*row, following))
        found = longer
    return found


def _find_loose_rows(places: Sequence[Sequence[int]], slop: int) -> list[tuple[int, ...]]:
    """Slide over all places at once, keeping the latest of each word; no place is used twice."""
    events = sorted(
        (position // PARTS - number, number, position)
        for number, column in enumerate(places)
        for position in column
    )
    latest: dict[int, tuple[int, int]] = {}
    found: list[tuple[int, ...]] = []
    for moved, number, position in events:
        latest[number] = (moved, position)
        if len(latest) < len(places):
            continue
        if moved - min(place for place, _ in latest.values()) <= slop:
            row = tuple(latest[i][1] for i in range(len(places)))
            if len(set(row)) == len(row):
                found.append(row)
                del latest[min(latest, key=lambda key: latest[key][0])]
    return found
