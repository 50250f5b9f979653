"""Which passages of a hit are shown, and which words in them are marked. No engine in it.

Marks come from the very tokens that were indexed (`packed_words.py`), so the marked word is the
word that matched. Passages are chosen by how many different words of the query they hold.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import le

from search.engine import Excerpt
from search.packed_words import PackedWords
from search.rows import find_rows

PASSAGE = 240  # characters of a passage: two or three lines on a page
MOST_MARKS = 200  # in one text: a word that stands everywhere is not looked for to the end
MOST_COMMON_MARKS = 30  # of a word that most documents have: it is worth next to nothing
COMMON = 0.7  # the rarity (`ranking.rarity`) of a word in half of the documents
_SEAM = "\0"  # between pieces while white space is made single
_SPACE = re.compile(r"\s")
_TINY = 1e-9  # what adding up in another order may change
_PASSAGES = 3  # of a hit, at most
MOST_IN_PASSAGE = 24  # marks
MOST_BEGINNINGS = 60  # places at which a passage may begin: the rarest marks


@dataclass(frozen=True, slots=True)
class Mark:
    """What a leaf of the query matches: rows of sets of forms that follow each other in a text.

    `rarity` says how much finding it is worth; an empty `field` means any.
    """

    rows: tuple[tuple[frozenset[str], ...], ...]
    rarity: float
    field: str = ""
    slop: int = 0


Spot = tuple[int, int, int, float]
"""A marked place: from where to where, by which mark, and what it is worth."""


def find_spots(words: PackedWords, field: str, marks: Sequence[Mark]) -> list[Spot]:
    """Find the places of a text that the marks match, in order, none inside another."""
    spots: list[Spot] = []
    for number, mark in enumerate(marks):
        if mark.field and mark.field != field:
            continue
        most = MOST_MARKS if mark.rarity > COMMON or len(marks) == 1 else MOST_COMMON_MARKS
        for row in mark.rows:
            if len(row) == 1:
                found = words.spans_of(row[0], most)
            else:
                found = words.spans(_find_row(words, row, mark.slop)[:most])
            spots += [(start, end, number, mark.rarity) for start, end in found]
    return _without_overlaps(spots) if len(spots) > 1 else spots


def _find_row(words: PackedWords, row: tuple[frozenset[str], ...], slop: int) -> list[int]:
    places: list[dict[int, int]] = []
    for forms in row:
        places.append({words.position(i): i for i in words.find(forms)})
        if not places[-1]:
            return []
    rows = find_rows([sorted(place) for place in places], slop)
    return [place[at] for found in rows for place, at in zip(places, found, strict=True)]


def _without_overlaps(spots: list[Spot]) -> list[Spot]:
    spots.sort()
    starts, ends, _, _ = zip(*spots, strict=True)
    if all(map(le, ends, starts[1:])):
        return spots
    # Of several at one place the longest is kept, of those the one worth most.
    spots.sort(key=lambda spot: (spot[0], -spot[1], -spot[3]))
    kept: list[Spot] = []
    for spot in spots:
        if not kept or spot[0] >= kept[-1][1]:
            kept.append(spot)
    return kept


def best_passages(text: str, spots: Sequence[Spot], most: int) -> list[tuple[int, int]]:
    """Choose the ranges of a text worth the most: different marks first, then more of them."""
    room = PASSAGE - 40
    if spots[-1][1] <= spots[0][0] + room and len(spots) <= MOST_IN_PASSAGE:
        return [_around(text, spots[0][0], spots[-1][1], ())]  # all of them fit into one
    starts, ends, marks, worths = zip(*spots, strict=True)
    # Spots do not overlap, so those inside a passage follow each other.
    ranges = [
        (i, bisect_right(ends, starts[i] + room, i, min(i + MOST_IN_PASSAGE, len(spots))))
        for i in _beginnings(worths)
    ]
    chosen: list[tuple[int, int]] = []
    seen: frozenset[int] = frozenset()
    while ranges and len(chosen) < most:
        i, j = ranges[0]
        if j != ranges[-1][1]:  # else all others lie in the first one
            i, j = _richest(ranges, marks, worths, seen)
        start, end = _around(text, starts[i], ends[j - 1], chosen)
        chosen.append((start, end))
        seen = seen.union(marks[i:j])
        ranges = [(i, j) for i, j in ranges if not start <= starts[i] < end]
    return sorted(chosen)


def _richest(
    ranges: Sequence[tuple[int, int]],
    marks: Sequence[int],
    worths: Sequence[float],
    seen: frozenset[int],
) -> tuple[int, int]:
    """Give the range worth the most; marks that were seen count little."""
    sums = [0.0, *accumulate(worths)]
    every = dict(zip(marks, worths, strict=True))
    at_best = sum(worth for mark, worth in every.items() if mark not in seen)
    best, most, last = ranges[0], 0.0, 0
    for i, j in ranges:
        # All of it lies in the range before; or it cannot be worth more than what was found.
        if j == last or at_best + 0.05 * (sums[j] - sums[i]) + _TINY < most:
            continue
        last = j
        different = dict(zip(marks[i:j], worths[i:j], strict=True))
        for mark in seen.intersection(different):
            del different[mark]
        worth = sum(different.values()) + 0.05 * sum(worths[i:j])
        if worth > most:
            best, most = (i, j), worth
    return best


def _beginnings(worths: Sequence[float]) -> Sequence[int]:
    """Choose the spots at which a passage may begin: the rarest marks, in order."""
    if len(worths) <= MOST_BEGINNINGS:
        return range(len(worths))
    rarest = sorted(range(len(worths)), key=worths.__getitem__, reverse=True)
    return sorted(rarest[:MOST_BEGINNINGS])


def _around(text: str, start: int, end: int, taken: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Widen a range to a passage, from a word's beginning to a word's end, without crossing
    others.
    """
    spare = max(PASSAGE - (end - start), 0)
    low = max(0, start - spare // 3)
    high = min(len(text), low + PASSAGE)
    for first, last in taken:
        if first >= end:
            high = min(high, first)
        elif last <= start:
            low = max(low, last)
    paragraph = text.rfind("\n\n", low, start)
    if paragraph >= 0:
        low = paragraph + 2
        high = max(min(len(text), low + PASSAGE, max(high, end + 80)), end)
    if 0 < low < start and not text[low - 1].isspace():
        low = _next_space(text, low, start)
    if end < high < len(text) and not text[high].isspace():
        high = max(text.rfind(" ", end, high), text.rfind("\n", end, high), end)
    return low, high


def _next_space(text: str, low: int, start: int) -> int:
    if found := _SPACE.search(text, low, start):
        return found.end()
    return low if start - low <= 1 else start


def cut_excerpt(field: str, text: str, spots: Sequence[Spot], span: tuple[int, int]) -> Excerpt:
    """Cut a passage into pieces that alternate unmarked and marked, white space made single."""
    low, high = span
    pieces = ["… " if low and not text[:low].isspace() else ""]
    at = low
    for start, end, _, _ in spots[bisect_left(spots, (low,)) :] if low else spots:
        if start >= high:
            break
        if end > high:
            continue
        pieces[-1] += text[at:start]
        pieces += (text[start:end], "")
        at = end
    pieces[-1] += text[at:high]
    if high < len(text) and not text[high:].isspace():
        pieces[-1] += " …"
    return Excerpt(field, _single_spaces(pieces))


def _single_spaces(pieces: Sequence[str]) -> tuple[str, ...]:
    """Make white space single in each piece; it stays at the ends of each."""
    whole = _SEAM.join(("", *pieces, ""))
    if whole.count(_SEAM) == len(pieces) + 1:
        return tuple(" ".join(whole.split()).split(_SEAM)[1:-1])
    # A mail with that character in it: piece by piece, which costs more.
    return tuple(_SEAM.join(_single_spaces(part.split(_SEAM))) for part in pieces)


def make_excerpts(
    texts: Mapping[str, str], words: Mapping[str, PackedWords], marks: Sequence[Mark]
) -> tuple[Excerpt, ...]:
    """Cut a hit's excerpts: its marked subject, then the best passages of the statement and
    replies.

    Without any match the statement's beginning stands in, so that every hit shows something.
    """
    excerpts: list[Excerpt] = []
    room = _PASSAGES
    for field in ("candidate", "subject", "statement", "reply"):
        if not marks or (field == "reply" and room < 2 and len(excerpts) > 1):
            break
        spots = find_spots(words[field], field, marks) if field in words else []
        if not spots:
            continue
        text = texts[field]
        if field in ("candidate", "subject"):
            excerpts.append(cut_excerpt(field, text[:400], spots, (0, min(len(text), 400))))
            continue
        most = min(room, 2 if field == "statement" else 1)
        for span in best_passages(text, spots, most):
            excerpts.append(cut_excerpt(field, text, spots, span))
            room -= 1
    statement = texts.get("statement", "")
    if statement and room == _PASSAGES:
        span = _around(statement, 0, 0, ())
        excerpts.append(cut_excerpt("statement", statement, (), span))
    return tuple(excerpts)
