"""How packed bytes are unpacked: as a stream, to their end, and never beyond a limit.

Servers send a `.txt.gz` as what it is, unpacked, or packed once more, and say so in headers that
mean either; so the bytes alone decide. Owns gzip and the limit; who sent the bytes, and what they
should be, is for others to know.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

_GZIP = b"\x1f\x8b\x08"
# A gzip file that a server packs again for the way makes two; one more for good measure.
_DEEPEST = 3
_PIECE = 2**20


class NotUnpackable(ValueError):
    """The bytes are no whole gzip, or more than was allowed; `str()` says which, in a few words."""


class CutShort(NotUnpackable):
    """The gzip stops before its end, so that asking again may help."""


def unpack_stream(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Give the unpacked bytes piece by piece; raise `NotUnpackable` as soon as they cannot be had.

    Bytes that are no gzip pass through. What has come before the error must not be kept.
    """
    total = 0
    for piece in _peel(chunks, _DEEPEST):
        total += len(piece)
        if total > limit:
            raise NotUnpackable(f"unpacks to more than {limit} bytes")
        yield piece


def is_gzip(head: bytes) -> bool:
    """Tell by its first bytes whether something is packed."""
    return head.startswith(_GZIP)


def _peel(chunks: Iterable[bytes], depth: int) -> Iterator[bytes]:
    rest = iter(chunks)
    head = b""
    for chunk in rest:
        head += chunk
        if len(head) >= len(_GZIP):
            break
    if not is_gzip(head):
        yield head
        yield from rest
    elif not depth:
        raise NotUnpackable(f"is packed more than {_DEEPEST} times")
    else:
        yield from _peel(_gunzip(chain((head,), rest)), depth - 1)


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack all members of a gzip file; zeros behind the last are padding, as tapes have it."""
    member = zlib.decompressobj(wbits=31)
    begun = False
    for chunk in chunks:
        data = chunk
        while data:
            if not begun:
                data = data.lstrip(b"\0")
                begun = bool(data)
                continue
            try:
                piece = member.decompress(data, _PIECE)
            except zlib.error as error:
                raise NotUnpackable("is a broken gzip") from error
            if piece:
                yield piece
            data = member.unused_data if member.eof else member.unconsumed_tail
            if member.eof:
                member = zlib.decompressobj(wbits=31)
                begun = False
    if begun:
        raise CutShort("is a gzip that was cut short")
