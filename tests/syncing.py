"""One sync of a test: a data folder, sources at a loopback server, and a clock that is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.catalogue import Catalogue
from ingest.pipeline import Run, rebuild, sync
from ingest.raw_store import RawStore
from ingest.records import Candidacy, IngestReport
from ingest.sources import open_source
from ingest.web import WebClient

START = datetime(2015, 10, 20, 9, 0, tzinfo=UTC)


@dataclass
class Syncing:
    """Syncs into one folder, again and again."""

    folder: Path
    web: WebClient
    addresses: list[str]
    now: datetime = START
    last: IngestReport | None = field(default=None)

    def __call__(self, *addresses: str) -> IngestReport:
        sources = [open_source(address, self.web) for address in addresses or self.addresses]
        self.last = sync(RawStore(self.folder), sources, Run(now=lambda: self.now))
        return self.last

    def rebuild(self) -> IngestReport:
        return rebuild(RawStore(self.folder), Run(now=lambda: self.now))

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.folder / "catalogue.sqlite", writing=False)

    def candidacies(self) -> list[Candidacy]:
        with self.catalogue as catalogue:
            table = catalogue.candidacies
            return [one for one, _ in table.read(table.digests())]

    def digests(self) -> dict[str, str]:
        with self.catalogue as catalogue:
            return catalogue.candidacies.digests()

    def dump(self) -> list[str]:
        with self.catalogue as catalogue:
            return list(catalogue.dump())

    def message_ids(self) -> list[str]:
        with self.catalogue as catalogue:
            return sorted(one for one, _ in catalogue.mails.ids())
