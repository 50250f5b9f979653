"""Where words stand side by side: the one meaning of a phrase and of its slop, for search and
marks.

Positions are those of `analysis.py`: sixteen times the word plus the part. Without slop each word
is the next part of the same word or stands in the next word. With slop, the words may be moved by
that many places in all, in any order, as Lucene counts it: so both engines mean the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from search.analysis import PARTS

DOCUMENT = 34  # bits below the document's number: positions take 32, and no phrase reaches across
_POSITION = (1 << DOCUMENT) - 1
_LAST = PARTS - 1  # the last place of a word
_FEW = 8  # times fewer places make it worth while to look for what is around each of them

Places = Sequence[int]  # of one word in all documents, each `document << DOCUMENT | position`


def count_rows(columns: Sequence[Places], slop: int) -> dict[int, int]:
    """Count, for each document, where a row of words stands in it.

    The usual cases run over all documents at once, since a call for each document costs more.
    """
    if slop and len(columns) > 2:
        return _count_loose_rows(columns, slop)
    if slop:
        return Counter(place >> DOCUMENT for place in _near(columns[0], columns[1], slop))
    found = columns[0]
    for column in columns[1:]:
        found = _follow(found, column)
    return Counter(place >> DOCUMENT for place in found)


def _within(column: Places, document: int) -> Places:
    return _between(column, document << DOCUMENT, (document + 1) << DOCUMENT)


def _count_loose_rows(columns: Sequence[Places], slop: int) -> dict[int, int]:
    shared = set.intersection(*({place >> DOCUMENT for place in column} for column in columns))
    counts: dict[int, int] = {}
    for number in shared:
        own = [[place & _POSITION for place in _within(column, number)] for column in columns]
        if count := len(find_rows(own, slop)):
            counts[number] = count
    return counts


def _follow(first: Places, second: Places) -> Places:
    """Give the places of a second word that stand right behind a first, once for each way."""
    if _FEW * len(second) < len(first):
        return [
            place
            for place in second
            for before in _between(first, (place & ~_LAST) - PARTS, place)
            if place in ((before | _LAST) + 1, before + 1)
        ]
    following = filter(set(second).__contains__, [(place | _LAST) + 1 for place in first])
    # Few words have parts, so that going through them again costs little.
    parts = {place for place in second if place & _LAST}
    return [*following, *(place + 1 for place in first if parts and place + 1 in parts)]


def _between(column: Places, low: int, high: int) -> Places:
    first = bisect_left(column, low)
    return column[first : bisect_left(column, high, first)]


def _near(first: Places, second: Places, slop: int) -> Iterable[int]:
    """Give the places of a first word that a second one is near to."""
    if _FEW * len(second) < len(first):
        return {
            before
            for place in second
            for before in _between(first, *_words_around(place, slop + 1, slop - 1))
            if before != place
        }
    if _FEW * len(first) < len(second):
        around = ((place, _words_around(place, slop - 1, slop + 1)) for place in first)
        return [at for at, (a, b) in around if any(x != at for x in _between(second, a, b))]
    return _near_in_turn(first, second, slop)


def _words_around(place: int, before: int, after: int) -> tuple[int, int]:
    word = place // PARTS
    return (word - before) * PARTS, (word + after + 1) * PARTS


def _near_in_turn(first: Places, second: Places, slop: int) -> Iterator[int]:
    begin, end = 0, len(second)
    for at in first:
        word = at // PARTS + 1
        low, high = (word - slop) * PARTS, (word + slop + 1) * PARTS
        while begin < end and second[begin] < low:
            begin += 1
        i = begin
        while i < end and second[i] < high:
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
            # Behind the last part of a word both are the same place.
            behind = {row[-1] + 1, (row[-1] | _LAST) + 1}
            longer.extend((*row, place) for place in sorted(behind & present))
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
