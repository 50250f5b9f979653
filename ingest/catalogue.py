"""The catalogue: SQLite that remembers every month, the skeleton of every mail, every candidacy.

The only file that knows the library. It opens, checks, guards transactions, and hands out the
tables; what is in them is owned by `month_table`, `mail_table`, `due_table` and `candidacy_table`.
Nothing here is precious: a catalogue that is broken or of another release is thrown away and made
anew from the raw months, which is why every door raises `CatalogueBroken` instead of guessing.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest.candidacy_table import CandidacyTable
from ingest.database import COPIES_INDEX, SCHEMA, SCHEMA_NUMBER, SEARCH_INDEXES
from ingest.due_table import DueTable
from ingest.errors import CatalogueBroken, DataFolderUnwritable
from ingest.mail_table import MailTable
from ingest.month_table import MonthTable

# Primary codes; SQLite adds a second byte that tells more.
_FULL_OR_FORBIDDEN = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
}

# What of each table is a function of the raw months; months by name, since their numbers are not.
_NAMED = " FROM {} t JOIN months m ON m.id = t.{} >> 32 JOIN archives a ON a.id = m.archive_id"
_DUMPED = {
    "mails": "SELECT a.name, m.name, t.id & 4294967295, t.claimed, t.key, t.first, t.announces,"
    " t.tells_results, t.posted_at, t.subject_key, t.digest, t.position, t.length, t.message_id,"
    " t.claimed_id, t.refs, t.subject, t.sender, t.address, t.repairs"
    + _NAMED.format("mails", "id"),
    "refs": "SELECT a.name, m.name, t.mail_id & 4294967295, t.key"
    + _NAMED.format("refs", "mail_id"),
    "skips": "SELECT a.name, m.name, t.id & 4294967295, t.position, t.length, t.reason, t.detail"
    + _NAMED.format("skips", "id"),
    "findings": "SELECT id, key, draft FROM findings",
    "candidacies": "SELECT id, digest, payload FROM candidacies",
}


class Catalogue:
    """One open catalogue; `writing` says that its owner holds the folder's lock."""

    def __init__(self, path: Path, *, writing: bool = True) -> None:
        self.path = path
        self._writing = writing
        self._is_loading = True
        if not writing and not path.exists():
            raise self._broken("it is not there")
        with self._translating():
            self._database = _connect(path, writing)
            try:
                self._prepare()
            except BaseException:
                self._database.close()
                raise
        self.months = MonthTable(self._database)
        self.mails = MailTable(self._database)
        self.due = DueTable(self._database)
        self.candidacies = CandidacyTable(self._database)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(clean=kind is None)

    def close(self, *, clean: bool = True) -> None:
        """Close; one that was not closed cleanly is checked through when it is next opened."""
        with contextlib.suppress(sqlite3.Error):
            if self._writing and clean:
                self.write("open", "")
        self._database.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all of what is written inside stand, or none of it."""
        with self._translating():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                # Whatever it was, a kill from the keyboard included, half of it must not stand.
                with contextlib.suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Name the catalogue when reading inside finds it damaged."""
        with self._translating():
            yield

    def read(self, name: str) -> str:
        """Give one remembered value, empty if there is none."""
        row = self._database.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def write(self, name: str, value: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    @property
    def is_loading(self) -> bool:
        """Whether no load was ever finished: mails come in, and nobody may look for any yet."""
        if self._is_loading:
            found = self._database.execute(
                "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name = 'mails_claimed'"
            )
            self._is_loading = not found.fetchone()[0]
        return self._is_loading

    def make_copies_index(self) -> None:
        """Make the index by which copies are found, in the transaction that finishes a load."""
        self._database.execute(COPIES_INDEX)

    def make_search_indexes(self) -> None:
        """Make the indexes by which threads are put together, where they are not there yet."""
        for name, what in SEARCH_INDEXES.items():
            self._database.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {what}")

    def add_report(self, report: str, keep: int = 50) -> None:
        """Remember a sync's report; the oldest beyond `keep` are forgotten."""
        self._database.execute("INSERT INTO reports (report) VALUES (?)", (report,))
        self._database.execute(
            "DELETE FROM reports WHERE id <= (SELECT max(id) FROM reports) - ?", (keep,)
        )

    def reports(self, limit: int = 1) -> list[str]:
        """Give the newest reports, newest first."""
        rows = self._database.execute(
            "SELECT report FROM reports ORDER BY id DESC LIMIT ?", (limit,)
        )
        return [str(row[0]) for row in rows]

    def find_damage(self) -> str:
        """Check the whole file; give the first thing that is wrong, empty if it is sound."""
        try:
            found = self._database.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            return str(error)
        return "" if found and found[0] == "ok" else str(found and found[0])

    def dump(self) -> Iterator[str]:
        """Give every row that is a function of the raw months, as text, to compare catalogues."""
        for table, query in _DUMPED.items():
            yield from sorted(f"{table} {row!r}" for row in self._database.execute(query))

    def _prepare(self) -> None:
        number = int(self._database.execute("PRAGMA user_version").fetchone()[0])
        if number == 0 and self._writing:
            self._database.executescript(
                f"BEGIN; {SCHEMA}; PRAGMA user_version = {SCHEMA_NUMBER}; COMMIT;"
            )
        elif number != SCHEMA_NUMBER:
            raise self._broken(f"it has layout {number}, this release knows {SCHEMA_NUMBER}")
        if not self._writing:
            return
        if self.read("open"):
            found = self._database.execute("PRAGMA quick_check(1)").fetchone()
            if not found or found[0] != "ok":
                raise self._broken(str(found and found[0]))
        self.write("open", "yes")

    def _broken(self, why: str) -> CatalogueBroken:
        return CatalogueBroken(
            f"the catalogue {self.path} cannot be used ({why}): run `hustings reindex`",
            folder=str(self.path.parent),
        )

    @contextlib.contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in _FULL_OR_FORBIDDEN:
                raise DataFolderUnwritable(
                    f"cannot write to the data folder {self.path.parent} ({error}): free some space"
                    " or make it writable, then sync again; nothing that was stored is lost",
                    folder=str(self.path.parent),
                ) from error
            raise self._broken(str(error)) from error


def remove_catalogue(path: Path) -> None:
    """Take a catalogue away with the files that SQLite keeps beside it."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _connect(path: Path, writing: bool) -> sqlite3.Connection:
    """Open a connection in autocommit, so that transactions begin and end only where we say."""
    if writing:
        return _open(path, "mode=rwc")
    try:
        return _open(path, "mode=ro")
    except sqlite3.OperationalError:
        # On a read-only disk SQLite cannot make the files that it shares with writers; there are
        # none then, and nothing of theirs is pending.
        if not path.exists() or path.with_name(f"{path.name}-wal").exists():
            raise
        return _open(path, "mode=ro&immutable=1")


def _open(path: Path, mode: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?{mode}"
    database = sqlite3.connect(address, uri=True, isolation_level=None, timeout=10)
    try:
        database.execute("PRAGMA temp_store = MEMORY")
        database.execute("PRAGMA user_version").fetchone()
        if mode == "mode=rwc":
            # Of a new file; a first load is a sixth cheaper than with pages of the usual 4 KiB.
            database.execute("PRAGMA page_size = 16384")
            database.execute("PRAGMA journal_mode = WAL")
            # Enough after a kill; after a power cut the last syncs may be missing, made again then.
            database.execute("PRAGMA synchronous = NORMAL")
        # In KiB; the system keeps the file's pages. SQLite counts it in pages of the size that it
        # knows at the moment, so the file's own must be known by now.
        database.execute("PRAGMA cache_size = -6000")
    except sqlite3.Error:
        database.close()
        raise
    return database
