"""The door to search: open an engine or a writer by where its index lies, and the public names.

A folder holds a Whoosh index; one or more `http://` addresses (a comma between them) with the index's
name as path name an OpenSearch. Both stand behind the protocols of `engine.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
    "IndexWriter",
    "Notice",
    "ParsedQuery",
    "SearchEngine",
    "SearchRequest",
    "SearchResults",
    "Sort",
    "Suggestion",
    "open_engine",
    "open_writer",
    "parse_query",
    "render_query",
]


def open_engine(location: str | Path, vocabulary: Vocabulary, **options: Any) -> SearchEngine:
    """Open an index for reading; it need not exist yet (`status` says so, `search` raises `IndexMissing`)."""
    if _is_remote(location):
        from search.opensearch_engine import OpenSearchEngine

        return OpenSearchEngine(str(location), vocabulary, **options)
    from search.whoosh_engine import WhooshEngine

    return WhooshEngine(Path(location), vocabulary, **options)


def open_writer(location: str | Path, vocabulary: Vocabulary, **options: Any) -> IndexWriter:
    """Open an index for writing: enter it as a context manager; raise `IndexBusy` there if it is held."""
    if _is_remote(location):
        from search.opensearch_engine import OpenSearchWriter

        return OpenSearchWriter(str(location), vocabulary, **options)
    from search.whoosh_writer import WhooshWriter

    return WhooshWriter(Path(location), vocabulary, **options)


def _is_remote(location: str | Path) -> bool:
    return isinstance(location, str) and location.startswith(("http://", "https://"))
