"""Archives on disk: an mbox, packed or not, a Maildir, or a folder of Pipermail months.

One file or Maildir is one month, or several if it is large. Files may be written by others while
they are read, so a month is taken only when its file was the same before and after. Where a mail
ends is for `mbox` to say.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.errors import ArchiveUnreachable, MonthBroken, MonthMissing, NotAnArchive
from ingest.large_files import count_pieces, read_piece
from ingest.maildirs import MaildirPiece, is_maildir, list_pieces
from ingest.month_files import NoMbox, Validators, write_month, write_received
from ingest.own_links import is_plain
from ingest.part_text import read_part
from ingest.pipermail_pages import find_start
from ingest.records import ArchiveKind, ArchiveMonth, Message, Part
from ingest.unpacking import NotUnpackable

_SUFFIXES = re.compile(r"(?:\.txt|\.mbox|\.mbx)?(?:\.gz)?$", re.IGNORECASE)
_MONTH_FILE = re.compile(r"[^.].*(?:\.txt|\.mbox|\.mbx)(?:\.gz)?", re.IGNORECASE)
_CHUNK = 256 * 1024
_LIMIT = 8 * 2**30
_PART_LIMIT = 8 * 2**20
_TRIES = 3


@dataclass(frozen=True, slots=True)
class _FilePiece:
    """A file, or one of the pieces of a large one, counted from 0."""

    path: Path
    number: int = 0

    def stamp(self) -> str:
        return _stamp(self.path)

    def write(self, into: Path, known: Validators | None) -> Validators | None:
        path, number = self.path, self.number
        if number or count_pieces(path) > 1:
            # Most pieces of a file that has grown are as they were, and packing costs the most.
            if known is not None and _digest(read_piece(path, number)) == known.digest:
                return None
            return write_month(read_piece(path, number), into, known)
        with path.open("rb") as file:
            return write_received(iter(lambda: file.read(_CHUNK), b""), _LIMIT, into, known)


class LocalSource:
    """The archive at a path, of whichever form it has when it is asked."""

    kind = ArchiveKind.LOCAL

    def __init__(self, path: Path, name: str = "") -> None:
        self._path = path.absolute()
        self.address = str(self._path)
        self._pieces: dict[str, _FilePiece | MaildirPiece] = {}
        stem = _SUFFIXES.sub("", self._path.name)
        self.name = name or re.sub(r"[^\w.+@-]+", "-", stem).strip(".-") or "archive"

    def list_months(self) -> list[ArchiveMonth]:
        """Name the files as months, oldest first by their names."""
        if self._path.is_file():
            return self._make_months(self._path)
        try:
            if is_maildir(self._path):
                return self._make_months(self._path, list_pieces(self._path))
            paths = [path for path in self._path.iterdir() if _MONTH_FILE.fullmatch(path.name)]
        except OSError as error:
            raise ArchiveUnreachable(
                f"{self.address} cannot be read ({error.strerror}): check the path",
                address=self.address,
            ) from error
        newest = {_name_of(path): path for path in sorted(filter(Path.is_file, paths), key=_age)}
        if not newest:
            raise NotAnArchive(
                f"{self.address} is neither a Maildir nor a folder of .txt(.gz) or .mbox files: "
                "name the folder that holds the months",
                address=self.address,
            )
        months = [month for path in newest.values() for month in self._make_months(path)]
        return sorted(months, key=_order)

    def fetch_month(
        self, month: ArchiveMonth, known: Validators | None, into: Path
    ) -> Validators | None:
        """Write a month as it was at one moment; size and time of its file tell of changes."""
        piece = self._piece_of(month)
        path = piece.path
        for _ in range(_TRIES):
            try:
                stamp = piece.stamp()
                if known is not None and known.etag == stamp:
                    return None
                written = piece.write(into, known)
                if piece.stamp() == stamp:
                    return replace(written, etag=stamp) if written else None
                into.unlink(missing_ok=True)
            except FileNotFoundError as error:
                raise MonthMissing(f"{path} is gone: sync again", month=month.name) from error
            except OSError as error:
                # Of the file that is read: a folder that cannot be written is told otherwise.
                if error.filename is None or Path(error.filename) == into:
                    raise
                raise MonthBroken(
                    f"{error.filename} cannot be read ({error.strerror}): make it readable for this"
                    " user",
                    month=month.name,
                ) from error
            except NoMbox as error:
                raise MonthBroken(f"{path} is no mbox: take it away", month=month.name) from error
            except NotUnpackable as error:
                raise MonthBroken(f"{path} {error}: replace it", month=month.name) from error
        raise MonthBroken(f"{path} is being written: sync again later", month=month.name)

    def find_pages(self, month: ArchiveMonth, wanted: Sequence[Message]) -> dict[str, str]:
        """Mails on disk have no pages that could be linked to."""
        raise MonthMissing(f"{month.name} has no pages: it is on disk", month=month.name)

    def fetch_part(self, part: Part) -> str:
        """Give the text of a scrubbed part if the archive's attachments lie beside its months."""
        _, found, below = part.url.partition("/attachments/")
        path = self._path / "attachments" / below
        if not found or not is_plain(below):
            raise MonthMissing(f"{part.url[:200]} is not on disk", month=part.url)
        try:
            with path.open("rb") as file:
                return read_part(file.read(_PART_LIMIT), part)
        except OSError as error:
            raise MonthMissing(f"{path} is not there", month=part.url) from error

    def _make_months(
        self, path: Path, pieces: Sequence[_FilePiece | MaildirPiece] = ()
    ) -> list[ArchiveMonth]:
        """Name the pieces of a file or a Maildir as months; small ones are one piece."""
        whole, months = _name_of(path), []
        for number, piece in enumerate(pieces or _cut_file(path), start=1):
            name = f"{whole} part {number:03}" if number > 1 else whole
            self._pieces[name] = piece
            # No address: where a file lies on this machine is nobody's business but its keeper's.
            months.append(ArchiveMonth(self.name, name, "", start=find_start(whole)))
        return months

    def _piece_of(self, month: ArchiveMonth) -> _FilePiece | MaildirPiece:
        if month.name not in self._pieces:
            self.list_months()
        return self._pieces.get(month.name) or _FilePiece(self._path / month.name)


def _cut_file(path: Path) -> list[_FilePiece]:
    try:
        count = count_pieces(path)
    except OSError:
        count = 1  # Whoever fetches it finds out, and says so of this month alone.
    return [_FilePiece(path, number) for number in range(count)]


def _name_of(path: Path) -> str:
    return _SUFFIXES.sub("", path.name) or "mail"


def _order(month: ArchiveMonth) -> tuple[float, str]:
    return (month.start.timestamp() if month.start else 0.0, month.name)


def _age(path: Path) -> tuple[int, bool]:
    """Order files so that the newest comes last, of two the unpacked one: it is the original."""
    try:
        return (path.stat().st_mtime_ns, path.suffix != ".gz")
    except OSError:
        return (0, False)


def _stamp(path: Path) -> str:
    """Sum up what changes when a file changes."""
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
