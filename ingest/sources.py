"""The one door to every kind of archive: what a source can be asked, and which kind an address is.

Nothing downstream knows which kind of archive a month came from. A source talks to the network or
to a folder; it keeps nothing on disk (`raw_store` does) and decides nothing about when to ask
(`pipeline` does).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from ingest.errors import NotAnArchive
from ingest.month_files import Validators
from ingest.own_links import find_list
from ingest.records import ArchiveKind, ArchiveMonth, Message, Part
from ingest.web import WebClient

__all__ = ["Source", "Validators", "open_source"]


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
        """Write a month, gzip-packed, to the new file `into`; None and no file if unchanged.

        The file is whole and checked (gzip to its end, size cap, begins like an mbox) when this
        returns. Raise `MonthMissing`, `MonthBroken`, or
        `ArchiveUnreachable` if nothing answers; a half-written `into` is removed.
        """
        ...

    def find_pages(self, month: ArchiveMonth, wanted: Sequence[Message]) -> dict[str, str]:
        """Give the address of each wanted message's own page, by message id, where it can be told.

        Raise `MonthMissing` if the month has no pages.
        """
        ...

    def fetch_part(self, part: Part) -> str:
        """Give the text of a piece that the archive keeps elsewhere.

        Raise `MonthMissing` or `MonthBroken`.
        """
        ...


def open_source(address: str, web: WebClient, name: str = "") -> Source:
    """Make the source for an address, told by its shape alone: nothing is asked yet.

    `name` replaces the archive's own: the folder's name of a Pipermail list (`openstack-dev`), the
    posting address of a HyperKitty list, the file's name of a local archive. Raise `NotAnArchive`
    for an address of no known kind.
    """
    address = address.strip()
    scheme = urlsplit(address).scheme.lower() if "://" in address else ""
    if scheme in ("http", "https"):
        if "@" in urlsplit(address).netloc:
            # It would stand on pages, in reports and in links to mails.
            shown = address.partition("://")[2].rpartition("@")[2]
            raise NotAnArchive(
                f"the address of {shown} has a name or a password in it: give it without",
                address=shown,
            )
        # Each kind is imported when an archive is of it: a sync in which nothing changed is mostly
        # imports.
        if find_list(address):
            from ingest.hyperkitty import HyperKittySource

            return HyperKittySource(address, web, name)
        from ingest.pipermail import PipermailSource

        return PipermailSource(address, web, name)
    if scheme not in ("", "file") or not address:
        raise NotAnArchive(
            f"{address or 'nothing'} is no archive's address: give http://, https:// or a path",
            address=address,
        )
    from ingest.local import LocalSource

    path = unquote(urlsplit(address).path) if scheme else address
    return LocalSource(Path(path).expanduser(), name)
