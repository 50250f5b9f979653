"""The table of an index's terms, written with fewer calls than by Whoosh, and hashed by CRC32.

The file is Whoosh's own: its reader is told by the file which sum the keys are hashed by. Whoosh
takes MD5, whose digest it reads as text for each key.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from zlib import crc32

from whoosh.filedb.filetables import HashWriter, OrderedHashWriter

_CRC32 = 1  # Whoosh's number of it
_LENGTHS = struct.Struct("!ii")
_SLOT = struct.Struct("!Iq")


class TermTable(OrderedHashWriter):  # type: ignore[misc]
    """Writes keys, which must come in order, with their values."""

    def __init__(self, table: OrderedHashWriter) -> None:
        """Write into the file of a table that has nothing in it yet."""
        table.dbfile.seek(table.startoffset)
        HashWriter.__init__(self, table.dbfile, hashtype=_CRC32)
        self.extras, self.index, self.lastkey = table.extras, table.index, table.lastkey

    def add_all(self, items: Iterable[tuple[bytes, bytes]]) -> None:
        write, append, buckets = self.dbfile.file.write, self.index.append, self.buckets
        at, last = self.dbfile.tell(), self.lastkey
        for key, value in items:
            if key <= last:
                raise ValueError(f"terms must increase: {last!r}..{key!r}")
            append(at)
            hashed = crc32(key)
            buckets[hashed & 255].append((hashed, at))
            at += write(_LENGTHS.pack(len(key), len(value)) + key + value)
            last = key
        self.lastkey = last

    def _write_hashes(self) -> None:
        empty = _SLOT.pack(0, 0)
        for bucket in self.buckets:
            size = 2 * len(bucket)
            self.directory.append((self.dbfile.tell(), size))
            slots = [empty] * size
            for hashed, at in bucket:
                slot = (hashed >> 8) % size
                while slots[slot] is not empty:
                    slot = (slot + 1) % size
                slots[slot] = _SLOT.pack(hashed, at)
            self.dbfile.write(b"".join(slots))
