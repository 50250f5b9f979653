"""One word's postings as bytes: documents, weighed counts and places, as narrow as they allow.

A whole list lies in one piece and is read at once, by a few calls for all of it. No engine in it.
While an index is written, a list is a row of numbers (`ROW`) that grows at its end:

    without places    document, count in steps, ...
    with places       document, count in steps, number of places, the places, ...
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate, pairwise
from operator import sub
from typing import NamedTuple

from search.stored_words import STEP

ROW = "I"
_PLACE = array(ROW).itemsize
_CODES = "BHI"
_LIMITS = ((1 << 8, 0), (1 << 16, 1))


class Postings(NamedTuple):
    """Where a form stands: documents, the weighed count in each, and packed positions (or
    nothing).
    """

    documents: list[int]
    counts: list[float]
    places: list[bytes]


class PackedList(NamedTuple):
    """A packed list with what the lexicon says of it."""

    data: bytes
    length: int
    first: int
    last: int


def pack_list(row: Sequence[int], placed: bool) -> PackedList:
    """Pack a row; its documents must ascend."""
    documents, steps, sizes, places = _split(row) if placed else (row[0::2], row[1::2], [], [])
    gaps = [documents[0], *map(sub, documents[1:], documents)]
    columns = [gaps, steps, sizes, places] if placed else [gaps, steps]
    codes = [_width(column) for column in columns]
    widths = sum(code << 2 * number for number, code in enumerate(codes))
    packed = [array(_CODES[c], each).tobytes() for c, each in zip(codes, columns, strict=True)]
    data = b"".join([bytes((placed, widths)), *packed])
    return PackedList(data, len(documents), documents[0], documents[-1])


def _split(row: Sequence[int]) -> tuple[Sequence[int], Sequence[int], list[int], list[int]]:
    documents: list[int] = []
    steps: list[int] = []
    sizes: list[int] = []
    places: list[int] = []
    at = 0
    while at < len(row):
        start = at + 3
        at = start + row[start - 1]
        documents.append(row[start - 3])
        steps.append(row[start - 2])
        sizes.append(row[start - 1])
        places.extend(row[start:at])
    return documents, steps, sizes, places


def _width(column: Sequence[int]) -> int:
    most = max(column, default=0)
    return next((code for limit, code in _LIMITS if most < limit), 2)


def unpack_list(data: bytes, length: int, base: int = 0) -> Postings:
    """Read a list of so many documents, counted from `base`."""
    placed, widths = data[0], data[1]
    gaps, at = _column(data, 2, widths & 3, length)
    steps, at = _column(data, at, widths >> 2 & 3, length)
    gaps[0] += base
    counts = [step / STEP for step in steps]
    if not placed:
        return Postings(list(accumulate(gaps)), counts, [])
    sizes, at = _column(data, at, widths >> 4 & 3, length)
    places, at = _column(data, at, widths >> 6 & 3, sum(sizes))
    whole = array(ROW, places).tobytes()
    ends = accumulate((size * _PLACE for size in sizes), initial=0)
    return Postings(list(accumulate(gaps)), counts, [whole[a:b] for a, b in pairwise(ends)])


def _column(data: bytes, at: int, code: int, length: int) -> tuple[list[int], int]:
    column = array(_CODES[code])
    end = at + length * column.itemsize
    column.frombytes(data[at:end])
    return column.tolist(), end
