"""How a month is written: checked, packed, whole or not at all.

Every kind of archive hands its month over as a stream of bytes; here it becomes the one file that
can never be remade. What comes packed as we keep it stays as it came: packing it again would cost
as much as reading all of its mails. Where the file goes afterwards is `raw_store`'s business, and
where its mails begin that of `mbox`.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from ingest.unpacking import is_gzip, unpack_stream

# Blank lines stand before the first mail where an archiver joined files.
_LONGEST_LEAD = 4096
# Level 1 packs mail in little more than half the time of level 4, and to some 15 % more bytes.
_LEVEL = 1
_PIECE = 64 * 1024
_GATHERED = 2**20
# A few months wait to be read at once, so that much is held some times over.
_HANDED_ON = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Validators:
    """What is remembered of a fetched month, to ask for it again conditionally.

    `digest` is the SHA-256 (hex) of the unpacked bytes; `size` counts those bytes. `etag` and
    `last_modified` are empty where the server sent none. `unpacked` are the bytes themselves, of a
    month just written that is not too large: whoever reads it next need not unpack it again.
    """

    digest: str
    size: int
    etag: str = ""
    last_modified: str = ""
    unpacked: bytes | None = field(default=None, repr=False, compare=False)


class NoMbox(ValueError):
    """The bytes do not begin like an mbox; `beginning` is how they do."""

    def __init__(self, beginning: bytes) -> None:
        super().__init__("is no mbox")
        self.beginning = beginning


def write_month(
    chunks: Iterable[bytes], into: Path, known: Validators | None = None
) -> Validators | None:
    """Pack a month into the new file `into`; give None and leave no file if its digest is known.

    The same bytes give the same file. Raise `NoMbox`, or what `chunks` raises, and leave no file.
    """
    with _new_file(into) as file:
        found = _pack(chunks, file)
    return _unless_known(found, into, known)


def write_received(
    received: Iterable[bytes], limit: int, into: Path, known: Validators | None = None
) -> Validators | None:
    """Write a month as `write_month` does, from bytes that may be packed; gzip stays as it came.

    Raise `NotUnpackable` where it unpacks to more than `limit` bytes, or not at all.
    """
    with _new_file(into) as file:
        passing = _Passing()
        for chunk in _checked(unpack_stream(_copied(received, file), limit)):
            passing.see(chunk)
        found = passing.sum_up()
    kept = _unless_known(found, into, known)
    if kept is not None and not _is_packed_once(into):
        _pack_again(into, limit)
    return kept


class _Passing:
    """What is learnt of a month's unpacked bytes while they pass."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._size = 0
        self._pieces: list[bytes] = []

    def see(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self._size += len(chunk)
        if self._size <= _HANDED_ON:
            self._pieces.append(chunk)
        else:
            self._pieces.clear()

    def sum_up(self) -> Validators:
        unpacked = b"".join(self._pieces) if self._size <= _HANDED_ON else None
        return Validators(self._digest.hexdigest(), self._size, unpacked=unpacked)


def _pack(chunks: Iterable[bytes], file: BinaryIO) -> Validators:
    passing = _Passing()
    with gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:
        for chunk in _checked(chunks):
            passing.see(chunk)
            packed.write(chunk)
    return passing.sum_up()


def _pack_again(path: Path, limit: int) -> None:
    """Put a packed copy in place of what came unpacked, or packed more than once."""
    came = path.rename(path.with_name(f".came{path.name}"))
    try:
        with came.open("rb") as source, _new_file(path) as file:
            _pack(unpack_stream(iter(lambda: source.read(_PIECE), b""), limit), file)
    finally:
        came.unlink()


def _is_packed_once(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_PIECE)
    if not is_gzip(head):
        return False
    return not is_gzip(zlib.decompressobj(wbits=31).decompress(head, _LONGEST_LEAD))


def _copied(chunks: Iterable[bytes], file: BinaryIO) -> Iterator[bytes]:
    for chunk in _gathered(chunks):
        file.write(chunk)
        yield chunk


def _gathered(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Join chunks to larger ones: at each call below, threads change places."""
    waiting, size = [], 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= _GATHERED:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a new file that is on the disk afterwards, or not there at all."""
    with path.open("xb") as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            # Also on KeyboardInterrupt: half a month must not be taken for one.
            path.unlink(missing_ok=True)
            raise


def _unless_known(found: Validators, path: Path, known: Validators | None) -> Validators | None:
    if known is not None and known.digest == found.digest:
        path.unlink()
        return None
    return found


def with_headers(validators: Validators, etag: str, last_modified: str) -> Validators:
    """Add what the server sent to ask again with."""
    return replace(validators, etag=etag, last_modified=last_modified)


def _checked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass chunks on once they are seen to begin like an mbox; nothing at all is an empty month."""
    head, begun = b"", False
    for chunk in chunks:
        if begun:
            yield chunk
            continue
        head += chunk
        lead = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t \0")
        if lead[:5] == b"From ":
            begun = True
            yield head
        elif not b"From ".startswith(lead[:5]) or len(head) - len(lead) > _LONGEST_LEAD:
            raise NoMbox(lead[:80])
    if not begun and head.strip(b"\r\n\t \0"):
        raise NoMbox(head[:80])
