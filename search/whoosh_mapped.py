"""The files of a Whoosh index, mapped into memory and read in place.

A segment is one file that holds others, some of which hold others again. Whoosh copies each into
memory when it opens it: of an index of 430 MB, 350 were held twice. Here a file within a file is a
view of the same map, and only what is asked for is copied. Its version is pinned; the tests of the
contract fail if it changes.
"""

from __future__ import annotations

import io
import mmap
from pathlib import Path
from typing import Any

from whoosh.codec.base import Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile


class MappedStorage(FileStorage):  # type: ignore[misc]
    """A folder of an index, to read from and to write to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), supports_mmap=False)  # its own way is the one that copies

    def open_file(self, name: str, **how: Any) -> Any:
        """Open a file; a segment is mapped."""
        if name.endswith(Segment.COMPOUND_EXT):
            return _open_mapped(Path(self.folder) / name)
        return super().open_file(name, **how)


class MappedFile(BufferFile):  # type: ignore[misc]
    """A file, or a part of one, to read from."""

    def __init__(self, view: memoryview, name: str) -> None:
        # Not the library's own: it would copy the view.
        self._buf = view
        self._name = name
        self.file = _Reader(view)
        self.onclose = None
        self.is_real = False
        self.is_closed = False

    def subset(self, position: int, length: int, name: str | None = None) -> MappedFile:
        """Give a part as a file of its own."""
        return MappedFile(self._buf[position : position + length], name or self._name)


def _open_mapped(path: Path) -> MappedFile:
    """Map a file; the map goes when the last part of it is let go."""
    with path.open("rb") as file:
        mapped: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return MappedFile(memoryview(mapped), path.name)


class _Reader:
    """What Whoosh asks of a file object, on a view."""

    __slots__ = ("_at", "_view")

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        begin = self._at
        data = bytes(self._view[begin : begin + size] if size >= 0 else self._view[begin:])
        self._at = begin + len(data)
        return data

    def readline(self) -> bytes:
        """Read to the end of a line, as pickles of the oldest kind have them."""
        line = b""
        while rest := bytes(self._view[self._at : self._at + io.DEFAULT_BUFFER_SIZE]):
            line += self.read(rest.find(b"\n") + 1 or len(rest))
            if line.endswith(b"\n"):
                break
        return line

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        base = (0, self._at, len(self._view))[whence]
        if base + position < 0:
            raise ValueError(f"no place before a file's beginning: {base + position}")
        self._at = base + position
        return self._at

    def tell(self) -> int:
        return self._at
