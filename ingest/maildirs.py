"""A Maildir, cut into months of a size that can be held in memory.

Cut behind mails whose names say so, some 512 mails apart, and where a piece has grown large: mails
that arrive or are deleted leave all pieces but those beside them as they were. A mail's file never
changes once it has been delivered (Maildir's specification), only its name does, when somebody
reads it; so a piece is told by the names and sizes that it had when it was listed.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from ingest.month_files import Validators, write_month

if TYPE_CHECKING:
    from mailbox import Maildir

PIECE = 8 * 2**20
_APART = 512
# In this order: a mail that is moved on from the first to the second meanwhile is seen in one.
_FOLDERS = ("new", "cur")
# What a reader of the month would take for a separator; only such lines are escaped.
_LOOKS_LIKE_SEPARATOR = re.compile(rb"^(>{0,9}From [^\n]{1,400}\d\d:\d\d)", re.MULTILINE)


def is_maildir(path: Path) -> bool:
    """Tell whether a folder is a Maildir."""
    return all((path / folder).is_dir() for folder in _FOLDERS)


@dataclass(frozen=True, slots=True)
class _File:
    """One mail as it was listed: its name without flags, how many bytes it had."""

    key: str
    size: int

    @property
    def order(self) -> tuple[int, str]:
        """Order mails by arrival: the seconds that a name begins with; 0 where it does not."""
        seconds = self.key.partition(".")[0]
        is_time = seconds.isascii() and seconds.isdigit() and len(seconds) < 12
        return (int(seconds) if is_time else 0, self.key)


class _Box:
    """The standard library's Maildir, which finds a mail whose name changed; for many threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()

    @cached_property
    def _box(self) -> Maildir:
        # Imported only when a mail is read: with it comes all of its reading of mail.
        import mailbox

        return mailbox.Maildir(self.path, factory=None, create=False)

    def read(self, key: str) -> bytes:
        """Read one mail; raise `KeyError` or `FileNotFoundError` if it is gone."""
        with self._lock:
            return self._box.get_bytes(key)


@dataclass(frozen=True, slots=True)
class MaildirPiece:
    """Some of a Maildir's mails, in the order of their arrival."""

    box: _Box
    files: tuple[_File, ...]

    @property
    def path(self) -> Path:
        """Where the Maildir lies."""
        return self.box.path

    def stamp(self) -> str:
        """Sum up what changes when one of the mails comes, goes or changes."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(f"{file.key}\0{file.size}\0".encode(errors="surrogateescape"))
        return digest.hexdigest()

    def write(self, into: Path, known: Validators | None) -> Validators | None:
        """Write the mails as an mbox, as `write_month` does."""
        return write_month(self._read(), into, known)

    def _read(self) -> Iterator[bytes]:
        for file in self.files:
            with suppress(KeyError, FileNotFoundError):  # deleted since
                mail = self.box.read(file.key).replace(b"\r\n", b"\n").rstrip(b"\n")
                date = time.asctime(time.gmtime(file.order[0])).encode()
                separator = b"From MAILER-DAEMON " + date + b"\n"
                yield separator + _LOOKS_LIKE_SEPARATOR.sub(rb">\1", mail) + b"\n\n"


def list_pieces(path: Path) -> list[MaildirPiece]:
    """Give a Maildir's pieces as it is now, at least one; raise `OSError` if it cannot be read."""
    found = {file.key: file for file in _list_files(path)}  # it may be seen in both
    files = sorted(found.values(), key=lambda file: file.order)
    box = _Box(path)
    return [MaildirPiece(box, piece) for piece in _cut(files)]


def _list_files(path: Path) -> Iterator[_File]:
    for folder in _FOLDERS:
        with os.scandir(path / folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    key, size = entry.name.partition(":")[0], entry.stat().st_size
                    if entry.is_file() and not key.startswith("."):
                        yield _File(key, size)


def _cut(files: Iterable[_File]) -> Iterator[tuple[_File, ...]]:
    piece: list[_File] = []
    size = count = 0
    for file in files:
        piece.append(file)
        size += file.size
        if size >= PIECE or zlib.crc32(os.fsencode(file.key)) % _APART == 0:
            yield tuple(piece)
            piece, size, count = [], 0, count + 1
    if piece or not count:
        yield tuple(piece)
