"""Rows of whole numbers as bytes, each row as narrow as its greatest number allows."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

_CODES = "BHI"  # codes of `array`; two bits of a mark say which one each row has


def pack_rows(rows: Iterable[list[int] | tuple[int, ...]]) -> tuple[int, bytes]:
    """Pack at most four rows of numbers below 2^32; give the mark of their widths and the bytes."""
    mark, packed = 0, []
    for number, row in enumerate(rows):
        try:
            packed.append(bytes(row))
        except ValueError:  # there is a number above 255
            code = 1 if max(row) < 1 << 16 else 2
            mark |= code << 2 * number
            packed.append(array(_CODES[code], row).tobytes())
    return mark, b"".join(packed)


def row_size(mark: int, number: int, length: int) -> int:
    """Count the bytes of one of the rows, if it has so many numbers."""
    return length << (mark >> 2 * number & 3)


def unpack_row(mark: int, number: int, data: bytes) -> array[int]:
    """Read one of the rows from its own bytes."""
    return array(_CODES[mark >> 2 * number & 3], data)
