"""The door to search: open an engine or a writer by where its index lies, and the public names.

A folder holds a Whoosh index; one or more `http://` addresses (a comma between them) with the
index's name as path name an OpenSearch. Both stand behind the protocols of `engine.py`.
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
from search.indexing import IndexChange, bring_up_to_date
from search.query import ParsedQuery, parse_query, render_query
from search.trends import Trend, TrendPoint, trends

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
    "Trend",
    "TrendPoint",
    "bring_up_to_date",
    "open_engine",
    "open_writer",
    "parse_query",
    "render_query",
    "trends",
]


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
