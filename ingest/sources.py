"""The one door to every kind of archive: what a source can be asked, and which kind an address is.

Nothing downstream knows which kind of archive a month came from. A source talks to the network or
to a folder; it keeps nothing on disk (`raw_store` does) and decides nothing about when to ask
(`pipeline` does).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ingest.records import ArchiveKind, ArchiveMonth, Message, Part


@dataclass(frozen=True, slots=True)
class Validators:
    """What is remembered of a fetched month, to ask for it again conditionally.

    `digest` is the SHA-256 (hex) of the unpacked bytes; `size` counts those bytes. `etag` and
    `last_modified` are empty where the server sent none.
    """

    digest: str
    size: int
    etag: str = ""
    last_modified: str = ""


class Source(Protocol):
    """One archive at one address."""

    name: str
    address: str
    kind: ArchiveKind

    def list_months(self) -> list[ArchiveMonth]:
        """Name the archive's months, oldest first.

        Raise `ArchiveUnreachable` or `NotAnArchive`.
        """
        ...

    def fetch_month(
        self, month: ArchiveMonth, known: Validators | None, into: Path
    ) -> Validators | None:
        """Write a month, gzip-packed, to the new file `into`; give None and write nothing if unchanged.

        The file is whole and checked (gzip to its end, size cap, begins like an mbox) when this
        returns. Raise `MonthMissing` or `MonthBroken`; a half-written `into` is removed.
        """
        ...

    def find_pages(self, month: ArchiveMonth, wanted: Sequence[Message]) -> dict[str, str]:
        """Give the address of each wanted message's own page, by message id, where it can be told.

        Raise `MonthMissing` if the month has no pages.
        """
        ...

    def fetch_part(self, part: Part) -> str:
        """Give the text of a piece that the archive keeps elsewhere. Raise `MonthMissing`/`MonthBroken`."""
        ...
