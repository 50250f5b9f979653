"""Candidacies as each thread gave them, and as they stand once people and outcomes are settled.

Owns the tables `findings` (what `candidacies` found, before anything beyond the thread is known)
and `candidacies` (whole records with the digest by which the index is compared).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ingest.database import Database, batches, marks
from ingest.errors import CatalogueBroken
from ingest.records import Candidacy
from ingest.records_json import candidacy_from_json, candidacy_to_json

# Statements are text; beyond this level zlib gains 5 % for twice the time.
_LEVEL = 1


class Finding(NamedTuple):
    """What a thread gave: the key of the candidacy's message, and the record so far."""

    key: int
    draft: Candidacy


@dataclass(frozen=True, slots=True)
class CandidacyChange:
    """How many candidacies a sync added, changed and took away."""

    new: int = 0
    changed: int = 0
    gone: int = 0


class CandidacyTable:
    """Findings by message, candidacies by id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace_findings(self, keys: Iterable[int], found: Iterable[Finding]) -> None:
        """Put what was found now in place of all that the messages with these keys gave before."""
        for some in batches(keys):
            self._database.execute(
                f"DELETE FROM findings WHERE key IN ({marks(len(some))})",  # noqa: S608
                some,
            )
        self._database.executemany(
            "INSERT OR REPLACE INTO findings VALUES (?, ?, ?)",
            ((one.draft.id, one.key, _pack(candidacy_to_json(one.draft))) for one in found),
        )

    def clear_findings(self) -> None:
        self._database.execute("DELETE FROM findings")

    def findings(self) -> Iterator[Candidacy]:
        """Give every draft, one at a time, by id."""
        for row in self._database.execute("SELECT draft FROM findings ORDER BY id").fetchall():
            yield candidacy_from_json(_unpack(row[0]))

    def finding(self, candidacy_id: str) -> Candidacy | None:
        row = self._database.execute(
            "SELECT draft FROM findings WHERE id = ?", (candidacy_id,)
        ).fetchone()
        return candidacy_from_json(_unpack(row[0])) if row else None

    def put(self, candidacies: Iterable[Candidacy]) -> CandidacyChange:
        """Make these all there are, writing only what differs from what stands already."""
        before = self.digests()
        seen: set[str] = set()
        new = changed = 0
        for candidacy in candidacies:
            text = candidacy_to_json(candidacy)
            digest = hashlib.sha256(text.encode("ascii")).hexdigest()
            seen.add(candidacy.id)
            if before.get(candidacy.id) == digest:
                continue
            new, changed = (new, changed + 1) if candidacy.id in before else (new + 1, changed)
            self._database.execute(
                "INSERT OR REPLACE INTO candidacies VALUES (?, ?, ?)",
                (candidacy.id, digest, _pack(text)),
            )
        gone = before.keys() - seen
        self._database.executemany("DELETE FROM candidacies WHERE id = ?", ((one,) for one in gone))
        return CandidacyChange(new, changed, len(gone))

    def digests(self) -> dict[str, str]:
        """Give id to digest of every candidacy, to compare the index with."""
        return dict(self._database.execute("SELECT id, digest FROM candidacies ORDER BY id"))

    def read(self, ids: Iterable[str]) -> Iterator[tuple[Candidacy, str]]:
        """Give candidacies whole, each with its digest, in the order asked; absent ones not."""
        for one in ids:
            row = self._database.execute(
                "SELECT payload, digest FROM candidacies WHERE id = ?", (one,)
            ).fetchone()
            if row:
                yield _read_candidacy(one, row[0]), str(row[1])

    def count(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM candidacies").fetchone()[0])


def _pack(text: str) -> bytes:
    return zlib.compress(text.encode("ascii"), _LEVEL)


def _read_candidacy(candidacy_id: str, data: bytes) -> Candidacy:
    try:
        return candidacy_from_json(_unpack(data))
    except (zlib.error, ValueError, TypeError, KeyError, AttributeError) as error:
        # SQLite has no sums of its own: a byte that changed on the disk is first seen here.
        raise CatalogueBroken(
            f"candidacy {candidacy_id} in the catalogue cannot be read: run `hustings reindex`",
            folder="",
        ) from error


def _unpack(data: bytes) -> bytes:
    return zlib.decompress(data)
