"""Keeping the index equal to the catalogue, for the commands that sync, serve and rebuild."""

from __future__ import annotations

import logging

from api.command_parts import engine_options, vocabulary
from api.settings import Settings
from ingest.catalogue import Catalogue
from ingest.errors import IngestError
from ingest.raw_store import RawStore
from ingest.records import IngestReport
from ingest.reports import report_to_json
from search import open_writer
from search.engine import SearchEngine
from search.errors import SearchError
from search.indexing import IndexChange, bring_up_to_date

_LOG = logging.getLogger("hustings.upkeep")


def index_catalogue(
    settings: Settings, report: IngestReport | None = None, rebuild: bool = False
) -> IndexChange:
    """Make the index hold what the catalogue holds; a report is left there for readers."""
    with (
        Catalogue(RawStore(settings.data).catalogue_path, writing=False) as catalogue,
        open_writer(settings.index_location, vocabulary(), **engine_options(settings)) as writer,
    ):
        table = catalogue.candidacies
        change = bring_up_to_date(
            writer,
            table.digests(),
            lambda ids: (candidacy for candidacy, _ in table.read(ids)),
            rebuild=rebuild,
        )
        if report is not None:
            writer.record_state(report_to_json(report))
    return change


def can_heal(settings: Settings, engine: SearchEngine) -> bool:
    """Tell whether the index has a problem that rebuilding it from the catalogue would mend."""
    return bool(engine.status().problem) and RawStore(settings.data).catalogue_path.exists()


def heal_index(settings: Settings, engine: SearchEngine) -> None:
    """Rebuild a broken index from the catalogue, while whatever is left of it serves."""
    if not can_heal(settings, engine):
        return
    _LOG.warning("%s: rebuilding it from the catalogue", engine.status().problem)
    try:
        index_catalogue(settings)
    except (IngestError, SearchError) as error:
        _LOG.warning("the index could not be rebuilt: %s", error)
    else:
        _LOG.warning("the index was rebuilt")
