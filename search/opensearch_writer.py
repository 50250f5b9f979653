"""Writing an index in a cluster: changes seen all at once, or a whole new index behind the alias.

`<name>-meta` holds the lease, the sync's state, and the generation, which every change of the
documents changes last; how builds and aliases are named says `opensearch_builds.py`.
Refreshes are made here and nowhere else, so searches see none of a change before all of it is
there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any, Self

from ingest.records import Candidacy, Vocabulary
from search.errors import EngineUnavailable, IndexMissing, IndexVersion, SearchError
from search.opensearch_builds import AlreadyThere, Builds
from search.opensearch_bulk import batches, document_lines, read_back, removal_lines, word_lines
from search.opensearch_client import WRITE_SECONDS, Cluster
from search.opensearch_lease import LEASE_SECONDS, Lease
from search.opensearch_location import read_location
from search.opensearch_schema import INDEX_VERSION, index_body, words_body
from search.opensearch_stored import id_of, with_columns

KEPT_IN_MEMORY = 32_000_000  # of changes that are not written yet; more go to a file
DIGESTS_AT_ONCE = 5000
SHARDS = 1  # a word's rarity is counted in each shard: with one, it is the whole index's

Json = dict[str, Any]


class OpenSearchWriter:
    """An `IndexWriter` on a cluster."""

    def __init__(
        self,
        location: str,
        vocabulary: Vocabulary,
        *,
        lease_seconds: float = LEASE_SECONDS,
        **options: Any,
    ) -> None:
        self._place = read_location(location)
        self._options = options
        self._lease_seconds = lease_seconds
        self._clean = True

    def __enter__(self) -> Self:
        self.cluster = Cluster(self._place, **self._options)
        self._builds = Builds(self.cluster)
        try:
            self._make_meta()
            self._lease = Lease(self.cluster, self._lease_seconds)
            self._lease.take()
        except BaseException:
            self.cluster.close()
            raise
        self._clean = not self._lease.dirty
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lease.give_back(clean=self._clean)
        self.cluster.close()

    @property
    def _name(self) -> str:
        return self.cluster.name

    def _make_meta(self) -> None:
        body = {
            "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}},
            "mappings": {"dynamic": False},
        }
        if not self.cluster.ask("HEAD", f"/{self._name}-meta"):
            with suppress(AlreadyThere):
                self._builds.create(f"{self._name}-meta", body)

    def _meta(self) -> Json:
        found = self.cluster.ask("GET", f"/{self._name}-meta/_doc/generation", ignore=[404])
        source: Json = found.get("_source", {})
        return source

    def digests(self) -> dict[str, str]:
        """Give id to digest of every document."""
        meta = self._meta()
        if not meta:
            return {}
        if meta["version"] != INDEX_VERSION:
            raise IndexVersion(
                f"The index {self._name!r} has version {meta['version']}, this release reads "
                f"{INDEX_VERSION}: run `hustings reindex`."
            )
        try:
            # What a writer that crashed left half done is seen from here on, and mended.
            self.cluster.ask("POST", f"/{self._name}/_refresh", seconds=WRITE_SECONDS)
        except IndexMissing:
            return {}
        if self._lease.dirty:
            self._new_generation(meta["index"])
        return dict(self._read_digests())

    def _read_digests(self) -> Iterator[tuple[str, str]]:
        body: Json = {
            "size": DIGESTS_AT_ONCE,
            "track_total_hits": False,
            **with_columns(["digest"]),
            "sort": [{"id": "asc"}],
        }
        while hits := self.cluster.search(self._name, body)["hits"]["hits"]:
            for hit in hits:
                yield id_of(hit), hit["fields"]["digest"][0]
            body["search_after"] = hits[-1]["sort"]

    def apply(self, changed: Iterable[tuple[Candidacy, str]], gone: Iterable[str]) -> None:
        """Put changed candidacies in the place of their old documents and take the gone ones
        away.
        """
        meta = self._meta()
        if not meta:
            self.rebuild(changed)
            return
        forms: Counter[str] = Counter()
        with SpooledTemporaryFile(KEPT_IN_MEMORY, "w+", encoding="ascii") as spool:
            # All is worked out before the first of it is written: it may fail on the way.
            # One by one: `writelines` of Python 3.11 goes to the file only after the last of them.
            for action in chain(document_lines(changed, forms), removal_lines(gone)):
                spool.write(action)
            spool.seek(0)
            self._lease.check()
            self._clean = False
            self._send(self._name, read_back(spool))
        # Words that are new; counts of known ones are those of the last rebuild.
        self._send(f"{self._name}-words", word_lines(forms, "create"))
        self.cluster.ask(
            "POST", f"/{self._name},{self._name}-words/_refresh", seconds=WRITE_SECONDS
        )
        self._new_generation(meta["index"])
        self._clean = True

    def _send(self, index: str, actions: Iterable[str]) -> None:
        """Write actions in their order; the next batch is made ready while one is written."""
        with ThreadPoolExecutor(1) as pool:
            written: Future[None] | None = None
            for batch in batches(actions):
                if written:
                    written.result()
                self._lease.check()
                written = pool.submit(self.cluster.write, index, batch)
            if written:
                written.result()

    def rebuild(self, documents: Iterable[tuple[Candidacy, str]]) -> None:
        """Build a new index aside and switch the aliases to it at once; the old one stays as the
        last good one.
        """
        before = self._builds.all()
        build = self._builds.next_one()
        try:
            self._fill(build, documents)
            self._lease.check()
            self._clean = False
            self._builds.switch_to(build)
        except BaseException:
            with suppress(SearchError):
                if build not in self._builds.serving():
                    self._builds.remove(build)
            raise
        self._new_generation(build)
        self._clean = True
        with suppress(SearchError):  # removed at the next rebuild
            for old in before[:-1]:
                self._builds.remove(old)

    def _fill(self, build: str, documents: Iterable[tuple[Candidacy, str]]) -> None:
        self._builds.create(build, index_body(SHARDS))
        self._builds.create(f"{build}-words", words_body())
        forms: Counter[str] = Counter()
        ids: set[str] = set()
        self._send(build, document_lines(documents, forms, ids))
        self._send(f"{build}-words", word_lines(forms, "index"))
        self.cluster.ask("POST", f"/{build},{build}-words/_refresh", seconds=WRITE_SECONDS)
        there = self.cluster.ask("GET", f"/{build}/_count")["count"]
        if there != len(ids):
            raise EngineUnavailable(
                f"The new index {build!r} holds {there} of {len(ids)} documents: "
                "the old one goes on serving."
            )

    def _new_generation(self, build: str) -> None:
        number = int(self._meta().get("number", 0)) + 1
        body = {"index": build, "number": number, "version": INDEX_VERSION}
        self.cluster.ask("PUT", f"/{self._name}-meta/_doc/generation", body)

    def record_state(self, state: str) -> None:
        """Leave the sync's state for readers."""
        body = {"state": state.encode("utf-8", "replace").decode()}
        self.cluster.ask("PUT", f"/{self._name}-meta/_doc/state", body)
