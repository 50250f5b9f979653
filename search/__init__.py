"""The door to search: open an engine or a writer by where its index lies, and the public names.

A folder holds a Whoosh index; one or more `http://` addresses (a comma between them) with the
index's name as path name an OpenSearch. Both stand behind the protocols of `engine.py`.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.records import Vocabulary
    from search.documents import FACET_FIELDS, FIELDS, Field
    from search.engine import (
        EngineStatus,
        Excerpt,
        Facet,
        FacetValue,
        Hit,
        IndexWriter,
        Notice,
        SearchEngine,
        SearchRequest,
        SearchResults,
        Sort,
        Suggestion,
    )
    from search.indexing import IndexChange, bring_up_to_date
    from search.query import ParsedQuery, parse_query, render_query

__all__ = [
    "FACET_FIELDS",
    "FIELDS",
    "EngineStatus",
    "Excerpt",
    "Facet",
    "FacetValue",
    "Field",
    "Hit",
    "IndexChange",
    "IndexWriter",
    "Notice",
    "ParsedQuery",
    "SearchEngine",
    "SearchRequest",
    "SearchResults",
    "Sort",
    "Suggestion",
    "bring_up_to_date",
    "open_engine",
    "open_writer",
    "parse_query",
    "render_query",
]

# Where each of them is.
_HOMES = {
    "FACET_FIELDS": "search.documents",
    "FIELDS": "search.documents",
    "Field": "search.documents",
    "EngineStatus": "search.engine",
    "Excerpt": "search.engine",
    "Facet": "search.engine",
    "FacetValue": "search.engine",
    "Hit": "search.engine",
    "IndexWriter": "search.engine",
    "Notice": "search.engine",
    "SearchEngine": "search.engine",
    "SearchRequest": "search.engine",
    "SearchResults": "search.engine",
    "Sort": "search.engine",
    "Suggestion": "search.engine",
    "IndexChange": "search.indexing",
    "bring_up_to_date": "search.indexing",
    "ParsedQuery": "search.query",
    "parse_query": "search.query",
    "render_query": "search.query",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for.

    A sync imports this package for its errors; with all that reads queries it would take half as
    long again where nothing changed.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def open_engine(location: str | Path, vocabulary: Vocabulary, **options: Any) -> SearchEngine:
    """Open an index for reading; it need not exist yet (`status` says so, `search` raises
    `IndexMissing`).
    """
    if _is_remote(location):
        from search.opensearch_engine import OpenSearchEngine

        remote: SearchEngine = OpenSearchEngine(str(location), vocabulary, **options)
        return remote
    from search.whoosh_engine import WhooshEngine

    return WhooshEngine(Path(location), vocabulary, **options)


def open_writer(location: str | Path, vocabulary: Vocabulary, **options: Any) -> IndexWriter:
    """Open an index for writing: enter it as a context manager; raise `IndexBusy` there if it
    is held.
    """
    if _is_remote(location):
        from search.opensearch_engine import OpenSearchWriter

        remote: IndexWriter = OpenSearchWriter(str(location), vocabulary, **options)
        return remote
    from search.whoosh_writer import WhooshWriter

    return WhooshWriter(Path(location), vocabulary, **options)


def _is_remote(location: str | Path) -> bool:
    return isinstance(location, str) and location.startswith(("http://", "https://"))
