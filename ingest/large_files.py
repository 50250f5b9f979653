"""A large mbox on disk, cut into months of a size that can be held in memory.

Cut at fixed distances, each at the first mail behind: how many pieces there are is told by the size
alone, each is found without reading the others, and an mbox that grows at its end leaves all but
the last as they were. Where a mail begins is for `mbox` to say.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingest.mbox import LONGEST_HEAD, find_start_behind
from ingest.unpacking import is_gzip

PIECE = 8 * 2**20
_WINDOW = 2 * 2**20
_CHUNK = 256 * 1024
_BEFORE = 4  # bytes before a mail that tell whether it stands free


def count_pieces(path: Path) -> int:
    """Count a file's pieces; a packed one is one, since it can only be read from its beginning."""
    with path.open("rb") as file:
        if is_gzip(file.read(_BEFORE)):
            return 1
        return max(1, -(-_size(file) // PIECE))


def read_piece(path: Path, number: int) -> Iterator[bytes]:
    """Give the bytes of a piece, counted from 0: the mails that begin within its distance."""
    with path.open("rb") as file:
        begin, end = (_find_cut(file, at * PIECE) for at in (number, number + 1))
        file.seek(begin)
        while chunk := file.read(min(_CHUNK, end - begin)):
            begin += len(chunk)
            yield chunk


def _find_cut(file: BinaryIO, offset: int) -> int:
    """Give where the first mail begins at or behind an offset; the file's end where none does."""
    size = _size(file)
    if not offset or offset >= size:
        return min(offset, size)
    file.seek(0)
    beginning = file.read(2 * LONGEST_HEAD)
    while offset < size:
        file.seek(offset - _BEFORE)
        window = file.read(_BEFORE + _WINDOW)
        # A mail that begins near the window's end is looked at with all of its header, in the next.
        is_last = offset - _BEFORE + len(window) >= size
        until = len(window) if is_last else len(window) - LONGEST_HEAD
        start = find_start_behind(window, _BEFORE, beginning)
        if 0 <= start < until:
            return offset - _BEFORE + start
        offset += until - _BEFORE
    return size


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size
