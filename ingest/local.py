"""Archives on disk: an mbox, packed or not, a Maildir, or a folder of Pipermail months.

One file is one month, or several if it is large. Files may be written by others while they are
read, so a month is taken only when its file was the same before and after. Mailboxes are read by
the standard library; where a mail ends is for `mbox` to say.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ingest.errors import ArchiveUnreachable, MonthBroken, MonthMissing, NotAnArchive
from ingest.large_files import count_pieces, read_piece
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
# What a reader of the month would take for a separator; only such lines are escaped.
_LOOKS_LIKE_SEPARATOR = re.compile(rb"^(>{0,9}From [^\n]{1,400}\d\d:\d\d)", re.MULTILINE)


class LocalSource:
    """The archive at a path, of whichever form it has when it is asked."""

    kind = ArchiveKind.LOCAL

    def __init__(self, path: Path, name: str = "") -> None:
        self._path = path.absolute()
        self.address = str(self._path)
        self._pieces: dict[str, tuple[Path, int]] = {}
        stem = _SUFFIXES.sub("", self._path.name)
        self.name = name or re.sub(r"[^\w.+@-]+", "-", stem).strip(".-") or "archive"

    def list_months(self) -> list[ArchiveMonth]:
        """Name the files as months, oldest first by their names."""
        if _is_maildir(self._path):
            return [self._make_month(self._path)]
        if self._path.is_file():
            return self._make_months(self._path)
        try:
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
        path, number = self._piece_of(month)
        for _ in range(_TRIES):
            try:
                stamp = _stamp(path)
                if known is not None and known.etag == stamp:
                    return None
                written = _write(path, number, into, known)
                if _stamp(path) == stamp:
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

    def _make_months(self, path: Path) -> list[ArchiveMonth]:
        """Name a file, or the pieces of a large one, as months."""
        try:
            count = count_pieces(path)
        except OSError:
            count = 1  # Whoever fetches it finds out, and says so of this month alone.
        return [self._make_month(path, number) for number in range(count)]

    def _make_month(self, path: Path, number: int = 0) -> ArchiveMonth:
        whole = _name_of(path)
        name = f"{whole} part {number + 1:03}" if number else whole
        self._pieces[name] = (path, number)
        # No address: where a file lies on this machine is nobody's business but its keeper's.
        return ArchiveMonth(self.name, name, "", start=find_start(whole))

    def _piece_of(self, month: ArchiveMonth) -> tuple[Path, int]:
        if month.name not in self._pieces:
            self.list_months()
        return self._pieces.get(month.name, (self._path / month.name, 0))


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


def _is_maildir(path: Path) -> bool:
    return (path / "cur").is_dir() and (path / "new").is_dir()


def _stamp(path: Path) -> str:
    """Sum up what changes when a file or one in a Maildir changes."""
    if not path.is_dir():
        status = path.stat()
        return f"{status.st_size}-{status.st_mtime_ns}"
    digest = hashlib.sha256()
    # The flags behind the colon change when somebody reads; the mail does not.
    for entry in sorted([*(path / "cur").iterdir(), *(path / "new").iterdir()], key=_key):
        with suppress(FileNotFoundError):
            digest.update(f"{_key(entry)}\0{entry.stat().st_size}\0".encode())
    return digest.hexdigest()


def _key(path: Path) -> str:
    return path.name.partition(":")[0]


def _write(path: Path, number: int, into: Path, known: Validators | None) -> Validators | None:
    if path.is_dir():
        return write_month(_read_maildir(path), into, known)
    if number or count_pieces(path) > 1:
        # Most pieces of a file that has grown are as they were, and packing costs the most.
        if known is not None and _digest(read_piece(path, number)) == known.digest:
            return None
        return write_month(read_piece(path, number), into, known)
    with path.open("rb") as file:
        return write_received(iter(lambda: file.read(_CHUNK), b""), _LIMIT, into, known)


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _read_maildir(path: Path) -> Iterator[bytes]:
    """Give the mails of a Maildir as an mbox, in the order of their arrival."""
    # Imported only for a Maildir: with it comes all of the standard library's reading of mail.
    import mailbox

    box = mailbox.Maildir(path, factory=None, create=False)
    for arrived, key in sorted((_arrival(key), key) for key in box.iterkeys()):
        with suppress(KeyError, FileNotFoundError):
            mail = box.get_bytes(key).replace(b"\r\n", b"\n").rstrip(b"\n")
            date = time.asctime(time.gmtime(arrived)).encode()
            separator = b"From MAILER-DAEMON " + date + b"\n"
            yield separator + _LOOKS_LIKE_SEPARATOR.sub(rb">\1", mail) + b"\n\n"


def _arrival(key: str) -> int:
    """Read the seconds that a Maildir's file name begins with; 0 where it does not."""
    seconds = key.partition(".")[0]
    return int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 12 else 0
