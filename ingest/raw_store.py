"""The data folder: raw months, fetched parts, page addresses, the lock. Whole files or none.

Raw months are the one thing that cannot be remade, so they are never changed in place, and the
older copy of a month that shrank stays beside the newer. What was learnt while fetching lies
beside each month, so that a catalogue can be rebuilt without asking anyone. Which months to ask
for is decided in `pulling`, what they contain in `catalogue`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from ingest.data_lock import check_version, hold_lock
from ingest.errors import MonthBroken, MonthMissing
from ingest.records import Place
from ingest.stored_facts import MonthFacts, PageMap, StoredArchive
from ingest.unpacked import Unpacked
from ingest.whole_files import (
    keep_beside,
    make_folder,
    naming_the_folder,
    put_in_place,
    write_whole,
)

_SUFFIX = ".mbox.gz"
# File systems take 255 bytes; `.<name>.<pid>.new` must fit too.
_LONGEST_NAME = 120
_CUT_LENGTH = 97


class RawStore:
    """One data folder. Opening it makes what is absent and refuses what a newer release wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._unpacked = Unpacked(self.read_month)
        with naming_the_folder(folder):
            make_folder(folder / "archives")
            check_version(folder)

    @property
    def catalogue_path(self) -> Path:
        return self.folder / "catalogue.sqlite"

    @contextmanager
    def locked(self, now: datetime) -> Iterator[None]:
        """Hold the folder for one sync; raise `DataFolderBusy` with the holder if it is held."""
        with hold_lock(self.folder, now):
            self._sweep_incoming()
            yield

    # Archives

    def archives(self) -> list[StoredArchive]:
        """Give every archive that was ever followed here, in the order of their ranks.

        One whose `archive.json` cannot be read has no address; the catalogue may know it.
        """
        found = []
        for path in sorted((self.folder / "archives").iterdir()):
            record = _read_json(path / "archive.json")
            if path.is_dir() and not path.name.startswith("."):
                found.append(
                    StoredArchive(
                        name=_name_of_archive(path, str(record.get("name", ""))),
                        address=str(record.get("address", "")),
                        kind=str(record.get("kind", "local")),
                        rank=rank if isinstance(rank := record.get("rank"), int) else 0,
                    )
                )
        return sorted(found, key=lambda archive: (archive.rank, archive.name))

    def remember_archive(self, archive: StoredArchive) -> None:
        if archive not in self.archives():
            path = self._archive(archive.name) / "archive.json"
            with naming_the_folder(self.folder):
                write_whole(path, _json(asdict(archive)), durable=True)

    # Months

    def months(self, archive: str) -> list[str]:
        """Name the months held of an archive, older copies of shrunken ones among them."""
        folder = self._archive(archive) / "months"
        names = folder.glob("*" + _SUFFIX) if folder.is_dir() else ()
        return sorted(
            self._name_of(path.name.removesuffix(_SUFFIX), folder)
            for path in names
            if path.name[0] != "."
        )

    def incoming(self, archive: str, month: str) -> Path:
        """Name a new file beside the months for a fetch to write into."""
        folder = self._archive(archive) / "months"
        with naming_the_folder(self.folder):
            make_folder(folder)
        return folder / f".{file_name(month)}.{os.getpid()}.new"

    def keep_month(self, archive: str, facts: MonthFacts, staged: Path, older: str = "") -> None:
        """Make a fetched file the month's copy; `older` names its last copy, to be kept beside."""
        path = self.month_path(archive, facts.name)
        with naming_the_folder(self.folder):
            if older and path.exists():
                keep_beside(path, self.month_path(archive, older))
            put_in_place(staged, path)
        self.keep_facts(archive, facts)
        self._unpacked.forget(archive, facts.name)

    def keep_facts(self, archive: str, facts: MonthFacts) -> None:
        """Remember what was learnt of a month whose copy stays as it is."""
        with naming_the_folder(self.folder):
            write_whole(self._facts_path(archive, facts.name), _json(asdict(facts)))

    def month_path(self, archive: str, month: str) -> Path:
        return self._archive(archive) / "months" / (file_name(month) + _SUFFIX)

    def month_facts(self, archive: str, month: str) -> MonthFacts | None:
        """Give what was learnt when the month was fetched, if that is still known."""
        record = _read_json(self._facts_path(archive, month))
        try:
            return MonthFacts(**record)
        except TypeError:
            return None

    def stamp(self, archive: str, month: str) -> tuple[int, int]:
        """Give size and time of a month's file: while they stay, the file was not replaced."""
        try:
            status = self.month_path(archive, month).stat()
        except OSError:
            return (0, 0)
        return (status.st_size, status.st_mtime_ns)

    def read_month(self, archive: str, month: str) -> bytes:
        """Unpack a month that is held; raise `MonthMissing` or `MonthBroken`."""
        return unpack(self.month_path(archive, month), month)

    def read_mail(self, place: Place) -> bytes:
        """Give the bytes of the mail at a place, separator line included."""
        mail = self._unpacked.read(place)
        if len(mail) < place.length:
            raise MonthBroken(
                f"{place.month} is shorter than the catalogue says: run `hustings reindex`",
                month=place.month,
            )
        return mail

    def hold_mail(self, place: Place, mail: bytes) -> None:
        """Hold a mail of a month in the folder in memory: it will be asked for in a while."""
        self._unpacked.hold(place, mail)

    def forget_unpacked(self) -> None:
        """Let go of unpacked months and of mails, when others are about to be read."""
        self._unpacked.forget_all()

    # Parts and pages

    def read_part(self, archive: str, url: str) -> str | None:
        """Give the text of a scrubbed part that was fetched once, None if it never was."""
        try:
            return self._part_path(archive, url).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def keep_part(self, archive: str, url: str, text: str) -> None:
        with naming_the_folder(self.folder):
            write_whole(
                self._part_path(archive, url), text.encode("utf-8", "replace"), durable=True
            )

    def read_pages(self, archive: str, month: str) -> PageMap | None:
        """Give the page addresses kept for a month, None if they were never asked for."""
        record = _read_json(self._pages_path(archive, month))
        pages = record.get("pages")
        if not isinstance(pages, dict):
            return None
        return PageMap(
            pages={str(key): str(value) for key, value in pages.items()},
            wanted=frozenset(map(str, record.get("wanted", ()))),
            missing=bool(record.get("missing")),
            asked_at=str(record.get("asked_at", "")),
        )

    def keep_pages(self, archive: str, month: str, found: PageMap) -> None:
        record = asdict(found) | {"wanted": sorted(found.wanted)}
        with naming_the_folder(self.folder):
            write_whole(self._pages_path(archive, month), _json(record))

    def _archive(self, name: str) -> Path:
        return self.folder / "archives" / file_name(name)

    def _name_of(self, stem: str, folder: Path) -> str:
        """Turn a file's name back into the month's; a long one was cut, and its facts tell it."""
        name = unquote(stem)
        if file_name(name) == stem and len(stem) != _CUT_LENGTH:
            return name
        return str(_read_json(folder / f"{stem}.json").get("name", name))

    def _facts_path(self, archive: str, month: str) -> Path:
        return self._archive(archive) / "months" / (file_name(month) + ".json")

    def _pages_path(self, archive: str, month: str) -> Path:
        return self._archive(archive) / "pages" / (file_name(month) + ".json")

    def _part_path(self, archive: str, url: str) -> Path:
        # The path alone: an archive that moves to another host keeps its parts.
        path = url.split("://", 1)[-1].partition("/")[2] or url
        digest = hashlib.sha256(path.encode("utf-8", "replace")).hexdigest()
        return self._archive(archive) / "parts" / f"{digest[:40]}.txt"

    def _sweep_incoming(self) -> None:
        """Take away what a killed sync had half fetched; only the lock's holder may."""
        with naming_the_folder(self.folder):
            for depth in ("*", "*/*"):
                for path in (self.folder / "archives").glob(f"{depth}/.*.new"):
                    path.unlink(missing_ok=True)


def _name_of_archive(path: Path, written: str) -> str:
    """Believe the folder where its file says another name: a byte of that may have changed."""
    return written if file_name(written) == path.name else unquote(path.name)


def file_name(name: str) -> str:
    """Turn a name from outside into one plain file name, reversibly while it is short."""
    safe = quote(name, safe=" ,+=@", errors="replace")
    if safe.startswith("."):
        safe = "%2E" + safe[1:]
    if len(safe) > _LONGEST_NAME:
        safe = safe[: _CUT_LENGTH - 17] + "-" + hashlib.sha256(safe.encode()).hexdigest()[:16]
    return safe or "%"


def unpack(path: Path, month: str) -> bytes:
    """Unpack a gzip file to its end; raise `MonthMissing` or `MonthBroken`."""
    try:
        return gzip.decompress(path.read_bytes())
    except FileNotFoundError as error:
        raise MonthMissing(
            f"the raw month {month} is not in the data folder", month=month
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise MonthBroken(
            f"the raw month {path} is damaged ({error}): delete it and sync again", month=month
        ) from error


def _json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, indent=1, sort_keys=True).encode() + b"\n"


def _read_json(path: Path) -> dict[str, Any]:
    """Read an object, empty if there is none: all of these can be learnt again."""
    try:
        record = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
