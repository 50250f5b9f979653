"""Where words stand side by side: the one meaning of a phrase and of its slop, for search and marks.

Positions are those of `analysis.py`: sixteen times the word plus the part. Without slop each word is
the next part of the same word or stands in the next word. With slop, the words may be moved by that
many places in all, in any order, as Lucene counts it: so both engines mean the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from search.analysis import PARTS


def count_rows(places: Sequence[Sequence[int]], slop: int) -> int:
    """Count where a row of words stands; the usual two words without slop are counted quickly."""
    if len(places) == 2 and not slop:
        second = set(places[1])
        return sum(1 for at in places[0] if at + 1 in second or (at // PARTS + 1) * PARTS in second)
    if len(places) == 2:
        return _count_pairs(places[0], places[1], slop)
    return len(find_rows(places, slop))


def _count_pairs(first: Sequence[int], second: Sequence[int], slop: int) -> int:
    words = [at // PARTS for at in second]
    count = 0
    for at in first:
        word = at // PARTS + 1
        i = bisect_left(words, word - slop)
        while i < len(words) and words[i] <= word + slop:
            if second[i] != at:
                count += 1
                break
            i += 1
    return count


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
