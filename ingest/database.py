"""The catalogue's tables as SQL, and the little that its parts ask of a database.

Owns the schema and how a Message-ID becomes a number. SQLite itself is opened in `catalogue`, the
only file that knows the library; the tables are read and written in `month_table`, `mail_table` and
`candidacy_table`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Protocol

SCHEMA_NUMBER = 1

# One row in `mails` is one copy of a message: `claimed` is the number of the id it bears, `key`
# that of the id it goes by (another one only where two different mails bear one id), `first` marks
# the copy that speaks for the message. `id` is month_id << 32 | number: a month is one range.
SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE archives (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, address TEXT NOT NULL, kind TEXT NOT NULL,
    rank INTEGER NOT NULL,
    last_tried TEXT NOT NULL DEFAULT '', last_success TEXT NOT NULL DEFAULT '');
CREATE TABLE months (
    id INTEGER PRIMARY KEY, archive_id INTEGER NOT NULL, name TEXT NOT NULL,
    url TEXT NOT NULL DEFAULT '', pages_url TEXT NOT NULL DEFAULT '',
    start TEXT NOT NULL DEFAULT '', etag TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL DEFAULT '', size INTEGER NOT NULL DEFAULT 0,
    packed_size INTEGER NOT NULL DEFAULT 0, packed_time INTEGER NOT NULL DEFAULT 0,
    last_checked TEXT NOT NULL DEFAULT '', failures INTEGER NOT NULL DEFAULT 0,
    older INTEGER NOT NULL DEFAULT 0, named INTEGER NOT NULL DEFAULT 0,
    UNIQUE (archive_id, name));
CREATE TABLE mails (
    id INTEGER PRIMARY KEY, claimed INTEGER NOT NULL, key INTEGER NOT NULL,
    first INTEGER NOT NULL, announces INTEGER NOT NULL, tells_results INTEGER NOT NULL,
    posted_at INTEGER NOT NULL, subject_key INTEGER NOT NULL, digest INTEGER NOT NULL,
    position INTEGER NOT NULL, length INTEGER NOT NULL, message_id TEXT NOT NULL,
    claimed_id TEXT, refs TEXT NOT NULL, subject TEXT NOT NULL, sender TEXT NOT NULL,
    address TEXT NOT NULL, repairs TEXT NOT NULL);
CREATE TABLE refs (key INTEGER NOT NULL, mail_id INTEGER NOT NULL);
CREATE TABLE skips (
    id INTEGER PRIMARY KEY, position INTEGER NOT NULL, length INTEGER NOT NULL,
    reason TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE touched (key INTEGER PRIMARY KEY);
CREATE TABLE waiting (
    key INTEGER NOT NULL, url TEXT NOT NULL, tries INTEGER NOT NULL, tried_at TEXT NOT NULL,
    PRIMARY KEY (key, url)) WITHOUT ROWID;
CREATE TABLE findings (
    id TEXT PRIMARY KEY, key INTEGER NOT NULL, draft BLOB NOT NULL);
CREATE INDEX findings_key ON findings (key);
CREATE TABLE candidacies (id TEXT PRIMARY KEY, digest TEXT NOT NULL, payload BLOB NOT NULL);
CREATE TABLE reports (id INTEGER PRIMARY KEY, report TEXT NOT NULL);
CREATE VIEW messages AS
    SELECT message_id, subject, sender, address, posted_at, refs, repairs, announces, tells_results,
           id >> 32 AS month_id, id & 4294967295 AS number, position, length
    FROM mails WHERE first = 1;
"""

# What finds the copies of a mail. The first archive's first load makes it at its end: kept up while
# mails of all ids come in, it is a twentieth of the time and half of what is written.
COPIES_INDEX = "CREATE INDEX mails_claimed ON mails (claimed)"

# What finds the mails of a thread, made before the first threads are put together.
SEARCH_INDEXES = {
    "mails_subject": "mails (subject_key, posted_at)",
    "refs_key": "refs (key, mail_id)",
    "mails_made": "mails (key) WHERE claimed_id IS NOT NULL",
    "mails_announcing": "mails (id) WHERE announces = 1",
    "mails_results": "mails (id) WHERE tells_results = 1",
}


# Of one statement: more gain nothing.
_MOST_VALUES = 450


class Rows(Protocol):
    """What a statement answers."""

    def __iter__(self) -> Iterator[Any]: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class Database(Protocol):
    """What the tables need of SQLite."""

    def execute(self, sql: str, values: Any = ..., /) -> Rows: ...
    def executemany(self, sql: str, values: Iterable[Any], /) -> Rows: ...


@lru_cache(maxsize=16384)
def key_of(text: str) -> int:
    """Number an id or a subject in 63 bits, to be compared and indexed cheaply.

    Two that share a number would only be looked at together; nothing is decided by it alone.
    Cached, since each mail of a thread names the same ones.
    """
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def marks(count: int) -> str:
    """Give `?,?,?` for an SQL list."""
    return ",".join("?" * count)


def insert_rows(database: Database, table: str, width: int, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of so many values, many with one statement.

    Python lets go of its lock at each statement, which other threads that fetch then take.
    """
    one = f"({marks(width)})"
    count = max(_MOST_VALUES // width, 1)
    whole = len(rows) - len(rows) % count
    many = f"INSERT INTO {table} VALUES {','.join([one] * count)}"  # noqa: S608
    for start in range(0, whole, count):
        database.execute(many, tuple(chain.from_iterable(rows[start : start + count])))
    database.executemany(f"INSERT INTO {table} VALUES {one}", rows[whole:])  # noqa: S608


def batches(values: Iterable[int], size: int = 500) -> Iterator[list[int]]:
    """Cut numbers into sorted lists that fit one statement, in an order that never varies."""
    ordered = sorted(values)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]
