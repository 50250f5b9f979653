"""What each archive and each of its months was when it was last looked at.

Owns the tables `archives` and `months`. When a month is due is decided in `pulling`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from ingest.database import Database
from ingest.records import ArchiveMonth
from ingest.stored_facts import MonthFacts, StoredArchive


class ArchiveRow(NamedTuple):
    """An archive as the catalogue knows it; times are ISO 8601 text, empty where never."""

    id: int
    name: str
    address: str
    kind: str
    rank: int
    last_tried: str
    last_success: str


class MonthRow(NamedTuple):
    """A month as it was last seen. `older` marks the kept copy of a month that shrank."""

    id: int
    archive_id: int
    archive: str
    name: str
    url: str
    pages_url: str
    start: str
    etag: str
    last_modified: str
    digest: str
    size: int
    packed_size: int
    packed_time: int
    last_checked: str
    failures: int
    older: int
    named: int


_MONTH = (
    "SELECT months.id, archive_id, archives.name, months.name, url, pages_url, start, etag,"
    " last_modified, digest, size, packed_size, packed_time, last_checked, failures, older, named"
    " FROM months JOIN archives ON archives.id = archive_id"
)


class MonthTable:
    """Archives and months, by name outside and by number inside."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember_archive(self, archive: StoredArchive) -> int:
        """Write an archive's row, new or changed, and give its number."""
        self._database.execute(
            "INSERT INTO archives (name, address, kind, rank) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET address = excluded.address, kind = excluded.kind,"
            " rank = excluded.rank",
            (archive.name, archive.address, archive.kind, archive.rank),
        )
        row = self._database.execute("SELECT id FROM archives WHERE name = ?", (archive.name,))
        return int(row.fetchone()[0])

    def archives(self) -> list[ArchiveRow]:
        rows = self._database.execute(
            "SELECT id, name, address, kind, rank, last_tried, last_success FROM archives"
            " ORDER BY rank, name"
        )
        return [ArchiveRow(*row) for row in rows]

    def mark_tried(self, archive: str, moment: str, success: bool) -> None:
        """Remember when an archive was asked, and that every month due was had."""
        self._database.execute(
            "UPDATE archives SET last_tried = ?,"
            " last_success = CASE WHEN ? THEN ? ELSE last_success END WHERE name = ?",
            (moment, success, moment, archive),
        )

    def name_months(self, archive_id: int, months: Iterable[ArchiveMonth]) -> None:
        """Remember which months the archive names now, keeping what is known of them."""
        self._database.execute("UPDATE months SET named = 0 WHERE archive_id = ?", (archive_id,))
        self._database.executemany(
            "INSERT INTO months (archive_id, name, url, pages_url, start, named)"
            " VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (archive_id, name) DO UPDATE SET"
            " url = excluded.url, pages_url = excluded.pages_url, start = excluded.start,"
            " named = 1",
            [
                (archive_id, month.name, month.url, month.pages_url, _start_of(month))
                for month in months
            ],
        )

    def add_held(
        self, archive_id: int, name: str, facts: MonthFacts | None, older: bool
    ) -> MonthRow:
        """Remember a month that lies in the data folder, though no archive named it to us."""
        start, url, pages = (facts.start, facts.url, facts.pages_url) if facts else ("", "", "")
        self._database.execute(
            "INSERT INTO months (archive_id, name, url, pages_url, start, older)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (archive_id, name) DO UPDATE SET"
            " older = excluded.older",
            (archive_id, name, url, pages, start, older),
        )
        row = self._database.execute(
            _MONTH + " WHERE archive_id = ? AND months.name = ?", (archive_id, name)
        )
        return MonthRow(*row.fetchone())

    def of_archive(self, archive: str) -> list[MonthRow]:
        """Give an archive's months, oldest first where their names tell, then by name."""
        rows = self._database.execute(
            _MONTH + " WHERE archives.name = ? ORDER BY start, months.id", (archive,)
        )
        return [MonthRow(*row) for row in rows]

    def all(self) -> list[MonthRow]:
        rows = self._database.execute(_MONTH + " ORDER BY rank, archives.name, start, months.id")
        return [MonthRow(*row) for row in rows]

    def get(self, archive: str, name: str) -> MonthRow | None:
        row = self._database.execute(
            _MONTH + " WHERE archives.name = ? AND months.name = ?", (archive, name)
        ).fetchone()
        return MonthRow(*row) if row else None

    def mark_checked(self, month_id: int, moment: str) -> None:
        """Remember that a month was asked for and answered."""
        self._database.execute(
            "UPDATE months SET last_checked = ?, failures = 0 WHERE id = ?", (moment, month_id)
        )

    def mark_failed(self, month_id: int) -> None:
        self._database.execute(
            "UPDATE months SET failures = failures + 1 WHERE id = ?", (month_id,)
        )

    def mark_stored(self, month_id: int, facts: MonthFacts, stamp: tuple[int, int]) -> None:
        """Remember what a stored month is; `stamp` is the size and time of its file."""
        self._database.execute(
            "UPDATE months SET etag = ?, last_modified = ?, digest = ?, size = ?, packed_size = ?,"
            " packed_time = ?, last_checked = max(last_checked, ?), failures = 0 WHERE id = ?",
            (
                facts.etag,
                facts.last_modified,
                facts.digest,
                facts.size,
                *stamp,
                facts.fetched_at,
                month_id,
            ),
        )

    def forget(self, month_id: int) -> None:
        """Take a month's row away; its mails must be gone before."""
        self._database.execute("DELETE FROM months WHERE id = ?", (month_id,))


def _start_of(month: ArchiveMonth) -> str:
    return month.start.isoformat() if month.start else ""


def archive_month(row: MonthRow) -> ArchiveMonth:
    """Give a month back as its archive named it."""
    return ArchiveMonth(
        archive=row.archive,
        name=row.name,
        url=row.url,
        pages_url=row.pages_url,
        start=datetime.fromisoformat(row.start) if row.start else None,
    )
