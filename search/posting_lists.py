"""One word's postings as bytes: documents, counts and places, as narrow as they allow.

A whole list lies in one piece and is read at once, by a few calls for all of it. No engine in it.
While an index is written, a list is a row of numbers that grows at its end:

    without places    document, count in steps, ...
    with places       document, count in steps, number of places, the places, ...
"""

from __future__ import annotations

import sys
from array import array
from itertools import accumulate, chain, pairwise, repeat
from operator import sub
from typing import NamedTuple

from search.narrow_rows import pack_rows, row_size, unpack_row
from search.rows import DOCUMENT

ROW = "I"
_PLACE = array(ROW).itemsize
_LOW = 0 if sys.byteorder == "little" else 1  # which half of a number comes first


class Postings(NamedTuple):
    """Where a form stands: documents, and the weighed count in each, in steps of 1/`STEP`."""

    documents: list[int]
    steps: list[int]


class PackedList(NamedTuple):
    """A packed list with what the lexicon says of it."""

    data: bytes
    length: int
    first: int
    last: int


def pack_list(row: list[int], placed: bool) -> PackedList:
    """Pack a row; its documents must ascend."""
    if not placed:
        documents = row[0::2]
        mark, packed = pack_rows((_gaps(documents), row[1::2]))
    elif len(row) == 3 + row[2]:  # most words stand in one document
        documents = row[:1]
        mark, packed = pack_rows((documents, row[1:2], row[2:3], row[3:]))
    else:
        documents, *others = _split(row)
        mark, packed = pack_rows((_gaps(documents), *others))
    data = bytes((placed, mark)) + packed
    return PackedList(data, len(documents), documents[0], documents[-1])


def _gaps(documents: list[int]) -> list[int]:
    return [documents[0], *map(sub, documents[1:], documents)]


def _split(row: list[int]) -> tuple[list[int], list[int], list[int], list[int]]:
    documents: list[int] = []
    steps: list[int] = []
    sizes: list[int] = []
    places: list[int] = []
    at = 0
    while at < len(row):
        start = at + 3
        document, step, size = row[at:start]
        at = start + size
        documents.append(document)
        steps.append(step)
        sizes.append(size)
        places += row[start:at]
    return documents, steps, sizes, places


def unpack_counts(data: bytes, length: int, base: int = 0) -> Postings:
    """Read documents, counted from `base`, and counts of a list of so many documents."""
    gaps, steps, _ = _first_rows(data, length)
    gaps[0] += base
    return Postings(list(accumulate(gaps)), steps)


def unpack_places(data: bytes, length: int, base: int = 0) -> array[int]:
    """Read the places of a list as `rows.py` numbers them, through all documents."""
    gaps, _, at = _first_rows(data, length)
    gaps[0] += base
    sizes, places = _place_rows(data, length, at)
    high = [number << DOCUMENT - 32 for number in accumulate(gaps)]
    # Put together from halves, which costs a third of adding up each number.
    halves = array(ROW, bytes(2 * _PLACE * len(places)))
    halves[_LOW::2] = array(ROW, places)
    halves[1 - _LOW :: 2] = array(ROW, chain.from_iterable(map(repeat, high, sizes)))
    return array("Q", halves.tobytes())


def unpack_each(data: bytes, length: int) -> list[bytes]:
    """Read each document's places, as a row's bytes; nothing for a list without places."""
    if not data[0]:
        return [b""] * length
    sizes, places = _place_rows(data, length, _first_rows(data, length)[2])
    whole = array(ROW, places).tobytes()
    ends = accumulate((size * _PLACE for size in sizes), initial=0)
    return [whole[begin:end] for begin, end in pairwise(ends)]


def _first_rows(data: bytes, length: int) -> tuple[list[int], list[int], int]:
    gaps, at = _row(data, 2, 0, length)
    steps, at = _row(data, at, 1, length)
    return gaps.tolist(), steps.tolist(), at


def _place_rows(data: bytes, length: int, at: int) -> tuple[array[int], array[int]]:
    sizes, at = _row(data, at, 2, length)
    places, _ = _row(data, at, 3, sum(sizes))
    return sizes, places


def _row(data: bytes, at: int, number: int, length: int) -> tuple[array[int], int]:
    end = at + row_size(data[1], number, length)
    if end > len(data):
        raise ValueError("a list of postings is cut short")
    return unpack_row(data[1], number, data[at:end]), end
