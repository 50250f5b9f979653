"""Which passages of a hit are shown, and which words in them are marked. No engine in it.

Marks come from the very tokens that were indexed (`packed_words.py`), so the marked word is the
word that matched. Passages are chosen by how many different words of the query they hold.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from search.engine import Excerpt
from search.packed_words import PackedWords
from search.rows import find_rows

PASSAGE = 240  # characters of a passage: two or three lines on a page
MOST_MARKS = 200  # in one text: a word that stands everywhere is not looked for to the end
MOST_COMMON_MARKS = 30  # of a word that most documents have: it is worth next to nothing
COMMON = 0.7  # the rarity (`ranking.rarity`) of a word in half of the documents
_TINY = 1e-9  # what adding up in another order may change
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


class Spot(NamedTuple):
    """A marked place: from where to where, by which mark, and what it is worth."""

    start: int
    end: int
    mark: int
    worth: float


def find_spots(words: PackedWords, field: str, marks: Sequence[Mark]) -> list[Spot]:
    """Find the places of a text that the marks match, in order, none inside another."""
    spots: list[Spot] = []
    for number, mark in enumerate(marks):
        if mark.field not in ("", field):
            continue
        for row in mark.rows:
            found = words.find(row[0]) if len(row) == 1 else _find_row(words, row, mark.slop)
            if not found:
                continue
            most = MOST_MARKS if mark.rarity > COMMON or len(marks) == 1 else MOST_COMMON_MARKS
            spots += [Spot(a, b, number, mark.rarity) for a, b in words.spans(found[:most])]
    return _without_overlaps(spots)


def _find_row(words: PackedWords, row: tuple[frozenset[str], ...], slop: int) -> list[int]:
    places: list[dict[int, int]] = []
    for forms in row:
        places.append({words.position(i): i for i in words.find(forms)})
        if not places[-1]:
            return []
    rows = find_rows([sorted(place) for place in places], slop)
    return [place[at] for found in rows for place, at in zip(places, found, strict=True)]


def _without_overlaps(spots: list[Spot]) -> list[Spot]:
    spots.sort(key=lambda spot: (spot.start, -spot.end, -spot.worth))
    kept: list[Spot] = []
    for spot in spots:
        if not kept or spot.start >= kept[-1].end:
            kept.append(spot)
    return kept


def best_passages(text: str, spots: Sequence[Spot], most: int) -> list[tuple[int, int]]:
    """Choose the ranges of a text worth the most: different marks first, then more of them."""
    _, ends, marks, worths = zip(*spots, strict=True)
    # Spots do not overlap, so those inside a passage follow each other.
    ranges = [
        (i, bisect_right(ends, spots[i].start + PASSAGE - 40, i, min(i + 24, len(spots))))
        for i in _beginnings(worths)
    ]
    sums = [0.0, *accumulate(worths)]
    chosen: list[tuple[int, int]] = []
    seen: set[int] = set()
    for _ in range(most):
        best, worth, last = (0, 0), 0.0, 0
        at_best = sum({spot.mark: spot.worth for spot in spots if spot.mark not in seen}.values())
        for i, j in ranges:
            # All of it lies in the range before; or it cannot be worth more than what was found.
            if j == last or at_best + 0.05 * (sums[j] - sums[i]) + _TINY < worth:
                continue
            last = j
            different = dict(zip(marks[i:j], worths[i:j], strict=True))
            for mark in seen.intersection(different):
                del different[mark]
            value = sum(different.values()) + 0.05 * sum(worths[i:j])
            if value > worth:
                best, worth = (i, j), value
        if not worth:
            break
        i, j = best
        start, end = _around(text, spots[i].start, ends[j - 1], chosen)
        chosen.append((start, end))
        seen.update(marks[i:j])
        ranges = [(i, j) for i, j in ranges if not start <= spots[i].start < end]
    return sorted(chosen)


def _beginnings(worths: Sequence[float]) -> Sequence[int]:
    """Choose the spots at which a passage may begin: the rarest marks, in order."""
    if len(worths) <= MOST_BEGINNINGS:
        return range(len(worths))
    rarest = heapq.nlargest(MOST_BEGINNINGS, range(len(worths)), key=lambda i: (worths[i], -i))
    return sorted(rarest)


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
    for i in range(low, start):
        if text[i].isspace():
            return i + 1
    return low if start - low <= 1 else start


def cut_excerpt(field: str, text: str, spots: Sequence[Spot], span: tuple[int, int]) -> Excerpt:
    """Cut a passage into pieces that alternate unmarked and marked, white space made single."""
    low, high = span
    pieces = ["… " if low > 0 and text[:low].strip() else ""]
    at = low
    for spot in spots[bisect_left(spots, (low,)) :]:
        if spot.start >= high:
            break
        if spot.end > high:
            continue
        pieces[-1] += text[at : spot.start]
        pieces.extend((text[spot.start : spot.end], ""))
        at = spot.end
    pieces[-1] += text[at:high]
    if text[high:].strip():
        pieces[-1] += " …"
    return Excerpt(field, tuple(_single_spaces(piece) for piece in pieces))


def _single_spaces(text: str) -> str:
    inner = " ".join(text.split())
    if not inner:
        return " " if text else ""
    return (" " if text[0].isspace() else "") + inner + (" " if text[-1].isspace() else "")


def make_excerpts(
    texts: Mapping[str, str], words: Mapping[str, PackedWords], marks: Sequence[Mark]
) -> tuple[Excerpt, ...]:
    """Cut a hit's excerpts: its marked subject, then the best passages of the statement and
    replies.

    Without any match the statement's beginning stands in, so that every hit shows something.
    """
    excerpts: list[Excerpt] = []
    room = 3
    for field in ("candidate", "subject", "statement", "reply"):
        if not marks or (field == "reply" and room < 2 and len(excerpts) > 1):
            break
        text = texts.get(field, "")
        spots = find_spots(words[field], field, marks) if text and field in words else []
        if not spots:
            continue
        if field in ("candidate", "subject"):
            excerpts.append(cut_excerpt(field, text[:400], spots, (0, min(len(text), 400))))
            continue
        most = min(room, 2 if field == "statement" else 1)
        for span in best_passages(text, spots, most):
            excerpts.append(cut_excerpt(field, text, spots, span))
            room -= 1
    if not any(excerpt.field in ("statement", "reply") for excerpt in excerpts):
        statement = texts.get("statement", "")
        if statement:
            span = _around(statement, 0, 0, ())
            excerpts.append(cut_excerpt("statement", statement, (), span))
    return tuple(excerpts)
