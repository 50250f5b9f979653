"""Which passages of a hit are shown, and which words in them are marked. No engine in it.

Marks come from the very tokens that were indexed (`packed_words.py`), so the marked word is the
word that matched. Passages are chosen by how many different words of the query they hold.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.engine import Excerpt
from search.packed_words import PackedWords
from search.rows import find_rows

PASSAGE = 240  # characters of a passage: two or three lines on a page
MOST_MARKS = 200  # in one text: a word that stands everywhere is not looked for to the end
MOST_COMMON_MARKS = 30  # of a word that most documents have: it is worth next to nothing
COMMON = 0.7  # the rarity (`ranking.rarity`) of a word in half of the documents
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


@dataclass(frozen=True, slots=True)
class Spot:
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
            most = MOST_MARKS if mark.rarity > COMMON or len(marks) == 1 else MOST_COMMON_MARKS
            spots.extend(Spot(*words.span(i), number, mark.rarity) for i in found[:most])
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
    chosen: list[tuple[int, int]] = []
    seen: set[int] = set()
    beginnings = sorted(
        heapq.nlargest(MOST_BEGINNINGS, range(len(spots)), key=lambda i: (spots[i].worth, -i))
    )
    for _ in range(most):
        best, worth = None, 0.0
        for i in beginnings:
            spot = spots[i]
            if any(start <= spot.start < end for start, end in chosen):
                continue
            inside = [s for s in spots[i : i + 24] if s.end <= spot.start + PASSAGE - 40]
            value = sum({s.mark: s.worth for s in inside if s.mark not in seen}.values())
            value += 0.05 * sum(s.worth for s in inside)
            if value > worth:
                best, worth = inside, value
        if not best:
            break
        chosen.append(_around(text, best[0].start, best[-1].end, chosen))
        seen.update(spot.mark for spot in best)
    return sorted(chosen)


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
    for spot in spots:
        if spot.start < low or spot.end > high:
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
    texts: Mapping[str, str], packed: Mapping[str, bytes], marks: Sequence[Mark]
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
        spots = find_spots(PackedWords(packed.get(field, b"")), field, marks)
        if not spots or not text:
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
