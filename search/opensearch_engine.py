"""The engine's interface on an OpenSearch cluster: which generation answers, and for how long a
cluster that is away is not asked again.

Nothing is kept but connections and what `opensearch_words.py` knows of one generation, so any
number of processes on any machines give the same answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from ingest.records import Candidacy, Vocabulary
from search.engine import EngineStatus, Hit, SearchRequest, SearchResults, Suggestion
from search.errors import IndexMissing, IndexVersion, SearchError
from search.opensearch_answer import NEWEST, Answer
from search.opensearch_client import Cluster
from search.opensearch_location import read_location
from search.opensearch_schema import INDEX_VERSION
from search.opensearch_stored import Stored, columns_of, fetch, with_columns
from search.opensearch_suggest import alike, key_terms, suggest
from search.opensearch_words import IndexWords
from search.opensearch_writer import OpenSearchWriter
from search.stored_words import split_blocks, unpack_light, unpack_whole

__all__ = ["OpenSearchEngine", "OpenSearchWriter"]

LOOK_EVERY = 1.0
SCANNED_AT_ONCE = 100
KEPT_OPEN = "5m"  # how long a reader of an export may take for so many candidacies
WHOLE = ["light", "rest"]

Json = dict[str, Any]
T = TypeVar("T")


class OpenSearchEngine:
    """A `SearchEngine` on a cluster."""

    def __init__(
        self,
        location: str,
        vocabulary: Vocabulary,
        *,
        look_every: float = LOOK_EVERY,
        **options: Any,
    ) -> None:
        self.cluster = Cluster(read_location(location), **options)
        self.vocabulary = vocabulary
        self._look_every = look_every
        self._looked_at = float("-inf")
        self._words: IndexWords | None = None
        self._state = ""
        self._swapping = threading.Lock()
        self._closed = False

    def _serving(self) -> IndexWords:
        """Give what is known of the newest generation, looked for at most once a second."""
        words = self._words
        if words is None or time.monotonic() - self._looked_at >= self._look_every:
            words = self._look()
        return words

    def _look(self) -> IndexWords:
        if self._closed:
            raise SearchError("This engine was closed.")
        looked_at = time.monotonic()
        name = self.cluster.name
        ids = {"ids": ["generation", "state"]}
        generation, state = self.cluster.ask("POST", f"/{name}-meta/_mget", ids)["docs"]
        for row in (generation, state):
            kind = row.get("error", {}).get("type", "")
            if kind and kind != "index_not_found_exception":
                raise self.cluster.away(kind)
        self._state = state.get("_source", {}).get("state", "")
        if not generation.get("found"):
            raise IndexMissing(f"Nothing is indexed as {name!r} at {self.cluster.hosts} yet.")
        known = generation["_source"]
        if known["version"] != INDEX_VERSION:
            raise IndexVersion(
                f"The index {name!r} has version {known['version']}, this release reads "
                f"{INDEX_VERSION}: run `hustings reindex`."
            )
        newest = f"{known['index']}.{known['number']}"
        with self._swapping:
            if self._words is None or self._words.generation != newest:
                self._words = IndexWords(self.cluster, newest)
            self._looked_at = looked_at
            return self._words

    def _answered(self, answer: Callable[[IndexWords], T]) -> T:
        """Answer by the newest generation; once more if a rebuild took the index away meanwhile."""
        words = self._serving()
        try:
            return answer(words)
        except IndexMissing:
            return answer(self._look())

    def search(self, request: SearchRequest) -> SearchResults:
        """Answer a request."""
        return self._answered(lambda words: Answer(words, request, self.vocabulary).results())

    def read(self, ids: Sequence[str]) -> list[Candidacy]:
        """Give whole candidacies in the order asked."""
        found = self._answered(lambda words: fetch(words.cluster, ids, WHOLE))
        return [_whole(found[each]) for each in ids if each in found]

    def scan(self, request: SearchRequest) -> Iterator[Candidacy]:
        """Give every match whole, some at a time, all of one moment."""
        body = self._answered(lambda words: Answer(words, request, self.vocabulary).body())
        path = f"/{self.cluster.name}/_search/point_in_time"
        moment = self.cluster.ask("POST", path, keep_alive=KEPT_OPEN)["pit_id"]
        body |= {"size": SCANNED_AT_ONCE, "track_total_hits": False, **with_columns(WHOLE)}
        try:
            while True:
                body["pit"] = {"id": moment, "keep_alive": KEPT_OPEN}
                rows = self.cluster.search("", body)["hits"]["hits"]
                for stored in columns_of(rows, WHOLE).values():
                    yield _whole(stored)
                if len(rows) < SCANNED_AT_ONCE:
                    return
                body["search_after"] = rows[-1]["sort"]
        finally:
            ended = {"pit_id": [moment]}
            self.cluster.ask("DELETE", "/_search/point_in_time", ended, ignore=[404])

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Complete what is being typed."""
        return self._answered(lambda words: suggest(words, text, limit))

    def similar(self, candidacy_id: str, limit: int = 5) -> list[Hit]:
        """Find candidacies whose statements are about the same things."""
        return self._answered(lambda words: _similar(words, candidacy_id, limit))

    def status(self) -> EngineStatus:
        """Tell how the index stands; asked anew each time, so that all processes say the same."""
        try:
            words = self._look()
            # By a search: figures alone are answered too where no copy of the index is left.
            count: Json = {"size": 0, "track_total_hits": True}
            documents = self.cluster.search(self.cluster.name, count)["hits"]["total"]["value"]
            stats = self.cluster.ask("GET", f"/{self.cluster.name}/_stats/store")["_all"]
            size = stats["primaries"].get("store", {}).get("size_in_bytes", 0)
            return EngineStatus("opensearch", words.generation, documents, size, self._state)
        except SearchError as error:
            return EngineStatus("opensearch", "", 0, 0, self._state, str(error))

    def close(self) -> None:
        """Let go of the connections."""
        self._closed = True
        self.cluster.close()


def _whole(stored: Stored) -> Candidacy:
    return unpack_whole(stored["light"], stored["rest"])


def _similar(words: IndexWords, candidacy_id: str, limit: int) -> list[Hit]:
    found = fetch(words.cluster, [candidacy_id], ["light", "marks"])
    if candidacy_id not in found or limit <= 0:
        return []
    stored = found[candidacy_id]
    _, _, statement = split_blocks(stored["marks"])
    terms = key_terms(words, unpack_light(stored["light"]), statement)
    if not terms:
        return []
    body = {
        "size": limit,
        "track_total_hits": False,
        "query": alike(candidacy_id, terms),
        "sort": [{"_score": "desc"}, *NEWEST],
        **with_columns(["light"]),
    }
    rows = words.cluster.search(words.cluster.name, body)["hits"]["hits"]
    return [
        Hit(unpack_light(stored["light"]), round(row["_score"], 4))
        for row, stored in zip(rows, columns_of(rows, ["light"]).values(), strict=True)
    ]
