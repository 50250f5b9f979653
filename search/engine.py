"""The interface that every engine stands behind, and the records that cross it.

No engine library is imported here. Reading (`SearchEngine`) and writing (`IndexWriter`) are two
protocols, because any number of processes read and exactly one writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from ingest.records import Candidacy
from search.query_tree import Notice, Query


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


__all__ = [
    "EngineStatus",
    "Excerpt",
    "Facet",
    "FacetValue",
    "Hit",
    "IndexWriter",
    "Notice",
    "SearchEngine",
    "SearchRequest",
    "SearchResults",
    "Sort",
    "Suggestion",
]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is asked: a query tree, chosen facet values by field, order, and which page.

    `chosen` maps a facet's field to its chosen values, which are ORed; facets are ANDed. `page`
    counts from 1; `per_page` 0 asks for totals and facets alone.
    """

    query: Query
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = 20
    facets: tuple[str, ...] = ()
    facet_size: int = 20
    excerpts: bool = True


class Excerpt(NamedTuple):
    """A passage around matches. `pieces` alternate unmarked and marked text, beginning unmarked."""

    field: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One candidacy found. Its `replies` and `raw` are left empty: `read` gives them."""

    candidacy: Candidacy
    score: float
    excerpts: tuple[Excerpt, ...] = ()


class FacetValue(NamedTuple):
    """One choice of a facet: its value in requests, the label for people, and how many match."""

    value: str
    label: str
    count: int  # type: ignore[assignment]  # nobody counts what is in a choice, as in a tuple
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet's values; `more` counts the values beyond the size asked for."""

    field: str
    values: tuple[FacetValue, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The answer to a request; `did_you_mean` are whole queries, given only when nothing
    matched.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...] = ()
    did_you_mean: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    generation: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion: `kind` is candidate, project, cycle or word; `query` is what choosing it
    searches.
    """

    kind: str
    text: str
    query: str
    count: int


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """How the index stands. `generation` changes with every visible change of the documents.

    `state` is what the last sync left for readers (JSON text of the ingest report), empty if none.
    """

    engine: str
    generation: str
    documents: int
    size_bytes: int
    state: str = ""
    problem: str = ""


class SearchEngine(Protocol):
    """Read one index. Safe to call from several threads; sees a writer's changes within two
    seconds.
    """

    def search(self, request: SearchRequest) -> SearchResults:
        """Answer a request; never fails because of the query's text."""
        ...

    def read(self, ids: Sequence[str]) -> list[Candidacy]:
        """Give whole candidacies, replies and raw mail included, in the order asked, absent
        ones left out.
        """
        ...

    def scan(self, request: SearchRequest) -> Iterator[Candidacy]:
        """Give every match of a request whole, in its order, in flat memory; paging is ignored."""
        ...

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Complete what is being typed."""
        ...

    def similar(self, candidacy_id: str, limit: int = 5) -> list[Hit]:
        """Find candidacies whose statements are about the same things."""
        ...

    def status(self) -> EngineStatus:
        """Tell how the index stands; a broken one is told in `problem`, not raised."""
        ...

    def close(self) -> None: ...


class IndexWriter(Protocol):
    """Write one index; a context manager that holds the writer's lock.

    The index remembers a digest with every document, so that what differs from the catalogue is
    found without reading documents.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def digests(self) -> dict[str, str]:
        """Give id to digest of every document; raise `IndexBroken` or `IndexVersion` if a
        rebuild is needed.
        """
        ...

    def apply(self, changed: Iterable[tuple[Candidacy, str]], gone: Iterable[str]) -> None:
        """Put changed candidacies (each with its digest) and take gone ids away, in one commit."""
        ...

    def rebuild(self, documents: Iterable[tuple[Candidacy, str]]) -> None:
        """Build a whole new index aside and switch to it at once; readers keep the old one
        until then.
        """
        ...

    def record_state(self, state: str) -> None:
        """Leave the sync's state (JSON text) for readers, without changing the generation."""
        ...
