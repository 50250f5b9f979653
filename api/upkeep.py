"""Keeping the index equal to the catalogue, for the commands that sync, serve and rebuild."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from api.command_parts import engine_options, is_remote, vocabulary
from api.settings import Settings
from ingest.catalogue import Catalogue
from ingest.errors import IngestError
from ingest.raw_store import RawStore
from ingest.records import IngestReport
from ingest.reports import report_to_json
from search.errors import SearchError
from search.whoosh_note import is_noted, leave_note, record_state

if TYPE_CHECKING:
    from search import SearchEngine

_LOG = logging.getLogger("hustings.upkeep")


def index_catalogue(
    settings: Settings, report: IngestReport | None = None, rebuild: bool = False
) -> None:
    """Make the index hold what the catalogue holds; a report is left there for readers."""
    folder = None if is_remote(settings) else Path(settings.index_location)
    with Catalogue(RawStore(settings.data).catalogue_path, writing=False) as catalogue:
        digests = catalogue.candidacies.digests()
        if report and folder and not rebuild and is_noted(folder, digests):
            record_state(folder, report_to_json(report))
            return
        # Imported for an index that must be opened: most syncs find theirs as they left it.
        from search import bring_up_to_date, open_writer

        table = catalogue.candidacies
        location, options = settings.index_location, engine_options(settings)
        with open_writer(location, vocabulary(), **options) as writer:
            bring_up_to_date(
                writer,
                digests,
                lambda ids: (candidacy for candidacy, _ in table.read(ids)),
                rebuild=rebuild,
            )
            if report is not None:
                writer.record_state(report_to_json(report))
            if folder is not None:
                leave_note(folder, digests)


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
